"""One request, one transaction. A GET, and any answer of 400 or more, leaves no trace; everything else commits here, or fails here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, request, session

from portal.foundation import transaction
from portal.foundation.database import transactions_write

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_REFUSAL = 400


def begin() -> None:
    """Say whether this request may write, before its first statement."""
    transactions_write(on=request.method not in SAFE_METHODS)


def end(response: Response) -> Response:
    """Commit what the request wrote, or undo it. A commit that fails becomes a 500, and no "saved" is left for the next page."""
    if request.method in SAFE_METHODS or response.status_code >= FIRST_REFUSAL:
        transaction.abandon()
        return response
    try:
        transaction.commit()
    except BaseException:
        session.pop("_flashes", None)
        raise
    return response


def keep_now() -> None:
    """Commit what was written so far, though the answer may yet be a refusal: a failed sign-in must be counted."""
    transaction.commit()


def release() -> None:
    """End the transaction before slow work that needs none, so that nobody waits for it. What was written is undone."""
    transaction.abandon()


def only_read() -> None:
    """As ``release``, before slow work that only reads: on SQLite a request that may write would let all others wait for it."""
    transaction.abandon()
    transactions_write(on=False)


def init_app(app: Flask) -> None:
    """Wrap every request."""
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(lambda _error: transactions_write(on=None))
