"""The portal's one clock. Nothing else reads the time, so a test can set it and a log can be replayed."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from portal.foundation.formats import TBILISI

__all__ = ["TBILISI", "frozen", "now", "today"]

if TYPE_CHECKING:
    from collections.abc import Iterator

_frozen: ContextVar[datetime | None] = ContextVar("frozen_time", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Georgia at this moment."""
    return now().astimezone(TBILISI).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Within the block, ``now()`` answers ``at`` (aware)."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
