"""Filling an empty database: first the people of the office, then the catalogue, then block after block of people and runs."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import certificates, courses, municipalities, people
from portal.certificates.models import CertificateState
from portal.courses.models import RunState
from portal.demo import mail, plan
from portal.demo.appeals import make_appeals
from portal.demo.applications import make_applications
from portal.demo.awards import Award, Register, asked_at
from portal.demo.catalogue import make_catalogue
from portal.demo.crowd import OFFICE_SINCE, Crowd
from portal.demo.designs import make_design
from portal.demo.doubles import make_doubles
from portal.demo.evaluations import give_evaluations
from portal.demo.interest import ask_again
from portal.demo.kept import KEEPING, columns_of, keep_places
from portal.demo.ledger import keep_ledger
from portal.demo.letters import give_letter, give_transcript
from portal.demo.materials import give_materials
from portal.demo.moments import DAY, at
from portal.demo.needs import make_needs
from portal.demo.nominations import make_list, note_sent
from portal.demo.papers import keep_sheets
from portal.demo.past import Past
from portal.demo.places import end_places, note_places, take_places
from portal.demo.public_figures import keep_report, publish_figures
from portal.demo.qualifications import make_qualifications
from portal.demo.recognition import make_recognitions
from portal.demo.rows import Rows
from portal.demo.runs import make_run
from portal.demo.standings import reach_qualifications
from portal.demo.tests import make_tests
from portal.demo.world import Block, Run, World
from portal.foundation import clock
from portal.foundation.database import db
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.demo.awards import Issued
    from portal.demo.kept import Keeping
    from portal.demo.ledger import Result
    from portal.demo.people import Office
    from portal.demo.places import Place

CHANCE = 20_041_225
DOUBTS = ("სახელის დამთხვევის შემოწმება", "დასწრების აღრიცხვის გადამოწმება")
DESIGNED = "eu-local"  # the project whose certificates have a design of their own
REVOKED = "დასწრების მონაცემები არ დადასტურდა"


def seed(scale: int) -> dict[str, int]:
    """Fill an empty database, people, runs and history ``scale`` times over; returns how many rows the tables got.

    Adds nothing, and returns nothing, when the database already holds a person. The caller's transaction must be one that writes.
    """
    if db.session.scalar(sa.select(sa.exists(sa.select(Person.id)))):
        return {}
    rows, chance, today = Rows(), random.Random(CHANCE), clock.today()
    past, places = Past(rows), municipalities.municipalities_in_order()
    crowd = Crowd(rows, past, chance, places, today)
    office = crowd.office()
    rows.write()
    past.write()
    founded = at(today - (OFFICE_SINCE - 5) * DAY, 12)
    _number(office, founded)
    catalogue = make_catalogue({place.code: place for place in places}, founded, office.staff.id)
    make_design(catalogue.projects[DESIGNED], founded, office.staff.id)
    world = World(rows, past, chance, today, office, catalogue)
    filled = [_fill_block(world, crowd, number) for number in range(scale)]
    _issue(world, [award for _runs, awards in filled for award in awards])
    give_letter(world)
    make_appeals(world)
    make_tests(world)
    publish_figures(world)
    keep_report(world)
    for runs, _awards in filled:
        mail.post_about_places(world, runs)
    make_recognitions(world)
    past.write()
    make_doubles(world)
    keep_sheets(world)
    give_materials(world)
    give_transcript(world)
    make_qualifications(world)
    give_evaluations(world)
    make_needs(world)
    reach_qualifications(world)
    courses.index_runs(run.id for runs, _awards in filled for run, _places in runs)
    db.session.flush()
    db.session.execute(sa.text("ANALYZE"))  # the planner must know of so many rows before the first question
    return dict(rows.counts)


def _number(office: Office, when: datetime) -> None:
    """Give a few people personal numbers that nobody can have, so that there are some to be masked."""
    with clock.frozen(when):
        for number, someone in enumerate((office.learner, *office.coordinators), 1):
            people.set_personal_number(people.get_person(someone.id), f"{number:011}", by=someone.id)


def _fill_block(world: World, crowd: Crowd, number: int) -> tuple[list[tuple[Run, list[Place]]], list[Award]]:
    """Make the people and runs of one block; returns the runs that are open with their enrolments, and what certificates are due."""
    block = Block(learners=crowd.learners(named=number == 0), colleagues=crowd.colleagues(), trainers=crowd.trainers(world.office, number))
    runs: list[tuple[Run, list[Place]]] = []
    awards: list[Award] = []
    for each, keeping in _plans(world, number):
        run = make_run(world, block, each, columns_of(world, keeping))
        places = keep_places(world, crowd, run, keeping) if keeping else take_places(world, block, run)
        evidence = _evidence(run, keep_ledger(world, run, places))
        completed = {place_id: known for place_id, known in evidence.items() if _qualifies(run, known)}
        end_places(world, run, places, set(completed))
        note_places(world, run, places)
        if run.plan.state == RunState.OPEN:
            note_sent(world, run, places)
        runs.append((run, places if run.plan.state == RunState.OPEN and keeping is None else []))
        if run.plan.certificates and completed:
            awards.append(Award(run, completed, asked_at(world, run)))
    ask_again(world, block, [run for run, _places in runs], named=number == 0)
    if number == 0:
        make_list(world, block, runs)
    make_applications(world, block, crowd, [run for run, _places in runs])
    world.rows.write()
    return runs, awards


def _plans(world: World, number: int) -> Iterator[tuple[plan.Plan, Keeping | None]]:
    """The runs of one block, each with what it keeps for whom, if anything; the last ones draw people of their own."""
    first = number == 0
    yield from ((each, None) for each in (plan.NAMED if first else ()))
    yield from ((each, None) for each in plan.ordinary(world.chance, first=first))
    yield from ((each.plan, each) for each in (KEEPING if first else ()))


def _evidence(run: Run, results: dict[int, Result]) -> dict[int, certificates.Evidence]:
    total = sum(day.minutes for day in run.days)
    return {
        place_id: certificates.Evidence(attended_minutes=result.attended, total_minutes=total, score_percent=result.score)
        for place_id, result in results.items()
    }


def _qualifies(run: Run, evidence: certificates.Evidence) -> bool:
    requirement = certificates.Requirement(run.version.attendance_percent, run.version.score_percent)
    return certificates.qualifies(requirement, evidence, run_completed=True).ok


def _issue(world: World, awards: list[Award]) -> None:
    """Issue all certificates in the order of time, so that numbers grow with it; doubt a few of the oldest; tell of the newest."""
    register = Register(world)
    issued: list[list[Issued]] = [register.issue(award) for award in sorted(awards, key=lambda award: award.asked_at)]
    for number, batch in enumerate(issued[: len(issued) // 8 + 1]):
        _doubt(register, batch[0], number)
    mail.post_about_certificates(world, issued[-1])
    register.close()


def _doubt(register: Register, one: Issued, number: int) -> None:
    """Suspend a certificate; some are reinstated or revoked afterwards."""
    later = one.issued_at + timedelta(days=12 + number % 9)
    register.change_state(one, CertificateState.SUSPENDED, DOUBTS[number % len(DOUBTS)], later)
    if number % 3 == 0:
        register.change_state(one, CertificateState.REINSTATED, "შემოწმდა, ხარვეზი არ არის", later + 3 * DAY)
    elif number % 3 == 1:
        register.change_state(one, CertificateState.REVOKED, REVOKED, later + 4 * DAY)
