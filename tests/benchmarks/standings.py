"""What it costs to say who holds what as of a day: of everybody, and what a rule would change before it is published.

Run it as `python -m tests.benchmarks.standings [PEOPLE]`; 20,000 if not said. 50 rules, six completed courses of two days each a person, half of
them with a certificate.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import flask_migrate
import sqlalchemy as sa

from portal import qualifications, standings
from portal.attendance.models import AttendanceFact
from portal.certificates.models import Certificate, CertificateStatus
from portal.courses.models import CourseSession
from portal.demo.rows import Rows
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import reading, writing
from portal.people.models import Person, Post, PostCategory
from portal.qualifications import CourseDemand, Group, HoursDemand, QualificationValues, RuleValues
from tests import factories
from tests.conftest import portal_on
from tests.databases import ENGINES, Database, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.courses.models import CourseVersion

PEOPLE, RULES, COURSES, RUNS, EACH = 20_000, 50, 40, 400, 6
SEED = 39


def timed(name: str, task: Callable[[], object]) -> object:
    """Do ``task`` and print its seconds, and those of this process alone."""
    started, own = time.monotonic(), time.process_time()
    done = task()
    print(f"  {name:<28}{time.monotonic() - started:8.2f} s, {time.process_time() - own:8.2f} s of processor time", flush=True)
    return done


def fill(people: int) -> None:
    """Courses, rules, and people who completed some."""
    chance = random.Random(SEED)
    versions = [factories.course() for _ in range(COURSES)]
    categories = [category.value for category in PostCategory]
    for number in range(RULES):
        row = qualifications.create_qualification(QualificationValues(name_ka=f"{number}", name_en=f"Rule {number}"), by=None)
        qualifications.publish_rule(row.id, _rule(chance, number, versions, categories), by=None)
    factories.venue()
    rows, now = Rows(), clock.now()
    runs = []
    for _number in range(RUNS):
        first = now - timedelta(days=chance.randint(10, 1500))
        run = factories.run(chance.choice(versions), starts_at=first, state="completed", form="online", venue_id=None)
        runs.append((run.id, list(db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == run.id)))))
    municipality = factories.municipality("telavi").id
    for number in range(people):
        _add_person(rows, chance, number, chance.choice(categories), municipality, runs, now)
    rows.write()
    db.session.execute(sa.text("ANALYZE"))


def _rule(chance: random.Random, number: int, versions: list[CourseVersion], categories: list[str]) -> RuleValues:
    chosen = chance.sample(versions, 3)
    one, other, third = (CourseDemand(frozenset([version.course_id])) for version in chosen)
    topic = chosen[0].course.topic_id
    asks = (
        one,
        CourseDemand(one.courses | other.courses | third.courses),
        Group(2, (one, other, third)),
        Group(2, (one, HoursDemand(Decimal(8), topic, 24))),
        HoursDemand(Decimal(24), None, 24),
    )[number % 5]
    return RuleValues(
        effective_on=(datetime.now(UTC) - timedelta(days=chance.randint(100, 1400))).date(),
        requirement=asks,
        categories=tuple(chance.sample(categories, 3)),
        validity_months=chance.choice([None, 12, 24, 36]),
        window_months=3,
    )


def _add_person(
    rows: Rows, chance: random.Random, number: int, category: str, municipality: int, runs: list[tuple[int, list[int]]], now: datetime
) -> None:
    name = f"{number:06}"
    person = rows.add(
        Person,
        given_name_ka="ია",
        family_name_ka=name,
        given_name_latin="Ia",
        family_name_latin=name,
        language="ka",
        sort_key=name,
        search_text=name,
        created_at=now,
    )
    started = (now - timedelta(days=chance.randint(30, 3000))).date()
    rows.add(
        Post,
        person_id=person,
        person_sort_key=name,
        municipality_id=municipality,
        unit="",
        title_ka="სპეციალისტი",
        title_en="",
        category=category,
        starts_on=started,
    )
    for index, (run_id, sessions) in enumerate(chance.sample(runs, EACH)):
        reference = f"E{number}-{index}"
        place = rows.add(
            Enrolment,
            reference=reference,
            run_id=run_id,
            person_id=person,
            state="completed",
            state_reason="run_over",
            queued_at=now,
            changed_at=now,
            municipality_id=municipality,
            post_unit="",
            post_title_ka="",
            post_title_en="",
            post_category=category,
            steps=1,
        )
        for session in sessions:
            rows.add(
                AttendanceFact,
                session_id=session,
                enrolment_id=place,
                mark="present",
                from_minute=0,
                to_minute=480,
                reason="",
                recorded_by=person,
                recorded_at=now,
                source="roll",
                sequence=0,
            )
        if index % 2:
            _add_certificate(rows, reference, place, run_id, person, now)


def _add_certificate(rows: Rows, reference: str, place: int, run_id: int, person: int, now: datetime) -> None:
    sequence = rows.key(Certificate)
    certificate = rows.add(
        Certificate,
        id=sequence,
        number=reference,
        year=2026,
        sequence=sequence,
        secret=reference,
        enrolment_id=place,
        run_id=run_id,
        person_id=person,
        record=b"{}",
        record_sha256="",
        rule="",
        surname_keys="",
        issued_by=person,
        issued_at=now,
        expires_at=now + timedelta(days=700),
    )
    rows.add(CertificateStatus, certificate_id=certificate, state="issued", reason="", by_id=person, at=now, reason_code="")


def everyone() -> int:
    """As of a day some months ago."""
    with reading():
        return sum(len(found) for _person, found in standings.everyone_on(clock.today() - timedelta(days=100)))


def preview() -> int:
    """A rule that asks for another course, before it is published."""
    with reading():
        row = qualifications.qualifications_in_order()[0]
        asks = HoursDemand(Decimal(32), None, 24)
        found = standings.preview_rule(row.id, RuleValues(effective_on=clock.today(), requirement=asks, asks_holders=True))
        return len(found.lose) + len(found.gain)


def main() -> None:
    """Measure on both engines."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    start_postgresql()
    try:
        for engine in ENGINES:
            database = Database(engine)
            app = portal_on(database)
            with app.app_context():
                flask_migrate.upgrade()
                with writing():
                    fill(people)
                print(f"{engine}, {people} people, {RULES} rules")
                print(f"    {timed('everyone as of a day', everyone)} standings")
                print(f"    {timed('preview of a rule', preview)} lose or gain")
            database.drop()
    finally:
        stop_postgresql()


if __name__ == "__main__":
    main()
