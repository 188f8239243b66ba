"""Pages of staff: move a participant to another run, and enrol somebody whom the portal does not know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal import journeys
from portal.enrolment.models import MOVED, EnrolmentState
from portal.foundation.errors import NotFoundError
from portal.web.courses import pages
from portal.web.courses.staff_participants import participant
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.fields import Choice, line
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.people.admin_forms import AddPersonForm
from portal.web.placing import tell_placed, words_about_them
from portal.web.run_choice import MoveForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment

    Answer = str | tuple[str, int] | Response


class NewcomerForm(AddPersonForm):
    """A person who is not known yet, with the post that places are given with."""

    municipality = Choice(_("Municipality"))
    category = Choice(_("Category of position"))
    title_ka = line(_("Position"))


@pages.route("/staff/runs/<code>/participants/<reference>/move", methods=BOTH)
@requires(MANAGE, load=participant)
def staff_participant_move(place: Enrolment) -> Answer:
    """Move somebody to another run, for a reason; whoever is moved already stays there."""
    if place.state not in {EnrolmentState.CONFIRMED, EnrolmentState.WAITING} and place.state_reason != MOVED:
        raise NotFoundError
    form, name = MoveForm(first=place.run.course_id, but=place.run_id), place.person.name(language())
    if attempt(form, lambda: _move(place, form), words_about_them):
        flash(gettext("%(name)s now has a place in this training. Two messages say so.", name=name), "good")
        return to_run(form.chosen)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Move to another run: %(name)s", name=name),
        subject=place.run.version.title(language()),
        intro=gettext(
            "The place here goes to the next on the waiting list. Attendance and certificates of other trainings stay as they are."
        ),
        crumbs=crumbs(place.run),
        back_url=url_for("courses.staff_run", code=place.run.code),
        primary=gettext("Move"),
    )


def _move(place: Enrolment, form: MoveForm) -> Enrolment:
    return journeys.move_enrolment(place, form.chosen, by=actor().person_id, reason=form.reason.data)


@pages.route("/staff/runs/<code>/participants/newcomer", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_newcomer(run: CourseRun) -> Answer:
    """Enter a person and give them a place, or put them on the waiting list."""
    form = NewcomerForm()
    if done := attempt(form, lambda: _enrol(run, form), words_about_them):
        tell_placed(done.value)
        return to_run(run)
    return form_page(
        "people/admin_add_person.html", form, crumbs=crumbs(run), back_url=url_for("courses.staff_run", code=run.code), run=run
    )


def _enrol(run: CourseRun, form: NewcomerForm) -> Enrolment:
    post = form.post()
    if post is None:
        raise NotFoundError
    return journeys.enrol_newcomer(run.id, form.details(), post, by=actor().person_id, since=form.drawn_at.data)
