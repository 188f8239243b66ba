"""Checking a certificate: by the QR, or by number and surname. Unknown and wrong look alike, and misses are counted per address.

A letter for an employer is checked by its QR too, which leads to the same address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, make_response, redirect, render_template, url_for

from portal import certificates, letters
from portal.web.certificates import bare, pages
from portal.web.certificates.forms import VerifyForm
from portal.web.certificates.words import printed
from portal.web.guard import public
from portal.web.labels import label
from portal.web.letters.words import printed as printed_letter
from portal.web.limits import limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

MISSES = "20 per minute; 200 per day"
NOT_FOUND = 404


def _missed(answer: Response) -> bool:
    return answer.status_code == NOT_FOUND


misses_limited = limiter.shared_limit(MISSES, scope="certificate misses", deduct_when=_missed)


def _private(answer: Response) -> Response:
    """Search engines keep out: who holds a certificate is for whoever was shown it."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _ask(form: VerifyForm, status: int = 200, *, missed: bool = False) -> Response:
    return _private(make_response(render_template("certificates/verify.html", form=form, missed=missed), status))


@pages.get("/verify")
@public
def verify() -> Response:
    """Ask for number and surname."""
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
        return _ask(form, NOT_FOUND, missed=True)
    return redirect(url_for("certificates.verified", secret=secret), 303)


@pages.get("/verify/<secret>")
@public
@misses_limited
def verified(secret: str) -> Response:
    """What the register says of the certificate, or of the letter, that bears this secret."""
    answer = certificates.find_by_secret(secret)
    if answer is not None:
        return _private(make_response(render_template("certificates/verified.html", answer=answer, printed=printed(answer.entry.facts))))
    checked = letters.find_checked(secret)
    if checked is None:
        return _ask(VerifyForm(formdata=None), NOT_FOUND, missed=True)
    return _letter(checked)


def _letter(checked: letters.Checked) -> Response:
    """What still holds of a letter. Never kept: attendance, which visitors do not see elsewhere, may be corrected at any moment."""
    changed = [label("letter_field", name) for name in checked.changed]
    answer = _private(
        make_response(render_template("letters/verified.html", checked=checked, changed=changed, printed=printed_letter(checked.facts)))
    )
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
