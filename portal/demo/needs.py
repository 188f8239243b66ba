"""Needs of the demo: some that neighbours can be pooled for, some that named runs serve, one declined, one withdrawn; and money of two municipalities."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from portal import courses, municipalities
from portal.foundation import formats
from portal.foundation.database import db
from portal.needs import Quarter
from portal.needs.models import NeedEnd, NeedRun, TrainingBudget, TrainingNeed
from portal.people.models import Account, Person, Post

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.courses.models import CourseRun
    from portal.demo.world import World

NEXT, LATER = 1, 2


class Asked(NamedTuple):
    """A need: who asks, for which course (or topic, with ``words``), for how many, how many quarters from now, and what it may cost."""

    place: str
    subject: str
    people: int
    quarters: int = NEXT
    form: str = "any"
    cost: int | None = None
    words: str = ""
    categories: tuple[str, ...] = ()
    note: str = ""


PAPERLESS, NEWCOMERS = "ელექტრონული საქმისწარმოება და არქივი", "ახალი თანამშრომლების ადაპტაცია"
OPEN: Final = (
    Asked("telavi", "administrative-proceedings", 5, form="in_person", cost=3500, categories=("civil_servant",)),
    Asked("gurjaani", "administrative-proceedings", 4, form="in_person", cost=2800),
    Asked("kvareli", "administrative-proceedings", 3),
    Asked("lagodekhi", "administrative-proceedings", 2),
    Asked("zugdidi", "administrative-proceedings", 6, form="in_person", cost=4200),
    Asked("senaki", "administrative-proceedings", 3),
    Asked("kutaisi", "administrative-proceedings", 5, cost=3000),
    Asked("batumi", "internal-audit", 3, form="in_person", cost=2600, note="სასურველია ბათუმში ან ოზურგეთში."),
    Asked("khelvachauri", "internal-audit", 2, form="in_person"),
    Asked("ozurgeti", "internal-audit", 4, cost=3200),
    Asked("rustavi", "public-procurement", 8, form="in_person", cost=6400),
    Asked("marneuli", "public-procurement", 5),
    Asked("akhaltsikhe", "public-procurement", 4, quarters=LATER, cost=3600),
    Asked("telavi", "digital", 6, quarters=LATER, form="online", cost=1800, words=PAPERLESS),
    Asked("dusheti", "digital", 5, quarters=LATER, words=PAPERLESS),
    Asked("ambrolauri", "people", 4, words=NEWCOMERS, note="ოთხივე თანამშრომელი წელს დაინიშნა."),
)
PLANNED: Final = ("DEMO-QUOTA", (("telavi", 3, 2400), ("gurjaani", 3, None), ("kvareli", 2, None)))
DONE: Final = ("DEMO-CERT", (("telavi", 4, 3200), ("kutaisi", 3, 2500)))
DECLINED = Asked("telavi", "media-relations", 2, words="")
DECLINED_WORDS = "ამ წელს ტრენერი აღარ გვყავს. გთხოვთ, საჭიროება მომავალი წლისთვის ხელახლა გააგზავნოთ."
WITHDRAWN = Asked("telavi", "legal-drafting", 3, form="online", cost=1500)
BUDGETS: Final = (("telavi", Decimal(12_000)), ("kutaisi", Decimal(9_000)))


def make_needs(world: World) -> None:
    """Post them all on the last evening, and make staff act on some."""
    places = {place.code: place.id for place in municipalities.municipalities_in_order()}
    asking = _Asking(world, places)
    for asked in OPEN:
        asking.post(asked)
    asking.post(DECLINED, ended=NeedEnd.DECLINED, words=DECLINED_WORDS)
    asking.post(WITHDRAWN, ended=NeedEnd.WITHDRAWN)
    for code, served in (PLANNED, DONE):
        asking.serve(courses.get_run(code), served)
    for code, amount in BUDGETS:
        for year in (world.today.year, world.today.year + 1):
            budget = world.rows.add(TrainingBudget, municipality_id=places[code], year=year, amount=amount)
            change = {"municipality_id": places[code], "year": year, "amount": [None, str(amount)]}
            world.past.note(world.lately, "budget:set", TrainingBudget, budget, by=asking.who[places[code]].id, change=change)
    world.past.write()


class _Asking:
    """Posts needs for municipalities, each through one of its people."""

    def __init__(self, world: World, places: dict[str, int]) -> None:
        self.world, self.places = world, places
        self.courses = {code: version.course_id for code, version in world.catalogue.versions.items()}
        self.topics = {topic.slug: topic.id for topic in courses.topics_in_order()}
        self.who = _people_of(places.values(), [coordinator.id for coordinator in world.office.coordinators])

    def post(self, asked: Asked, run: CourseRun | None = None, *, ended: NeedEnd | None = None, words: str = "") -> None:
        """Post a need, for the quarter of ``run`` if it serves it, and note what became of it."""
        world, place = self.world, self.places[asked.place]
        quarter = _quarter(world, asked.quarters) if run is None else Quarter.of(formats.to_tbilisi(run.starts_at or world.lately).date())
        poster = self.who[place]
        subject = {"course_id": self.courses.get(asked.subject), "topic_id": self.topics.get(asked.subject), "subject": asked.words}
        need = world.rows.add(
            TrainingNeed,
            **subject,
            municipality_id=place,
            form=asked.form,
            people=asked.people,
            categories=list(asked.categories),
            starts_on=quarter.first,
            ends_on=quarter.last,
            note=asked.note,
            cost=None if asked.cost is None else Decimal(asked.cost),
            contact=poster.name("ka"),
            posted_by=poster.id,
            posted_at=world.lately,
            ended=ended,
            ended_at=world.lately if ended else None,
            words=words,
        )
        self._note("need:post", need, poster.id, {"municipality_id": place, "people": asked.people, "form": asked.form})
        if ended == NeedEnd.WITHDRAWN:
            self._note("need:withdraw", need, poster.id, {})
        elif ended == NeedEnd.DECLINED:
            self._note("need:decline", need, world.office.staff.id, {})
        if run is not None:
            staff = world.office.staff.id
            world.rows.link(NeedRun, need_id=need, run_id=run.id, planned_by=staff, planned_at=world.lately)
            self._note("need:plan", need, staff, {"run": run.code, "people": asked.people})

    def serve(self, run: CourseRun, served: tuple[tuple[str, int, int | None], ...]) -> None:
        """Post what ``run`` serves."""
        code = next(code for code, course_id in self.courses.items() if course_id == run.course_id)
        for place, people, cost in served:
            self.post(Asked(place, code, people, cost=cost), run)

    def _note(self, action: str, need: int, by: int, change: dict[str, Any]) -> None:
        self.world.past.note(self.world.lately, action, TrainingNeed, need, by=by, person=by, change=change)


def _quarter(world: World, ahead: int) -> Quarter:
    found = Quarter.of(world.today)
    for _step in range(ahead):
        found = found.following
    return found


def _people_of(places: Collection[int], coordinators: Collection[int]) -> dict[int, Person]:
    """Somebody of each municipality who can sign in: its coordinator where the demo has one, else who came first."""
    rows = db.session.execute(
        sa.select(Post.municipality_id, Person)
        .join(Person, Person.id == Post.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(Post.municipality_id.in_(list(places)))
        .order_by(Person.id.not_in(list(coordinators)), Person.id)
    )
    found: dict[int, Person] = {}
    for place, person in rows:
        found.setdefault(place, person)
    return found
