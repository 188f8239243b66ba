"""Pages of staff: two records of one person are merged, and the merge is undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import journeys, people
from portal.access import Actor, Permission
from portal.foundation.errors import RefusedError
from portal.foundation.identifiers import format_phone
from portal.web.errors import told
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.labels import label
from portal.web.people import pages
from portal.web.people.admin_views import person_of_number
from portal.web.people.staff_people import search_asked, search_sent
from portal.web.people.staff_person import crumbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from portal.people.models import Person, PersonMerge

    Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that both records say or leave open, and what will be said afterwards."""

    words: str
    kept: str
    gone: str
    after: str
    differs: bool


def _to_person(person_id: int) -> Response:
    return redirect(url_for("people.staff_person", number=person_id), 303)


@pages.route("/staff/people/<number:number>/merge", methods=["GET", "POST"])
@requires(Permission.PERSON_MANAGE, load=person_of_number)
def staff_person_merge(person: Person) -> Answer:
    """Choose the other record, look at both, and merge it into this one for a reason."""
    chosen = find_id(request.args.get("with"))
    if chosen is None:
        return _choose(person)
    other, form = people.get_listed_person(chosen), ReasonForm()
    if attempt(form, lambda: journeys.merge_people(person.id, other.id, form.reason.data, by=actor().person_id)):
        flash(gettext("The two records are one now. You can undo it on this page."), "good")
        return _to_person(person.id)
    return form_page(
        "people/staff_merge.html",
        form,
        person=person,
        other=other,
        refusal=_refusal(person, other) if not form.errors else None,
        compared=_compare(person, other),
        posts=[list(people.posts_of(one.id)) for one in (person, other)],
        crumbs=crumbs(person),
    )


def _choose(person: Person) -> Answer:
    if request.method == "POST":
        words, other = search_sent()
        query: dict[str, Any] = {"with": other.id} if other else {"q": words or None}
        return redirect(url_for("people.staff_person_merge", number=person.id, **query), 303)
    search = search_asked()
    found = [row.person for row in people.people_page(search).rows] if search else people.possible_doubles(person)
    others = [one for one in found if one.id != person.id]
    return render_template("people/staff_merge_choose.html", person=person, search=search, others=others, crumbs=crumbs(person))


def _refusal(person: Person, other: Person) -> str | None:
    try:
        journeys.check_merge(person.id, other.id)
    except RefusedError as error:
        return told(error)
    return None


def _compare(person: Person, other: Person) -> list[Compared]:
    """What each record says, and what stands afterwards: what the kept one says, or the other where it says nothing."""
    says: list[tuple[str, Callable[[Person], str | None]]] = [
        (gettext("Name in Georgian letters"), lambda one: one.name_ka),
        (gettext("Name in Latin letters"), lambda one: one.name_latin),
        (gettext("Personal number"), people.masked_personal_number),
        (gettext("Address for e-mails"), lambda one: one.email),
        (gettext("Phone number"), lambda one: format_phone(one.phone) if one.phone else None),
        (gettext("Sex"), lambda one: label("sex", one.sex) if one.sex else None),
        (gettext("Account"), _account_of),
        (gettext("Language of e-mails"), lambda one: label("language", one.language)),
    ]
    pairs = [(words, read(person) or "", read(other) or "") for words, read in says]
    return [Compared(words, kept, gone, kept or gone, bool(kept and gone) and kept != gone) for words, kept, gone in pairs]


def _account_of(one: Person) -> str | None:
    account = people.find_account_of(one.id)
    return account.email if account else None


def _merge_of(_actor: Actor, number: int, merge: int) -> PersonMerge:
    return people.get_merge(number, merge)


@pages.route("/staff/people/<number:number>/merges/<number:merge>/undo", methods=["GET", "POST"])
@requires(Permission.PERSON_MANAGE, load=_merge_of)
def staff_person_undo_merge(merge: PersonMerge) -> Answer:
    """Ask, and make two records of one again; undone already, it just shows that it is."""
    refusal = None
    if request.method == "POST":
        try:
            journeys.undo_merge(merge, by=actor().person_id)
            flash(gettext("The merge is undone. There are two records again."), "good")
        except RefusedError as error:
            refusal = told(error)
    if merge.undone_at is not None:
        return _to_person(merge.kept_id)
    page = render_template("people/staff_undo_merge.html", merge=merge, refusal=refusal, crumbs=crumbs(merge.kept))
    return (page, 422) if refusal else page
