"""Attendance and scores: what the trainers wrote down, with people who came late, left early, stayed away, were excused or marked wrongly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from portal.assessment.models import FinalScore
from portal.attendance.models import AttendanceFact, Mark
from portal.courses.models import CourseRun, CourseSession, RunState
from portal.enrolment.models import HOLDS_PLACE

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.places import Place
    from portal.demo.world import Day, Run, World

EXCUSES = ("ავადმყოფობა", "სამსახურებრივი მივლინება", "საკრებულოს სხდომა", "ოჯახური მდგომარეობა")
CORRECTION = "შეცდომით იყო მონიშნული"
# Of a hundred people in a session so many ...
LATE, LEFT_EARLY, EXCUSED, ABSENT, WRONGLY_MARKED = 6, 4, 4, 5, 2
AFTER_START, UNTIL_CORRECTED, UNTIL_SCORED = timedelta(minutes=25), timedelta(hours=3), timedelta(hours=20)
MEAN_SCORE, SPREAD, LOWEST_SCORE, HIGHEST_SCORE, BAD_SCORE = 79, 12, 25, 100, 30


class Seen(NamedTuple):
    """A mark with its minutes and reason."""

    mark: Mark
    late: int = 0
    left: int = 0
    reason: str = ""


@dataclass(slots=True)
class Result:
    """What a participant reached, for the certificate."""

    attended: int = 0
    score: int | None = None


def keep_ledger(world: World, run: Run, places: list[Place]) -> dict[int, Result]:
    """Mark everybody with a place on each day that is over, and score them; returns what each reached, by enrolment id."""
    present = [place for place in places if place.state in HOLDS_PLACE]
    results = {place.id: Result() for place in present}
    over = [day for day in run.days if day.ends_at <= world.lately]
    if run.plan.state not in {RunState.RUNNING, RunState.COMPLETED}:
        return results
    failing = _failing(world, run, present)
    for number, day in enumerate(over):
        marks = {place.id: _see(world, run, place, failing, number) for place in present}
        for place_id, seen in marks.items():
            results[place_id].attended += day.minutes - seen.late - seen.left if seen.mark == Mark.PRESENT else 0
        _write_marks(world, run, day, marks)
    if run.ended_at is not None and run.version.score_percent is not None:
        _score(world, run, results, failing)
    return results


def _failing(world: World, run: Run, present: list[Place]) -> list[int] | None:
    """Those who are to reach too little, where the plan says how many; never the demo learner."""
    if run.plan.failing is None:
        return None
    return [place.id for place in present if place.someone is not world.office.learner][1 : run.plan.failing + 1]


def _see(world: World, run: Run, place: Place, failing: list[int] | None, number: int) -> Seen:
    """What the trainer sees of a person on day ``number`` of the run."""
    if failing is None:
        came_without_place = place.sender == run.trainer.id and number == 0
        return _see_anyone(world, 0 if came_without_place else world.chance.randrange(100))
    if place.id in failing:
        return _see_failing(world, run, failing.index(place.id), number)
    return Seen(Mark.PRESENT, late=10 if world.chance.randrange(100) < LATE else 0)


def _see_anyone(world: World, luck: int) -> Seen:
    """Somebody with ``luck`` from 0 to 99."""
    if luck < LATE:
        return Seen(Mark.PRESENT, late=world.chance.choice((10, 15, 20, 30)))
    if luck < LATE + LEFT_EARLY:
        return Seen(Mark.PRESENT, left=world.chance.choice((15, 30, 45)))
    if luck < LATE + LEFT_EARLY + EXCUSED:
        return Seen(Mark.EXCUSED, reason=world.chance.choice(EXCUSES))
    return Seen(Mark.ABSENT if luck < LATE + LEFT_EARLY + EXCUSED + ABSENT else Mark.PRESENT)


def _see_failing(world: World, run: Run, which: int, number: int) -> Seen:
    """Of those who are to reach too little the first stays away for a day, the second has a bad score, the others are excused for a day."""
    if number > 0 or (which == 1 and run.version.score_percent is not None):
        return Seen(Mark.PRESENT)
    return Seen(Mark.ABSENT) if which == 0 else Seen(Mark.EXCUSED, reason=world.chance.choice(EXCUSES))


def _write_marks(world: World, run: Run, day: Day, marks: dict[int, Seen]) -> None:
    """Two forms at most: the roll call, and later the correction of what was marked wrongly."""
    wrong = [place_id for place_id in marks if world.chance.randrange(100) < WRONGLY_MARKED]
    at_first = marks | {place_id: Seen(Mark.PRESENT if marks[place_id].mark != Mark.PRESENT else Mark.ABSENT) for place_id in wrong}
    moment = day.starts_at + AFTER_START
    _write_form(world, run, day, moment, at_first, corrected=0)
    if wrong:
        corrections = {place_id: marks[place_id]._replace(reason=marks[place_id].reason or CORRECTION) for place_id in wrong}
        _write_form(world, run, day, moment + UNTIL_CORRECTED, corrections, corrected=len(wrong))


def _write_form(world: World, run: Run, day: Day, moment: datetime, marks: dict[int, Seen], *, corrected: int) -> None:
    for place_id, seen in marks.items():
        present = seen.mark == Mark.PRESENT
        world.rows.add(
            AttendanceFact,
            session_id=day.id,
            enrolment_id=place_id,
            mark=seen.mark.value,
            from_minute=seen.late if present else None,
            to_minute=day.minutes - seen.left if present else None,
            reason=seen.reason,
            recorded_by=run.trainer.id,
            recorded_at=moment,
            client_id=None,
        )
    if marks:
        counted = Counter(seen.mark.value for seen in marks.values())
        change = {"first": len(marks) - corrected, "corrected": corrected, **counted}
        world.past.note(moment, "attendance:mark", CourseSession, day.id, by=run.trainer.id, change=change)


def _score(world: World, run: Run, results: dict[int, Result], failing: list[int] | None) -> None:
    """Whoever came is scored, the day after the end."""
    needed = run.version.score_percent or 0
    moment = run.days[-1].ends_at + UNTIL_SCORED
    for place_id, result in results.items():
        if not result.attended:
            continue
        score = min(max(round(world.chance.gauss(MEAN_SCORE, SPREAD)), LOWEST_SCORE), HIGHEST_SCORE)
        if failing is not None:
            score = BAD_SCORE if failing[1:2] == [place_id] else max(score, needed)
        result.score = score
        world.rows.add(FinalScore, enrolment_id=place_id, percent=score, recorded_by=run.trainer.id, recorded_at=moment)
    scored = sum(result.score is not None for result in results.values())
    if scored:
        world.past.note(moment, "score:record", CourseRun, run.id, by=run.trainer.id, change={"first": scored, "corrected": 0})
