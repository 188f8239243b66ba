"""What can be done to tracks. A step is never deleted: one beyond the last is dropped, and the history keeps what the steps were."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation import history
from portal.foundation.database import db
from portal.qualifications import queries
from portal.qualifications.models import Track, TrackStep
from portal.qualifications.requirements import as_document
from portal.qualifications.services import apply_changes, free_slug

if TYPE_CHECKING:
    from portal.qualifications.values import StepValues, TrackValues


def create_track(values: TrackValues, *, by: int | None) -> Track:
    """Add a track with its steps."""
    row = Track(slug=free_slug(Track, values.name_en), **_fields(values))
    db.session.add(row)
    db.session.flush()
    _set_steps(row.id, values)
    history.record("track:create", row, by=by, change={"name": values.name_en, "steps": len(values.steps)})
    return row


def change_track(row: Track, values: TrackValues, *, by: int | None) -> None:
    """Change a track; its steps are those of ``values``, position by position."""
    db.session.execute(sa.select(Track.id).where(Track.id == row.id).with_for_update(key_share=True))
    before = _told(row.id)
    changed = apply_changes(row, _fields(values))
    _set_steps(row.id, values)
    if before != (after := _told(row.id)):
        changed["steps"] = [before, after]
    if changed:
        history.record("track:change", row, by=by, change=changed)


def archive_track(row: Track, *, archived: bool, by: int | None) -> None:
    """Take a track out of use, or back: while archived nobody is shown it."""
    if apply_changes(row, {"archived": archived}):
        history.record("track:archive" if archived else "track:restore", row, by=by)


def _fields(values: TrackValues) -> dict[str, Any]:
    fields = asdict(values) | {"categories": list(values.categories), "sakrebulo_roles": list(values.sakrebulo_roles)}
    del fields["steps"]
    return fields


def _set_steps(track_id: int, values: TrackValues) -> None:
    kept = {step.position: step for step in queries.all_steps_of(track_id)}
    for position, step in enumerate(values.steps, 1):
        row = kept.pop(position, None) or TrackStep(track_id=track_id, position=position)
        for name, value in _step(step).items():
            setattr(row, name, value)
        db.session.add(row)
    for row in kept.values():
        row.dropped = True
    db.session.flush()


def _step(values: StepValues) -> dict[str, Any]:
    return asdict(values) | {"requirement": as_document(values.requirement), "dropped": False}


def _told(track_id: int) -> list[dict[str, Any]]:
    """The steps as the history keeps them."""
    names = ("title_ka", "title_en", "requirement", "within_days")
    return [{name: getattr(step, name) for name in names} for step in queries.steps_of([track_id]).get(track_id, [])]
