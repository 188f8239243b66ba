"""Which awards are to be recorded, and which recorded ones to be ended, so that the rows say what is due: decided on plain values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portal.qualifications.rules import Award, EndReason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class Recorded:
    """An award as recorded; its ``ended_on`` is that of the row that ended it, for whatever ``reason``."""

    id: int
    award: Award
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """A recorded award that is to be ended."""

    award_id: int
    ended_on: date
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is missing of the awards that are due, and what is recorded without being due."""

    to_record: list[Award] = field(default_factory=list)
    to_end: list[Ending] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.to_record or self.to_end)


def reconcile(due: Iterable[Award], recorded: Iterable[Recorded]) -> Reconciled:
    """Compare the awards that are ``due`` to those ``recorded``, of one person and qualification.

    A recorded award that is no longer due was never due: it ends on its first day, since the evidence for it changed. One that ended stays so;
    where it is due after all, it is recorded anew.
    """
    live: defaultdict[Award, list[Recorded]] = defaultdict(list)
    ended: set[Award] = set()
    for one in recorded:
        if one.award.ended_on is None:
            live[one.award].append(one)
        elif one.reason == EndReason.RULE_CHANGED:
            ended.add(one.award)
    found = Reconciled()
    for award in due:
        same = live[replace(award, ended_on=None)]
        if award.ended_on is None:
            if same:
                same.pop()
            else:
                found.to_record.append(award)
        elif award not in ended:
            if same:
                found.to_end.append(Ending(same.pop().id, award.ended_on, EndReason.RULE_CHANGED))
            else:
                found.to_record.append(award)
    found.to_end.extend(Ending(one.id, one.award.on, EndReason.EVIDENCE_CHANGED) for left in live.values() for one in left)
    return found
