"""Answers for those who watch the machine: /healthz (the process lives), /readyz (database and schema answer)."""

from __future__ import annotations

from flask import Blueprint, Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.foundation.database import db
from portal.web.guard import public
from portal.web.language import to_language

bare = Blueprint("bare", __name__)


@bare.get("/")
@public
def root() -> object:
    """Lead to the visitor's language."""
    return to_language()


@bare.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process lives."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bare.get("/readyz")
@public
def readyz() -> tuple[str, int, dict[str, str]]:
    """The database answers and has a schema."""
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return "the database does not answer\n", 503, {"Content-Type": "text/plain; charset=utf-8"}
    return "ready\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def init_app(app: Flask) -> None:
    """Register the addresses without a language."""
    app.register_blueprint(bare)
