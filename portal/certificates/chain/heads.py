"""Whether the signed heads of the register hold: each against its signature, its columns, and the chain."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from portal import signing
from portal.certificates.chain import queries, rules
from portal.foundation import clock
from portal.foundation.formats import to_tbilisi
from portal.signing.models import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

GRACE: Final = timedelta(hours=1)
"""After midnight, for the worker to sign the head of the day before."""


class Heads:
    """The heads of a register, which is walked link by link beside them. One row a day: ten years are a few thousand."""

    def __init__(self) -> None:
        self._heads = list(queries.heads())
        self._keys = [jwk for key in signing.public_keys() if key.kind == KeyKind.ES256 and (jwk := _read(key.public))]
        self._next = 0
        self._last: Any | None = None

    def __len__(self) -> int:
        return len(self._heads)

    def passed(self, entry: Any) -> Iterator[str]:
        """What is wrong with the heads of the days that were over before ``entry``, the next link."""
        if self._last is None:
            yield from self._missing_days(to_tbilisi(min(entry.at, clock.now())).date())
        while self._next < len(self._heads) and _is_over(self._heads[self._next].day, entry.at):
            yield from self._check(self._heads[self._next])
            self._next += 1
        self._last = entry

    def left_over(self) -> Iterator[str]:
        """What is wrong with the heads of the days after the last link."""
        for head in self._heads[self._next :]:
            yield from self._check(head)

    def _check(self, head: Any) -> Iterator[str]:
        number, digest = (self._last.id, self._last.digest) if self._last else (0, rules.FIRST_LINK)
        if (head.entry_id, head.digest) != (number, digest):
            yield f"head of {head.day}: the chain was rewritten up to entry {head.entry_id}; it is not what was signed that day"
        claims = self._claims(head.statement)
        if not _is_over(head.day, head.signed_at) or claims != rules.head_claims("", head.day, head.entry_id, head.digest, head.signed_at):
            yield f"head of {head.day}: the row was changed, or its signature is not by a published key"

    def _claims(self, statement: str) -> dict[str, Any] | None:
        for key in self._keys:
            try:
                return signing.verify_jws(statement, key) | {"iss": ""}  # the portal may have moved since
            except signing.BadSignatureError:
                continue
        return None

    def _missing_days(self, began: date) -> Iterator[str]:
        """Every day from the first on has a head, until yesterday; the worker may take a while after midnight."""
        there = {head.day for head in self._heads}
        days = (to_tbilisi(clock.now() - GRACE).date() - began).days
        for number in range(days):
            if (day := began + timedelta(days=number)) not in there:
                yield f"head of {day}: missing; it was deleted, or the worker did not run"


def _read(public: str) -> dict[str, Any] | None:
    """A published key; None of what is none."""
    try:
        jwk = json.loads(public)
    except ValueError:
        return None
    return jwk if isinstance(jwk, dict) else None


def _is_over(day: date, at: datetime) -> bool:
    """Whether ``day`` was over in Georgia; the last day of the calendar never is."""
    return day < date.max and rules.end_of_day(day) <= at
