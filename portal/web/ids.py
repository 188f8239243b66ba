"""Ids as they stand in addresses and forms: ASCII digits, few enough for a database key."""

from __future__ import annotations

import re

ID = "[0-9]{1,15}"
_ID = re.compile(ID)


def find_id(text: str | None) -> int | None:
    """The id written in ``text``; None when it is none."""
    return int(text) if text and _ID.fullmatch(text) else None
