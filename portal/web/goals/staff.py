"""How far a goal is in the country, municipality by municipality, and who is missing: for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import municipalities, qualifications
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.goals import missing, pages
from portal.web.goals.progress import drawing_of, percent, rows_of, tiles_of
from portal.web.guard import requires
from portal.web.ids import find_id

if TYPE_CHECKING:
    from flask import Response

    from portal.access import Actor
    from portal.qualifications.models import Goal


def goal_of(_actor: Actor, goal_id: str) -> Goal:
    """The goal; those that have ended too."""
    number = find_id(goal_id)
    if number is None:
        raise NotFoundError
    return qualifications.get_goal(number)


@pages.get("/staff/goals/<goal_id>")
@requires(Permission.REPORT_VIEW, load=goal_of)
def staff_goal(goal: Goal) -> str:
    """Show the progress of a goal."""
    report = qualifications.read_goals([goal], clock.today())[goal.id]
    places = municipalities.municipalities_in_order()
    return render_template(
        "goals/staff_goal.html",
        goal=goal,
        report=report,
        drawing=drawing_of(report.whole, goal),
        rows=rows_of(report, places, "goals.staff_missing", goal),
        tiles=tiles_of(report, places),
        percent=percent,
    )


@pages.get("/staff/goals/<goal_id>/missing")
@requires(Permission.REPORT_VIEW, load=goal_of)
def staff_missing(goal: Goal) -> str:
    """Show who should hold the qualification and does not."""
    asked = missing.asked_within(None)
    found = missing.page_of(goal, asked)
    places = municipalities.municipalities_by_ids(asked.municipality_ids or [])
    older = asked.address("goals.staff_missing", goal, found.following) if found.following else None
    file = asked.address("goals.staff_missing_file", goal)
    return render_template("goals/staff_missing.html", goal=goal, found=found, places=places, older=older, file=file)


@pages.get("/staff/goals/<goal_id>/missing.csv")
@requires(Permission.REPORT_VIEW, load=goal_of)
def staff_missing_file(goal: Goal) -> Response:
    """The whole list as a file."""
    return missing.file_of(goal, missing.asked_within(None))
