"""Pages for everybody who is signed in: the qualifications that posts call for, and what each asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import courses, qualifications
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.qualifications import CourseDemand, demands_of
from portal.web.guard import signed_in
from portal.web.language import language
from portal.web.lines import lines_of
from portal.web.qualifications import pages
from portal.web.qualifications.words import audience_said, rule_said, validity_said

if TYPE_CHECKING:
    from portal.qualifications import Version

RUNS = 10


@pages.get("/qualifications")
@signed_in
def listed() -> str:
    """List the qualifications that posts call for today."""
    found = [(row.qualification, qualifications.as_version(row)) for row in qualifications.versions_in_force(clock.today())]
    return render_template(
        "qualifications/listed.html",
        lines=[(row, version) for row, version in found if version.audience.categories],
        audience_said=audience_said,
        validity_said=validity_said,
    )


@pages.get("/qualifications/<slug>")
@signed_in
def shown(slug: str) -> str:
    """What a qualification asks for today, and the trainings to come that lead to it."""
    row, now = qualifications.get_qualification(slug), clock.now()
    version = qualifications.version_on(qualifications.rules_of([row.id]).get(row.id, []), clock.today())
    if version is None or row.archived:
        raise NotFoundError
    wanted = courses.RunFilter(course_ids=_courses_in(version))
    page = courses.list_public_runs(wanted, at=now, size=RUNS, only=[courses.takes_enrolments()])
    return render_template("qualifications/shown.html", row=row, rule=rule_said(version), lines=lines_of(page.runs, language(), at=now))


def _courses_in(version: Version) -> frozenset[int]:
    trees = [version.requirement, *([version.renewal] if version.renewal else [])]
    return frozenset(one for tree in trees for demand in demands_of(tree) if isinstance(demand, CourseDemand) for one in demand.courses)
