"""Who was there is asked how it was: on the morning after the last session, and half a year later, once each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import notices
from portal.evaluation import Round
from portal.foundation import clock
from portal.foundation.formats import to_tbilisi
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import scenes
from tests.enrolment.mailbox import mails_to
from tests.evaluation.scenes import answer, over
from tests.notices.workers import work, work_twice

DAY = timedelta(days=1)
ASK, LATER = "evaluation_ask", "evaluation_follow_up"


@pytest.fixture
def scene(cast):
    run, places = over(cast.staff, 2, code="RUN-X")
    return run, [place.person for place in places], places


def morning_after(run, days, hours=10.5):
    """``hours`` o'clock so many days after the last session; half a year is 181 to 184 of them."""
    midnight = to_tbilisi(run.ends_at).replace(hour=0, minute=0)
    return midnight + days * DAY + timedelta(hours=hours)


def half_a_year_after(run, days=1):
    day = to_tbilisi(run.ends_at)
    month = day.month + 6
    return day.replace(year=day.year + (month > 12), month=(month - 1) % 12 + 1, day=min(day.day, 28), hour=10, minute=30) + days * DAY


def kinds_to(person):
    return [mail.kind for mail in mails_to(person) if mail.kind.startswith("evaluation")]


def test_everybody_who_was_there_is_asked_once_on_the_morning_after(scene):
    run, people, _places = scene
    assert work(morning_after(run, 0, 20)) == work(morning_after(run, 1, 9.9)) == 0
    assert work(morning_after(run, 1)) == 1
    assert work(morning_after(run, 2)) == work(morning_after(run, 13)) == 0
    assert [kinds_to(person) for person in people] == [[ASK], [ASK]]


def test_and_once_more_half_a_year_later_in_other_words(scene):
    run, people, _places = scene
    work(morning_after(run, 1))
    for days in (4, 5):
        work(half_a_year_after(run, days))
    assert [kinds_to(person) for person in people] == [[ASK, LATER], [ASK, LATER]]
    first, second = mails_to(people[0])[-2:]
    for mail in (first, second):
        assert "https://portal.test/ka/runs/RUN-X/evaluation" in mail.body
    assert first.subject != second.subject


def test_not_who_has_answered_never_came_or_has_no_place(cast, scene):
    run, people, places = scene
    absent = factories.enrolment(run, cast.learner, "not_completed")
    scenes.attend(run, absent, cast.staff, hours=0)
    gone = factories.enrolment(run, cast.colleague, "withdrawn")
    scenes.attend(run, gone, cast.staff)
    answer(places[0], content=5)
    assert work(morning_after(run, 10)) == 1
    assert [kinds_to(person) for person in (people[0], people[1], cast.learner, cast.colleague)] == [[], [ASK], [], []]


def test_whoever_answered_the_first_time_is_asked_the_second_time_too(scene):
    run, people, places = scene
    answer(places[0], content=5)
    with clock.frozen(half_a_year_after(run, 4)):
        answer(places[1], Round.LATER, used=0)
    work(half_a_year_after(run, 5))
    assert [kinds_to(person) for person in people] == [[LATER], []]


def test_where_nobody_is_marked_yet_it_waits_for_two_weeks(cast):
    run = scenes.past_run(cast.staff, 0)
    place = factories.enrolment(run, cast.learner)
    assert work(morning_after(run, 1)) == 0
    scenes.attend(run, place, cast.staff)
    assert work(morning_after(run, 12)) == 1
    assert kinds_to(cast.learner) == [ASK]


def test_after_two_weeks_nobody_is_asked_any_more(scene):
    run, people, _places = scene
    assert work(morning_after(run, 15)) == 0
    assert kinds_to(people[0]) == []


@pytest.mark.parametrize("state", ["cancelled", "draft"])
def test_not_about_a_run_that_did_not_take_place(cast, state):
    run = scenes.past_run(cast.staff, [cast.learner], state=state)
    assert work(morning_after(run, 1)) == 0


def test_staff_see_it_and_may_stop_it(cast, scene):
    run, people, _places = scene
    with clock.frozen(morning_after(run, 1, 9)):
        [planned] = [one for one in notices.notices_to_come(clock.now() + DAY) if one.kind == ASK]
        assert (planned.people, planned.run.code) == (2, "RUN-X")
        with writing():
            notices.stop(planned, "x", by=cast.staff.id)
    assert work(morning_after(run, 1)) == 0
    assert kinds_to(people[0]) == []


@pytest.mark.race
def test_of_two_workers_one_asks(app, scene):
    run, people, _places = scene
    assert work_twice(app, morning_after(run, 1)) == [0, 1]
    assert kinds_to(people[0]) == [ASK]
