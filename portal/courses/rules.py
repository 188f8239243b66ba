"""Pure decisions about courses and their runs: what values are sound, what may follow what, when one can enrol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from portal.courses.models import RunForm, RunState
from portal.foundation import georgian
from portal.foundation.errors import N_, RefusedError
from portal.people.models import PostCategory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from portal.courses.values import AssessmentMethod, CourseValues, ProjectValues, RunValues, SessionValues, TopicValues, VenueValues

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 6000
LONGEST_LINK: Final = 500
MOST_HOURS: Final = Decimal(2000)
MOST_CREDITS: Final = Decimal(60)
MOST_POINTS: Final = 1000
LARGEST_GROUP: Final = 2000
LONGEST_VALIDITY: Final = 240
LONGEST_SESSION: Final = timedelta(hours=14)
ALL: Final = 100

_CODE: Final = re.compile("[A-Z0-9](?:[A-Z0-9-]{0,28}[A-Z0-9])?")
_SLUG: Final = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED_SLUGS: Final = frozenset({"new"})
"""Words that stand in addresses of pages already."""
TAKEN: Final = N_("“%(field)s” is in use already; choose another.")
CHOOSE_VENUE: Final = N_("Choose a venue, or make the training online.")
_TEXTS: Final = ("summary", "goal", "learning_outcomes", "curriculum", "prerequisite", "teaching_method")

FOLLOWING: Final[dict[str, frozenset[str]]] = {
    RunState.DRAFT: frozenset({RunState.OPEN, RunState.CANCELLED}),
    RunState.OPEN: frozenset({RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED, RunState.CANCELLED}),
    RunState.CLOSED: frozenset({RunState.OPEN, RunState.RUNNING, RunState.COMPLETED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset({RunState.CLOSED, RunState.COMPLETED, RunState.CANCELLED}),
    RunState.COMPLETED: frozenset(),
    RunState.CANCELLED: frozenset(),
}
"""Which states may follow a state of a run."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: an English message id with its facts; ``%(field)s`` in it stands for the label of the field."""

    field: str
    message: str
    facts: tuple[tuple[str, object], ...] = ()


class WrongValuesError(RefusedError):
    """Values are not sound. ``problems`` say which, by field, so that a form can show each beside its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems[0].message, **{"field": problems[0].field} | dict(problems[0].facts))


class Window(StrEnum):
    """Whether one can enrol in a run at a moment."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


class Enrollable(Protocol):
    """What the enrolment window depends on: a run, or a row of a list."""

    @property
    def state(self) -> str:
        """A word of ``RunState``."""

    @property
    def enrolment_opens_at(self) -> datetime:
        """The first moment at which one can enrol."""

    @property
    def enrolment_closes_at(self) -> datetime:
        """The first moment at which one no longer can."""


def enrolment_window(run: Enrollable, at: datetime) -> Window:
    """Whether ``run`` takes enrolments at the moment ``at``. A run that is no longer open is over, whatever its dates say."""
    if run.state == RunState.DRAFT:
        return Window.NOT_YET
    if run.state != RunState.OPEN or at >= run.enrolment_closes_at:
        return Window.OVER
    return Window.OPEN if at >= run.enrolment_opens_at else Window.NOT_YET


def may_become(state: str, new: str) -> bool:
    """Whether a run in ``state`` may get the state ``new``."""
    return new in FOLLOWING[state]


def can_be_changed(state: str) -> bool:
    """Whether dates, place and trainers of a run in ``state`` may still change."""
    return state not in {RunState.COMPLETED, RunState.CANCELLED}


def check(problems: Iterable[Problem]) -> None:
    """Raise ``WrongValuesError`` when there are any ``problems``."""
    found = list(problems)
    if found:
        raise WrongValuesError(found)


def problems_of_course(values: CourseValues) -> Iterator[Problem]:
    """What is wrong with the values of a course, field by field."""
    yield from _names(values, "title")
    yield from _slug(values.slug)
    for name in (f"{text}_{language}" for text in _TEXTS for language in ("ka", "en")):
        if len(getattr(values, name)) > LONGEST_TEXT:
            yield Problem(name, N_("“%(field)s” can have at most %(most)s characters."), (("most", LONGEST_TEXT),))
    yield from _hours_and_credits(values)
    if not 1 <= values.minimum_group <= LARGEST_GROUP:
        yield _from_to("minimum_group", 1, LARGEST_GROUP)
    if not 1 <= values.maximum_group <= LARGEST_GROUP:
        yield _from_to("maximum_group", 1, LARGEST_GROUP)
    elif values.maximum_group < values.minimum_group:
        yield Problem("maximum_group", N_("The largest group cannot be smaller than the smallest."))
    yield from _certificate_rule(values)
    for number, method in enumerate(values.assessment):
        yield from _assessment(number, method)
    if not {str(category) for category in PostCategory}.issuperset(values.target_categories):
        yield Problem("target_categories", N_("Choose “%(field)s” from the list."))


def _hours_and_credits(values: CourseValues) -> Iterator[Problem]:
    if not 0 < values.contact_hours <= MOST_HOURS:
        yield _from_to("contact_hours", "0,25", MOST_HOURS)
    if not 0 <= values.independent_hours <= MOST_HOURS:
        yield _from_to("independent_hours", 0, MOST_HOURS)
    if values.credits is not None and not 0 < values.credits <= MOST_CREDITS:
        yield _from_to("credits", "0,25", MOST_CREDITS)
    for name in ("contact_hours", "independent_hours", "credits"):
        value: Decimal | None = getattr(values, name)
        if value is not None and value != round(value, 2):
            yield Problem(name, N_("“%(field)s” can have at most two decimals."))


def _certificate_rule(values: CourseValues) -> Iterator[Problem]:
    for name in ("attendance_percent", "score_percent"):
        percent: int | None = getattr(values, name)
        if percent is not None and not 1 <= percent <= ALL:
            yield _from_to(name, 1, ALL)
    if values.attendance_percent is None and values.score_percent is None:
        yield Problem("attendance_percent", N_("Say what a certificate asks for: attendance, a score, or both."))
    if values.validity_months is not None and not 1 <= values.validity_months <= LONGEST_VALIDITY:
        yield _from_to("validity_months", 1, LONGEST_VALIDITY)


def _assessment(number: int, method: AssessmentMethod) -> Iterator[Problem]:
    field = f"assessment-{number}"
    if not method.name_ka or not method.name_en or max(len(method.name_ka), len(method.name_en)) > LONGEST_NAME:
        yield Problem(field, N_("Name the assessment method in both languages."))
    if not 0 <= method.minimum <= method.maximum <= MOST_POINTS:
        yield Problem(field, N_("The fewest points cannot be more than the most; the most are %(most)s."), (("most", MOST_POINTS),))


def problems_of_run(values: RunValues) -> Iterator[Problem]:
    """What is wrong with the values of a run, field by field."""
    if values.code and not _CODE.fullmatch(values.code):
        yield Problem("code", N_("The code has Latin capital letters, digits and hyphens, at most 30."))
    if values.form not in set(RunForm):
        yield Problem("form", N_("Choose “%(field)s” from the list."))
    elif values.form != RunForm.ONLINE and values.venue_id is None:
        yield Problem("venue_id", CHOOSE_VENUE)
    elif values.form == RunForm.ONLINE and values.venue_id is not None:
        yield Problem("venue_id", N_("An online training has no venue: take it away, or choose another mode of study."))
    if values.language not in {"ka", "en"}:
        yield Problem("language", N_("Choose “%(field)s” from the list."))
    if values.enrolment_closes_at <= values.enrolment_opens_at:
        yield Problem("enrolment_closes_at", N_("Registration must close after it opens."))


def problems_of_capacity(capacity: int) -> Iterator[Problem]:
    """What is wrong with a number of places."""
    if not 1 <= capacity <= LARGEST_GROUP:
        yield _from_to("capacity", 1, LARGEST_GROUP)


def problems_of_session(values: SessionValues, others: Iterable[tuple[datetime, datetime]] = ()) -> Iterator[Problem]:
    """What is wrong with a session, ``others`` being start and end of the other sessions of its run."""
    if values.ends_at <= values.starts_at:
        yield Problem("ends_at", N_("The end must be after the start."))
    elif values.ends_at - values.starts_at > LONGEST_SESSION:
        yield Problem(
            "ends_at", N_("A training day lasts at most %(most)s hours."), (("most", int(LONGEST_SESSION.total_seconds() // 3600)),)
        )
    elif any(values.starts_at < end and start < values.ends_at for start, end in others):
        yield Problem("starts_at", N_("Another training day of this run is at the same time."))
    for name in ("title_ka", "title_en"):
        if len(getattr(values, name)) > LONGEST_NAME:
            yield _too_long(name)
    if values.online_link and (not values.online_link.startswith("https://") or len(values.online_link) > LONGEST_LINK):
        yield Problem("online_link", N_("The link must begin with https://."))


def problems_of_publishing(
    *, course_open: bool, placed: bool, starts_at: datetime | None, closes_at: datetime, cancel_until: datetime, at: datetime
) -> Iterator[Problem]:
    """What keeps a draft run from being published at the moment ``at``: the staff's checklist, and the refusal.

    ``course_open`` is a published course, not archived; ``placed`` says that the run has a venue or needs none. A trainer is not asked for:
    trainings are announced before it is known who teaches, and the trainer is told as soon as one is chosen.
    """
    if not course_open:
        yield Problem("course", N_("Publish the course first."))
    if not placed:
        yield Problem("venue_id", CHOOSE_VENUE)
    if starts_at is None:
        yield Problem("sessions", N_("Add a training day first."))
        return
    if starts_at <= at:
        yield Problem("sessions", N_("The training has already begun."))
    yield from problems_of_deadlines(starts_at=starts_at, closes_at=closes_at, cancel_until=cancel_until)


def problems_of_deadlines(*, starts_at: datetime, closes_at: datetime, cancel_until: datetime) -> Iterator[Problem]:
    """What is wrong with the deadlines of a run that people may know of: from the start on its window is over, and no place is given back."""
    if closes_at > starts_at:
        yield Problem("enrolment_closes_at", N_("Registration must close before the training begins."))
    if cancel_until > starts_at:
        yield Problem("cancel_until", N_("The withdrawal deadline cannot be after the training begins."))


def problems_of_venue(values: VenueValues, others: Iterable[str] = ()) -> Iterator[Problem]:
    """What is wrong with the values of a venue, field by field; ``others`` are the names of the municipality's other venues."""
    yield from _names(values, "name")
    if is_taken(values.name_ka, others):
        yield Problem("name_ka", N_("The municipality has a venue of this name already. If it is archived, take it out of the archive."))
    yield from _names(values, "address")


def problems_of_project(values: ProjectValues) -> Iterator[Problem]:
    """What is wrong with the values of a funding project, field by field."""
    yield from _names(values, "name")
    yield from _names(values, "donor")


def problems_of_topic(values: TopicValues, others: Iterable[str] = ()) -> Iterator[Problem]:
    """What is wrong with the values of a topic, field by field; ``others`` are the names of the other topics."""
    yield from _names(values, "name")
    if is_taken(values.name_ka, others):
        yield Problem("name_ka", N_("There is a topic of this name already."))
    yield from _slug(values.slug)
    if not 0 <= values.position <= LARGEST_GROUP:
        yield _from_to("position", 0, LARGEST_GROUP)


def is_taken(name: str, others: Iterable[str]) -> bool:
    """Whether people would take ``name`` for one of the ``others``: quotation marks and dashes tell nothing apart."""
    return georgian.fold_for_search(name) in set(map(georgian.fold_for_search, others))


def _names(values: object, stem: str) -> Iterator[Problem]:
    for name in (f"{stem}_ka", f"{stem}_en"):
        text: str = getattr(values, name)
        if not text.strip():
            yield Problem(name, N_("“%(field)s” is required."))
        elif len(text) > LONGEST_NAME:
            yield _too_long(name)


def _slug(slug: str) -> Iterator[Problem]:
    if slug and (not _SLUG.fullmatch(slug) or len(slug) > LONGEST_NAME):
        yield Problem("slug", N_("The web address has small Latin letters, digits and hyphens."))
    if slug in RESERVED_SLUGS:
        yield Problem("slug", TAKEN)


def _too_long(field: str) -> Problem:
    return Problem(field, N_("“%(field)s” can have at most %(most)s characters."), (("most", LONGEST_NAME),))


def _from_to(field: str, least: object, most: object) -> Problem:
    return Problem(field, N_("“%(field)s” must be a number from %(least)s to %(most)s."), (("least", least), ("most", most)))
