"""What a transcript says, frozen: plain values, and the record that keeps them for good."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.certificates import canonical_json
from portal.foundation.papers import Pair
from portal.transcripts.rules import Entry


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """Every fact of a transcript but its number, language and day of issue: never a personal number.

    ``municipality`` and ``post`` are those of the day of issue, empty for somebody without a post.
    """

    name: Pair
    municipality: Pair
    post: Pair
    entries: tuple[Entry, ...]
    issuer: Pair

    def to_record(self) -> bytes:
        """Write the facts as canonical JSON (RFC 8785)."""
        return canonical_json(json.loads(json.dumps(_plain(asdict(self)), default=str)))

    @classmethod
    def from_record(cls, record: bytes) -> TranscriptFacts:
        """Read the facts that ``to_record`` wrote."""
        read = json.loads(record)
        pairs = {name: Pair(**value) for name, value in read.items() if name != "entries"}
        return cls(entries=tuple(map(_entry, read["entries"])), **pairs)


def _plain(value: Any) -> Any:
    if isinstance(value, Pair):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _entry(read: dict[str, Any]) -> Entry:
    numbers = {name: None if read[name] is None else Decimal(read[name]) for name in ("contact", "independent", "credits")}
    return Entry(**read | numbers | {"title": Pair(**read["title"]), "completed_on": date.fromisoformat(read["completed_on"])})
