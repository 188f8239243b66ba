"""What can be done to qualifications, their rules and goals. Each of these checks its rule, changes, records, flushes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation import clock, georgian, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.qualifications import queries
from portal.qualifications.models import Goal, GoalShare, Qualification, QualificationVersion, Track, TrackStep
from portal.qualifications.requirements import as_document

RESERVED_SLUGS = frozenset({"new"})

if TYPE_CHECKING:
    from portal.qualifications.values import GoalValues, QualificationValues, RuleValues, StepValues, TrackValues


def create_qualification(values: QualificationValues, *, by: int | None) -> Qualification:
    """Add a qualification. It asks for nothing until an edition of its rule is published."""
    row = Qualification(slug=_free_slug(Qualification, values.name_en), **asdict(values))
    db.session.add(row)
    db.session.flush()
    history.record("qualification:create", row, by=by, change={"name": values.name_en})
    return row


def change_qualification(row: Qualification, values: QualificationValues, *, by: int | None) -> None:
    """Change names and descriptions."""
    if changed := _apply(row, asdict(values)):
        history.record("qualification:change", row, by=by, change=changed)


def archive_qualification(row: Qualification, *, archived: bool, by: int | None) -> None:
    """Take a qualification out of use, or back: while archived nobody is asked for it, and nobody reaches it."""
    if changed := _apply(row, {"archived": archived}):
        history.record("qualification:change", row, by=by, change=changed)


def publish_rule(qualification_id: int, values: RuleValues, *, by: int | None) -> QualificationVersion:
    """Publish an edition of the rule: in force from its day, which may not lie in the past and must be later than that of the last one.

    Raises ``RefusedError``.
    """
    db.session.execute(sa.select(Qualification.id).where(Qualification.id == qualification_id).with_for_update(key_share=True))
    earlier = queries.versions_of(qualification_id)
    if earlier and values.effective_on < clock.today():
        raise RefusedError(N_("A rule that changes comes into force today or later: what was decided by the one before stays."))
    if earlier and values.effective_on <= earlier[-1].effective_on:
        raise RefusedError(N_("A later edition of this rule comes into force on that day or after it. Choose a later day."))
    month, day = values.fixed_day or (None, None)
    fields = asdict(values) | {
        "requirement": as_document(values.requirement),
        "renewal": None if values.renewal is None else as_document(values.renewal),
        "categories": list(values.categories),
        "sakrebulo_roles": list(values.sakrebulo_roles),
        "fixed_month": month,
        "fixed_day": day,
    }
    row = QualificationVersion(
        qualification_id=qualification_id, number=len(earlier) + 1, published_by=by, published_at=clock.now(), **fields
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        "qualification:publish_rule",
        row.qualification,
        by=by,
        change={"number": row.number, "effective_on": row.effective_on.isoformat(), "words": row.words},
    )
    return row


def set_goal(qualification_id: int, values: GoalValues, *, by: int | None) -> Goal:
    """Set a goal for those whose posts call for the qualification. Raises ``RefusedError``."""
    row = Goal(qualification_id=qualification_id, set_by=by, set_at=clock.now(), **_goal_fields(values))
    db.session.add(row)
    db.session.flush()
    _set_shares(row, values)
    history.record("goal:set", row, by=by, change={"percent": row.percent, "due_on": row.due_on.isoformat()})
    return row


def change_goal(row: Goal, values: GoalValues, *, by: int | None) -> None:
    """Change a goal that has not ended. Raises ``RefusedError``."""
    if row.ended_on is not None:
        raise RefusedError(N_("This goal has ended."))
    changed = _apply(row, _goal_fields(values))
    before = {str(key): percent for key, percent in queries.shares_of([row.id]).get(row.id, {}).items()}
    _set_shares(row, values)
    after = {str(key): percent for key, percent in sorted(values.shares.items())}
    if before != after:
        changed["shares"] = [before, after]
    if changed:
        history.record("goal:change", row, by=by, change=changed)


def end_goal(row: Goal, words: str, *, by: int | None) -> None:
    """End a goal; it stays, with the words why. Raises ``RefusedError`` when it has ended."""
    if row.ended_on is not None:
        raise RefusedError(N_("This goal has ended."))
    row.ended_on, row.words = clock.today(), words
    db.session.flush()
    history.record("goal:end", row, by=by, change={"words": words})


def _goal_fields(values: GoalValues) -> dict[str, Any]:
    if values.due_on <= values.starts_on:
        raise RefusedError(N_("The goal falls due before it begins."))
    return {"percent": values.percent, "starts_on": values.starts_on, "due_on": values.due_on}


def _set_shares(row: Goal, values: GoalValues) -> None:
    kept = {share.municipality_id: share for share in db.session.scalars(sa.select(GoalShare).where(GoalShare.goal_id == row.id))}
    for municipality_id in kept.keys() - values.shares.keys():
        kept[municipality_id].percent = values.percent
    for municipality_id, percent in values.shares.items():
        if municipality_id in kept:
            kept[municipality_id].percent = percent
        else:
            db.session.add(GoalShare(goal_id=row.id, municipality_id=municipality_id, percent=percent))
    db.session.flush()


def create_track(values: TrackValues, *, by: int | None) -> Track:
    """Add a track with its steps."""
    row = Track(slug=_free_slug(Track, values.name_en), **_track_fields(values))
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_steps(row.id, values))
    db.session.flush()
    history.record("track:create", row, by=by, change={"name": values.name_en, "steps": len(values.steps)})
    return row


def _track_fields(values: TrackValues) -> dict[str, Any]:
    fields = asdict(values) | {"categories": list(values.categories), "sakrebulo_roles": list(values.sakrebulo_roles)}
    del fields["steps"]
    return fields


def _steps(track_id: int, values: TrackValues) -> list[TrackStep]:
    return [_step(track_id, position, step) for position, step in enumerate(values.steps, 1)]


def _step(track_id: int, position: int, values: StepValues) -> TrackStep:
    return TrackStep(track_id=track_id, position=position, **asdict(values) | {"requirement": as_document(values.requirement)})


def _apply(row: Qualification | Goal | Track, fields: dict[str, Any]) -> dict[str, Any]:
    """Set what differs; returns it as the history keeps it: before and after."""
    changed = {}
    for name, value in fields.items():
        if (before := getattr(row, name)) != value:
            changed[name] = [str(before), str(value)]
            setattr(row, name, value)
    db.session.flush()
    return changed


def _free_slug(table: type[Qualification | Track], name: str) -> str:
    """An address made from ``name`` that nothing has yet; a number tells namesakes apart."""
    slug = georgian.slug(name, limit=60) or table.__tablename__
    taken = queries.slugs_beginning_with(table, slug) | RESERVED_SLUGS
    return next(free for free in (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))) if free not in taken)
