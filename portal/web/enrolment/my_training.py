"""My training: what is next, what I wait for, what I have done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from portal import assessment, attendance, certificates, courses, enrolment, evaluation
from portal.access import Permission
from portal.courses.models import RunState
from portal.enrolment.models import HOLDS_PLACE, EnrolmentState
from portal.foundation import clock
from portal.web.enrolment import pages
from portal.web.enrolment.line import places_in_line
from portal.web.guard import actor, requires
from portal.web.standings.reading import summary_of

if TYPE_CHECKING:
    from decimal import Decimal

    from portal.assessment import OwnTest
    from portal.attendance import AttendanceSummary
    from portal.certificates import Held
    from portal.courses.models import CourseSession
    from portal.enrolment import OwnInterest
    from portal.enrolment.models import Enrolment
    from portal.web.enrolment.line import PlaceInLine

PENDING = (EnrolmentState.OFFERED, EnrolmentState.WAITING, EnrolmentState.APPLIED)


@dataclass(frozen=True, slots=True)
class Coming:
    """A training with a place that is not over: the days that are still to come, the next first; once it has begun what was attended."""

    enrolment: Enrolment
    days: list[CourseSession]
    summary: AttendanceSummary | None


@dataclass(frozen=True, slots=True)
class Past:
    """A training that is over: what was attended, and the certificate if there is one."""

    enrolment: Enrolment
    summary: AttendanceSummary | None
    certificate: Held | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyTraining:
    """Everything on the page.

    ``materials`` are numbers by the id of a run, for runs with a place; by enrolment are the ``tests`` that can be taken now, and the ``questions``
    with which a training can be evaluated.
    """

    coming: list[Coming]
    pending: list[tuple[Enrolment, PlaceInLine | None]]
    past: list[Past]
    dropped: list[Enrolment]
    interests: list[OwnInterest]
    hours: Decimal | None
    materials: dict[int, int]
    tests: dict[int, list[OwnTest]]
    questions: dict[int, evaluation.Round]

    @property
    def empty(self) -> bool:
        """True for somebody who was never enrolled."""
        return not (self.coming or self.pending or self.past or self.dropped)


def _is_over(one: Enrolment) -> bool:
    run = one.run
    return (
        one.state != EnrolmentState.CONFIRMED or run.state == RunState.COMPLETED or (run.ends_at is not None and run.ends_at <= clock.now())
    )


def _has_begun(one: Enrolment) -> bool:
    return one.run.starts_at is not None and one.run.starts_at <= clock.now()


def read_my_training(person_id: int) -> MyTraining:
    """Read the page: ten statements, however much there is."""
    mine = enrolment.enrolments_of_person(person_id)
    held = [one for one in mine if one.state in HOLDS_PLACE]
    pending = [one for one in mine if one.state in PENDING]
    coming, past = [one for one in held if not _is_over(one)], [one for one in held if _is_over(one)]
    days = courses.sessions_of_runs([one.run_id for one in coming])
    lines = places_in_line(pending)
    begun = {one.id for one in coming if _has_begun(one)}
    summaries = attendance.summaries_of_person(person_id) if past or begun else {}
    entries = {entry.run_id: entry for entry in reversed(certificates.certificates_of_person(person_id))} if past else {}
    live = {one.run_id for one in [*held, *pending]}
    now = clock.now()
    rows = [
        Coming(one, [day for day in days[one.run_id] if day.ends_at > now], summaries.get(one.id) if one.id in begun else None)
        for one in coming
    ]
    return MyTraining(
        coming=sorted(rows, key=lambda row: (not row.days, row.days[0].starts_at if row.days else now, row.enrolment.id)),
        pending=[(one, lines.get(one.id)) for one in pending],
        past=[Past(one, summaries.get(one.id), entries.get(one.run_id)) for one in reversed(past)],
        dropped=list({one.run_id: one for one in reversed(mine) if one.run_id not in live}.values()),
        interests=enrolment.interests_of_person(person_id),
        hours=attendance.hours(sum(summary.attended_minutes for summary in summaries.values())) if past else None,
        questions=evaluation.open_rounds(person_id) if past else {},
        materials=courses.numbers_of_materials(one.run_id for one in held),
        tests={key: [one for one in given if one.can_be_taken(now)] for key, given in assessment.own_tests(one.id for one in held).items()},
    )


@pages.get("/my")
@requires(Permission.MY_TRAINING_VIEW)
def my() -> str:
    """Show my training."""
    mine = actor().person_id
    return render_template("enrolment/my.html", training=read_my_training(mine), summary=summary_of(mine))
