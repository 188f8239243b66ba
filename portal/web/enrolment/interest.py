"""Ask to hear when a course runs again, and take that back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from portal import courses, enrolment
from portal.access import Permission
from portal.web.enrolment import pages
from portal.web.errors import told
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.courses.models import Course, CourseVersion
    from portal.enrolment import EnrolmentRefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What the page of a course says to one person: when they asked to hear of it, or why they need not or cannot."""

    asked_at: datetime | None = None
    refusal: EnrolmentRefusedError | None = None


def read_interest(version: CourseVersion, actor: Actor | None) -> Interest:
    """Read what concerns one person, or every visitor, in one statement."""
    if actor is None:
        return Interest(refusal=enrolment.OfferedError() if enrolment.is_offered(version.course_id) else None)
    standing = enrolment.interest_standing(version.course_id, actor.person_id)
    return Interest(asked_at=standing.asked_at, refusal=enrolment.find_interest_refusal(standing, version.target_categories))


def _version(_actor: Actor, slug: str) -> CourseVersion:
    return courses.get_public_version(slug)


def _course(actor: Actor, slug: str) -> Course:
    return enrolment.get_course_of_interest(slug, actor.person_id)


@pages.post("/courses/<slug>/interest")
@requires(Permission.RUN_ENROL, load=_version)
def express_interest(version: CourseVersion) -> Response:
    """Note that the person wants to hear when the course runs again."""
    me = actor().person_id
    try:
        enrolment.express_interest(version, me, by=me)
        flash(gettext("Noted. We write to you when a training of this course is announced."), "good")
    except enrolment.EnrolmentRefusedError as refusal:
        flash(told(refusal), "info")
    return redirect(url_for("courses.course", slug=version.course.slug), 303)


@pages.post("/courses/<slug>/interest/withdraw")
@requires(Permission.RUN_ENROL, load=_course)
def withdraw_interest(course: Course) -> Response:
    """Take the wish back; whoever did so under My training comes back there."""
    me = actor().person_id
    enrolment.withdraw_interest(course, me, by=me)
    flash(gettext("Taken back. We do not write to you about this course."), "good")
    from_my = request.form.get("from") == "my"
    return redirect(url_for("enrolment.my") if from_my else url_for("courses.course", slug=course.slug), 303)
