"""Which runs there are: the six that people are told of, and those of an ordinary two years. Days are counted from today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from portal.courses.models import RunState
from portal.demo import content

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

ONLINE_BY_NATURE = frozenset({"best-practice", "participatory-budget", "digital-ethics-privacy"})
EVERY_FORTNIGHT = 14
PLACE, WAITING = "place", "waiting"
COMPLETED, LEARNERS_RUN = 14, 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run to be. ``taken`` have a place in the end, ``waiting`` wait; of those with a place at first ``withdrawn`` gave it back.

    ``starts``, ``opens`` and ``closes`` are days from today (``exact`` ones are not moved off a weekend); ``days`` the titles and hours of its
    days, None for those of the course, ``every`` so many days one. ``learner`` says what the demo learner is in it; ``decided_by``
    who decides on those who apply, within ``decision_days``. Empty venue, project and trainer are drawn.
    """

    course: str
    state: RunState
    starts: int
    capacity: int
    code: str = ""
    taken: int = 0
    waiting: int = 0
    withdrawn: int = 0
    walk_ins: int = 0
    opens: int = 0
    closes: int = 0
    exact: bool = False
    every: int = 1
    days: tuple[tuple[str, str, int], ...] | None = None
    form: str = "in_person"
    venue: str = ""
    project: str | None = ""
    trainer: str = ""
    certificates: bool = False
    failing: int | None = None
    learner: str = ""
    decided_by: str = "at_once"
    decision_days: int = 5


DAYS_OF_NOW: Final = (
    ("უფლებები და თანასწორობის პრინციპი", "Rights and the principle of equality", 4),
    ("დისკრიმინაციის შემთხვევების განხილვა", "Review of discrimination cases", 4),
    ("შემაჯამებელი ტესტი", "Final test", 4),
)
NAMED: Final = (
    Plan(
        code="DEMO-OPEN",
        course="human-rights",
        state=RunState.OPEN,
        starts=31,
        opens=-16,
        closes=26,
        capacity=20,
        taken=11,
        withdrawn=1,
        venue="telavi-vine",
        project="coe-rights",
        trainer="tr-03",
    ),
    Plan(
        code="DEMO-FULL",
        course="equality-charter",
        state=RunState.OPEN,
        starts=24,
        opens=-21,
        closes=20,
        capacity=20,
        taken=20,
        waiting=9,
        withdrawn=2,
        venue="kutaisi-rioni",
        project="undp-regions",
        trainer="tr-03",
    ),
    Plan(
        code="DEMO-RACE",
        course="harassment-prevention",
        state=RunState.OPEN,
        starts=45,
        opens=-9,
        closes=40,
        capacity=20,
        venue="tbilisi-centre",
        project="undp-regions",
        trainer="tr-03",
    ),
    Plan(
        code="DEMO-NOW",
        course="human-rights",
        state=RunState.RUNNING,
        starts=-1,
        opens=-40,
        closes=-6,
        capacity=34,
        taken=30,
        withdrawn=1,
        exact=True,
        days=DAYS_OF_NOW,
        venue="telavi-vine",
        project="coe-rights",
        trainer="tr-03",
    ),
    Plan(
        code="DEMO-DONE",
        course="digital-ethics-privacy",
        state=RunState.COMPLETED,
        starts=-9,
        opens=-50,
        closes=-14,
        capacity=35,
        taken=33,
        withdrawn=1,
        form="hybrid",
        venue="tbilisi-centre",
        project="giz-services",
        failing=3,
        learner=PLACE,
    ),
    Plan(
        code="DEMO-CERT",
        course="administrative-proceedings",
        state=RunState.COMPLETED,
        starts=-40,
        opens=-80,
        closes=-46,
        capacity=25,
        taken=22,
        withdrawn=1,
        venue="rustavi-hall",
        project="eu-local",
        certificates=True,
        failing=3,
        learner=PLACE,
    ),
)


def ordinary(chance: random.Random, *, first: bool) -> Iterator[Plan]:
    """The runs of two years that are nobody's example, 26 of them; in the ``first`` block the demo learner takes part in some."""
    codes = [course["code"] for course in content.read("courses")]
    chance.shuffle(codes)
    courses = iter(codes * 2)
    yield from _completed(chance, courses, first=first)
    yield _cancelled(chance, next(courses), -chance.randint(90, 200))
    yield _cancelled(chance, next(courses), chance.randint(8, 18))
    yield _running(chance)
    yield from _coming(chance, courses, first=first)
    for starts in (chance.randint(80, 95), chance.randint(100, 118)):
        yield _run(chance, next(courses), RunState.DRAFT, starts, opens=starts - 60, closes=starts - 5)


def _completed(chance: random.Random, courses: Iterator[str], *, first: bool) -> Iterator[Plan]:
    for number in range(COMPLETED):
        starts = -665 + number * 46 + chance.randint(-8, 8)
        capacity = chance.choice((16, 18, 20, 20, 22))
        taken = capacity - chance.choice((0, 0, 1, 2, 4, 6))
        full = taken == capacity
        yield _run(
            chance,
            next(courses),
            RunState.COMPLETED,
            starts,
            opens=starts - 40,
            closes=starts - 6,
            capacity=capacity,
            taken=taken,
            waiting=chance.choice((0, 2, 4)) if full else 0,
            withdrawn=chance.choice((0, 1, 2)) if full or taken < capacity - 2 else 0,
            walk_ins=0 if full else chance.choice((0, 1)),
            certificates=number % 3 != 1,
            learner=PLACE if first and number == LEARNERS_RUN else "",
        )


def _cancelled(chance: random.Random, course: str, starts: int) -> Plan:
    taken = chance.randint(3, 6)
    return _run(chance, course, RunState.CANCELLED, starts, opens=starts - 45, closes=starts - 7, taken=taken, waiting=0)


def _running(chance: random.Random) -> Plan:
    return _run(chance, "best-practice", RunState.RUNNING, -10, opens=-50, closes=-12, capacity=40, taken=chance.randint(22, 30))


def _coming(chance: random.Random, courses: Iterator[str], *, first: bool) -> Iterator[Plan]:
    yield _run(chance, next(courses), RunState.CLOSED, 5, opens=-30, closes=3, capacity=18, taken=18, waiting=3, withdrawn=1)
    partly = {"learner": PLACE} if first else {}
    yield _run(
        chance, "spatial-planning" if first else next(courses), RunState.OPEN, 12, opens=-28, closes=9, taken=13, withdrawn=1, **partly
    )
    first_employer = {"decided_by": "employer_then_staff"} if first else {}
    yield _run(chance, next(courses), RunState.OPEN, 37, opens=-15, closes=30, taken=7, **first_employer)
    waits = {"learner": WAITING} if first else {}
    course = "programme-budget" if first else next(courses)
    yield _run(chance, course, RunState.OPEN, 53, opens=-12, closes=46, capacity=16, taken=16, waiting=5, withdrawn=1, **waits)
    yield _run(chance, "participatory-budget", RunState.OPEN, 18, opens=-20, closes=16, capacity=60, taken=24)
    staff_decide = {"decided_by": "staff", "decision_days": 1} if first else {}
    yield _run(chance, next(courses), RunState.OPEN, 66, opens=-5, closes=58, taken=3, **staff_decide)
    yield _run(chance, next(courses), RunState.OPEN, 100, opens=21, closes=92)


def _run(chance: random.Random, course: str, state: RunState, starts: int, **rest: Any) -> Plan:
    online = course in ONLINE_BY_NATURE
    usual = {
        "capacity": 20,
        "every": EVERY_FORTNIGHT if online else 1,
        "form": "online" if online else chance.choice(("in_person", "in_person", "in_person", "in_person", "hybrid")),
        "project": chance.choice(("", "", "", None)),
    }
    return Plan(course=course, state=state, starts=starts, **usual | rest)
