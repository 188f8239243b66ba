"""Pure decisions about needs: what is sound, where one stands, how places are shared out, and when a run for them could begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from portal.courses import Problem
from portal.courses.models import RunForm, RunState
from portal.foundation.errors import N_
from portal.needs.models import NeedEnd, NeedForm, NeedState
from portal.people.models import PostCategory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portal.needs.values import NeedValues

MOST_PEOPLE: Final = 500
MOST_MONEY: Final = Decimal(10_000_000)
LONGEST_PERIOD: Final = timedelta(days=366)
NOTICE: Final = timedelta(days=21)
QUARTERS: Final = 4
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, from 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * _MONTHS - _MONTHS + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def following(self) -> Quarter:
        """The next one."""
        return Quarter(self.year + self.number // QUARTERS, self.number % QUARTERS + 1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The one in which ``day`` is."""
        return cls(day.year, (day.month + _MONTHS - 1) // _MONTHS)


def find_quarter(starts_on: date, ends_on: date) -> Quarter | None:
    """The quarter that begins and ends on these days."""
    quarter = Quarter.of(starts_on)
    return quarter if (quarter.first, quarter.last) == (starts_on, ends_on) else None


def state_of(ended: str | None, run_state: str | None) -> NeedState:
    """Where a need stands that ``ended`` so, and that a run in ``run_state`` serves (None: none, or one that was cancelled)."""
    if ended is not None:
        return NeedState.DECLINED if ended == NeedEnd.DECLINED else NeedState.WITHDRAWN
    if run_state in {None, RunState.CANCELLED}:
        return NeedState.OPEN
    return NeedState.DONE if run_state == RunState.COMPLETED else NeedState.PLANNED


def problems_of(values: NeedValues, today: date) -> Iterator[Problem]:
    """What is wrong with the values of a need, field by field."""
    if (values.course_id is None) == (values.topic_id is None):
        yield Problem("course_id", N_("Choose a course, or a topic and say in your own words what is needed: one of the two."))
    elif values.topic_id is not None and not values.subject:
        yield Problem("subject", N_("Say in your own words what is needed."))
    elif values.course_id is not None and values.subject:
        yield Problem("subject", N_("The course says what is needed. Write the rest into the note."))
    yield from _people_and_money(values)
    if values.ends_on < values.starts_on:
        yield Problem("ends_on", N_("The period ends before it begins."))
    elif values.ends_on < today:
        yield Problem("ends_on", N_("The period is over already."))
    elif values.ends_on - values.starts_on >= LONGEST_PERIOD:
        yield Problem("ends_on", N_("A period is a year at most."))


def _people_and_money(values: NeedValues) -> Iterator[Problem]:
    if values.form not in set(NeedForm):
        yield Problem("form", N_("Choose “%(field)s” from the list."))
    if not 1 <= values.people <= MOST_PEOPLE:
        yield Problem("people", N_("“%(field)s” must be a number from %(least)s to %(most)s."), (("least", 1), ("most", MOST_PEOPLE)))
    if not {str(category) for category in PostCategory}.issuperset(values.categories):
        yield Problem("categories", N_("Choose “%(field)s” from the list."))
    if values.cost is not None and not 0 <= values.cost <= MOST_MONEY:
        yield Problem("cost", N_("“%(field)s” must be a number from %(least)s to %(most)s."), (("least", 0), ("most", MOST_MONEY)))


def shares(asked: Mapping[int, int], capacity: int) -> dict[int, int]:
    """How many of ``capacity`` places each municipality gets: what it asked for, or its share where that is more than there are.

    Places left by rounding down go to the largest rests, of equal ones to who asked for more. Whose share is nothing is left out.
    """
    total = sum(asked.values())
    if total <= capacity:
        return dict(asked)
    given = {one: people * capacity // total for one, people in asked.items()}
    by_rest = sorted(asked, key=lambda one: (-(asked[one] * capacity % total), -asked[one], one))
    for one in by_rest[: capacity - sum(given.values())]:
        given[one] += 1
    return {one: places for one, places in given.items() if places}


def first_day(starts: Iterable[date], today: date) -> date:
    """The first day on which a run can begin for needs whose periods begin on ``starts``: people are told some weeks before."""
    return max(*starts, today + NOTICE)


def form_of_run(forms: Iterable[str]) -> RunForm:
    """The form in which a run serves needs: the one that somebody asks for, in person when all leave it open."""
    return next((RunForm(form) for form in sorted(forms) if form != NeedForm.ANY), RunForm.IN_PERSON)
