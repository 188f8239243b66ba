"""The Flask application class, made cheaper where Flask works anew at each request what never changes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from portal.web.language import language
from portal.web.templates_in_language import PageTemplates

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ADDRESSES, LONGEST_WORD = 20_000, 60
"""Of the addresses kept in memory: strangers choose some of the words in them."""


class SessionCookies(SecureCookieSessionInterface):
    """Flask's own session cookie; the serializer that signs it is made once."""

    def __init__(self) -> None:
        self.get_signing_serializer = cache(super().get_signing_serializer)  # type: ignore[method-assign]


class PortalFlask(Flask):
    """Flask with templates by language, and with addresses that are built once."""

    jinja_environment = PageTemplates

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session_interface = SessionCookies()
        self._addresses: dict[tuple[object, ...], str] = {}

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is asynchronous; Flask asks each function of each request, and there are twenty."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's. An address depends on nothing but its words and the language of the page; lists ask for the same ones again and again."""
        if endpoint.startswith(".") or not all(map(_is_short, values.values())):
            return super().url_for(endpoint, **values)
        key = (endpoint, language(), *values.items())
        known = self._addresses.get(key)
        if known is None:
            known = super().url_for(endpoint, **values)
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[key] = known
        return known


def _is_short(value: object) -> bool:
    return type(value) is int or (type(value) is str and len(value) <= LONGEST_WORD)
