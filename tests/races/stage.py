"""The portal before the load: the demo data, four more runs, people for each client, and deadlines that fall due while they are at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import flask_migrate
import sqlalchemy as sa

from portal import certificates, demo, enrolment, signing
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from tests import factories
from tests.benchmarks.visitors import Visitor, signed_in

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

QUOTAS, OFFERS, DECIDED, RULES = "LOAD-QUOTAS", "LOAD-OFFERS", "LOAD-DECIDED", "LOAD-RULES"
WIDE = "LOAD-WIDE"
"""Has a place for whoever is moved there."""
AT_ONCE = ("DEMO-RACE", "DEMO-OPEN", "DEMO-FULL")
RUNS = (*AT_ONCE, QUOTAS, OFFERS, DECIDED, RULES, WIDE)
HOMES = ("telavi", "kutaisi", "batumi", "gori")
LEARNERS, NOMINEES, ADDED = 60, 14, 12
OFFER_HOURS = 2


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the load; who acts has a visitor."""

    person_id: int
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class Group:
    """Who acts for others, in which municipality, and for whom: nobody else acts for these people."""

    actor: Someone
    people: list[int]
    municipality_id: int


@dataclass(slots=True)
class Stage:
    """Everybody of the load, and the runs by their codes."""

    app: Flask
    runs: dict[str, int] = field(default_factory=dict)
    learners: list[Someone] = field(default_factory=list)
    coordinators: list[Group] = field(default_factory=list)
    staff: list[Group] = field(default_factory=list)
    homes: dict[str, int] = field(default_factory=dict)

    def code_of(self, run_id: int) -> str:
        """The code of a run."""
        return next(code for code, one in self.runs.items() if one == run_id)


def prepared(app: Flask, seconds: float) -> Stage:
    """A new database with all that the load needs; quotas and the first offers end so many ``seconds`` from now."""
    stage, ends_at = Stage(app), clock.now() + timedelta(seconds=seconds)
    with app.app_context():
        flask_migrate.upgrade()
        signing.use_settings(app.config["SETTINGS"])
        with writing():
            demo.seed(1)
            stage.homes = {code: factories.municipality(code).id for code in HOMES}
            emails = make_people(stage)
            make_runs(ends_at)
            stage.runs = {code: id_ for id_, code in db.session.execute(sa.select(CourseRun.id, CourseRun.code)).all()}
        with clock.frozen(ends_at - timedelta(hours=OFFER_HOURS)):
            make_offers(stage.runs[OFFERS], [person_id for role, (_, person_id, *_) in emails.items() if role.startswith("learner")][:12])
        with writing():
            ask_for_certificates(stage.runs["DEMO-DONE"], emails["staff"][1])
    visitors = iter(signed_in(app, [email for email, _person, _people, _home in emails.values()]))
    for role, (_email, person_id, people, home) in emails.items():
        someone = Someone(person_id, next(visitors))
        if role.startswith("learner"):
            stage.learners.append(someone)
        else:
            groups = stage.coordinators if role in HOMES else stage.staff
            groups.append(Group(someone, people, stage.homes[home]))
    return stage


def make_people(stage: Stage) -> dict[str, tuple[str, int, list[int], str]]:
    """Everybody who acts, by role: e-mail, id, the people for whom they act, their municipality."""
    made: dict[str, tuple[str, int, list[int], str]] = {}

    def others(number: int, codes: tuple[str, ...]) -> list[int]:
        with factories.together():
            some = [factories.person_with_account("მაია", "გელაშვილი", municipality=codes[one % len(codes)]) for one in range(number)]
        return [person.id for person in some]

    for number in range(LEARNERS):
        person, code = factories.person_with_account("ანა", "დვალი", municipality=HOMES[number % len(HOMES)]), HOMES[number % len(HOMES)]
        made[f"learner {number}"] = (person.email or "", person.id, [], code)
    for code in HOMES[:2]:
        person = factories.person_with_account("ნათია", "ლომიძე", municipality=code)
        factories.grant(person, "coordinator", code)
        made[code] = (person.email or "", person.id, others(NOMINEES, (code,)), code)
    for role in ("staff", "second staff"):
        person = factories.person_with_account("ეკა", "ჯაფარიძე", municipality=None)
        factories.grant(person, "staff")
        made[role] = (person.email or "", person.id, others(ADDED, HOMES), HOMES[0])
    return made


def make_runs(quotas_end_at: datetime) -> None:
    """Runs at different times, so that anybody may have a place in each of them."""
    kept = {"telavi": 4, "kutaisi": 3, "batumi": 2}
    for day, (code, capacity, rules) in enumerate(
        (
            (QUOTAS, 15, {"quotas": kept, "quotas_end_at": None}),
            (OFFERS, 6, {"freed_places": "offered", "offer_hours": OFFER_HOURS}),
            (DECIDED, 8, {"decided_by": "staff"}),
            (RULES, 12, {"quotas": {"telavi": 3}}),
            (WIDE, 80, {}),
        )
    ):
        run = factories.run(code=code, capacity=capacity, days=1, starts_at=clock.now() + timedelta(days=60 + day))
        if "quotas_end_at" in rules:
            rules["quotas_end_at"] = run.starts_at - timedelta(days=1)
        factories.place_rules(run, **rules)
        if code == QUOTAS:  # no form sets a deadline of seconds
            run.quotas_end_at = quotas_end_at


def make_offers(run_id: int, learners: list[int]) -> None:
    """All places of the run are taken by strangers; learners wait, and three of the places were given back and are offered to them."""
    with writing():
        with factories.together():
            some = [factories.person_with_account("ლევან", "ბერიძე", municipality=HOMES[number % len(HOMES)]) for number in range(6)]
        ids = [person.id for person in some]
        for one in [*ids, *learners]:
            enrolment.enrol(run_id, one, by=one)
        for one in ids[:3]:
            enrolment.withdraw(run_id, one, by=one)


def ask_for_certificates(run_id: int, staff: int) -> None:
    """What staff do before the workers issue."""
    chosen = db.session.scalars(sa.select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state == "completed")).all()
    certificates.ask_to_issue(run_id, list(chosen), by=staff)
