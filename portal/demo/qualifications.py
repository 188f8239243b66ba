"""What posts of the demo call for: qualifications with their editions, three goals and two tracks, made by the portal's own services."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal import courses, municipalities, qualifications
from portal.demo.moments import at
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.people.models import PostCategory
from portal.qualifications import CourseDemand, ExpiryBase, Group, HoursDemand
from portal.qualifications.models import Goal, Qualification, QualificationVersion, Track

if TYPE_CHECKING:
    from datetime import date

    from portal.demo.world import World
    from portal.qualifications import Requirement

SERVANTS: Final = (PostCategory.CIVIL_SERVANT, PostCategory.PUBLIC_CONTRACT)
ALL: Final = tuple(PostCategory)
# Days before today: when most editions came into force, and when the newer ones did.
FIRST_EDITION, NEWER_EDITION, YOUNGEST = 700, 150, 300
YEARLY_IN = 62
ELECTION = 1_850
"""So many days ago the members of the sakrebulo were elected for whom there is a track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition of a rule, from so many days ago; what it asks for is written with the codes of courses and topics."""

    days: int
    asks: tuple[Any, ...]
    terms: dict[str, Any] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A qualification: its names, what it is about, and the editions of its rule."""

    ka: str
    en: str
    about_ka: str
    about_en: str
    editions: tuple[Edition, ...]


PLANS: Final = (
    Plan(
        ka="სახელმწიფო შესყიდვები",
        en="Public procurement",
        about_ka="ვინც მუნიციპალიტეტში შესყიდვებს გეგმავს, აცხადებს ან ამოწმებს.",
        about_en="For those who plan, announce or check procurement in a municipality.",
        editions=(
            Edition(days=FIRST_EDITION, asks=("public-procurement",), terms={"validity_months": 24, "window_months": 6}),
            Edition(
                days=NEWER_EDITION,
                asks=("public-procurement|internal-audit",),
                terms={"categories": (PostCategory.CIVIL_SERVANT,), "validity_months": 24, "window_months": 6, "grace_months": 9},
                words="შიდა აუდიტის კურსი ეკვივალენტურად ჩაითვალა",
            ),
        ),
    ),
    Plan(
        ka="ადმინისტრაციული წარმოება",
        en="Administrative proceedings",
        about_ka="ვინც მოქალაქეთა განცხადებებს განიხილავს და გადაწყვეტილებებს ამზადებს.",
        about_en="For those who deal with applications of citizens and prepare decisions.",
        editions=(
            Edition(
                days=FIRST_EDITION,
                asks=("administrative-proceedings",),
                terms={"categories": SERVANTS, "validity_months": 36, "window_months": 6, "grace_months": 30},
            ),
        ),
    ),
    Plan(
        ka="პერსონალური მონაცემების დაცვა და ეთიკა",
        en="Personal data protection and ethics",
        about_ka="ყველასთვის, ვინც მუნიციპალიტეტში მუშაობს ან არჩეულია.",
        about_en="For everybody who works in a municipality or was elected there.",
        editions=(
            Edition(
                days=FIRST_EDITION,
                asks=("digital-ethics-privacy", (8, None, 24)),
                terms={"categories": ALL, "validity_months": 24, "window_months": 3, "grace_months": 30},
            ),
        ),
    ),
    Plan(
        ka="უწყვეტი პროფესიული განვითარება",
        en="Continuing professional development",
        about_ka="წელიწადში სულ ცოტა 16 საკონტაქტო საათი, ნებისმიერ თემაში.",
        about_en="At least 16 contact hours a year, in any subject.",
        editions=(
            Edition(days=FIRST_EDITION, asks=((16, None, 12),), terms={"base": ExpiryBase.FIXED, "window_months": 3, "grace_months": 24}),
        ),
    ),
    Plan(
        ka="ადამიანის უფლებები და თანასწორობა",
        en="Human rights and equality",
        about_ka="ვისაც მოქალაქეებთან ყოველდღიური ურთიერთობა აქვს.",
        about_en="For those who deal with citizens every day.",
        editions=(
            Edition(days=YOUNGEST, asks=("human-rights",), terms={"categories": SERVANTS, "validity_months": 36, "window_months": 6}),
        ),
    ),
    Plan(
        ka="ახალარჩეული წევრის საბაზისო მომზადება",
        en="Induction of newly elected members",
        about_ka="საკრებულოს წევრისთვის უფლებამოსილების ვადის დასაწყისში.",
        about_en="For members of the sakrebulo at the beginning of their term.",
        editions=(
            Edition(
                days=FIRST_EDITION,
                asks=(("legal-drafting", "programme-budget|public-investment"), 1, "spatial-planning", "community-led-development"),
                terms={"categories": (PostCategory.SAKREBULO_MEMBER,), "grace_months": 30},
            ),
        ),
    ),
    Plan(
        ka="ევროკავშირის პროექტების მართვა",
        en="Management of EU-funded projects",
        about_ka="ვინც დონორთა პროექტებს ამზადებს და ახორციელებს.",
        about_en="For those who prepare and carry out projects of donors.",
        editions=(
            Edition(
                days=FIRST_EDITION,
                asks=("eu-funds|community-led-development",),
                terms={
                    "categories": (PostCategory.POLITICAL_OFFICIAL,),
                    "base": ExpiryBase.PREVIOUS,
                    "validity_months": 18,
                    "window_months": 6,
                },
            ),
        ),
    ),
    Plan(
        ka="შიდა აუდიტი და ფინანსური მართვა",
        en="Internal audit and financial management",
        about_ka="სამი კურსიდან ორი.",
        about_en="Two of three courses.",
        editions=(
            Edition(
                days=FIRST_EDITION,
                asks=(2, "internal-audit", "programme-budget", "public-procurement|public-investment"),
                terms={"validity_months": 36, "window_months": 12},
            ),
        ),
    ),
    Plan(
        ka="ადამიანური რესურსების მართვა და საქმისწარმოება",
        en="Human resources management and record keeping",
        about_ka="ადამიანური რესურსების მართვის სამსახურის თანამშრომლებისთვის.",
        about_en="For the staff of human resources units.",
        editions=(Edition(days=FIRST_EDITION, asks=("hr-records",), terms={"validity_months": 36, "window_months": 6}),),
    ),
)
GOALS: Final = (
    ("public-procurement", 60, 240, 500, {"telavi": 70, "kutaisi": 65}),
    ("personal-data-protection-and-ethics", 80, 300, 220, {"tbilisi": 90, "telavi": 85}),
    ("human-rights-and-equality", 50, 200, 400, {"kutaisi": 40}),
)
"""Qualification, percent, since and in how many days, and other percentages by municipality."""


def make_qualifications(world: World) -> None:
    """Publish the rules, each in force since its day, set the goals, and lay the tracks."""
    by, asks = world.office.staff.id, _Asks(world)
    rows = {}
    history.append_recorded(db.session())
    with clock.frozen(at(world.day(-FIRST_EDITION), 12)):
        for plan in PLANS:
            values = qualifications.QualificationValues(
                name_ka=plan.ka, name_en=plan.en, description_ka=plan.about_ka, description_en=plan.about_en
            )
            row = rows[plan.en] = qualifications.create_qualification(values, by=by)
            for edition in plan.editions:
                qualifications.publish_rule(row.id, _rule(world, edition, asks), by=by)
        _make_tracks(world, asks, by)
    by_slug = {row.slug: row for row in rows.values()}
    places = {place.code: place.id for place in municipalities.municipalities_in_order()}
    for slug, percent, since, until, shares in GOALS:
        with clock.frozen(at(world.day(-since), 12)):
            values_of_goal = qualifications.GoalValues(
                percent=percent,
                starts_on=world.day(-since),
                due_on=world.day(until),
                shares={places[code]: share for code, share in shares.items()},
            )
            qualifications.set_goal(by_slug[slug].id, values_of_goal, by=by)
    history.forget_recorded(db.session())
    _note(world, by)


def _note(world: World, by: int) -> None:
    """The history hears of it lately: what is older than its last row could not stand in its order."""
    for edition in db.session.scalars(sa.select(QualificationVersion).order_by(QualificationVersion.id)):
        if edition.number == 1:
            world.past.note(world.lately, "qualification:create", Qualification, edition.qualification_id, by=by)
        told = {"number": edition.number, "effective_on": edition.effective_on.isoformat(), "words": edition.words}
        world.past.note(world.lately, "qualification:publish_rule", Qualification, edition.qualification_id, by=by, change=told)
    for action, model in (("track:create", Track), ("goal:set", Goal)):
        for key in db.session.scalars(sa.select(model.id).order_by(model.id)):
            world.past.note(world.lately, action, model, key, by=by)
    world.past.write()


def _rule(world: World, edition: Edition, asks: _Asks) -> qualifications.RuleValues:
    fixed = world.day(YEARLY_IN)
    terms = dict(edition.terms)
    if terms.get("base") == ExpiryBase.FIXED:
        terms["fixed_day"] = (fixed.month, min(fixed.day, 28))
    terms["categories"] = tuple(str(category) for category in terms.get("categories", ()))
    return qualifications.RuleValues(
        effective_on=world.day(-edition.days), requirement=asks.read(edition.asks), words=edition.words, **terms
    )


class _Asks:
    """Reads what an edition asks for."""

    def __init__(self, world: World) -> None:
        self._courses = {code: version.course_id for code, version in world.catalogue.versions.items()}

    def read(self, written: Any) -> Requirement:
        """``"a|b"`` is a course or an equivalent one, three in a row are hours of a topic within months, a tuple is a group: all, or so many."""
        match written:
            case str():
                return CourseDemand(frozenset(self._courses[code] for code in written.split("|")))
            case (int(hours), int() | None as topic, int() | None as within):
                return HoursDemand(Decimal(hours), topic, within)
            case (tuple() as all_of, int(least), *rest):
                return Group(2, (self.read(all_of), Group(least, tuple(map(self.read, rest)))))
            case (int(least), *rest):
                return Group(least, tuple(map(self.read, rest)))
            case (one,):
                return self.read(one)
            case tuple():
                return Group(len(written), tuple(map(self.read, written)))
        raise ValueError(written)


def _make_tracks(world: World, asks: _Asks, by: int) -> None:
    elected: date = world.day(-ELECTION)
    qualifications.create_track(
        qualifications.TrackValues(
            name_ka="ახალარჩეული წევრის გზა",
            name_en="Path of a newly elected member",
            description_ka="არჩევნების შემდეგ, ერთი წლის განმავლობაში.",
            description_en="After the election, within a year.",
            categories=(PostCategory.SAKREBULO_MEMBER.value,),
            begun_from=elected,
            steps=(
                _step(asks, "legal-drafting", 90),
                _step(asks, "programme-budget|public-investment", 180),
                _step(asks, "digital-ethics-privacy", 365),
            ),
        ),
        by=by,
    )
    qualifications.create_track(
        qualifications.TrackValues(
            name_ka="ადამიანური რესურსების მართვის სპეციალისტის გზა",
            name_en="Path of a human resources officer",
            categories=(PostCategory.CIVIL_SERVANT.value,),
            steps=(
                _step(asks, "administrative-proceedings", 365),
                _step(asks, "hr-records", None),
                _step(asks, "human-rights", None),
                _step(asks, "digital-ethics-privacy", None),
            ),
        ),
        by=by,
    )


def _step(asks: _Asks, written: str, within_days: int | None) -> qualifications.StepValues:
    version = courses.get_current_version(min(asks.read(written).courses))  # type: ignore[union-attr]
    return qualifications.StepValues(
        title_ka=version.title_ka, title_en=version.title_en, requirement=asks.read(written), within_days=within_days
    )
