"""The page on which staff say how a run counts attendance."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import courses
from portal.web.courses import pages
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.fields import Radios, Whole
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.labels import choices

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.courses.models import CourseRun


class AttendanceRulesForm(FlaskForm):
    """How a run counts attendance."""

    attendance_base = Radios(_("Sessions that count"), choices=choices("attendance_base"))
    excused_counts = Radios(_("An excused absence"), choices=choices("excused_counts"))
    free_absences = Whole(
        _("Missed sessions forgiven"),
        low=0,
        high=courses.MOST_FREE_ABSENCES,
        description=_("So many missed sessions are left out of the count, the longest first. 0: none."),
    )
    least_percent = Whole(
        _("Least part of a session, percent"),
        low=0,
        high=100,
        description=_("Who was there for less than this has missed the session. 0: every minute counts."),
    )

    def values(self) -> courses.AttendanceRuleValues:
        """What was typed, for the service."""
        return courses.AttendanceRuleValues(
            attendance_base=self.attendance_base.data,
            excused_counts=self.excused_counts.data,
            free_absences=self.free_absences.data,
            least_percent=self.least_percent.data,
        )


@pages.route("/staff/runs/<code>/attendance-rules", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_attendance_rules(run: CourseRun) -> str | tuple[str, int] | Response:
    """Say how the run counts attendance; of one that is over only what it is."""
    form = AttendanceRulesForm(data=asdict(courses.attendance_rules_of(run)))
    if attempt(form, lambda: courses.set_attendance_rules(run, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return to_run(run)
    return form_page("courses/staff/attendance_rules.html", form, run=run, crumbs=crumbs(run), over=not courses.can_be_changed(run.state))
