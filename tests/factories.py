"""Rows for tests, made directly: each function adds what is asked for, with plausible values for the rest, and flushes."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from portal import courses
from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion, FundingProject, RunTrainer, Topic, Venue
from portal.enrolment.models import Enrolment
from portal.foundation import clock, georgian
from portal.foundation.database import Base, db
from portal.municipalities.models import Municipality
from portal.people.models import Account, Person, Post, Role, RoleGrant
from portal.qualifications.models import DueCourse, Qualification

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.engine import Engine

Row = TypeVar("Row", bound=Base)
_numbers = itertools.count(1)
_gathering: list[bool] = []

# argon2 of tests.page_client.PASSWORD with the cheapest parameters, so that a test that signs in by form pays little
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$/dOuL+3T8632ds4/rEcG+g$VF02BqY4WrAXRH+CP1z/uZeWsQWqAqNbo4E6TBvV4wA"


def add(row: Row) -> Row:
    """Add ``row`` and flush, so that it has its id."""
    db.session.add(row)
    if not _gathering:
        db.session.flush()
    return row


@contextmanager
def together() -> Iterator[None]:
    """People, posts, accounts, roles and enrolments made within the block are flushed at its end, all at once, and have their ids from then on.

    That costs a tenth of flushing each by itself.
    """
    _gathering.append(True)
    try:
        with db.session.no_autoflush:
            yield
    finally:
        _gathering.pop()
    if not _gathering:
        db.session.flush()


def municipality(code: str) -> Municipality:
    """The real municipality ``code``."""
    return db.session.get_one(Municipality, _municipality_id(db.engine, code))


@cache
def _municipality_id(_database: Engine, code: str) -> int:
    """Municipalities stay as installed, so one look is enough."""
    return db.session.scalars(sa.select(Municipality.id).where(Municipality.code == code)).one()


def person(given: str = "ნინო", family: str = "აბაშიძე", **values: Any) -> Person:
    """A person with names in both alphabets."""
    values.setdefault("given_name_latin", georgian.romanise_name(given))
    values.setdefault("family_name_latin", georgian.romanise_name(family))
    latin = f"{values['given_name_latin']} {values['family_name_latin']}"
    return add(
        Person(
            given_name_ka=given,
            family_name_ka=family,
            sort_key=georgian.collation_key(f"{family} {given}"),
            search_text=georgian.fold_for_search(f"{family} {given} {latin}"),
            created_at=clock.now(),
            **values,
        )
    )


def post(holder: Person, code: str = "telavi", category: str = "civil_servant", **values: Any) -> Post:
    """A post that ``holder`` holds today."""
    values.setdefault("title_ka", "მთავარი სპეციალისტი")
    values.setdefault("title_en", "Chief specialist")
    values.setdefault("rank", 3 if category == "civil_servant" else None)
    values |= {"person": holder, "person_sort_key": holder.sort_key, "municipality_id": _municipality_id(db.engine, code)}
    return add(Post(category=category, starts_on=date(2024, 1, 1), **values))


def official(given: str = "ია", family: str = "ლომიძე", *, municipality: str = "telavi", **values: Any) -> Person:
    """A person with a post and no account."""
    with together():
        someone = person(given, family, **values)
        post(someone, municipality)
    return someone


def account(owner: Person, email: str | None = None, **values: Any) -> Account:
    """An account whose password is ``tests.page_client.PASSWORD``."""
    email = email or owner.email or f"person{next(_numbers)}@portal.test"
    return add(Account(person=owner, email=email, password_hash=PASSWORD_HASH, created_at=clock.now(), **values))


def person_with_account(
    given: str = "ნინო",
    family: str = "აბაშიძე",
    *,
    municipality: str | None = "telavi",
    category: str = "civil_servant",
    email: str | None = None,
) -> Person:
    """A person with a post (unless ``municipality`` is None) and an account."""
    email = email or f"person{next(_numbers)}@portal.test"
    with together():
        someone = person(given, family, email=email)
        if municipality:
            post(someone, municipality, category)
        account(someone, email)
    return someone


def grant(holder: Person, role: Role, municipality: str | None = None) -> RoleGrant:
    """A role that ``holder`` has today."""
    place = _municipality_id(db.engine, municipality) if municipality else None
    return add(RoleGrant(person=holder, role=role, municipality_id=place, starts_on=date(2024, 1, 1)))


def topic(**values: Any) -> Topic:
    """A topic of the catalogue."""
    number = next(_numbers)
    return add(Topic(**{"slug": f"topic-{number}", "name_ka": f"თემა {number}", "name_en": f"Topic {number}"} | values))


def course(**values: Any) -> CourseVersion:
    """A published course; returns its first version."""
    number = next(_numbers)
    owner = add(Course(slug=f"course-{number}", topic_id=values.pop("topic_id", None) or topic().id, published=True))
    return add(
        CourseVersion(
            **{
                "course_id": owner.id,
                "number": 1,
                "title_ka": "სამშენებლო ნებართვები და სამართლებრივი რეგულირება",
                "title_en": "Construction permits and their legal regulation",
                "summary_ka": "მოკლე აღწერა",
                "summary_en": "Short description",
                "target_categories": [],
                "assessment": [],
                "contact_hours": Decimal(16),
                "minimum_group": 5,
                "maximum_group": 30,
                "attendance_percent": 80,
                "created_at": clock.now(),
            }
            | values
        )
    )


def venue(code: str = "telavi", **values: Any) -> Venue:
    """A hall in the municipality ``code``."""
    defaults = {
        "name_ka": "სასტუმრო „ალაზანი“",
        "name_en": "Hotel Alazani",
        "address_ka": "ერეკლე II-ის ქ. 1",
        "address_en": "1 Erekle II St",
    }
    return add(Venue(**defaults | {"municipality_id": _municipality_id(db.engine, code)} | values))


def funding_project(**values: Any) -> FundingProject:
    """A donor's project."""
    defaults = {
        "name_ka": "მუნიციპალური მმართველობის გაძლიერება",
        "name_en": "Stronger municipal governance",
        "donor_ka": "ევროკავშირი",
        "donor_en": "EU",
    }
    return add(FundingProject(**defaults | values))


def run(
    version: CourseVersion | None = None,
    *,
    days: int = 2,
    starts_at: datetime | None = None,
    trainers: tuple[Person, ...] = (),
    **values: Any,
) -> CourseRun:
    """An open run with free places that begins in two weeks at 10:00 in Tbilisi, each day eight hours long."""
    version = version or course()
    first = starts_at or (clock.now().astimezone(clock.TBILISI) + timedelta(days=14)).replace(hour=10, minute=0, second=0, microsecond=0)
    number = next(_numbers)
    if values.get("form", "in_person") != "online" and "venue_id" not in values:
        values["venue_id"] = venue().id
    made = add(
        CourseRun(
            **{
                "code": f"RUN-{number}",
                "course_id": version.course_id,
                "version_id": version.id,
                "form": "in_person",
                "capacity": 20,
                "enrolment_opens_at": clock.now() - timedelta(days=10),
                "enrolment_closes_at": first - timedelta(days=3),
                "cancel_until": first - timedelta(days=1),
                "state": "open",
                "starts_at": first,
                "ends_at": first + timedelta(days=days - 1, hours=8),
            }
            | values
        )
    )
    for day in range(days):
        session(made, starts_at=first + timedelta(days=day))
    for position, trainer in enumerate(trainers):
        add(RunTrainer(run_id=made.id, person_id=trainer.id, position=position))
    return made


def place_rules(run: CourseRun, quotas: dict[str, int] | None = None, invited: tuple[str, ...] = (), **values: Any) -> None:
    """How ``run`` gives its places; ``quotas`` are places by municipality, ended a day before the run unless ``quotas_end_at`` says else."""
    values.setdefault("quotas_end_at", run.starts_at - timedelta(days=1) if quotas else None)
    courses.set_place_rules(
        run,
        courses.PlaceRuleValues(
            quotas=tuple(
                courses.QuotaValues(municipality_id=_municipality_id(db.engine, code), places=places)
                for code, places in (quotas or {}).items()
            ),
            invited_only=bool(invited),
            invited_ids=tuple(_municipality_id(db.engine, code) for code in invited),
            **values,
        ),
        by=None,
    )


def run_decided_by(who: str, quotas: dict[str, int] | None = None, **values: Any) -> CourseRun:
    """A run in which ``who`` decides on applications, each within five days."""
    made = run(**values)
    place_rules(made, quotas, decided_by=who, decision_days=5)
    return made


def due_course(of: CourseRun, who: Person, on: date, **names: str) -> Qualification:
    """``who`` is due to take the course of the run, for a qualification that should be held by a day; the worker is not asked."""
    number = next(_numbers)
    row = add(
        Qualification(**{"slug": f"qualification-{number}", "name_ka": f"კვალიფიკაცია {number}", "name_en": f"Skill {number}"} | names)
    )
    add(DueCourse(person_id=who.id, qualification_id=row.id, course_id=of.course_id, due_on=on))
    return row


def session(of: CourseRun, starts_at: datetime, *, hours: int = 8, **values: Any) -> CourseSession:
    """A day of the run ``of``."""
    number = next(_numbers)
    defaults = {"uid": f"session-{number}@portal.test", "title_ka": f"დღე {number}", "title_en": f"Day {number}"}
    return add(
        CourseSession(**defaults | {"run_id": of.id, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)} | values)
    )


def _post_of(who: Person) -> Post | None:
    if who.id is None:  # made together with what was not flushed yet
        return next((row for row in db.session.new if isinstance(row, Post) and row.person is who), None)
    return db.session.scalars(sa.select(Post).where(Post.person_id == who.id)).first()


def enrolment(of: CourseRun, who: Person, state: str = "confirmed", **values: Any) -> Enrolment:
    """``who`` stands in ``of`` with ``state``; no rule is asked."""
    moment = clock.now()
    held = _post_of(who)
    snapshot = (
        {
            "municipality_id": held.municipality_id,
            "post_title_ka": held.title_ka,
            "post_title_en": held.title_en,
            "post_category": held.category,
        }
        if held
        else {}
    )
    number = next(_numbers)
    return add(
        Enrolment(
            **{
                "reference": f"R{number:07}",
                "run_id": of.id,
                "person": who,
                "state": state,
                "queued_at": moment,
                "changed_at": moment,
            }
            | snapshot
            | values
        )
    )
