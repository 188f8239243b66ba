"""Pages of staff: one person with everything that they were enrolled in, and a place for them in a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask_babel import gettext

from portal import attendance, certificates, enrolment, people
from portal.access import Actor, Permission
from portal.foundation.outbox_queries import messages_to
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.people import pages
from portal.web.people.admin_views import person_of_number
from portal.web.people.profile_views import posts_of
from portal.web.placing import tell_placed, words_about_them
from portal.web.run_choice import RunChoiceForm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from werkzeug.wrappers import Response

    from portal.attendance import AttendanceSummary
    from portal.certificates import Held
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person

    Answer = Response | str | tuple[str, int]

MOST_MESSAGES = 10


@dataclass(frozen=True, slots=True)
class Taken:
    """One enrolment: what was attended, and the certificates."""

    enrolment: Enrolment
    summary: AttendanceSummary | None
    certificates: Sequence[Held]


def _person_or_kept(_actor: Actor, number: int) -> Person:
    """The person; of a merged record the one that stayed."""
    return people.get_person(people.find_kept_id(number) or number)


def crumbs(person: Person) -> list[tuple[str, str]]:
    """The way back up from a page below the person's."""
    name = person.name(language())
    return [(gettext("People"), url_for("people.staff_people")), (name, url_for("people.staff_person", number=person.id))]


@pages.get("/staff/people/<number:number>")
@requires(Permission.PERSON_MANAGE, load=_person_or_kept)
def staff_person(person: Person) -> Answer:
    """Who it is, what they took part in, and which other records may be theirs."""
    taken = _taken_by(person.id)
    return render_template(
        "people/staff_person.html",
        person=person,
        personal_number=people.masked_personal_number(person),
        account=people.find_account_of(person.id),
        taken=taken,
        hours=_hours(taken),
        outdated=certificates.certificates_with_other_name(person),
        doubles=people.possible_doubles(person),
        merges=people.merges_into(person.id),
        messages=messages_to(people.ids_of([person.id]), most=MOST_MESSAGES),
        **posts_of(person.id),
    )


def _taken_by(person_id: int) -> list[Taken]:
    """Everything they were enrolled in, the latest first."""
    summaries = attendance.summaries_of_person(person_id)
    held: dict[int, list[Held]] = {}
    for one in certificates.certificates_of_person(person_id):
        held.setdefault(one.run_id, []).append(one)
    every = reversed(enrolment.enrolments_of_person(person_id))
    return [Taken(one, summaries.get(one.id), held.get(one.run_id, ()) if one.id in summaries else ()) for one in every]


def _hours(taken: Sequence[Taken]) -> Decimal:
    return attendance.hours(sum(one.summary.attended_minutes for one in taken if one.summary))


@pages.route("/staff/people/<number:number>/enrol", methods=["GET", "POST"])
@requires(Permission.PERSON_MANAGE, load=person_of_number)
def staff_person_enrol(person: Person) -> Answer:
    """Give the person a place in a run, or put them on its waiting list."""
    form, back = RunChoiceForm(), url_for("people.staff_person", number=person.id)
    if done := attempt(form, lambda: enrolment.place_by_staff(form.chosen.id, person.id, by=actor().person_id), words_about_them):
        tell_placed(done.value)
        return redirect(back, 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Give a place: %(name)s", name=person.name(language())),
        intro=gettext("When no place is free, the person goes on the waiting list. They get a message either way."),
        crumbs=crumbs(person),
        back_url=back,
        primary=gettext("Give a place"),
    )
