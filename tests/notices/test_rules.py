"""When notices go and who needs them, on plain moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.formats import TBILISI, to_tbilisi
from portal.notices import rules
from portal.notices.rules import DAY_BEFORE, DEADLINE, WEEK_BEFORE

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
START = datetime(2026, 12, 14, 10, tzinfo=TBILISI)


def at(day, hour=10, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=TBILISI)


def due(timing, now, event=START):
    return rules.is_due(timing.goes_at(event), timing.ends_at(event), now)


@pytest.mark.parametrize(("timing", "day"), [(WEEK_BEFORE, 7), (DAY_BEFORE, 13), (DEADLINE, 11)])
def test_a_notice_goes_at_ten_in_tbilisi(timing, day):
    assert timing.goes_at(START) == at(day)
    assert not due(timing, at(day, 9, 59))
    assert due(timing, at(day))


def test_an_overdue_reminder_goes_while_it_makes_sense():
    assert due(WEEK_BEFORE, at(11, 9, 59))
    assert not due(WEEK_BEFORE, at(11))
    assert due(DAY_BEFORE, at(14, 9, 59))
    assert not due(DAY_BEFORE, START)


@given(event=MOMENTS, before=st.timedeltas(timedelta(0), timedelta(days=20)))
def test_never_both_reminders_at_once(event, before):
    assert not (due(WEEK_BEFORE, event - before, event) and due(DAY_BEFORE, event - before, event))


@given(event=MOMENTS, told_at=MOMENTS)
@pytest.mark.parametrize("timing", [WEEK_BEFORE, DAY_BEFORE])
def test_nobody_is_reminded_of_what_they_have_just_heard(timing, event, told_at):
    needed = timing.is_needed(event, told_at)
    assert needed == (timing.goes_at(event) - told_at >= timing.quiet)
    if needed:  # whoever heard of it on the day on which the reminder goes needs none
        assert to_tbilisi(told_at).date() < to_tbilisi(timing.goes_at(event)).date()


@given(event=MOMENTS)
@pytest.mark.parametrize("timing", [WEEK_BEFORE, DAY_BEFORE, DEADLINE])
def test_a_notice_goes_before_it_ends_and_at_ten_whatever_the_hour_of_the_event(timing, event):
    assert timing.goes_at(event) < timing.ends_at(event) <= event
    assert to_tbilisi(timing.goes_at(event)).time() == rules.HOUR


@given(now=MOMENTS, last=MOMENTS)
def test_mails_that_gather_go_once_a_day(now, last):
    gathering = rules.next_gathering(now, last)
    assert to_tbilisi(gathering).time() == rules.HOUR
    assert to_tbilisi(gathering).date() != to_tbilisi(last).date() or to_tbilisi(now).date() != to_tbilisi(last).date()
    assert rules.next_gathering(now, None) <= gathering
