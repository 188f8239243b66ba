"""Standings: who holds which qualification on which day, from the evidence of every domain below.

``standings_of`` answers for one person, ``everyone_on`` for all, as of any day: by the rules of then, from what was done until then as far as it is
known now. Awards are recorded when they are due and ended when they turn out never to have been; the worker follows the history for it, and goes
through everybody once a day, since windows open and grace ends by the date. ``preview_rule`` says what a rule would do before it is published.
"""

from portal.standings.queries import OwnStanding, everyone_on, outdated, read_rulebook, standings_of
from portal.standings.queries_evidence import evidence_of, evidence_of_people
from portal.standings.queries_preview import Consequences, preview_rule
from portal.standings.queries_tracks import OwnTrack, tracks_of
from portal.standings.queries_work import Work, find_work
from portal.standings.rules import HeldPost, Position, Rulebook, awards_due, positions_on
from portal.standings.rules_preview import Difference, differences
from portal.standings.rules_tracks import StepAsked, StepStanding, StepState, TrackAsked, begun_on, steps_on
from portal.standings.services import carry_out, refresh

__all__ = [
    "Consequences",
    "Difference",
    "HeldPost",
    "OwnStanding",
    "OwnTrack",
    "Position",
    "Rulebook",
    "StepAsked",
    "StepStanding",
    "StepState",
    "TrackAsked",
    "Work",
    "awards_due",
    "begun_on",
    "carry_out",
    "differences",
    "everyone_on",
    "evidence_of",
    "evidence_of_people",
    "find_work",
    "outdated",
    "positions_on",
    "preview_rule",
    "read_rulebook",
    "refresh",
    "standings_of",
    "steps_on",
    "tracks_of",
]
