"""Qualifications by their dates: told when one falls due, when it can be renewed and 30 days before it ends, once each."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from portal import notices
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.days import months_after
from portal.foundation.transaction import writing
from portal.notices.kinds import notices_to_come
from portal.people.models import Post
from tests import factories
from tests.enrolment.mailbox import mails_to
from tests.notices.workers import work
from tests.standings.scenes import completed, course_of, days_ago, qualification, settle

DAY = timedelta(days=1)
KINDS = ("qualification_due", "qualification_renewal", "qualification_ends")
CALLED = {"categories": ("civil_servant",)}


def at(day, hour=10, minute=30):
    return datetime.combine(day, time(hour, minute), clock.TBILISI)


def told(person):
    return [mail.kind for mail in mails_to(person) if mail.kind in KINDS]


@pytest.fixture
def course(app):
    return factories.course()


@pytest.fixture
def held(cast, course):
    """Held until a day, with a renewal window of six months."""
    completed(cast.learner, course, 10)
    qualification(course_of(course), validity_months=24, window_months=6, **CALLED)
    settle()
    return months_after(days_ago(10), 24)


def test_who_holds_one_is_told_when_the_window_opens_and_before_the_end_once_each(cast, held):
    opens = months_after(held, -6)
    for day, kinds in (
        (opens - DAY, []),
        (opens, KINDS[1:2]),
        (opens + DAY, KINDS[1:2]),
        (held - 31 * DAY, KINDS[1:2]),
        (held - 30 * DAY, KINDS[1:]),
        (held - 29 * DAY, KINDS[1:]),
        (held, KINDS[1:]),
        (held + DAY, KINDS[1:]),
    ):
        work(at(day))
        assert told(cast.learner) == list(kinds), day


def test_it_goes_in_the_morning_and_late_while_it_makes_sense(cast, held):
    opens = months_after(held, -6)
    for moment, kinds in (
        (at(opens, 9, 59), []),
        (at(opens + 15 * DAY), []),
        (at(held - 3 * DAY), ["qualification_ends"]),
    ):
        work(moment)
        assert told(cast.learner) == kinds, moment


def test_the_mail_says_which_one_until_when_and_where_to_look(cast, held):
    work(at(held - 30 * DAY))
    [mail] = [mail for mail in mails_to(cast.learner) if mail.kind in KINDS]
    assert "Procurement" in mail.subject
    assert f"/{mail.language}/my/qualifications" in mail.body


def test_who_renewed_it_is_not_told_that_it_ends(cast, course, held):
    with clock.frozen(at(held - 60 * DAY)):
        completed(cast.learner, course, 5)
        settle()
    work(at(held - 30 * DAY))
    assert told(cast.learner) == []


def due_in_a_month(cast, course):
    db.session.execute(sa.update(Post).where(Post.person_id == cast.learner.id).values(starts_on=months_after(clock.today(), -11)))
    qualification(course_of(course), grace_months=12, lead_days=180, **CALLED)
    settle()


def test_who_never_held_what_falls_due_is_told_once(cast, course):
    due_in_a_month(cast, course)
    today = clock.today()
    for day, kinds in ((today, ["qualification_due"]), (today + DAY, ["qualification_due"]), (today + 9 * DAY, ["qualification_due"])):
        work(at(day))
        assert told(cast.learner) == kinds


def test_staff_stop_one_and_then_nobody_is_told_that_day(cast, course, held):
    opens, staff = months_after(held, -6), cast.staff.id
    with clock.frozen(at(opens - DAY)):
        planned = next(one for one in notices_to_come(clock.now() + 3 * DAY) if one.kind == "qualification_renewal")
        assert planned.people == 1
        with writing():
            notices.stop(planned, "შეცდომა", by=staff)
    work(at(opens))
    assert told(cast.learner) == []
