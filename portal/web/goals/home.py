"""How far the goals are in the coordinator's own municipality, and which of its people are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import municipalities, qualifications
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.goals import missing, pages
from portal.web.goals.progress import drawing_of, percent, rows_of
from portal.web.guard import actor, requires
from portal.web.ids import find_id

if TYPE_CHECKING:
    from flask import Response

    from portal.access import Actor
    from portal.qualifications.models import Goal


def own_goal(_actor: Actor, goal_id: str) -> Goal:
    """A goal that has not ended: goals are the same for every municipality."""
    number = find_id(goal_id)
    found = qualifications.get_goal(number) if number is not None else None
    if found is None or found.ended_on is not None:
        raise NotFoundError
    return found


@pages.get("/municipality/goals")
@requires(Permission.MUNICIPALITY_VIEW)
def own_goals() -> str:
    """Show every goal with how far it is at home."""
    goals, mine = qualifications.goals_in_order(), actor().municipality_ids
    reports = qualifications.read_goals(goals, clock.today(), mine)
    return render_template(
        "goals/own_goals.html", goals=goals, reports=reports, percent=percent, places=municipalities.municipalities_by_ids(mine)
    )


@pages.get("/municipality/goals/<goal_id>")
@requires(Permission.MUNICIPALITY_VIEW, load=own_goal)
def own_progress(goal: Goal) -> str:
    """Show the progress of a goal at home, and who is missing."""
    mine = actor().municipality_ids
    report = qualifications.read_goals([goal], clock.today(), mine)[goal.id]
    places = municipalities.municipalities_by_ids(mine)
    asked = missing.asked_within(mine)
    found = missing.page_of(goal, asked)
    return render_template(
        "goals/own_goal.html",
        goal=goal,
        report=report,
        drawing=drawing_of(report.whole, goal),
        rows=rows_of(report, places, "goals.own_progress", goal) if len(mine) > 1 else [],
        found=found,
        older=asked.address("goals.own_progress", goal, found.following) if found.following else None,
        file=asked.address("goals.own_missing_file", goal),
        places=places,
        percent=percent,
    )


@pages.get("/municipality/goals/<goal_id>/missing.csv")
@requires(Permission.MUNICIPALITY_VIEW, load=own_goal)
def own_missing_file(goal: Goal) -> Response:
    """The whole list as a file."""
    return missing.file_of(goal, missing.asked_within(actor().municipality_ids))
