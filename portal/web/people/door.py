"""The door: what happens on the browser's side when a sign-in begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, session

from portal import people
from portal.people.models import Role
from portal.web import signed_in
from portal.web.guard import actor
from portal.web.people import known_browser
from portal.web.people.homes import home_of, safe_path

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


def own_token() -> str | None:
    """The sign-in token that this browser holds, alive or not."""
    token: str | None = session.get("_user_id")
    return token


def let_in(token: str, email: str, on_the_way_to: str = "") -> Response:
    """Sign this browser in with the new ``token``, know it again for ``email``, end what it held before, and lead on."""
    before = own_token()
    if before is not None:
        people.sign_out(before)
    go_on_with(token)
    answer = redirect(safe_path(on_the_way_to) or home_of(actor()), 303)
    known_browser.remember(answer, email)
    return answer


def go_on_with(token: str) -> None:
    """Put the new ``token`` into the cookie of this browser.

    The cookie of a learner outlives the browser window, as their sign-in does; that of staff does not.
    """
    signed_in.start(token)
    session.permanent = not actor().has(Role.STAFF, Role.ADMINISTRATOR)
