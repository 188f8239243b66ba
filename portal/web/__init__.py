"""The page floor: the only one that knows Flask. It puts the application together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flask import request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from config import BadSettingError
from portal.foundation import jobs
from portal.foundation.addresses import addresses
from portal.foundation.crypto import keyring
from portal.foundation.database import POSTGRESQL_OPTIONS, db, prepare_engine
from portal.web import assets, blueprints, errors, guard, health, language, limits, page_cache, signed_in, templating, transactions
from portal.web.application import PortalFlask
from portal.web.headers import SecurityHeaders, security_headers
from portal.web.ids import ID

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from config import Settings

LARGEST_FORM = 8 * 1024 * 1024


class NumberConverter(BaseConverter):
    """A whole number in a path, in ASCII digits, small enough for a database key."""

    regex = ID

    def to_python(self, value: str) -> int:
        """The number that the digits of the path mean."""
        return int(value)


def create_web(settings: Settings) -> Flask:
    """Build the Flask application from checked settings."""
    _open_folder(settings.data_dir)
    keyring.use(settings.field_keys)
    addresses.use(settings.base_url, settings.mail_from)
    app = PortalFlask(
        "portal", root_path=str(assets.PROJECT / "portal"), template_folder=str(assets.PROJECT / "templates"), static_folder=None
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https"),
        SESSION_COOKIE_NAME="portal",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.url_map.converters["number"] = NumberConverter
    app.jinja_env.autoescape = True
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(assets.PROJECT / "migrations"), render_as_batch=True)
    jobs.init(settings)
    # The order of these is the order in which a request meets them.
    transactions.init_app(app)
    language.init_app(app)
    signed_in.init_app(app)
    limits.init_app(app, settings)
    CSRFProtect(app)
    guard.init_app(app)
    errors.init_app(app)
    templating.init_app(app, settings)
    health.init_app(app)
    blueprints.init_app(app)
    assets.init_app(app)
    page_cache.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, settings.trusted_proxies, settings.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = SecurityHeaders(app.wsgi_app, security_headers(production=settings.production))  # type: ignore[method-assign]
    app.before_request(_refuse_nul)
    return app


def _open_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise BadSettingError(f"PORTAL_DATA_DIR must be a folder that the portal may write to; it is {str(folder)!r}.")


def _refuse_nul() -> None:
    """No database text can hold NUL; a path or query with one is refused before it reaches a query."""
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        raise BadRequest


def _engine_options(settings: Settings) -> dict[str, object]:
    told = {"hide_parameters": True}  # an error in the log says what was asked, not of whom
    if settings.database_url.startswith("sqlite"):
        return told | {"pool_size": 20, "max_overflow": 20}
    return told | {"pool_size": 10, "max_overflow": 10, "connect_args": {"options": POSTGRESQL_OPTIONS}}
