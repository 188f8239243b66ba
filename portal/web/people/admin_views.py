"""Pages of administrators: people, their accounts and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import people
from portal.access import Actor, Permission
from portal.foundation import georgian
from portal.foundation.errors import RefusedError
from portal.people.models import Role
from portal.web.errors import told
from portal.web.form_pages import form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.labels import choices
from portal.web.people import pages
from portal.web.people.admin_forms import AddPersonForm, GrantForm
from portal.web.people.profile_forms import PersonalNumberForm
from portal.web.people.profile_views import posts_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.people.models import Person, RoleGrant

    Answer = Response | str | tuple[str, int]

LONGEST_SEARCH = 100


def person_of_number(_actor: Actor, number: int) -> Person:
    """The person of the address, unless the record was merged into another."""
    return people.get_listed_person(number)


def _grant(_actor: Actor, number: int, grant: int) -> RoleGrant:
    return people.get_grant(number, grant)


def _to_person(person_id: int, words: str) -> Response:
    flash(words, "good")
    return redirect(url_for("people.admin_person", number=person_id), 303)


@pages.get("/admin")
@requires(Permission.ACCOUNT_MANAGE)
def admin() -> Answer:
    """Everybody the portal knows, by name, e-mail and role."""
    search = georgian.clean_text(request.args.get("q", ""))[:LONGEST_SEARCH]
    role = request.args.get("role", "")
    role = role if role in set(Role) else ""
    found = people.people_page(search, role, after=find_id(request.args.get("after")), before=find_id(request.args.get("before")))
    kept: dict[str, Any] = {"q": search or None, "role": role or None}
    roles = [("", gettext("All")), *choices("role")]
    return render_template(
        "people/admin.html",
        rows=found.rows,
        search=search,
        role=role,
        chips=[
            {"label": word, "href": url_for("people.admin", q=search or None, role=code or None), "current": code == role}
            for code, word in roles
        ],
        newer=url_for("people.admin", before=found.previous, **kept) if found.previous else None,
        older=url_for("people.admin", after=found.following, **kept) if found.following else None,
    )


@pages.get("/admin/people/<number:number>")
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def admin_person(person: Person) -> Answer:
    """One person: posts, account, roles."""
    return _person_page(person, GrantForm(formdata=None))


def _person_page(person: Person, form: GrantForm) -> str:
    return render_template(
        "people/admin_person.html",
        person=person,
        personal_number=people.masked_personal_number(person),
        account=people.find_account_of(person.id),
        grants=[grant for grant in people.grants_of(person.id) if not people.is_void(grant.starts_on, grant.ends_on)],
        form=form,
        own=person.id == actor().person_id,
        **posts_of(person.id),
    )


@pages.post("/admin/people/<number:number>/grants")
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def grant_role(person: Person) -> Answer:
    """Give the person a role."""
    form = GrantForm()
    if form.validate():
        try:
            form.grant_to(person.id, by=actor().person_id)
        except RefusedError as refusal:
            form.form_errors.append(told(refusal))
        else:
            return _to_person(person.id, gettext("The role is granted."))
    return _person_page(person, form), 422


@pages.post("/admin/people/<number:number>/grants/<number:grant>/end")
@requires(Permission.ACCOUNT_MANAGE, load=_grant)
def end_grant(grant: RoleGrant) -> Answer:
    """Take a role away, from this moment."""
    people.end_grant(grant, by=actor().person_id)
    return _to_person(grant.person_id, gettext("The role is ended."))


@pages.get("/admin/people/<number:number>/deactivate")
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def ask_to_deactivate(person: Person) -> Answer:
    """Ask before an account is closed."""
    return render_template("people/admin_deactivate.html", person=person, account=people.get_account_of(person.id))


@pages.post("/admin/people/<number:number>/deactivate")
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def deactivate(person: Person) -> Answer:
    """Close the account; whoever uses it is signed out at once."""
    people.deactivate_account(people.get_account_of(person.id), by=actor().person_id)
    return _to_person(person.id, gettext("The account is deactivated. Its owner is signed out everywhere."))


@pages.post("/admin/people/<number:number>/reactivate")
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def reactivate(person: Person) -> Answer:
    """Open the account again."""
    people.reactivate_account(people.get_account_of(person.id), by=actor().person_id)
    return _to_person(person.id, gettext("The account is active again."))


@pages.route("/admin/people/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def add_person() -> Answer:
    """Enter a person who has no account."""
    form = AddPersonForm()
    if not form.is_submitted():
        return render_template("people/admin_add_person.html", form=form)
    if not form.validate():
        return render_template("people/admin_add_person.html", form=form), 422
    person = people.enter_person(form.details(), form.post(), by=actor().person_id, since=form.drawn_at.data)
    return _to_person(person.id, gettext("The person is added."))


@pages.route("/admin/people/<number:number>/personal-number", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE, load=person_of_number)
def set_personal_number(person: Person) -> Answer:
    """Set or correct somebody's personal number, at their request."""
    form = PersonalNumberForm()
    if form.is_submitted() and form.validate():
        try:
            people.set_personal_number(person, form.personal_number.data, by=actor().person_id)
        except RefusedError as refusal:
            form.personal_number.errors = [told(refusal)]
        else:
            return _to_person(person.id, gettext("Saved."))
    back = url_for("people.admin_person", number=person.id)
    return form_page("people/personal_number.html", form, masked=None, back=back, person=person)
