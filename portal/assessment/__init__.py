"""Assessment: the final score of each participant, in percent of the maximum.

Scores are recorded by the trainer or by staff for runs whose course asks for one. They are append-only; the newest counts.
"""

from portal.assessment.queries import scores_of_person, scores_of_run
from portal.assessment.rules import ScoresRefusedError
from portal.assessment.services import RecordedScores, record_scores

__all__ = ["RecordedScores", "ScoresRefusedError", "record_scores", "scores_of_person", "scores_of_run"]
