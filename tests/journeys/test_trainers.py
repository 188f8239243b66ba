"""Those who teach hear of everything that changes their days, once, and their calendars follow."""

from datetime import timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.courses import SessionValues
from portal.foundation.formats import format_date, format_times
from tests import factories
from tests.enrolment.mailbox import calendar_after, events_of, kinds_to, mails_to


@pytest.fixture
def run(cast):
    """Levan teaches it, in English; Nino has a place."""
    cast.trainer.language = "en"
    made = factories.run(code="TAUGHT", trainers=(cast.trainer,))
    enrolment.enrol(made.id, cast.learner.id, by=cast.learner.id)
    return made


def statuses(person):
    return sorted(str(event["status"]) for event in calendar_after(mails_to(person)).values())


def day_in(language, starts_at, ends_at):
    return f"{format_date(starts_at, language)}, {format_times(starts_at, ends_at)}"


def test_trainers_are_told_when_their_run_is_published_and_not_before(cast):
    run = factories.run(state="draft")
    courses.set_trainers(run, [cast.trainer.id], by=cast.staff.id)
    assert kinds_to(cast.trainer) == []
    courses.publish_run(run, by=cast.staff.id)
    (mail,) = mails_to(cast.trainer)
    assert (mail.kind, mail.language, mail.calendar_method) == ("trainer_given", "ka", "REQUEST")
    assert "https://portal.test/ka/teaching" in mail.body
    assert len(events_of(mail.calendar)) == 2


def test_whoever_is_given_a_published_run_is_told_and_so_is_whoever_is_taken_off_it(cast, run):
    assert courses.set_trainers(run, [cast.other_trainer.id], by=cast.staff.id) == 2
    (given,), (taken,) = mails_to(cast.other_trainer), mails_to(cast.trainer)
    assert (given.kind, given.calendar_method, taken.kind, taken.calendar_method) == (
        "trainer_given", "REQUEST", "trainer_taken_off", "CANCEL",
    )  # fmt: skip
    assert taken.subject == "You no longer teach: Construction permits and their legal regulation"
    assert statuses(cast.trainer) == ["CANCELLED", "CANCELLED"]


def test_a_trainer_who_comes_back_has_the_days_in_the_calendar_again(cast, run):
    for chosen in ([cast.other_trainer.id], [cast.trainer.id], [], [cast.trainer.id]):
        courses.set_trainers(run, chosen, by=cast.staff.id)
    assert kinds_to(cast.trainer) == ["trainer_taken_off", "trainer_given", "trainer_taken_off", "trainer_given"]
    assert statuses(cast.trainer) == ["CONFIRMED", "CONFIRMED"]


def test_another_order_of_the_same_trainers_tells_nobody(cast, run):
    courses.set_trainers(run, [cast.trainer.id, cast.other_trainer.id], by=cast.staff.id)
    assert courses.set_trainers(run, [cast.other_trainer.id, cast.trainer.id], by=cast.staff.id) == 0
    assert (kinds_to(cast.trainer), kinds_to(cast.other_trainer)) == ([], ["trainer_given"])


def test_a_moved_day_is_told_with_what_it_was_and_is_now(cast, run):
    courses.set_trainers(run, [cast.trainer.id, cast.other_trainer.id], by=cast.staff.id)
    first, second = courses.sessions_of(run.id)
    was, now = (first.starts_at, first.ends_at), (first.starts_at + timedelta(days=7), first.ends_at + timedelta(days=7))
    assert journeys.move_session(first, *now, by=cast.staff.id) == 3
    (mail,) = mails_to(cast.trainer)
    assert (mail.kind, mail.calendar_method) == ("trainer_moved", "REQUEST")
    assert f"Before: {day_in('en', *was)}\nNow: {day_in('en', *now)}\n" in mail.body
    assert f"იყო: {day_in('ka', *was)}\nახლა: {day_in('ka', *now)}\n" in mails_to(cast.other_trainer)[-1].body
    moved = calendar_after(mails_to(cast.other_trainer))
    assert sorted(event.decoded("dtstart") for event in moved.values()) == [second.starts_at, now[0]]
    assert len(moved) == 2  # the same entries as in the first mail: their uids are theirs for good


def test_another_place_is_told(cast, run):
    venue = factories.venue("kutaisi", name_en="City Hall", address_en="3 Rustaveli Ave")
    values = courses.RunValues(
        form="in_person",
        venue_id=venue.id,
        enrolment_opens_at=run.enrolment_opens_at,
        enrolment_closes_at=run.enrolment_closes_at,
        cancel_until=run.cancel_until,
    )
    journeys.change_run(run, values, by=cast.staff.id)
    assert "Now: City Hall, 3 Rustaveli Ave, Kutaisi\n" in mails_to(cast.trainer, "trainer_moved")[0].body


def test_a_day_that_is_struck_out_or_added_is_told(cast, run):
    start = run.ends_at + timedelta(days=1)
    journeys.add_session(run, SessionValues(starts_at=start, ends_at=start + timedelta(hours=4)), by=cast.staff.id)
    journeys.cancel_session(courses.sessions_of(run.id)[0], by=cast.staff.id)
    assert kinds_to(cast.trainer) == ["trainer_moved", "trainer_day_cancelled"]
    assert statuses(cast.trainer) == ["CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_a_cancelled_run_leaves_the_trainers_calendar_with_the_reason(cast, run):
    assert journeys.cancel_run(run, "Too few people", by=cast.staff.id) == 2
    (mail,) = mails_to(cast.trainer)
    assert (mail.kind, mail.calendar_method) == ("trainer_run_cancelled", "CANCEL")
    assert "Reason: Too few people" in mail.body
    assert statuses(cast.trainer) == ["CANCELLED", "CANCELLED"]


def test_a_draft_tells_no_trainer_of_anything(cast):
    run = factories.run(state="draft", trainers=(cast.trainer,))
    first = courses.sessions_of(run.id)[0]
    journeys.move_session(first, first.starts_at - timedelta(hours=1), first.ends_at, by=cast.staff.id)
    journeys.cancel_session(first, by=cast.staff.id)
    journeys.cancel_run(run, "", by=cast.staff.id)
    assert kinds_to(cast.trainer) == []


def test_who_takes_part_and_teaches_has_both_in_the_calendar(cast, run):
    enrolment.enrol(run.id, cast.trainer.id, by=cast.trainer.id)
    courses.set_trainers(run, [], by=cast.staff.id)
    assert statuses(cast.trainer) == ["CANCELLED", "CANCELLED", "CONFIRMED", "CONFIRMED"]
