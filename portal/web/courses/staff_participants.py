"""Pages of staff: add somebody to a run by hand, and take somebody out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment, people
from portal.enrolment.models import LIVE, Enrolment, EnrolmentState
from portal.foundation import georgian
from portal.foundation.errors import NotFoundError
from portal.web.courses import pages
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.fields import key_of
from portal.web.form_keys import new_form_key, sent_form_key
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.placing import tell_placed, words_about_them

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.courses.models import CourseRun

    Answer = str | tuple[str, int] | Response

REFUSED = 422


@pages.get("/staff/runs/<code>/participants/new")
@requires(MANAGE, load=run_of_code)
def staff_participant_new(run: CourseRun) -> str:
    """Look for the person to add."""
    return _search_page(run, request.args.get("q", ""))


def _search_page(run: CourseRun, text: str, refusal: str | None = None) -> str:
    search = georgian.clean_text(text)[:100]
    found = people.people_page(search).rows if search else ()
    live = enrolment.live_enrolments_of_run(run.id) if found else []
    return render_template(
        "courses/staff/participant_new.html",
        run=run,
        places=enrolment.places_of([run.id])[run.id],
        search=search,
        found=found,
        enrolled={one.person_id: one.state for one in live},
        form_key=new_form_key(),
        refusal=refusal,
        crumbs=crumbs(run),
    )


@pages.post("/staff/runs/<code>/participants/new")
@requires(MANAGE, load=run_of_code)
def staff_participant_add(run: CourseRun) -> Answer:
    """Give the person a place, or put them on the waiting list."""
    try:
        person = people.get_listed_person(key_of(request.form.get("person_id", "")) or 0)
        placed = enrolment.place_by_staff(run.id, person.id, by=actor().person_id, form_key=sent_form_key())
    except enrolment.EnrolmentRefusedError as error:
        return _search_page(run, request.form.get("q", ""), words_about_them(error)), REFUSED
    except ValueError:
        raise NotFoundError from None
    tell_placed(placed)
    return to_run(run)


def participant(_actor: Actor, code: str, reference: str) -> Enrolment:
    """Load the enrolment of somebody who is in the run, or was taken out of it."""
    found = enrolment.find_enrolment_of_reference(courses.get_run(code).id, reference)
    if found is None or found.state not in {*LIVE, EnrolmentState.WITHDRAWN}:
        raise NotFoundError
    return found


@pages.route("/staff/runs/<code>/participants/<reference>/withdraw", methods=BOTH)
@requires(MANAGE, load=participant)
def staff_participant_withdraw(place: Enrolment) -> Answer:
    """Take somebody out of the run, for a reason; whoever is out already stays out, and may have come back with another place."""
    run, name, form = place.run, place.person.name(language()), ReasonForm()
    if place.state == EnrolmentState.WITHDRAWN:
        return to_run(run)
    service = enrolment.withdraw
    if attempt(form, lambda: service(run.id, place.person_id, by=actor().person_id, reason=form.reason.data, after_deadline=True)):
        flash(gettext("%(name)s does not take part any more.", name=name), "warn")
        return to_run(run)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Take off the list: %(name)s?", name=name),
        subject=run.version.title(language()),
        intro=gettext("A place that becomes free goes to the next on the waiting list. Both get a message."),
        crumbs=crumbs(run),
        back_url=url_for("courses.staff_run", code=run.code),
        primary=gettext("Take off the list"),
        danger=True,
    )
