"""Staff bring back the file of a certificate on which a seal was put outside of the portal, a qualified one for instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FileField

from portal import certificates, courses, signing
from portal.access import Permission
from portal.foundation.errors import N_, RefusedError
from portal.web.certificates import pages
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.certificates import StoredFile


class SealForm(FlaskForm):
    """The file as it came back."""

    file = FileField(
        lazy_gettext("Sealed file"), description=lazy_gettext("The same PDF with one more signature, which leaves no picture on the page.")
    )

    def sent(self) -> bytes:
        """The file; empty when none was chosen."""
        return self.file.data.stream.read() if self.file.data else b""


def _file(_actor: Actor, number: str) -> StoredFile:
    return certificates.get_file(number)


@pages.route("/staff/certificates/<number>/seal", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE, load=_file)
def seal(stored: StoredFile) -> Response | tuple[str, int]:
    """How a seal made outside gets into the file, and the form that brings it."""
    form = SealForm()
    if attempt(form, lambda: _add(form, stored.number)):
        flash(_("The seal is part of the certificate now."), "good")
        return redirect(url_for("certificates.certificate", number=stored.number), 303)
    return form_page("certificates/seal.html", form, stored=stored, permitted=signing.permits_seal(stored.pdf))


def _add(form: SealForm, number: str) -> None:
    """Raises ``WrongValuesError`` with what is wrong with the file."""
    if not form.file.data:
        raise courses.WrongValuesError([courses.Problem("file", N_("Choose a file."))])
    try:
        certificates.add_seal(number, form.sent(), by=actor().person_id)
    except RefusedError as error:
        raise courses.WrongValuesError([courses.Problem("file", error.message, tuple(error.facts.items()))]) from error
