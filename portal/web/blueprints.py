"""The page rooms, one per domain, all under /ka/ and /en/."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from portal.web.language import PREFIX

if TYPE_CHECKING:
    from flask import Flask

ROOMS = (
    "people",
    "courses",
    "enrolment",
    "attendance",
    "assessment",
    "evaluation",
    "certificates",
    "letters",
    "recognition",
    "transcripts",
    "qualifications",
    "needs",
    "standings",
    "notices",
    "goals",
    "reports",
    "outbox",
    "history",
    "style_guide",
)


def init_app(app: Flask) -> None:
    """Register the pages of each room: its ``pages`` under the language, its ``bare`` pages without."""
    for room in ROOMS:
        package = import_module(f"portal.web.{room}")
        app.register_blueprint(package.pages, url_prefix=PREFIX)
        if hasattr(package, "bare"):
            app.register_blueprint(package.bare)
