"""A browser in which somebody has signed in is known again for them, long after they signed out.

Tries from it are counted apart from those of its address: in an office behind one address, the wrong passwords of a colleague do not keep the owner
out. The cookie names nobody: a random number, and keyed digests of the e-mails that signed in here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal import people
from portal.foundation.crypto import new_token
from portal.web.limits import address

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

COOKIE = "known_browser"
LASTS_SECONDS = 365 * 24 * 3600
MOST_PEOPLE = 8


def place_of(email: str) -> tuple[str, bool]:
    """Where a try to sign in as ``email`` (folded) is counted: this browser if it is known for them, else its address; and whether it is known."""
    number, digests = _read()
    return (f"browser {number}", True) if people.email_index(email) in digests else (address(), False)


def remember(answer: Response, email: str) -> None:
    """Let ``answer`` make this browser known for ``email``, the latest of a few."""
    number, digests = _read()
    own = people.email_index(email)
    kept = [own, *(one for one in digests if one != own)][:MOST_PEOPLE]
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(COOKIE, _signer().dumps([number, kept]), max_age=LASTS_SECONDS, httponly=True, samesite="Lax", secure=secure)


def _read() -> tuple[str, list[str]]:
    try:
        number, digests = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, ValueError):
        return new_token(), []
    return number, digests


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=COOKIE)
