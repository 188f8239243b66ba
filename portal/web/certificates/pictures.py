"""Staff keep the pictures that designs use: logos, scanned signatures, the seal. Nobody else may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from portal import certificates, courses
from portal.access import Permission
from portal.certificates.designs.models import PictureKind
from portal.foundation.errors import N_, RefusedError
from portal.web.certificates import pages
from portal.web.certificates.design_forms import PictureForm
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.transactions import release

if TYPE_CHECKING:
    from portal.access import Actor

PATH = "/staff/certificates/pictures"
MANAGE = Permission.DESIGN_MANAGE


def _png(_actor: Actor, picture_id: int) -> bytes:
    return certificates.get_picture(picture_id)


@pages.route(PATH, methods=["GET", "POST"])
@requires(MANAGE)
def pictures() -> Any:
    """All pictures, and a form for another one."""
    form = PictureForm()
    if attempt(form, lambda: _add(form)):
        flash(_("The picture can be chosen in designs now."), "good")
        return redirect(url_for("certificates.pictures"), 303)
    return form_page("certificates/pictures.html", form, pictures=certificates.pictures())


def _add(form: PictureForm) -> None:
    if not form.file.data:
        raise courses.WrongValuesError([courses.Problem("file", N_("Choose a file."))])
    kind, by = PictureKind(form.kind.data), actor().person_id
    release()  # unpacking takes a moment, and nobody else's writing waits for it
    try:
        certificates.add_picture(kind, form.name.data, form.sent(), by=by)
    except RefusedError as error:
        raise courses.WrongValuesError([courses.Problem("file", error.message, tuple(error.facts.items()))]) from error


@pages.get(f"{PATH}/<number:picture_id>.png")
@requires(MANAGE, load=_png)
def picture(png: bytes) -> Response:
    """One picture."""
    return Response(png, mimetype="image/png")
