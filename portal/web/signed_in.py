"""From the cookie to the actor: Flask-Login keeps the token in the session cookie, the database says whether it still opens anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from portal import people
from portal.access import Actor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.people import SignedIn

SCAN = "scan"
"""The name in the cookie of the code that was scanned on the wall of a session: signing in must not lose it."""

manager = LoginManager()
manager.session_protection = None  # the token is checked against the database at every request; addresses of phones change


class CurrentUser(UserMixin):
    """What Flask-Login carries: the sign-in token and the actor that it opened."""

    def __init__(self, token: str, found: SignedIn) -> None:
        self.token = token
        self.actor = Actor(
            person_id=found.person_id,
            account_id=found.account_id,
            name_ka=found.name_ka,
            name_latin=found.name_latin,
            roles=found.roles,
            municipality_ids=found.municipality_ids,
        )

    def get_id(self) -> str:
        """The token, which is what the session cookie keeps."""
        return self.token


@manager.user_loader
def _user_of_token(token: str) -> CurrentUser | None:
    found = people.find_signed_in(token)
    return CurrentUser(token, found) if found else None


def load_actor() -> None:
    """Put the actor, or None, where guard and templates look for it."""
    g.actor = None
    if "_user_id" in session:
        user = manager._user_callback(session["_user_id"])  # noqa: SLF001  (Flask-Login's loader, without its proxy)
        g.actor = user.actor if user else None


def start(token: str) -> None:
    """Sign the person of ``token`` in on this browser. Whatever the cookie held before is dropped, but for the code just scanned."""
    scan = session.get(SCAN)
    session.clear()
    if scan is not None:
        session[SCAN] = scan
    user = _user_of_token(token)
    login_user(user)
    g.actor = user.actor if user else None


def stop() -> None:
    """Sign out on this browser, and make the token useless everywhere."""
    if "_user_id" in session:
        people.sign_out(session["_user_id"])
    logout_user()
    session.clear()
    g.actor = None


def _keep_private(response: Response) -> Response:
    """Nothing made for one person stays in a cache: neither a page of somebody signed in, nor one behind a link that a mail brought."""
    if g.get("actor") is not None or "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Load the actor before the guard asks."""
    manager.init_app(app, add_context_processor=False)  # templates know the actor; "current_user" would ask the database again
    app.before_request(load_actor)
    app.after_request(_keep_private)
