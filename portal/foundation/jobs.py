"""Work that is done beside the web: the rows in the database say what is to be done, a job only says "look now".

So a lost job costs a minute (the worker looks by itself every minute), and a job that runs twice finds nothing to do.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from huey import Huey, RedisHuey, SqliteHuey

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Settings

log = logging.getLogger(__name__)

_queue: Huey | None = None
_tasks: dict[str, Callable[[], object]] = {}


def init(settings: Settings) -> None:
    """Open the queue: Redis when several machines share it, else a file beside the database."""
    global _queue  # noqa: PLW0603  (one queue for the process)
    filename = str(settings.data_dir / "jobs.sqlite3")
    _queue = RedisHuey("portal", url=settings.redis_url) if settings.redis_url else SqliteHuey("portal", filename=filename)

    @_queue.task()
    def look(name: str) -> None:
        _tasks[name]()

    _queue.look = look


def queue() -> Any:
    """The queue, for the worker."""
    return _queue


def handle(name: str, task: Callable[[], object]) -> None:
    """In the worker: ``task`` does the work called ``name``."""
    _tasks[name] = task


def wake(name: str) -> None:
    """Ask the worker to look for the work called ``name``. The queue being out of reach is no reason to fail: the rows wait."""
    try:
        _queue.look(name)  # type: ignore[union-attr]
    except Exception:
        log.exception("the job queue did not take %s", name)
