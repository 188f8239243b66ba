"""A process that starts at the same moment as others, all on one empty database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask_migrate

from portal import create_app
from tests.conftest import settings_for

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier
    from pathlib import Path


def upgrade(url: str, folder: Path, start: Barrier) -> None:
    """Bring the database up to date when all are ready."""
    app = create_app(settings_for(url, folder))
    with app.app_context():
        start.wait(60)
        flask_migrate.upgrade()
