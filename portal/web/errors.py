"""Answers to what goes wrong: plain words, what happened to the answers given, what to do now. Never a stack trace."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, g, redirect, render_template, request, session
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.foundation.errors import NotFoundError, PortalError
from portal.foundation.transaction import abandon

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = logging.getLogger(__name__)
WITH_PAGE = frozenset({400, 403, 404, 405, 413, 422, 429, 500, 503})
SERVER_FAULT = 500


def told(error: PortalError) -> str:
    """The words of ``error`` in the language of this page."""
    return str(gettext(error.message, **error.facts) if error.facts else gettext(error.message))


def _page(code: int, text: str | None = None) -> tuple[str, int]:
    code = code if code in WITH_PAGE else (SERVER_FAULT if code >= SERVER_FAULT else 400)
    g.setdefault("actor", None)
    return render_template("errors/error.html", code=code, text=text), code


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:  # noqa: PLR2004  (a redirect raised as an exception)
        return error
    page, code = _page(error.code)
    return page, code, [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]


def _tidy_path() -> Response | None:
    """Lead to the same path better written, as /ka/ for /ka. Werkzeug itself would name the host that the request claims to be for."""
    if not isinstance(request.routing_exception, RequestRedirect):
        return None
    parts = urlsplit(request.routing_exception.new_url)
    return redirect(urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, "")), request.routing_exception.code)


def _form_expired(_error: CSRFError) -> tuple[str, int]:
    return _page(400, gettext("This form was open for too long or comes from another page. Go back, reload the page and send it again."))


def _not_found(_error: NotFoundError) -> tuple[str, int]:
    return _page(404)


def _refused(error: PortalError) -> tuple[str, int]:
    return _page(422, told(error))


def _broken(error: Exception) -> tuple[str, int]:
    abandon()
    session.pop("_flashes", None)
    if isinstance(error, DataError | ValueError) and _unstorable(error):
        return _page(400)
    log.error("request failed: %s %s", request.method, request.url_rule, exc_info=error)
    return _page(503 if isinstance(error, OperationalError) else SERVER_FAULT)


def _unstorable(error: Exception) -> bool:
    """Text that no database can hold (NUL, half a surrogate) or a number beyond its range: the sender's fault, not ours."""
    return isinstance(error, DataError | UnicodeEncodeError) or "NUL" in str(error)


def init_app(app: Flask) -> None:
    """Register the answers."""
    app.before_request(_tidy_path)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(PortalError, _refused)
    app.register_error_handler(Exception, _broken)
