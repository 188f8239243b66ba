"""The page on which staff say how a run gives its places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext, ngettext

from portal import courses, enrolment, journeys
from portal.web.courses import pages
from portal.web.courses.staff_place_rules_form import form_of
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.courses.models import CourseRun
    from portal.web.courses.staff_place_rules_form import PlaceRulesForm


@pages.route("/staff/runs/<code>/places", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_place_rules(run: CourseRun) -> str | tuple[str, int] | Response:
    """Say who is invited, what is kept for whom, who decides, and how places that become free are given."""
    form = form_of(run)
    if done := attempt(form, lambda: _change(run, form)):
        flash(gettext("Saved."), "good")
        if done.value:
            words = ngettext(
                "%(num)s person from the waiting list got a place or an offer.",
                "%(num)s people from the waiting list got a place or an offer.",
                done.value,
            )
            flash(words, "info")
        return to_run(run)
    return form_page("courses/staff/place_rules.html", form, run=run, crumbs=crumbs(run))


def _change(run: CourseRun, form: PlaceRulesForm) -> int:
    """Change the rules; places that were given already speak against quotas, so that is said there."""
    try:
        return journeys.change_place_rules(run, form.values(), by=actor().person_id)
    except enrolment.EnrolmentRefusedError as refusal:
        facts = dict(refusal.facts)
        field = str(facts.pop("field", "quotas"))
        raise courses.WrongValuesError([courses.Problem(field, refusal.message, tuple(facts.items()))]) from refusal
