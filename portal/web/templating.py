"""What every template may use: language, formats, the navigation of this person, addresses of static files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Flask, g

from portal.access import Permission, can
from portal.foundation import clock, formats
from portal.web.assets import static_url
from portal.web.labels import labels_in, tone
from portal.web.language import LANGUAGES, language, other_language
from portal.web.navigation import navigation_for, staff_navigation

if TYPE_CHECKING:
    from config import Settings
    from portal.web.templates_in_language import PageTemplates


def _allowed(permission: str) -> bool:
    return can(g.get("actor"), Permission(permission))


def _context() -> dict[str, Any]:
    actor, lang = g.get("actor"), language()
    return {
        "lang": lang,
        "other_language": other_language(),
        "navigation": navigation_for(actor),
        "signed_in": actor is not None,
        "actor": actor,
        "person_name": actor.name(lang) if actor else "",
    }


def _speak(lang: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The globals and the filters that know the language of the page."""
    return (
        {"label": labels_in(lang)},
        {
            "day": lambda value: formats.format_date(value, lang),
            "dates": lambda first, last: formats.format_dates(first, last, lang),
            "moment": lambda value: formats.format_moment(value, lang, today=clock.today()),
            "month_short": lambda value: formats.format_month_short(value, lang),
            "month": lambda value: formats.format_month(value, lang),
            "decimal": lambda value: formats.format_decimal(value, lang),
            "percent": lambda value: formats.format_percent(value, lang),
        },
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates their globals and filters."""
    app.context_processor(_context)
    env = cast("PageTemplates", app.jinja_env)
    env.speak = _speak
    env.add_extension("jinja2.ext.do")
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        static_url=static_url,
        staff_navigation=staff_navigation,
        portal_env=settings.env,
        can=_allowed,
        tone=tone,
        clock=clock,
        LANGUAGES=LANGUAGES,
    )
    env.filters.update(
        time=formats.format_time,
        tbilisi=formats.to_tbilisi,
        lines=lambda value: [line.strip() for line in value.splitlines() if line.strip()],
    )
