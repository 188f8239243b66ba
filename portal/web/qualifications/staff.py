"""Pages of staff: the qualifications, and one with what it asks for and its editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import qualifications
from portal.access import Actor, Permission
from portal.foundation import clock
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.qualifications import pages
from portal.web.qualifications.forms import QualificationForm
from portal.web.qualifications.words import audience_said, editions_said

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.qualifications.models import Qualification

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.QUALIFICATION_MANAGE
BOTH = ["GET", "POST"]


def load_qualification(_actor: Actor, slug: str) -> Qualification:
    """The qualification of an address, of those that there are."""
    return qualifications.get_qualification(slug)


@pages.get("/staff/qualifications")
@requires(MANAGE)
def staff_qualifications() -> str:
    """List the qualifications in use, or those in the archive."""
    archived = request.args.get("archived") == "1"
    rows = qualifications.qualifications_in_order(with_archived=True)
    return render_template(
        "qualifications/staff/qualifications.html",
        rows=[row for row in rows if row.archived == archived],
        archived=archived,
        put_away=sum(row.archived for row in rows),
        rules=qualifications.rules_of([row.id for row in rows]),
        holders=qualifications.holders_on(clock.today()),
        version_on=qualifications.version_on,
        audience_said=audience_said,
        today=clock.today(),
    )


@pages.route("/staff/qualifications/new", methods=BOTH)
@requires(MANAGE)
def staff_qualification_new() -> Answer:
    """Add a qualification; its rule comes next."""
    form = QualificationForm()
    if done := attempt(form, lambda: qualifications.create_qualification(form.values(), by=actor().person_id)):
        flash(gettext("Saved. Now say what it asks for."), "good")
        return redirect(url_for("qualifications.rule_new", slug=done.value.slug), 303)
    back = url_for("qualifications.staff_qualifications")
    return form_page("layouts/short_form.html", form, title=gettext("New qualification"), **_frame(back))


@pages.get("/staff/qualifications/<slug>")
@requires(MANAGE, load=load_qualification)
def staff_qualification(row: Qualification) -> str:
    """Show a qualification: what it asks for today, and its editions with what each changed."""
    versions = qualifications.versions_of(row.id)
    editions = editions_said(versions, [qualifications.as_version(one) for one in versions])
    today = clock.today()
    return render_template(
        "qualifications/staff/qualification.html",
        row=row,
        editions=editions,
        current=next((one for one in editions if one.row.effective_on <= today), None),
        today=today,
    )


@pages.route("/staff/qualifications/<slug>/edit", methods=BOTH)
@requires(MANAGE, load=load_qualification)
def staff_qualification_edit(row: Qualification) -> Answer:
    """Change the names and descriptions."""
    form, back = QualificationForm(row), url_for("qualifications.staff_qualification", slug=row.slug)
    if attempt(form, lambda: qualifications.change_qualification(row, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(back, 303)
    return form_page("layouts/short_form.html", form, title=row.name(language()), **_frame(back))


@pages.post("/staff/qualifications/<slug>/archive")
@requires(MANAGE, load=load_qualification)
def staff_qualification_archive(row: Qualification) -> Response:
    """Put the qualification away, or take it out again."""
    qualifications.archive_qualification(row, archived=not row.archived, by=actor().person_id)
    flash(gettext("Archived") if row.archived else gettext("Taken out of the archive"), "good")
    return redirect(url_for("qualifications.staff_qualification", slug=row.slug), 303)


def _frame(back: str) -> dict[str, Any]:
    return {"crumbs": [(gettext("Qualifications"), url_for("qualifications.staff_qualifications"))], "back_url": back}
