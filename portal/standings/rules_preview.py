"""What a change would do to what somebody holds: decided by the same rules that decide after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.qualifications import standing_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from portal.qualifications import Evidence, Standing
    from portal.standings.rules import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Somebody would lose or gain a qualification: how they stand ``before`` the change and ``after`` it.

    Why, say the gaps of ``after.progress``, or the evidence of ``after.award``.
    """

    person_id: int
    qualification_id: int
    before: Standing
    after: Standing

    @property
    def loses(self) -> bool:
        """Whether it is lost; gained otherwise."""
        return self.before.held


def differences(
    person_id: int, before: tuple[Rulebook, Sequence[Evidence]], after: tuple[Rulebook, Sequence[Evidence]], day: date
) -> Iterator[Difference]:
    """Compare what somebody holds on ``day`` by the rules and evidence ``before`` a change to what they hold by those ``after`` it."""
    (old_book, old_evidence), (new_book, new_evidence) = before, after
    old_counting, new_counting = old_book.split(old_evidence), new_book.split(new_evidence)
    for qualification_id in sorted(old_counting.keys() | new_counting.keys()):
        was = standing_on(old_book.rules.get(qualification_id, ()), old_counting.get(qualification_id, ()), day)
        is_ = standing_on(new_book.rules.get(qualification_id, ()), new_counting.get(qualification_id, ()), day)
        if was.held != is_.held:
            yield Difference(person_id=person_id, qualification_id=qualification_id, before=was, after=is_)
