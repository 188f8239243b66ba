"""Pages of visitors, kept while nothing that visitors see has changed.

A page is kept under its address with the number of the last public change, read before the page was made, and the minute, since registration
opens and closes by the clock. Whoever carries a cookie gets a page of their own. Never stale: the number is asked at every request.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.freshness import Freshness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

PUBLIC_PAGE = re.compile(r"/(ka|en)/(courses(/[^/]+)?|runs/[^/]+|verify/[^/]+|statistics)?")
MOST_BYTES = 32 * 1024 * 1024
"""Of pages that one process keeps: a stranger who asks for thousands of searches must not fill the memory."""
LONGEST_QUERY = 300


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was sent, and what it depended on."""

    stamp: tuple[int, int]
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class PageCache:
    """WSGI middleware that answers for ``application`` where it holds a fresh page."""

    def __init__(self, application: WSGIApplication, freshness: Freshness, cookie: str, most_bytes: int = MOST_BYTES) -> None:
        self.application = application
        self.most_bytes = most_bytes
        self.freshness = freshness
        self.cookie = cookie
        self.pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self.held = 0
        self.guard = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or let the application answer."""
        if not self._concerns(environ):
            return self.application(environ, start_response)
        stamp = self.freshness.stamp()
        if stamp is None:
            return self.application(environ, start_response)
        key = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        fresh = (stamp, int(clock.now().timestamp()) // 60)
        kept = self.pages.get(key)
        if kept is None or kept.stamp != fresh:
            made = self._make(environ, start_response, key, fresh)
            if not isinstance(made, Kept):
                return made
            kept = made
        return self._answer(kept, environ, start_response)

    def _concerns(self, environ: WSGIEnvironment) -> bool:
        return (
            environ["REQUEST_METHOD"] == "GET"
            and self.cookie not in environ.get("HTTP_COOKIE", "")  # the bare name: spaces may stand around the sign behind it
            and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
            and PUBLIC_PAGE.fullmatch(environ["PATH_INFO"]) is not None
        )

    def _make(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: tuple[str, str], fresh: tuple[int, int]
    ) -> Kept | Iterable[bytes]:
        """Let the application answer; keep the answer if it is the same for everybody, else pass it on."""
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            started[:] = [status, headers, *error]
            return lambda _data: None

        parts = self.application(environ, start)
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers, *error = started
        names = {name.lower() for name, _value in headers}
        if not status.startswith("200") or "set-cookie" in names or "cache-control" in names:
            start_response(status, headers, *error)
            return [body]
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        kept = Kept(fresh, [*headers, ("ETag", etag), ("Cache-Control", "no-cache"), ("Vary", "Cookie")], body, etag)
        with self.guard:
            before = self.pages.pop(key, None)
            self.pages[key] = kept
            self.held += len(body) - (len(before.body) if before else 0)
            while self.held > self.most_bytes:
                _key, dropped = self.pages.popitem(last=False)
                self.held -= len(dropped.body)
        return kept

    @staticmethod
    def _answer(kept: Kept, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", [(name, value) for name, value in kept.headers if not name.startswith("Content-")])
            return []
        start_response("200 OK", list(kept.headers))
        return [kept.body]


def init_app(app: Flask) -> None:
    """Set up the cache, off in tests, which change rows behind the history's back."""
    if app.config["SETTINGS"].env == "test":
        return
    with app.app_context():
        freshness = Freshness(db.engine)
    app.wsgi_app = PageCache(app.wsgi_app, freshness, app.config["SESSION_COOKIE_NAME"])  # type: ignore[method-assign]
