"""Scores, decided on plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

BEST = 100


def is_score(percent: int) -> bool:
    """Whether ``percent`` can be a final score."""
    return 0 <= percent <= BEST


def changed(wanted: Mapping[int, int], shown: Mapping[int, int], recorded: Mapping[int, int]) -> tuple[dict[int, int], dict[int, int]]:
    """What of ``wanted`` is to be recorded, and what contradicts somebody else; all by enrolment id.

    ``shown`` are the scores that the form showed, ``recorded`` those of now. What the form left as shown is no wish. A wish against a
    score that was recorded since is a contradiction and answered with that score.
    """
    new: dict[int, int] = {}
    contradictions: dict[int, int] = {}
    for enrolment_id, percent in wanted.items():
        current = recorded.get(enrolment_id)
        if percent in {shown.get(enrolment_id), current}:
            continue
        if current is not None and current != shown.get(enrolment_id):
            contradictions[enrolment_id] = current
        else:
            new[enrolment_id] = percent
    return new, contradictions


class ScoresRefusedError(RefusedError):
    """Scores that contradict what was recorded since the form was shown; nothing was saved.

    ``contradictions`` holds the scores of now, by enrolment id.
    """

    message = N_("The scores were not saved.")

    def __init__(self, contradictions: Mapping[int, int]) -> None:
        super().__init__()
        self.contradictions = contradictions
