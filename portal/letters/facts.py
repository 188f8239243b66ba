"""What a letter says, frozen: plain values, and the record that keeps them for good."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from portal.attendance import hours
from portal.certificates import canonical_json
from portal.foundation.papers import Pair


class Day(NamedTuple):
    """A training day (aware datetimes), and how many of its minutes the person attended; None when that is not said or was not marked."""

    starts_at: datetime
    ends_at: datetime
    attended: int | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Every fact of a letter but its number, language and day of issue: never a personal number.

    Municipality and post are those of the days of the training. ``certificate`` is the number of a certificate that holds; empty for none,
    and for a letter of participation.
    """

    kind: str
    name: Pair
    municipality: Pair
    post: Pair
    title: Pair
    code: str
    form: str
    place: Pair
    contact_hours: Decimal
    days: tuple[Day, ...]
    certificate: str
    issuer: Pair

    @property
    def attended(self) -> Decimal:
        """Hours attended."""
        return hours(sum(day.attended or 0 for day in self.days))

    @property
    def total(self) -> Decimal:
        """Hours of all training days."""
        return hours(sum(day.minutes for day in self.days))

    @property
    def percent(self) -> int:
        """Attended share in full percent, never rounded up; as the ledger and the certificate rule count it."""
        total = sum(day.minutes for day in self.days)
        return sum(day.attended or 0 for day in self.days) * 100 // total if total else 0

    def to_record(self) -> bytes:
        """Write the facts as canonical JSON (RFC 8785)."""
        record = asdict(self)
        for name, value in record.items():
            if isinstance(value, Pair):
                record[name] = value._asdict()
        record["contact_hours"] = str(self.contact_hours)
        record["days"] = [[day.starts_at.isoformat(), day.ends_at.isoformat(), day.attended] for day in self.days]
        return canonical_json(record)

    @classmethod
    def from_record(cls, record: bytes) -> LetterFacts:
        """Read the facts that ``to_record`` wrote."""
        read = json.loads(record)
        values: dict[str, Any] = {name: Pair(**value) if isinstance(value, dict) else value for name, value in read.items()}
        days = tuple(Day(datetime.fromisoformat(start), datetime.fromisoformat(end), attended) for start, end, attended in read["days"])
        return cls(**values | {"days": days, "contact_hours": Decimal(read["contact_hours"])})
