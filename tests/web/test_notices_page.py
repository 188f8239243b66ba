"""What goes when: staff see it, stop it with a reason, and let it go again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import worker
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.notices.models import Notice
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.statements import counting

LONG_AGO = timedelta(days=30)


def morning(days):
    return (clock.now().astimezone(clock.TBILISI) + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


@pytest.fixture
def run(app, cast):
    """A run in ten days with one participant of long ago and one of just now; registration closed long ago."""
    made = factories.run(code="SOON", starts_at=morning(10), enrolment_closes_at=clock.now() - timedelta(days=1))
    factories.enrolment(made, cast.learner, changed_at=clock.now() - LONG_AGO)
    return made


def rows(page, table):
    return page.texts(f"[aria-labelledby={table}-caption] tbody tr")


def key_of(run, kind="reminder_day"):
    return f"{kind}:{run.id}:{run.starts_at.astimezone(clock.TBILISI).date()}"


def work_at(moment):
    commit()
    for row in db.session:  # the worker closes the session; what the test knows stays readable
        db.session.refresh(row)
    db.session.expunge_all()
    with clock.frozen(moment):
        worker.send_notices()


def test_the_page_says_what_goes_when_and_to_how_many(staff, cast, run):
    factories.enrolment(run, cast.colleague)  # got the place just now: no reminder within 48 hours, but the one the day before
    page = staff.get("/staff/notices")
    assert page.texts("[aria-labelledby=to-come-caption] tbody tr td:nth-child(2)") == ["Reminder a week before", "Reminder the day before"]
    assert page.texts("[aria-labelledby=to-come-caption] tbody tr td:nth-child(4)") == ["2", "2"]
    assert all("SOON" in row for row in rows(page, "to-come"))
    assert "Nothing was sent in the last 14 days" in page.text


def test_whoever_just_got_a_place_is_not_counted(staff, cast):
    run = factories.run(code="SOON", starts_at=morning(2), enrolment_closes_at=clock.now() - timedelta(days=1))
    factories.enrolment(run, cast.learner, changed_at=clock.now() - LONG_AGO)
    factories.enrolment(run, cast.colleague, changed_at=morning(1) - timedelta(hours=23))
    assert staff.get("/staff/notices").texts("[aria-labelledby=to-come-caption] tbody tr td:nth-child(4)") == ["1"]


def test_whoever_has_no_place_is_not_counted(staff, cast, run):
    for person, state in ((cast.colleague, "waiting"), (cast.neighbour, "applied"), (cast.trainer, "withdrawn")):
        factories.enrolment(run, person, state, changed_at=clock.now() - LONG_AGO)
    assert staff.get("/staff/notices").texts("[aria-labelledby=to-come-caption] tbody tr td:nth-child(4)") == ["1", "1"]


def test_a_deadline_is_listed_with_the_coordinators_who_would_hear_of_it(staff, cast):
    run = factories.run(code="CLOSES", starts_at=morning(40), enrolment_closes_at=morning(8))
    factories.enrolment(run, cast.learner, enrolled_by=cast.coordinator.id)
    page = staff.get("/staff/notices")
    assert page.texts("[aria-labelledby=to-come-caption] tbody tr td:nth-child(4)") == ["1"]
    assert "Coordinators: registration closes soon" in page.text


def test_a_notice_that_is_stopped_does_not_go_and_says_who_stopped_it(staff, cast, run):
    staff.get("/staff/notices")
    assert staff.get(f"/staff/notices/{key_of(run)}/stop").h1 == "Stop the notice"
    assert staff.submit(None, reason="The group meets elsewhere").status == 303
    shown = staff.follow().text
    for words in ("The notice is stopped and will not go.", "Stopped", "Ana Tsereteli", "The group meets elsewhere", "Send it after all"):
        assert words in shown
    work_at(run.starts_at - timedelta(days=1))
    assert kinds_to(cast.learner) == []


def test_one_that_was_stopped_is_let_go_again(staff, cast, run):
    key = key_of(run)
    staff.post(f"/staff/notices/{key}/stop", {"reason": "Wait"})
    staff.get("/staff/notices")
    assert staff.submit(f"/{key}/let-go").status == 303
    assert "The notice goes at its time." in staff.follow().text
    starts = run.starts_at
    work_at(starts - timedelta(days=1))
    assert kinds_to(cast.learner) == ["reminder_day"]


def test_without_a_reason_it_is_not_stopped(staff, run):
    staff.get(f"/staff/notices/{key_of(run)}/stop")
    refused = staff.submit(None)
    assert refused.status == 422
    assert refused.texts(".summary a") == ["“Reason” is required."]
    assert db.session.scalars(sa.select(Notice)).all() == []


@pytest.mark.parametrize("verb", ["stop", "let-go"])
def test_what_has_gone_cannot_be_called_back(staff, cast, verb):
    run = factories.run(code="NEAR", starts_at=clock.now() + timedelta(hours=6), enrolment_closes_at=clock.now() - timedelta(days=1))
    factories.enrolment(run, cast.learner, changed_at=clock.now() - LONG_AGO)
    key = key_of(run)
    work_at(clock.now())
    refused = staff.post(f"/staff/notices/{key}/{verb}", {"reason": "Too late"})
    assert (refused.status, "This notice has gone already." in refused.text) == (422, True)
    assert kinds_to(cast.learner) == ["reminder_day"]
    shown = staff.get("/staff/notices")
    assert "Sent" in shown.texts("[aria-labelledby=past-caption] tbody tr")[0]
    assert "Nothing is due in the next 14 days" in shown.text


def test_one_that_was_stopped_too_long_is_seen_among_the_past(staff, cast, run):
    staff.post(f"/staff/notices/{key_of(run)}/stop", {"reason": "Cancelled soon"})
    later = run.starts_at + timedelta(days=1)
    db.session.expunge_all()
    with clock.frozen(later):
        page = staff.sign_in(cast.staff).get("/staff/notices")
    (row,) = page.texts("[aria-labelledby=past-caption] tbody tr")
    for words in ("Stopped", "Ana Tsereteli", "Cancelled soon"):
        assert words in row


@pytest.mark.parametrize("key", ["reminder_day:1:2026-01-01", "none", "reminder_day:x", "%00", "a" * 3000])
def test_a_notice_that_is_not_planned_is_not_found(staff, key):
    assert staff.get(f"/staff/notices/{key}/stop").status in {400, 404}


def test_the_history_says_who_stopped_it(staff, run):
    staff.post(f"/staff/notices/{key_of(run)}/stop", {"reason": "Wait"})
    shown = staff.get("/staff/history").text
    for words in ("Notice stopped", "SOON", "Reminder the day before", "Wait"):
        assert words in shown


def test_many_runs_cost_as_many_statements_as_few(staff, cast):
    def asked(number):
        for _run in range(number):
            run = factories.run(starts_at=morning(10), enrolment_closes_at=morning(8))
            factories.enrolment(run, cast.learner, changed_at=clock.now() - LONG_AGO)
        commit()
        with counting() as statements:
            staff.get("/staff/notices")
        return len(statements)

    staff.get("/staff/notices")
    assert asked(1) == asked(10)
