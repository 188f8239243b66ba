"""What can be asked about tracks: those of a person, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import qualifications
from portal.qualifications import Audience, read_document
from portal.standings.queries import posts_of
from portal.standings.queries_evidence import evidence_of
from portal.standings.rules_tracks import StepAsked, StepStanding, StepState, TrackAsked, begun_on, steps_on

if TYPE_CHECKING:
    from datetime import date

    from portal.qualifications.models import Track, TrackStep


@dataclass(frozen=True, slots=True)
class OwnTrack:
    """A track of somebody: since when it runs, and its steps with how they stand."""

    track: Track
    begun_on: date
    steps: tuple[tuple[TrackStep, StepStanding], ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(standing.state == StepState.DONE for _step, standing in self.steps)

    @property
    def next(self) -> tuple[TrackStep, StepStanding] | None:
        """The first step that is not done."""
        return next((one for one in self.steps if one[1].state != StepState.DONE), None)


def tracks_of(person_id: int, day: date) -> list[OwnTrack]:
    """The tracks that the posts of a person on ``day`` are for, as they stand then.

    Two statements (tracks, posts); where there is a track, one for the steps and those of the evidence.
    """
    posts, begun = posts_of([person_id])[person_id], {}
    for track in qualifications.tracks_in_order():
        audience = Audience(frozenset(track.categories), frozenset(track.sakrebulo_roles))
        since = begun_on(TrackAsked(audience, track.begun_from, track.begun_until), posts, day)
        if since is not None:
            begun[track] = since
    if not begun:
        return []
    steps, evidence = qualifications.steps_of([track.id for track in begun]), evidence_of(person_id)
    found = []
    for track, since in begun.items():
        rows = steps.get(track.id, [])
        asked = [StepAsked(read_document(row.requirement), row.within_days) for row in rows]
        found.append(OwnTrack(track, since, tuple(zip(rows, steps_on(asked, evidence, since, day), strict=True))))
    return found
