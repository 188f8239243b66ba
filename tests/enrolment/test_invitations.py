"""What mails say, and what calendars make of them."""

from datetime import UTC, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from portal import enrolment
from portal.foundation.sending import as_email
from tests import factories
from tests.enrolment.mailbox import calendar_after, events_of, mails_to


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-ICS")


def test_the_mail_is_in_the_language_of_the_person(cast, run):
    cast.colleague.language = "en"
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(run.id, person.id, by=person.id)
    georgian, english = mails_to(cast.learner)[0], mails_to(cast.colleague)[0]
    assert "სამშენებლო ნებართვები" in georgian.subject
    assert "ნინო აბაშიძე" in georgian.body
    assert english.subject == "You have a place: Construction permits and their legal regulation"
    assert "Davit Lomidze" in english.body
    assert "https://portal.test/en/runs/RUN-ICS" in english.body


def test_the_invitation_has_one_entry_for_each_day(cast, run):
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    (mail,) = mails_to(cast.learner)
    first, second = events_of(mail.calendar)
    assert mail.calendar_method == "REQUEST"
    assert str(first["summary"]) == "სამშენებლო ნებართვები და სამართლებრივი რეგულირება"
    assert str(first["location"]) == "სასტუმრო „ალაზანი“, ერეკლე II-ის ქ. 1, თელავი"
    assert str(first["attendee"]) == "mailto:nino@portal.test"
    assert first["uid"] != second["uid"]


def test_a_phone_in_berlin_shows_the_hour_of_tbilisi_rightly(cast, run):
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    event = events_of(mails_to(cast.learner)[0].calendar)[0]
    assert event.decoded("dtstart") == run.starts_at
    assert event.decoded("dtstart").tzinfo in {UTC, ZoneInfo("UTC")}
    in_berlin = event.decoded("dtstart").astimezone(ZoneInfo("Europe/Berlin"))
    assert in_berlin.hour in {7, 8}  # 10:00 in Tbilisi, in winter and in summer


def test_the_link_to_an_online_day_goes_only_to_those_with_a_place(cast):
    run = factories.run(form="online", capacity=1, days=0)
    factories.session(run, starts_at=run.starts_at, online_link="https://meet.example/abc")
    for person in (cast.learner, cast.colleague):
        enrolment.enrol(run.id, person.id, by=person.id)
    (given,), (waiting,) = mails_to(cast.learner), mails_to(cast.colleague)
    assert "https://meet.example/abc" in given.body
    assert "https://meet.example/abc" in given.calendar
    assert "meet.example" not in waiting.body
    assert waiting.calendar is None


def test_withdrawing_empties_the_calendar_and_coming_back_fills_it(cast, run):
    for step in (enrolment.enrol, enrolment.withdraw, enrolment.enrol):
        step(run.id, cast.learner.id, by=cast.learner.id)
    mails = mails_to(cast.learner)
    assert [mail.calendar_method for mail in mails] == ["REQUEST", "CANCEL", "REQUEST"]
    assert {str(event["status"]) for event in calendar_after(mails[:2]).values()} == {"CANCELLED"}
    assert {str(event["status"]) for event in calendar_after(mails).values()} == {"CONFIRMED"}
    assert len(calendar_after(mails)) == 2


def test_each_calendar_outdoes_the_one_before(cast, run):
    for _ in range(3):
        enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
        enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    run.calendar_sequence += 1
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    sequences = [int(events_of(mail.calendar)[0]["sequence"]) for mail in mails_to(cast.learner)]
    assert sequences == sorted(set(sequences))


def test_the_mail_that_leaves_carries_the_calendar_with_its_method(cast, run):
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    message = message_from_bytes(as_email(mails_to(cast.learner)[0], "portal@portal.test").as_bytes(), policy=default)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert len(events_of(part.get_content())) == 2
    assert "სამშენებლო" in message["Subject"]


def test_the_deadline_for_withdrawing_stands_in_the_mail(cast):
    run = factories.run()
    run.cancel_until = run.starts_at - timedelta(hours=16)
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    assert "18:00" in mails_to(cast.learner)[0].body
