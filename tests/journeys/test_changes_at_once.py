"""Two clerks change one run at the same time: both changes are told, the later one with a higher sequence; what one struck out the other cannot move."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
import sqlalchemy as sa

from portal import courses, enrolment, journeys
from portal.courses import VenueValues
from portal.courses.models import CourseRun, CourseSession
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.enrolment.mailbox import mails_to

ENOUGH_TO_REACH_THE_LOCK = 0.5


def test_another_address_waits_for_another_day_to_be_saved(app, cast):
    run = factories.run()
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    run_id, venue_id, before, by = run.id, run.venue_id, run.calendar_sequence, cast.staff.id
    address = VenueValues(
        **{name: getattr(run.venue, name) for name in ("name_ka", "name_en", "address_ka", "address_en", "municipality_id")}
    )
    commit()
    moved = Event()

    def move_a_day() -> None:
        with app.app_context(), writing():
            day = courses.sessions_of(run_id)[0]
            journeys.move_session(day, day.starts_at, day.ends_at.replace(minute=30), by=by)
            moved.set()
            time.sleep(ENOUGH_TO_REACH_THE_LOCK)

    def move_the_venue() -> None:
        moved.wait(10)
        with app.app_context(), writing():
            journeys.change_venue(courses.get_venue(venue_id), replace(address, address_ka="ერეკლე II-ის ქ. 2"), by=by)

    with ThreadPoolExecutor(2) as pool:
        for change in [pool.submit(move_a_day), pool.submit(move_the_venue)]:
            change.result(30)
    db.session.remove()
    assert db.session.scalar(sa.select(CourseRun.calendar_sequence).where(CourseRun.id == run_id)) == before + 2
    assert len(mails_to(cast.learner, "run_moved")) == 2


def test_a_day_that_a_colleague_struck_out_meanwhile_is_not_moved(cast):
    run = factories.run()
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    day = courses.sessions_of(run.id)[0]
    commit()  # the page of the first clerk is read; the second clerk is quicker
    with db.engine.begin() as colleague:
        colleague.execute(sa.update(CourseSession).where(CourseSession.id == day.id).values(cancelled=True))
    with pytest.raises(RefusedError, match="cancelled"):
        journeys.move_session(day, day.starts_at, day.ends_at.replace(minute=30), by=cast.staff.id)
    assert mails_to(cast.learner, "run_moved") == []
