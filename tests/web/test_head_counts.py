"""Heads counted on the roll call, beside those who are marked present."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import attendance
from portal.attendance.models import HeadCount
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests.attendance.hall import Hall, many
from tests.page_client import PageClient


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(app, cast):
    return PageClient(app).sign_in(cast.trainer)


def test_heads_are_counted_on_the_roll_call_which_flags_the_difference_and_names_whom_to_look_for(app, cast):
    crowd = Hall(cast, many(29))
    commit()
    trainer = PageClient(app).sign_in(cast.trainer)
    with clock.frozen(crowd.session.starts_at):
        for person in crowd.people[:20]:
            browser = PageClient(app).sign_in(person)
            browser.get(f"/check-in/{attendance.wall_code(crowd.session.id, clock.now()).token}")
            browser.submit()
        trainer.get(crowd.path)
        trainer.submit(**{f"mark-{key}": "present" for key in crowd.keys})
        trainer.follow()
        assert trainer.submit("/head-count", people="27").location == f"/ka{crowd.path}"
        shown = trainer.follow()
        assert shown.texts("#head-count .verdict-title") == ["დარბაზშია 27, დამსწრედ მონიშნულია 29"]
        named = [link.get("href").rpartition("#person-")[2] for link in shown.all("#head-count li a")]
        assert len(named) == 4
        assert set(map(int, named)) <= set(crowd.keys[:20])
        assert [bool(shown.all(f"#person-{key}")) for key in named] == [True] * 4
        again = trainer.get(crowd.path)
        assert again.texts("#head-count li a") == shown.texts("#head-count li a")


@pytest.mark.parametrize(("people", "tone"), [("3", "good"), ("4", "warn"), ("2", "warn")])
def test_as_many_heads_as_marks_are_good_more_or_fewer_are_flagged(trainer, hall, people, tone):
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{key}": "present" for key in hall.keys})
    trainer.follow()
    trainer.submit("/head-count", people=people)
    assert trainer.follow().all(f"#head-count .tone-{tone}")


@pytest.mark.parametrize("typed", ["", "many", "-1", "2001", "3.5", "²"])
def test_what_is_no_number_of_heads_is_told_and_kept(trainer, hall, typed):
    trainer.get(hall.path)
    refused = trainer.submit("/head-count", people=typed)
    assert refused.status == 422
    assert refused.all(".summary a[href='#people']")
    assert refused.all("#people")[0].get("value") == typed
    assert trainer.submit(people="3").status == 303
    assert db.session.scalars(sa.select(HeadCount.people)).all() == [3]


def test_nobody_is_counted_before_the_day(trainer, cast):
    coming = Hall(cast, day=1)
    shown = trainer.get(coming.path)
    assert shown.all("#people") == []
    assert trainer.post(f"{coming.path}/head-count", {"people": "3"}).status == 422
    assert db.session.scalars(sa.select(HeadCount)).all() == []


def test_a_count_is_in_the_history(trainer, hall, cast):
    trainer.post(f"{hall.path}/head-count", {"people": "3"})
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "attendance:count")).one()
    assert (row.actor_id, row.change) == (cast.trainer.id, {"people": 3})
