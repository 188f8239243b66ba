"""What a change would do, before it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal import qualifications
from portal.foundation import clock
from portal.standings.queries import people_after
from portal.standings.queries_evidence import evidence_of_people
from portal.standings.rules import Rulebook
from portal.standings.rules_preview import Difference, differences

if TYPE_CHECKING:
    from datetime import date

    from portal.qualifications import RuleValues


@dataclass(frozen=True, slots=True)
class Consequences:
    """Who would lose and who would gain a qualification on ``day``, and the numbers of the certificates that staff would have to look at."""

    day: date
    lose: list[Difference] = field(default_factory=list)
    gain: list[Difference] = field(default_factory=list)
    to_review: list[str] = field(default_factory=list)

    def add(self, found: Difference) -> None:
        """Put a difference where it belongs."""
        (self.lose if found.loses else self.gain).append(found)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.lose or self.gain or self.to_review)


def preview_rule(qualification_id: int, values: RuleValues) -> Consequences:
    """What publishing this edition would do on the day on which it comes into force, or today when that is past.

    As of that day, from what was done so far. Whether it may be published says ``qualifications.publish_rule``.
    """
    versions = qualifications.rules_of([qualification_id]).get(qualification_id, [])
    old, new = Rulebook({qualification_id: versions}), Rulebook({qualification_id: [*versions, values.as_version()]})
    found = Consequences(max(values.effective_on, clock.today()))
    after = 0
    while ids := people_after(after):
        after = ids[-1]
        for person_id, evidence in evidence_of_people(ids, hours=new.asks_hours).items():
            for one in differences(person_id, (old, evidence), (new, evidence), found.day):
                found.add(one)
    return found
