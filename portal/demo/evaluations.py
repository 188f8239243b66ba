"""What the participants of the demo said: courses that are liked differently, trainers that get better, and one run that too few evaluated."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from portal import evaluation
from portal.attendance.models import AttendanceFact, Mark
from portal.courses.models import CourseRun, RunState, RunTrainer
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.evaluation import FLOOR, Kind, Round
from portal.evaluation.models import EvaluationCount, EvaluationReceipt, EvaluationText
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.world import World
    from portal.evaluation import Question

CHANCE: Final = 20_260_301
FEW: Final = "DEMO-CERT"
"""The run that too few have evaluated; the demo learner has not."""
SHARE: Final = {Round.AFTER: 0.72, Round.LATER: 0.5}
WRITES: Final = 0.45
TEXTS: Final = {
    "best": (
        "პრაქტიკული მაგალითები ჩვენი მუნიციპალიტეტების გამოცდილებიდან.",
        "ნიმუშები და შაბლონები, რომლებსაც მეორე დღესვე გამოვიყენებ.",
        "ჯგუფური მუშაობა: სხვა მუნიციპალიტეტების კოლეგებს დავუკავშირდი.",
        "კანონის ცვლილებები მარტივად იყო ახსნილი.",
        "კითხვებზე კონკრეტული პასუხები მივიღე.",
    ),
    "improve": (
        "მეტი დრო დაეთმოს სავარჯიშოებს.",
        "მასალები წინასწარ გამოგვიგზავნეთ.",
        "დარბაზში ციოდა.",
        "დღე ძალიან დატვირთული იყო, შესვენება დაგვჭირდა.",
        "კარგი იქნებოდა გაგრძელება ერთ თვეში.",
    ),
    "changed": (
        "განცხადებებს უკვე ახალი ფორმით ვამუშავებთ.",
        "კოლეგებს გავაცანი და პროცედურა შევცვალეთ.",
        "უფრო იშვიათად ვუშვებთ შეცდომებს დოკუმენტებში.",
        "ჯერ ცოტა რამ შეიცვალა, მაგრამ ვიცი, სად ვეძებო.",
    ),
}


class _Over(NamedTuple):
    """A run that is over, with those of its participants who were there."""

    id: int
    code: str
    course_id: int
    ends_at: datetime
    enrolments: list[int]
    trainers: list[int]


def give_evaluations(world: World) -> None:
    """Let people answer about every run that is completed, in both rounds as far as they have begun."""
    chance = random.Random(CHANCE)
    liking = defaultdict[int, float](lambda: chance.uniform(-0.5, 0.6))
    for run in _runs(world.office.learner.id):
        for round_ in Round:
            if evaluation.opens_at(round_, run.ends_at) <= world.lately:
                _answer(world, chance, run, round_, liking)
    world.rows.write()


def _runs(learner_id: int) -> list[_Over]:
    """The completed runs in the order of time; the learner, who is to try the questionnaire, has not answered."""
    trainers: defaultdict[int, list[int]] = defaultdict(list)
    for run_id, person_id in db.session.execute(
        sa.select(RunTrainer.run_id, RunTrainer.person_id).order_by(RunTrainer.run_id, RunTrainer.position)
    ):
        trainers[run_id].append(person_id)
    there = sa.exists().where(AttendanceFact.enrolment_id == Enrolment.id, AttendanceFact.mark == Mark.PRESENT)
    found: dict[int, _Over] = {}
    rows: Any = db.session.execute(
        sa.select(CourseRun.id, CourseRun.code, CourseRun.course_id, CourseRun.ends_at, Enrolment.id)
        .join(Enrolment, Enrolment.run_id == CourseRun.id)
        .where(CourseRun.state == RunState.COMPLETED, Enrolment.state.in_(HOLDS_PLACE), Enrolment.person_id != learner_id, there)
        .order_by(CourseRun.ends_at, CourseRun.id, Enrolment.id)
    )
    for run_id, code, course_id, ends_at, enrolment_id in rows:
        found.setdefault(run_id, _Over(run_id, code, course_id, ends_at, [], trainers[run_id])).enrolments.append(enrolment_id)
    return list(found.values())


def _answer(world: World, chance: random.Random, run: _Over, round_: Round, liking: dict[int, float]) -> None:
    """Draw who answers, and what; nothing of one person is put together, as the portal keeps nothing so."""
    wanted = FLOOR - 2 if run.code == FEW else round(len(run.enrolments) * SHARE[round_] * chance.uniform(0.6, 1.2))
    chosen = chance.sample(run.enrolments, min(max(wanted, 1), len(run.enrolments)))
    for enrolment_id in sorted(chosen):
        world.rows.link(EvaluationReceipt, enrolment_id=enrolment_id, round=round_.value)
    number = len(chosen)
    about = {"run_id": run.id, "round": round_.value}
    for question in evaluation.questionnaire(round_).asked:
        for trainer_id in run.trainers if question.of_trainer else [None]:
            drawn = Counter(
                _value(chance, question, liking[run.course_id] + (liking[-trainer_id] if trainer_id else 0)) for _one in range(number)
            )
            for value in question.values:
                counts = _kept(drawn[value], number)
                world.rows.add(EvaluationCount, **about, question=question.code, trainer_id=trainer_id, value=value, **counts)
        if question.kind == Kind.TEXT:
            written = sum(chance.random() < WRITES for _one in range(number))
            for words in chance.choices(TEXTS[question.code], k=written):
                text_id = f"{chance.getrandbits(128):032x}"
                world.rows.link(EvaluationText, id=text_id, **about, question=question.code, words=words, counted=written >= FLOOR)


def _kept(times: int, number: int) -> dict[str, int]:
    """As the portal would keep them: those of fewer than it shows wait."""
    return {"waiting": 0, "counted": times} if number >= FLOOR else {"waiting": times, "counted": 0}


def _value(chance: random.Random, question: Question, liking: float) -> int:
    """An answer: mostly good, better where the course or the trainer is liked."""
    if question.kind == Kind.SCALE:
        return min(max(round(chance.gauss(4.1 + liking, 0.8)), 1), 5)
    if question.kind == Kind.LIKELY:
        return min(max(round(chance.gauss(8.2 + 1.5 * liking, 1.6)), 0), 10)
    weights = {"pace": (2, 8, 3), "used": (6, 7, 4, 1), "obstacle": (5, 5, 2, 4, 2)}
    return chance.choices(question.values, weights[question.code])[0] if question.values else 0
