"""Pages of staff: find a person, and enter one whom the portal does not know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import people
from portal.access import Permission
from portal.foundation import georgian
from portal.web.form_pages import form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.people import pages
from portal.web.people.admin_forms import AddPersonForm

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Response

    from portal.people.models import Person

    Answer = Response | str | tuple[str, int]

LONGEST_SEARCH = 100
DIGITS_OF_A_NUMBER = 6


def search_asked() -> str:
    """The words that the address asks for. A number of somebody does not belong into an address: it finds nobody there."""
    text = _typed(request.args)
    return "" if _is_number(text) else text


def search_sent() -> tuple[str, Person | None]:
    """The words that were sent in the body of a request; or, when they are a personal number, no words and the person found by it."""
    text = _typed(request.form)
    if not _is_number(text):
        return text, None
    person = people.find_person_by_personal_number(text)
    if person is None:
        flash(gettext("Nobody has this personal number. It has 11 digits, all of which must be typed."), "warn")
    return "", person


def _typed(sent: MultiDict[str, str]) -> str:
    return georgian.clean_text(sent.get("q", ""))[:LONGEST_SEARCH]


def _is_number(text: str) -> bool:
    """Digits without letters, and more than a name or a year has: a personal number, or what was meant for one."""
    return sum(map(str.isdigit, text)) >= DIGITS_OF_A_NUMBER and not any(map(str.isalpha, text))


@pages.get("/staff/people")
@requires(Permission.PERSON_MANAGE)
def staff_people() -> Answer:
    """Search people; nobody is listed unasked."""
    search = search_asked()
    if request.args.get("q") and not search:
        return redirect(url_for("people.staff_people"), 303)
    after, before = find_id(request.args.get("after")), find_id(request.args.get("before"))
    found = people.people_page(search, after=after, before=before) if search else None
    return render_template(
        "people/staff_people.html",
        search=search,
        rows=found.rows if found else (),
        newer=url_for("people.staff_people", q=search, before=found.previous) if found and found.previous else None,
        older=url_for("people.staff_people", q=search, after=found.following) if found and found.following else None,
    )


@pages.post("/staff/people")
@requires(Permission.PERSON_MANAGE)
def staff_people_find() -> Answer:
    """Take the search in the body of the request: words go on in the address, a personal number does not."""
    search, person = search_sent()
    if person is None:
        return redirect(url_for("people.staff_people", q=search or None), 303)
    return redirect(url_for("people.staff_person", number=person.id), 303)


@pages.route("/staff/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_MANAGE)
def staff_person_new() -> Answer:
    """Enter a person; who looks like them is shown on their page."""
    form = AddPersonForm()
    if form.is_submitted() and form.validate():
        person = people.enter_person(form.details(), form.post(), by=actor().person_id, since=form.drawn_at.data)
        flash(gettext("The person is added."), "good")
        return redirect(url_for("people.staff_person", number=person.id), 303)
    up = url_for("people.staff_people")
    return form_page("people/admin_add_person.html", form, crumbs=[(gettext("People"), up)], back_url=up)
