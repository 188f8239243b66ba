"""The training and qualification portal of Georgia's municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The portal as a WSGI application, from ``settings`` or the environment.

    Raises ``BadSettingError`` when they do not do, and in production when the database holds a demo account, whose password everybody knows.
    """
    from config import Settings as SettingsClass  # noqa: PLC0415  (importing a domain must not load the web floor)
    from portal import cli  # noqa: PLC0415
    from portal.web import create_web  # noqa: PLC0415

    app = create_web(settings or SettingsClass.from_environment())
    cli.init_app(app)
    cli.check_database(app)
    return app
