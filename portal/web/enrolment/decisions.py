"""What came of the applications on which was decided together: it stands in the address, so that the page can be loaded again."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from flask import request

from portal import enrolment
from portal.foundation.errors import NotFoundError
from portal.web.enrolment.words import REFUSALS, refusal_of_other
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.enrolment import Decided
    from portal.enrolment.models import Enrolment
    from portal.web.enrolment.cases import Desk

MOST_AT_ONCE = 100
CLASH = enrolment.ClashError.code
_ONE = re.compile(r"([A-Z0-9-]{1,20})(?::([a-z_]{1,30}))?")


def written(outcomes: Iterable[Decided]) -> str:
    """The outcomes as they stand in an address: the reference of each application, and the code of what refused the decision."""
    return ",".join(one.enrolment.reference + (f":{one.refusal.code}" if one.refusal else "") for one in outcomes)


def read_decided(desk: Desk) -> list[tuple[Enrolment, int | None, str | None]]:
    """Each application in the address as it stands now, its position in line, and why nothing was decided.

    Raises ``NotFoundError`` for what is no outcome, or of people whom the desk does not decide on.
    """
    parts = request.args.get("of", "").split(",")
    found = [_ONE.fullmatch(part) for part in parts[: MOST_AT_ONCE + 1]]
    refused_by = {part[1]: part[2] for part in found if part}
    if len(refused_by) != len(parts) or len(parts) > MOST_AT_ONCE:
        raise NotFoundError
    decided = {one.reference: one for one in enrolment.applications_of_references(refused_by, desk.municipality_ids)}
    positions = enrolment.waiting_positions({one.run_id for one in decided.values()})
    clashes = _clashes([decided[reference] for reference, code in refused_by.items() if code == CLASH])
    rows = [(decided[reference], code) for reference, code in refused_by.items()]
    return [(one, positions.get(one.id), clashes.get(one.id) or (str(REFUSALS.get(code, "")) if code else None)) for one, code in rows]


def _clashes(refused: list[Enrolment]) -> dict[int, str]:
    """The other training of each, as long as there is one. Only the staff meet a clash, and they know of every training."""
    by_run: dict[int, list[Enrolment]] = defaultdict(list)
    for one in refused:
        by_run[one.run_id].append(one)
    words = {}
    for run_id, those in by_run.items():
        standings = enrolment.standings_of(run_id, [one.person_id for one in those])
        for one in those:
            clash = standings[one.person_id].clash
            if clash:
                words[one.id] = refusal_of_other(enrolment.ClashError(clash), {clash.code}, language())
    return words
