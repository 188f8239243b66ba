"""What can be done to scores: they are added, never changed; the newest counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import courses, enrolment
from portal.assessment import queries, rules
from portal.assessment.models import FinalScore
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class RecordedScores:
    """What became of a form: how many scores were new or changed, and who no longer has a place, so that theirs was left out."""

    new: int
    without_place: list[Person]


def record_scores(run_id: int, scores: Mapping[int, int], *, by: int, shown: Mapping[int, int] | None = None) -> RecordedScores:
    """Record final scores, in percent by enrolment id.

    ``shown`` are the scores that ``by`` was shown (None: those of now). Raises ``ScoresRefusedError`` when somebody else changed one of
    them since, and ``RefusedError`` for a score outside 0–100.
    """
    run = courses.lock_run(run_id)
    if not all(map(rules.is_score, scores.values())):
        raise RefusedError(N_("A score is a whole number from 0 to 100."))
    recorded = queries.scores_of_run(run_id)
    places = enrolment.ids_of_places(run_id)
    wanted = {enrolment_id: percent for enrolment_id, percent in scores.items() if enrolment_id in places}
    new, contradictions = rules.changed(wanted, recorded if shown is None else shown, recorded)
    if contradictions:
        raise rules.ScoresRefusedError(contradictions)
    if new:
        moment = clock.now()
        rows = [
            {"enrolment_id": enrolment_id, "percent": percent, "recorded_by": by, "recorded_at": moment}
            for enrolment_id, percent in new.items()
        ]
        db.session.execute(sa.insert(FinalScore.__table__), rows)  # type: ignore[arg-type]
        corrected = len(new.keys() & recorded.keys())
        history.record("score:record", run, by=by, change={"first": len(new) - corrected, "corrected": corrected})
    left_out = [key for key, percent in scores.items() if key not in places and percent != (shown or {}).get(key)]
    return RecordedScores(len(new), queries.people_of_run(run_id, left_out) if left_out else [])
