"""Checking a certificate: by the QR, by number and surname, or by a file. Unknown and wrong look alike, and misses are counted per address.

A letter for an employer, and a transcript, are checked by their QR or their file too, which lead to the same address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import certificates, letters, transcripts
from portal.web.certificates import bare, pages
from portal.web.certificates.checking import NOT_FOUND, misses_limited, private
from portal.web.certificates.forms import VerifyForm
from portal.web.certificates.words import printed
from portal.web.guard import public
from portal.web.labels import label
from portal.web.language import LANGUAGES, NAMES, language
from portal.web.letters.words import printed as printed_letter
from portal.web.transcripts.asking import shown

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

SECRET = re.compile("[A-Za-z0-9_-]{20,60}")
DIGEST = re.compile("[0-9a-f]{64}")
CLAIM = re.compile("NALAG-[0-9]{4}-[0-9]{6,9}")
NONE = "-"
"""Stands for what is neither a secret nor a digest: asked for all the same, so that it takes as long."""


def _ask(form: VerifyForm, status: int = 200, **context: Any) -> Response:
    """The page that asks. The other language leads to it too, and not to what was missed."""
    code = next(code for code in LANGUAGES if code != language())
    other = {"code": code, "label": NAMES[code], "url": url_for("certificates.verify", lang=code)}
    page = render_template("certificates/verify.html", form=form, other_language=other, **context)
    return private(make_response(page, status))


@pages.get("/verify")
@public
def verify() -> Response:
    """Ask for number and surname, or for a file."""
    return _ask(VerifyForm(formdata=None))


@pages.post("/verify")
@public
@misses_limited
def look_up() -> Response | Redirect:
    """Find by number and surname."""
    form = VerifyForm()
    if not form.validate():
        return _ask(form, 422)
    secret = certificates.find_by_number_and_surname(form.number.data or "", form.surname.data or "")
    if secret is None:
        return _ask(form, NOT_FOUND, missed="number")
    return redirect(url_for("certificates.verified", secret=secret), 303)


@pages.get("/verify/file")
@public
def verify_file() -> Redirect:
    """Lead whoever comes back to the address of an answer about a file."""
    return redirect(url_for("certificates.verify"))


@pages.post("/verify/file")
@public
@misses_limited
def look_up_file() -> Response | Redirect:
    """Find by the digest of a file, which the browser took. What the file says of itself is the visitor's word, and only given back."""
    sent = request.form.get("sha256", "")
    digest = sent if DIGEST.fullmatch(sent) else NONE
    secret = certificates.find_by_digest(digest) or letters.find_by_digest(digest) or transcripts.find_by_digest(digest)
    if secret is not None:
        flash(
            gettext("The file is genuine: byte for byte the one that the association issued. What it is worth today stands below."), "info"
        )
        return redirect(url_for("certificates.verified", secret=secret), 303)
    claim = request.form.get("claim", "")
    claim = claim if CLAIM.fullmatch(claim) else ""
    return _ask(VerifyForm(formdata=None, number=claim), NOT_FOUND, missed="altered" if claim else "file", claim=claim)


@pages.get("/verify/<secret>")
@public
@misses_limited
def verified(secret: str) -> Response:
    """What the register says of the certificate, the letter or the transcript that bears this secret."""
    secret = secret if SECRET.fullmatch(secret) else NONE
    answer = certificates.find_by_secret(secret)
    if answer is not None:
        return private(make_response(render_template("certificates/verified.html", answer=answer, printed=printed(answer.entry.facts))))
    checked = letters.find_checked(secret)
    if checked is not None:
        changed = [label("letter_field", name) for name in checked.changed]
        return _of_today("letters/verified.html", checked=checked, changed=changed, printed=printed_letter(checked.facts))
    transcript = transcripts.find_checked(secret)
    if transcript is not None:
        return _of_today("transcripts/verified.html", checked=transcript, **shown(transcript.facts.entries))
    return _ask(VerifyForm(formdata=None), NOT_FOUND, missed="secret")


def _of_today(template: str, **context: Any) -> Response:
    """What still holds of a paper. Never kept: attendance, which visitors do not see elsewhere, may be corrected at any moment."""
    answer = private(make_response(render_template(template, **context)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bare.get("/verify")
@public
def typed() -> Redirect:
    """Lead whoever typed the address that is printed on the certificate."""
    return redirect(url_for("certificates.verify"))


@bare.get("/verify/<secret>")
@public
def scanned(secret: str) -> Redirect:
    """Lead whoever scanned the QR to the page in their language."""
    return redirect(url_for("certificates.verified", secret=secret))
