"""Languages: pages live under /ka/ and /en/; the same page in the other language is one link away and keeps its filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request, url_for
from flask_babel import Babel, Domain

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

from portal.foundation.mail_texts import catalogue

LANGUAGES = ("ka", "en")
NAMES = {"ka": "ქართული", "en": "English"}
PREFIX = "/<any(ka, en):lang>"
COOKIE = "lang"
"""Set by js/portal.js when somebody changes the language; it says nothing else, and nobody needs it."""


class Texts(Domain):
    """The catalogues of pages and mails alike, found by the language of the page without going through Flask-Babel's context for each word."""

    def get_translations(self) -> Any:
        """The catalogue of this page's language."""
        return catalogue(language())


class PortalBabel(Babel):
    """Flask-Babel with the portal's catalogues."""

    domain_instance = Texts()


babel = PortalBabel()


def language() -> str:
    """The language of this page; outside the language paths, the one last chosen on this device, else what its browser asks for, else Georgian."""
    chosen: str | None = g.get("lang")
    if chosen is None and (first := request.path[1:3]) in LANGUAGES and request.path[3:4] in {"", "/"}:
        return first
    if chosen is None and (last := request.cookies.get(COOKIE)) in LANGUAGES:
        return last
    return chosen or request.accept_languages.best_match(LANGUAGES, "ka") or "ka"


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values:
        g.lang = values.pop("lang", None)


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = language()


def other_language() -> dict[str, str]:
    """The same page in the other language: its code, name and address with the same filters."""
    code = "en" if language() == "ka" else "ka"
    prefix, path = f"/{language()}/", request.path
    if not path.startswith(prefix):
        return {"code": code, "label": NAMES[code], "url": f"/{code}/"}
    query = request.query_string.decode("utf-8", "replace")
    return {"code": code, "label": NAMES[code], "url": f"/{code}/{quote(path.removeprefix(prefix))}" + (f"?{query}" if query else "")}


def to_language() -> Response:
    """Lead the bare address to the visitor's language."""
    return redirect(url_for("courses.home", lang=language()))


def init_app(app: Flask) -> None:
    """Set up the languages."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    babel.init_app(app, locale_selector=language)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
