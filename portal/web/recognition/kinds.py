"""The list of outside certificates that staff keep: decisions and rules name a kind by its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import recognition
from portal.access import Actor, Permission
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.recognition import pages
from portal.web.recognition.forms import KindForm, RenameForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.recognition.models import OutsideCertificate

    Answer = str | tuple[str, int] | Response

DECIDE = Permission.RECOGNITION_DECIDE
BOTH = ["GET", "POST"]


def _kind(_actor: Actor, kind_id: int) -> OutsideCertificate:
    return recognition.get_outside_certificate(kind_id)


@pages.get("/staff/recognition/certificates")
@requires(DECIDE)
def kinds() -> str:
    """List the kinds of outside certificates."""
    return render_template("recognition/kinds.html", kinds=recognition.outside_certificates(with_archived=True))


@pages.route("/staff/recognition/certificates/new", methods=BOTH)
@requires(DECIDE)
def kind_new() -> Answer:
    """Add a kind."""
    form = KindForm()
    if attempt(
        form,
        lambda: recognition.create_outside_certificate(form.code.data, form.name_ka.data, form.name_en.data, by=actor().person_id),
    ):
        return _saved()
    return form_page("layouts/short_form.html", form, **_frame(gettext("New kind of certificate")))


@pages.route("/staff/recognition/certificates/<number:kind_id>", methods=BOTH)
@requires(DECIDE, load=_kind)
def kind(found: OutsideCertificate) -> Answer:
    """Rename a kind."""
    form = RenameForm(obj=found)
    if attempt(form, lambda: recognition.change_outside_certificate(found, form.name_ka.data, form.name_en.data, by=actor().person_id)):
        return _saved()
    return form_page(
        "layouts/short_form.html",
        form,
        row=found,
        subject=found.code,
        archive_url=url_for("recognition.kind_archive", kind_id=found.id),
        archive_words=gettext("It is not offered for new decisions while it is archived. Decisions that name it stay as they are."),
        **_frame(found.name(language())),
    )


@pages.post("/staff/recognition/certificates/<number:kind_id>/archive")
@requires(DECIDE, load=_kind)
def kind_archive(found: OutsideCertificate) -> Answer:
    """Put a kind away, or take it out again."""
    change = recognition.restore_outside_certificate if found.archived else recognition.archive_outside_certificate
    change(found, by=actor().person_id)
    return _saved()


def _saved() -> Response:
    flash(gettext("Saved."), "good")
    return redirect(url_for("recognition.kinds"), 303)


def _frame(title: str) -> dict[str, Any]:
    queue, back = url_for("recognition.staff_queue"), url_for("recognition.kinds")
    return {
        "title": title,
        "crumbs": [(gettext("Training taken elsewhere"), queue), (gettext("Outside certificates"), back)],
        "back_url": back,
    }
