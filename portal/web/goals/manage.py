"""Pages of staff: the goals, setting one, changing it, ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import qualifications
from portal.access import Permission
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.goals import pages
from portal.web.goals.forms import form_of
from portal.web.goals.staff import goal_of
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.qualifications.models import Goal

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.GOAL_MANAGE
BOTH = ["GET", "POST"]


@pages.get("/staff/goals")
@requires(MANAGE)
def staff_goals() -> str:
    """List the goals that are set, or those that have ended."""
    ended = request.args.get("ended") == "1"
    rows = qualifications.goals_in_order(with_ended=True)
    shown = [row for row in rows if (row.ended_on is not None) == ended]
    shares = qualifications.shares_of([row.id for row in shown])
    return render_template(
        "goals/staff_goals.html", rows=shown, ended=ended, past=sum(row.ended_on is not None for row in rows), shares=shares
    )


@pages.route("/staff/goals/new", methods=BOTH)
@requires(MANAGE)
def staff_goal_new() -> Answer:
    """Set a goal."""
    form = form_of(None)
    if done := attempt(form, lambda: qualifications.set_goal(form.qualification_id.data, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("goals.staff_goal", goal_id=done.value.id), 303)
    return form_page("goals/goal_form.html", form, title=gettext("New goal"), back_url=url_for("goals.staff_goals"))


@pages.route("/staff/goals/<goal_id>/edit", methods=BOTH)
@requires(MANAGE, load=goal_of)
def staff_goal_edit(goal: Goal) -> Answer:
    """Change a goal that has not ended."""
    form, back = form_of(goal), url_for("goals.staff_goal", goal_id=goal.id)
    if attempt(form, lambda: qualifications.change_goal(goal, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(back, 303)
    return form_page("goals/goal_form.html", form, title=goal.qualification.name(language()), back_url=back, goal=goal)


@pages.route("/staff/goals/<goal_id>/end", methods=BOTH)
@requires(MANAGE, load=goal_of)
def staff_goal_end(goal: Goal) -> Answer:
    """End a goal, with the words why."""
    form = ReasonForm()
    if attempt(form, lambda: qualifications.end_goal(goal, form.reason.data, by=actor().person_id)):
        flash(gettext("The goal has ended."), "good")
        return redirect(url_for("goals.staff_goals"), 303)
    return form_page("layouts/short_form.html", form, **_ending(goal))


def _ending(goal: Goal) -> dict[str, Any]:
    return {
        "title": gettext("End the goal"),
        "subject": goal.qualification.name(language()),
        "intro": gettext("It stays to be seen with its figures, and is measured no more."),
        "primary": gettext("End the goal"),
        "danger": True,
        "crumbs": [(gettext("Goals"), url_for("goals.staff_goals"))],
        "back_url": url_for("goals.staff_goal", goal_id=goal.id),
    }
