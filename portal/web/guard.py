"""Closed by default: each view declares who may see it, and a view that declares nothing answers 403.

    @public
    @signed_in
    @requires(Permission.RUN_MANAGE, load=run_by_code)

``load(actor, **path)`` brings the subject through the actor's own scope, or raises ``NotFoundError``; the view gets what it returns in place
of the words of the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, current_app, g, redirect, request, url_for

from portal.access import Actor, Permission, can

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    View = Callable[..., Any]

DECLARATION = "access_declaration"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a view declared: open to all, to the signed in, or to those with ``permission``."""

    public: bool = False
    permission: Permission | None = None


def public(view: View) -> View:
    """Everybody may see this view."""
    setattr(view, DECLARATION, Declaration(public=True))
    return view


def signed_in(view: View) -> View:
    """Everybody who is signed in may see this view."""
    setattr(view, DECLARATION, Declaration())
    return view


def requires(permission: Permission, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Only those with ``permission`` may see this view, for what ``load`` finds in their scope."""

    def declare(view: View) -> View:
        @wraps(view)
        def loaded(**path: Any) -> Any:
            return view(load(actor(), **path)) if load else view(**path)

        setattr(loaded, DECLARATION, Declaration(permission=permission))
        return loaded

    return declare


def actor() -> Actor:
    """The signed-in person. Only for views that are not public."""
    found = g.actor
    assert isinstance(found, Actor)  # noqa: S101  (the guard let nobody else through)
    return found


def find_actor() -> Actor | None:
    """The signed-in person, or None for a visitor."""
    found: Actor | None = g.actor
    return found


def check_access() -> Response | None:
    """Answer in place of the view when this person may not see it."""
    if request.endpoint is None:
        return None
    declared = getattr(current_app.view_functions[request.endpoint], DECLARATION, None)
    if declared is None:
        abort(403)
    if declared.public:
        return None
    if g.actor is None:
        return _to_sign_in()
    if declared.permission is not None and not can(g.actor, declared.permission):
        abort(403)
    return None


def _to_sign_in() -> Response:
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("people.sign_in", next=back), 303)


def init_app(app: Flask) -> None:
    """Ask before every view."""
    app.before_request(check_access)
