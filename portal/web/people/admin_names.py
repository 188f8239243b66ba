"""A page of administrators: the name of somebody who cannot correct it, as of people who came without an account."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from portal import certificates, journeys, people
from portal.access import Permission
from portal.web.consequences import LOOK, shown
from portal.web.form_pages import form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.people import pages
from portal.web.people.admin_views import person_of_number
from portal.web.people.profile_forms import NamesForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.people.models import Person


@pages.route("/admin/people/<number:number>/names", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def correct_names(person: Person) -> Response | str | tuple[str, int]:
    """Correct what the person is called; whoever holds certificates with the earlier name is shown with them."""
    form = NamesForm(obj=person)
    if form.is_submitted() and form.validate():
        known = {field.name: getattr(person, field.name) for field in fields(people.PersonDetails)}
        names = {name: form[name].data for name in known if name in form}
        details = people.PersonDetails(**known | names)
        if LOOK in request.form:
            found = shown(journeys.preview_name(person, details, by=actor().person_id), language())
            return form_page("people/admin_names.html", form, person=person, would=found)
        journeys.change_person(person, details, by=actor().person_id)
        flash(gettext("Saved."), "good")
        page = "people.staff_person" if certificates.certificates_with_other_name(person) else "people.admin_person"
        return redirect(url_for(page, number=person.id), 303)
    return form_page("people/admin_names.html", form, person=person, would=None)
