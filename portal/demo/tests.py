"""The question bank, the tests of three courses, and how people took them: known answers, one open pre-test, a few answers still to be marked."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from portal import assessment, courses
from portal.assessment.models import (
    Attempt,
    AttemptAnswer,
    AttemptMarking,
    AttemptResult,
    BankQuestion,
    CourseTest,
    CourseTestQuestion,
    Occasion,
    QuestionKind,
    QuestionVersion,
)
from portal.courses.models import Course, CourseRun, Topic
from portal.demo import content
from portal.demo.moments import at
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.world import World

CHANCE = 17_210_421
MADE, GIVEN = -120, -118
BEFORE, AFTER = timedelta(minutes=50), timedelta(minutes=12)
TAKES, UNTIL_MARKED = timedelta(minutes=9), timedelta(minutes=40)
TOOK, KNEW, LEARNED = 0.9, 0.45, 0.82
LEFT_TO_MARK, PASS = 4, 60
SAID = (
    "განცხადების მიღება მხოლოდ ონლაინ ხდება, რაც ხანდაზმულ მოქალაქეებს აზიანებს. დავამატებდი მიღებას ადგილზე.",
    "ფორმაში ოჯახური მდგომარეობის გრაფა ზედმეტია. ამოვიღებდი, რადგან გადაწყვეტილებას არ სჭირდება.",
    "შეხვედრები მუდმივად საღამოს იმართება და მცირეწლოვანი ბავშვების მშობლები ვერ ესწრებიან. დროს შევცვლიდი.",
    "პირადობის ასლს ყოველ ჯერზე ვითხოვთ, თუმცა ის ბაზაში უკვე გვაქვს.",
)
TESTS: tuple[dict[str, Any], ...] = (
    {"course": "human-rights", "occasion": Occasion.PRE, "questions": "q-eq-01 q-eq-02 q-hr-01 q-hr-04 q-eq-04", "minutes": 20},
    {"course": "human-rights", "occasion": Occasion.POST, "questions": "q-eq-01 q-eq-02 q-eq-03 q-hr-01 q-hr-02 q-hr-03 q-eq-04"},
    {"course": "digital-ethics-privacy", "occasion": Occasion.PRE, "questions": "q-dg-01 q-dg-02 q-dg-03 q-dg-04 q-de-01 q-de-03"},
    {
        "course": "digital-ethics-privacy",
        "occasion": Occasion.POST,
        "questions": "q-dg-01 q-dg-02 q-dg-03 q-dg-04 q-de-01 q-de-02 q-de-03 q-de-04",
        "minutes": 30,
    },
    {"course": "spatial-planning", "occasion": Occasion.PRE, "questions": "q-pl-01 q-pl-02 q-pl-03 q-sp-01", "minutes": 15},
)
TAKEN = (("DEMO-NOW", Occasion.PRE), ("DEMO-DONE", Occasion.PRE), ("DEMO-DONE", Occasion.POST))


class _Sitting(NamedTuple):
    """A run in which a test is taken: its first day begins, its last day ends, and its places with their people."""

    trainer_id: int
    begins: datetime
    ends: datetime
    places: list[tuple[int, int]]


def make_tests(world: World) -> None:
    """Fill the bank, make the tests, and let people take them."""
    bank = _make_bank(world)
    chance = random.Random(CHANCE)
    for code, occasion in TAKEN:
        course, sitting = _sitting_of(code)
        test_id, versions = bank[course, occasion]
        for number, (place_id, person_id) in enumerate(sitting.places):
            if chance.random() < TOOK or person_id == world.office.learner.id:
                begun = sitting.begins - BEFORE if occasion == Occasion.PRE else sitting.ends + AFTER
                sent = _answers(chance, versions, KNEW if occasion == Occasion.PRE else LEARNED)
                marks = {} if number >= len(sitting.places) - LEFT_TO_MARK else _marks(chance, versions, sent)
                attempt = Attempt(
                    test_id=test_id,
                    enrolment_id=place_id,
                    number=1,
                    seed=number,
                    versions=[version.id for version in versions],
                    pass_percent=PASS,
                    started_at=begun + timedelta(seconds=number),
                    ends_at=sitting.begins if occasion == Occasion.PRE else sitting.ends + timedelta(days=2),
                )
                _write(
                    world, assessment.Paper(attempt, {one.id: one for one in versions}, sent, marks, None, late=False), person_id, sitting
                )
    world.rows.write()


def _make_bank(world: World) -> dict[tuple[str, str], tuple[int, list[QuestionVersion]]]:
    """Write questions and tests; returns the id of each test with what it asks, by course and occasion."""
    staff, rows, made = world.office.staff.id, world.rows, at(world.day(MADE), 12)
    of_slug = {row[0]: row[1] for row in db.session.execute(sa.select(Course.slug, Course.id).order_by(Course.id))}
    topics = {row[0]: row[1] for row in db.session.execute(sa.select(Topic.slug, Topic.id).order_by(Topic.id))}
    versions = {}
    for item in content.read("questions"):
        home = {"topic_id": topics.get(item.get("topic")), "course_id": of_slug.get(item.get("course"))}
        question = rows.add(BankQuestion, archived=False, **home)
        versions[item["code"]] = _edition(world, question, item, made)
        said = {"version": 1, "question_kind": item["kind"]}
        world.past.note(made, "question:create", BankQuestion, question, by=staff, change=said)
    tests = {}
    for plan in TESTS:
        asked = [versions[code] for code in plan["questions"].split()]
        values = {
            "active": True,
            "draw": None,
            "minutes": plan.get("minutes"),
            "attempts": 2 if plan["occasion"] == Occasion.POST else 1,
            "pass_percent": PASS,
            "days_after": 14 if plan["occasion"] == Occasion.POST else 0,
            "shows_answers": plan["occasion"] == Occasion.POST,
        }
        test = rows.add(CourseTest, course_id=of_slug[plan["course"]], occasion=plan["occasion"].value, **values)
        for position, version in enumerate(asked, 1):
            rows.link(CourseTestQuestion, test_id=test, question_id=version.question_id, position=position)
        change = {name: [None, value] for name, value in values.items()} | {"questions": [None, [one.question_id for one in asked]]}
        world.past.note(at(world.day(GIVEN), 12), "test:create", CourseTest, test, by=staff, change=change)
        tests[plan["course"], plan["occasion"]] = (test, asked)
    return tests


def _edition(world: World, question_id: int, item: dict[str, Any], made: datetime) -> QuestionVersion:
    """Take the row of a first edition; returned as an object too, for its points."""
    values = {
        "question_id": question_id,
        "number": 1,
        "kind": item["kind"],
        "text_ka": item["text_ka"],
        "text_en": item["text_en"],
        "options": [{"ka": ka, "en": en, "right": right} for ka, en, right in item.get("options", ())],
        "answer": item.get("answer", ""),
        "tolerance": item.get("tolerance", ""),
        "points": item["points"],
        "made_by": world.office.staff.id,
        "made_at": made,
    }
    return QuestionVersion(id=world.rows.add(QuestionVersion, **values), **values)


def _sitting_of(code: str) -> tuple[str, _Sitting]:
    """The run ``code``, with the slug of its course before it."""
    run = db.session.scalars(sa.select(CourseRun).where(CourseRun.code == code)).one()
    days = courses.sessions_of(run.id)
    places = db.session.execute(
        sa.select(Enrolment.id, Enrolment.person_id)
        .where(Enrolment.run_id == run.id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Enrolment.id)
    )
    (trainer, *_others) = courses.trainers_of(run.id)
    return run.course.slug, _Sitting(trainer.id, days[0].starts_at, days[-1].ends_at, [(row[0], row[1]) for row in places])


def _answers(chance: random.Random, versions: list[QuestionVersion], knows: float) -> dict[int, Any]:
    return {version.id: _answer(chance, version, right=chance.random() < knows) for version in versions}


def _answer(chance: random.Random, version: QuestionVersion, *, right: bool) -> Any:
    if version.kind == QuestionKind.TEXT:
        return chance.choice(SAID)
    if version.kind == QuestionKind.NUMERIC:
        return version.answer.replace(".", ",") if right else str(chance.randint(1, 60))
    wrong = [place for place in range(len(version.options)) if place not in version.right]
    if version.kind == QuestionKind.SINGLE:
        return min(version.right) if right else chance.choice(wrong)
    return sorted(version.right) if right else sorted({min(version.right), chance.choice(wrong)})


def _marks(chance: random.Random, versions: list[QuestionVersion], sent: dict[int, Any]) -> dict[int, Decimal]:
    return {version.id: Decimal(chance.randint(1, version.points)) for version in versions if version.kind == QuestionKind.TEXT and sent}


def _write(world: World, paper: assessment.Paper, person_id: int, sitting: _Sitting) -> None:
    """Write an attempt that was handed in, and what came of it."""
    rows, taken = world.rows, paper.attempt
    values = {column.name: getattr(taken, column.name) for column in Attempt.__table__.columns if column.name != "id"}
    attempt, finished = rows.add(Attempt, **values), taken.started_at + TAKES
    answers = {str(key): answer for key, answer in paper.answers.items()}
    rows.add(AttemptAnswer, attempt_id=attempt, form_key=None, answers=answers, handed_in=True, late=False, at=finished)
    world.past.note(taken.started_at, "attempt:start", Attempt, attempt, by=person_id, person=person_id, change={"number": 1})
    world.past.note(finished, "attempt:finish", Attempt, attempt, by=person_id, person=person_id, change={"number": 1})
    unmarked = assessment.Paper(taken, paper.questions, paper.answers, {}, None, late=False)
    for moment, known in [(finished, unmarked), *([(finished + UNTIL_MARKED, paper)] if paper.markings else [])]:
        reached = known.reached
        passed = not reached.waits and reached.percent >= PASS
        result = {"percent": reached.percent, "waits": reached.waits, "passed": passed, "finished_at": finished, "at": moment}
        rows.add(AttemptResult, attempt_id=attempt, **result)
    for version_id, points in paper.markings.items():
        marked = finished + UNTIL_MARKED
        rows.add(AttemptMarking, attempt_id=attempt, version_id=version_id, points=points, by=sitting.trainer_id, at=marked)
        world.past.note(marked, "attempt:mark", Attempt, attempt, by=sitting.trainer_id, person=person_id, change={"answers": 1})
