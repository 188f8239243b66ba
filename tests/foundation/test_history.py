"""History: every row follows from the one before; personal values are sealed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.history import HistoryKey, HistoryRow, broken_links, personal_values
from portal.foundation.transaction import abandon, commit
from tests import factories


def rows() -> list[HistoryRow]:
    return list(db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)))


def written(count: int = 3) -> list[HistoryRow]:
    for number in range(count):
        history.record("topic:create", factories.topic(), by=7, change={"number": number, "name": "თემა"})
        commit()
    abandon()
    return rows()


def test_rows_form_a_chain(app):
    first, second, third = written()
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert list(broken_links(rows())) == []


def test_a_row_changed_by_hand_is_named(app):
    _first, second, _third = written()
    second.change = {"number": 99}
    assert list(broken_links([_first, second, _third])) == [second.id]


def test_a_row_taken_out_is_noticed(app):
    first, _second, third = written()
    assert list(broken_links([first, third])) == [third.id]


@pytest.mark.parametrize("statement", ["UPDATE history SET action = 'x'", "DELETE FROM history"])
def test_the_database_refuses_to_change_it(app, statement):
    written(1)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    abandon()


def test_personal_values_of_nobody_are_refused(app):
    with pytest.raises(ValueError, match="person"):
        history.record("topic:create", factories.topic(), by=7, personal={"email": "nino@portal.test"})


INSTEAD = {
    "sqlite": "INSERT OR REPLACE INTO history SELECT * FROM history",
    "postgresql": "INSERT INTO history SELECT * FROM history ON CONFLICT (id) DO UPDATE SET action = 'x'",
}


def test_the_database_refuses_to_put_another_row_in_its_place(app):
    written(1)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(INSTEAD[db.engine.dialect.name]))
    abandon()


def test_what_is_undone_leaves_no_row(app):
    history.record("topic:create", factories.topic(), by=7)
    abandon()
    commit()
    assert rows() == []


def test_personal_values_are_sealed_and_go_with_the_key(app):
    someone = factories.person()
    history.record("person:change", someone, by=someone.id, person=someone.id, personal={"family_name": ["აბაშიძე", "ლომიძე"]})
    commit()
    (row,) = rows()
    assert "ლომიძე" not in row.personal
    assert personal_values(row) == {"family_name": ["აბაშიძე", "ლომიძე"]}
    db.session.delete(db.session.get(HistoryKey, someone.id))
    commit()
    assert personal_values(row) is None
    assert list(broken_links(rows())) == []
