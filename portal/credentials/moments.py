"""Moments as credentials write them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def written(moment: datetime) -> str:
    """Write ``moment`` in whole seconds with its zone, which is UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
