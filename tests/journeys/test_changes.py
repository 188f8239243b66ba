"""A run changes, and everybody concerned hears of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import attendance, courses, enrolment, journeys
from portal.attendance.models import Mark
from portal.courses import RunValues, SessionValues, VenueValues
from portal.enrolment import rules
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.formats import format_date, format_moment, format_times
from portal.people.models import Post
from tests import factories
from tests.attendance.hall import Hall
from tests.enrolment.mailbox import calendar_after, events_of, kinds_to, mails_to
from tests.statements import counting


@pytest.fixture
def run(cast):
    """A full run: Nino has the place, Davit waits."""
    made = factories.run(capacity=1)
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(made.id, person.id, by=person.id)
    return made


def test_a_cancelled_run_ends_every_place_and_tells_why(cast, run):
    assert journeys.cancel_run(run, "ტრენერი ავად არის", by=cast.staff.id) == 2
    assert run.state == "cancelled"
    assert enrolment.places_of([run.id])[run.id] == enrolment.Places(capacity=1, taken=0, waiting=0)
    (told,), (waiting,) = mails_to(cast.learner, "run_cancelled"), mails_to(cast.colleague, "run_cancelled")
    assert "ტრენერი ავად არის" in told.body
    assert told.calendar_method == "CANCEL"
    assert waiting.calendar is None


def test_a_cancelled_run_leaves_calendars(cast, run):
    journeys.cancel_run(run, "", by=cast.staff.id)
    assert {str(event["status"]) for event in calendar_after(mails_to(cast.learner)).values()} == {"CANCELLED"}


def test_a_run_is_cancelled_once(cast, run):
    journeys.cancel_run(run, "", by=cast.staff.id)
    with pytest.raises(RefusedError):
        journeys.cancel_run(run, "", by=cast.staff.id)
    assert len(mails_to(cast.learner, "run_cancelled")) == 1


def test_a_run_that_began_by_a_slip_of_the_pen_has_not_begun_and_gives_its_places(cast):
    run = factories.run(days=1, capacity=1)
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(run.id, person.id, by=person.id)
    [day] = courses.sessions_of(run.id)
    meant = day.starts_at, day.ends_at
    journeys.move_session(day, *(moment - timedelta(days=365) for moment in meant), by=cast.staff.id)
    courses.start_run(run, by=None)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.staff.id, after_deadline=True)
    assert enrolment.find_live_enrolment(run.id, cast.colleague.id).state == "waiting"
    journeys.move_session(day, *meant, by=cast.staff.id)
    assert run.state == "closed"
    assert enrolment.find_live_enrolment(run.id, cast.colleague.id).state == "confirmed"
    assert kinds_to(cast.colleague)[-1] == "place_freed"


def test_a_place_left_after_the_start_goes_to_the_next_when_the_run_is_put_off(cast):
    run = factories.run(days=1, capacity=1)
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(run.id, person.id, by=person.id)
    [day] = courses.sessions_of(run.id)
    with clock.frozen(day.starts_at + timedelta(minutes=1)):
        enrolment.withdraw(run.id, cast.learner.id, by=cast.staff.id, after_deadline=True)
        journeys.move_session(day, day.starts_at + timedelta(days=30), day.ends_at + timedelta(days=30), by=cast.staff.id)
    assert enrolment.find_live_enrolment(run.id, cast.colleague.id).state == "confirmed"


def test_a_day_with_attendance_is_neither_moved_nor_struck_out(cast):
    hall = Hall(cast)
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.PRESENT)], by=cast.trainer.id)
    day = hall.session
    week = timedelta(days=7)
    for change in (
        lambda: journeys.move_session(day, day.starts_at + week, day.ends_at + week, by=cast.staff.id),
        lambda: journeys.change_session(day, values_of(day, ends_at=day.ends_at + timedelta(hours=1)), by=cast.staff.id),
        lambda: journeys.cancel_session(day, by=cast.staff.id),
    ):
        with pytest.raises(RefusedError, match="Attendance"):
            change()
    journeys.change_session(day, values_of(day, title_en="Day one"), by=cast.staff.id)
    assert day.title_en == "Day one"


def values_of(day, **changes):
    same = {name: getattr(day, name) for name in ("starts_at", "ends_at", "title_ka", "title_en", "online_link")}
    return SessionValues(**same | changes)


def test_when_a_day_is_moved_calendars_show_the_new_time(cast, run):
    first, second = courses.sessions_of(run.id)
    later = first.starts_at + timedelta(hours=2)
    assert journeys.move_session(first, later, later + timedelta(hours=8), by=cast.staff.id) == 2
    assert kinds_to(cast.learner) == ["place_given", "run_moved"]
    assert kinds_to(cast.colleague) == ["waiting_list_joined", "run_moved"]
    starts = sorted(event.decoded("dtstart") for event in calendar_after(mails_to(cast.learner)).values())
    assert starts == [later, second.starts_at]


def at(days, hour):
    """``hour`` o'clock in Tbilisi, so many days from now."""
    return (clock.now().astimezone(clock.TBILISI) + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def day_in(language, starts_at, ends_at):
    return f"{format_date(starts_at, language)}, {format_times(starts_at, ends_at)}"


def test_the_mail_about_a_moved_day_says_what_it_was_and_what_it_is_now(cast, run):
    cast.colleague.language = "en"
    first = courses.sessions_of(run.id)[0]
    was, later = (first.starts_at, first.ends_at), (at(21, 11), at(21, 15))
    journeys.move_session(first, *later, by=cast.staff.id)
    (georgian,), (english,) = mails_to(cast.learner, "run_moved"), mails_to(cast.colleague, "run_moved")
    assert f"იყო: {day_in('ka', *was)}\nახლა: {day_in('ka', *later)}\n" in georgian.body
    assert f"Before: {day_in('en', *was)}\nNow: {day_in('en', *later)}\n" in english.body
    assert "You are still on the waiting list." in english.body


def test_the_mail_about_another_place_says_where_it_was_and_where_it_is_now(cast, run):
    cast.learner.language = "en"
    hall = factories.venue("kutaisi", name_en="City Hall", address_en="3 Rustaveli Ave")
    values = RunValues(
        form="hybrid",
        venue_id=hall.id,
        enrolment_opens_at=run.enrolment_opens_at,
        enrolment_closes_at=run.enrolment_closes_at,
        cancel_until=run.cancel_until,
    )
    assert journeys.change_run(run, values, by=cast.staff.id) == 2
    (mail,) = mails_to(cast.learner, "run_moved")
    assert "Before: Hotel Alazani, 1 Erekle II St, Telavi\nNow: City Hall, 3 Rustaveli Ave, Kutaisi, or online\n" in mail.body
    assert str(events_of(mail.calendar)[0]["location"]) == "City Hall, 3 Rustaveli Ave, Kutaisi"


def test_a_venue_that_moves_is_told_in_every_run_still_to_come_there(cast, run):
    venue = run.venue
    other = factories.run(venue_id=venue.id, starts_at=at(30, 10), trainers=(cast.trainer,))
    enrolment.enrol(other.id, cast.learner.id, by=cast.learner.id)
    values = VenueValues(
        name_ka="დარბაზი", name_en="Hall", address_ka="ქუჩა 1", address_en="1 Street", municipality_id=factories.municipality("gori").id
    )
    assert journeys.change_venue(venue, values, by=cast.staff.id) == 4
    bodies = [mail.body for mail in mails_to(cast.learner, "run_moved")]
    assert len(bodies) == 2
    for body in bodies:
        assert "იყო: სასტუმრო „ალაზანი“, ერეკლე II-ის ქ. 1, თელავი\nახლა: დარბაზი, ქუჩა 1, გორი\n" in body


def test_an_address_corrected_in_one_language_is_told_to_those_who_read_it(cast, run):
    courses.set_trainers(run, [cast.trainer.id], by=cast.staff.id)
    cast.trainer.language = "ka"
    cast.learner.language, cast.colleague.language = "ka", "en"
    same = {name: getattr(run.venue, name) for name in ("name_ka", "name_en", "address_ka", "municipality_id")}
    assert journeys.change_venue(run.venue, VenueValues(address_en="1 Erekle II Street", **same), by=cast.staff.id) == 1
    assert not mails_to(cast.learner, "run_moved")
    assert not mails_to(cast.trainer, "trainer_moved")
    (mail,) = mails_to(cast.colleague, "run_moved")
    assert "Before: Hotel Alazani, 1 Erekle II St, Telavi\nNow: Hotel Alazani, 1 Erekle II Street, Telavi\n" in mail.body


def test_a_new_day_is_named_as_new(cast, run):
    cast.learner.language = "en"
    start, end = at(40, 10), at(40, 14)
    journeys.add_session(run, SessionValues(starts_at=start, ends_at=end), by=cast.staff.id)
    (mail,) = mails_to(cast.learner, "run_moved")
    assert f"New training day: {day_in('en', start, end)}\n" in mail.body
    assert "Before:" not in mail.body


def test_a_new_online_link_is_told_only_to_those_with_a_place(cast, run):
    cast.learner.language = "en"
    first = courses.sessions_of(run.id)[0]
    values = SessionValues(starts_at=first.starts_at, ends_at=first.ends_at, online_link="https://meet.example/new")
    assert journeys.change_session(first, values, by=cast.staff.id) == 1
    (mail,) = mails_to(cast.learner, "run_moved")
    assert mail.subject.startswith("New online link:")
    assert "https://meet.example/new" in mail.body
    assert mails_to(cast.colleague, "run_moved") == []


def test_a_move_into_another_training_is_told_with_what_to_do(cast, run):
    cast.learner.language = cast.colleague.language = "en"
    other = factories.run(factories.course(title_en="Budgets"), code="OTHER", starts_at=at(30, 10), days=1)
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(other.id, person.id, by=person.id)
    journeys.move_session(courses.sessions_of(run.id)[1], at(30, 12), at(30, 16), by=cast.staff.id)
    (placed,), (waiting,) = mails_to(cast.learner, "run_moved"), mails_to(cast.colleague, "run_moved")
    named = f"The other training: Budgets, {format_moment(at(30, 10), 'en')}\nhttps://portal.test/en/runs/OTHER\n"
    assert f"Please note: at this time you also have a place in another training.\n{named}Choose one of the two" in placed.body
    assert f"Please note: at this time you have a place in another training.\n{named}While you have that place" in waiting.body


def test_a_move_says_nothing_of_a_training_at_the_time_of_another_day(cast, run):
    cast.learner.language = "en"
    first, second = courses.sessions_of(run.id)
    walked_into = factories.run(starts_at=second.starts_at, days=1)
    factories.enrolment(walked_into, cast.learner)
    journeys.move_session(first, at(12, 10), at(12, 14), by=cast.staff.id)
    assert "Please note" not in mails_to(cast.learner, "run_moved")[0].body


def test_after_the_last_day_for_withdrawing_the_mail_does_not_offer_it(cast, run):
    cast.learner.language = "en"
    run.cancel_until = clock.now() - timedelta(hours=1)
    journeys.move_session(courses.sessions_of(run.id)[0], at(20, 10), at(20, 14), by=cast.staff.id)
    body = mails_to(cast.learner, "run_moved")[0].body
    assert "withdraw on the training's page" not in body
    assert "If you cannot come, write to us: portal@portal.example" in body


def test_every_move_is_told_once_and_outdoes_the_last(cast, run):
    (first, _second) = courses.sessions_of(run.id)
    for hours in (1, 2):
        start = first.starts_at + timedelta(hours=hours)
        journeys.move_session(first, start, start + timedelta(hours=6), by=cast.staff.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    sequences = [int(events_of(mail.calendar)[0]["sequence"]) for mail in mails_to(cast.learner)]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 4


def test_a_day_left_as_it_was_tells_nobody(cast, run):
    first = courses.sessions_of(run.id)[0]
    assert journeys.move_session(first, first.starts_at, first.ends_at, by=cast.staff.id) == 0
    assert kinds_to(cast.learner) == ["place_given"]


def test_a_day_that_is_added_comes_into_calendars_and_one_struck_out_leaves_them(cast, run):
    start = run.ends_at + timedelta(days=1)
    journeys.add_session(run, SessionValues(starts_at=start, ends_at=start + timedelta(hours=4)), by=cast.staff.id)
    assert len(calendar_after(mails_to(cast.learner))) == 3
    journeys.cancel_session(courses.sessions_of(run.id)[0], by=cast.staff.id)
    statuses = [str(event["status"]) for event in calendar_after(mails_to(cast.learner)).values()]
    assert sorted(statuses) == ["CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_more_places_go_to_those_who_wait(cast, run):
    assert journeys.change_capacity(run, 2, by=cast.staff.id) == 1
    assert enrolment.find_live_enrolment(run.id, cast.colleague.id).state == "confirmed"
    assert kinds_to(cast.colleague)[-1] == "place_freed"


def test_the_capacity_never_falls_below_the_places_given(cast, run):
    journeys.change_capacity(run, 2, by=cast.staff.id)
    with pytest.raises(rules.CapacityTakenError, match="2"):
        journeys.change_capacity(run, 1, by=cast.staff.id)
    assert run.capacity == 2


def posts_of(people):
    return [db.session.scalars(sa.select(Post).where(Post.person_id == person.id)).first() for person in people]


def test_a_nomination_gives_places_in_the_order_of_the_list_and_says_what_became_of_each(cast):
    run = factories.run(factories.course(target_categories=["civil_servant"]), capacity=1)
    people = [cast.learner, cast.colleague, cast.coordinator]
    outcomes = journeys.nominate(run, posts_of(people), by=cast.coordinator.id, form_key="abc")
    assert [outcome.enrolment and outcome.enrolment.state for outcome in outcomes] == ["confirmed", None, "waiting"]
    assert isinstance(outcomes[1].refusal, rules.NotForCategoryError)
    assert kinds_to(cast.learner) == ["nominated"]


def test_a_nomination_sent_twice_changes_nothing(cast):
    run = factories.run()
    first, again = (journeys.nominate(run, posts_of([cast.learner]), by=cast.coordinator.id, form_key="abc") for _ in range(2))
    assert first == again
    assert kinds_to(cast.learner) == ["nominated"]


def test_moved_days_are_told_for_each_run_in_as_many_statements_for_many_as_for_few(cast, app):
    # one mail for each person is an insert, sent together; the rest does not grow with them
    run = factories.run(capacity=50, starts_at=clock.now() + timedelta(days=20))
    for _ in range(30):
        factories.enrolment(run, factories.person())
    moves = [courses.new_day(courses.sessions_of(run.id)[0])]
    with counting() as statements:
        enrolment.tell_moved(run.id, moves)
    # the run · people · days · earlier enrolments · clashes
    assert len(statements) <= 5
