"""What pages do to an import that somebody else confirmed since they loaded it."""

import pytest
import sqlalchemy as sa

from portal import imports
from portal.foundation import spreadsheets
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.imports.models import NominationImport
from tests import factories
from tests.imports import sheets


@pytest.fixture
def upload(cast):
    run = factories.run()

    def park(number):
        data, here = sheets.as_csv([sheets.nominee(number)]), factories.municipality("telavi").id
        return imports.park(data, spreadsheets.read(data), "people.csv", run_id=run.id, municipality_id=here, by=cast.coordinator.id)[0]

    return park


@pytest.fixture
def carried_out(upload):
    """An import as a page loaded it, carried out meanwhile."""
    parked = upload(1)
    meanwhile = sa.update(NominationImport).where(NominationImport.id == parked.id).values(state="done")
    db.session.execute(meanwhile, execution_options={"synchronize_session": False})
    assert parked.state == "uploaded"
    return parked


def test_what_was_carried_out_meanwhile_is_not_dropped(carried_out, cast):
    with pytest.raises(RefusedError):
        imports.drop(carried_out, by=cast.coordinator.id)
    assert carried_out.state == "done"


def test_nor_are_its_columns_changed(carried_out):
    with pytest.raises(RefusedError):
        imports.set_columns(carried_out, carried_out.columns)


def test_nor_does_another_upload_drop_it(carried_out, upload):
    assert upload(2).state == "uploaded"
    db.session.refresh(carried_out)
    assert carried_out.state == "done"
