"""What can be done to qualifications, their rules and goals. Each of these checks its rule, changes, records, flushes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation import clock, georgian, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.qualifications import queries
from portal.qualifications.models import Goal, GoalShare, Qualification, QualificationVersion, Track
from portal.qualifications.requirements import as_document
from portal.qualifications.services_awards import wake

RESERVED_SLUGS = frozenset({"new"})

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.qualifications.values import GoalValues, QualificationValues, RuleValues


def create_qualification(values: QualificationValues, *, by: int | None) -> Qualification:
    """Add a qualification. It asks for nothing until an edition of its rule is published."""
    row = Qualification(slug=free_slug(Qualification, values.name_en), **asdict(values))
    db.session.add(row)
    db.session.flush()
    history.record("qualification:create", row, by=by, change={"name": values.name_en})
    return row


def change_qualification(row: Qualification, values: QualificationValues, *, by: int | None) -> None:
    """Change names and descriptions."""
    if changed := apply_changes(row, asdict(values)):
        history.record("qualification:change", row, by=by, change=changed, public=True)


def archive_qualification(row: Qualification, *, archived: bool, by: int | None) -> None:
    """Take a qualification out of use, or back: while archived nobody is asked for it, and nobody reaches it."""
    if apply_changes(row, {"archived": archived}):
        history.record("qualification:archive" if archived else "qualification:restore", row, by=by, public=True)


def publish_rule(qualification_id: int, values: RuleValues, *, by: int | None, seen: int | None = None) -> QualificationVersion:
    """Publish an edition of the rule: in force from its day, which may not lie in the past and must be later than that of the last one.

    ``seen`` is the number of the edition that its author knew as the newest. What was published from there already is not published twice.
    Raises ``RefusedError``.
    """
    db.session.execute(sa.select(Qualification.id).where(Qualification.id == qualification_id).with_for_update(key_share=True))
    earlier, fields = queries.versions_of(qualification_id), _rule_fields(values)
    if earlier and seen == earlier[-1].number - 1 and earlier[-1].published_by == by and _says(earlier[-1], fields):
        return earlier[-1]
    _check_rule(earlier, values, seen)
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
        public=True,
    )
    wake()
    return row


def check_rule(qualification_id: int, values: RuleValues, *, seen: int | None = None) -> None:
    """Refuse what ``publish_rule`` would. Raises ``RefusedError``."""
    _check_rule(queries.versions_of(qualification_id), values, seen)


def _check_rule(earlier: list[QualificationVersion], values: RuleValues, seen: int | None) -> None:
    newest = earlier[-1].number if earlier else 0
    if seen is not None and seen != newest:
        raise RefusedError(N_("Edition %(number)s was published meanwhile. Look at it before you publish another."), number=newest)
    if earlier and values.effective_on < clock.today():
        raise RefusedError(N_("A rule that changes comes into force today or later: what was decided by the one before stays."))
    if earlier and values.effective_on <= earlier[-1].effective_on:
        raise RefusedError(N_("A later edition of this rule comes into force on that day or after it. Choose a later day."))


def _rule_fields(values: RuleValues) -> dict[str, Any]:
    month, day = values.fixed_day or (None, None)
    return asdict(values) | {
        "requirement": as_document(values.requirement),
        "renewal": None if values.renewal is None else as_document(values.renewal),
        "categories": list(values.categories),
        "sakrebulo_roles": list(values.sakrebulo_roles),
        "base": str(values.base),
        "fixed_month": month,
        "fixed_day": day,
    }


def _says(row: QualificationVersion, fields: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in fields.items())


def set_goal(qualification_id: int, values: GoalValues, *, by: int | None) -> Goal:
    """Set a goal for those whose posts call for the qualification; one that says the same is not set twice. Raises ``RefusedError``."""
    db.session.execute(sa.select(Qualification.id).where(Qualification.id == qualification_id).with_for_update(key_share=True))
    fields = _goal_fields(values)
    if (same := queries.find_same_goal(qualification_id, **fields)) is not None:
        return same
    row = Goal(qualification_id=qualification_id, set_by=by, set_at=clock.now(), **fields)
    db.session.add(row)
    db.session.flush()
    _set_shares(row, values)
    history.record("goal:set", row, by=by, change={"percent": row.percent, "due_on": row.due_on.isoformat()})
    return row


def change_goal(row: Goal, values: GoalValues, *, by: int | None) -> None:
    """Change a goal that has not ended. Raises ``RefusedError``."""
    if row.ended_on is not None:
        raise RefusedError(N_("This goal has ended."))
    before = _told(row.percent, queries.shares_of([row.id]).get(row.id, {}))
    changed = apply_changes(row, _goal_fields(values))
    _set_shares(row, values)
    after = _told(row.percent, values.shares)
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


def _told(usual: int, shares: Mapping[int, int]) -> list[dict[str, int]]:
    """The shares that are others than the country's, as the history keeps them."""
    return [{"municipality_id": key, "percent": percent} for key, percent in sorted(shares.items()) if percent != usual]


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


def apply_changes(row: Qualification | Goal | Track, fields: dict[str, Any]) -> dict[str, Any]:
    """Set what differs; returns it as the history keeps it: before and after."""
    changed = {}
    for name, value in fields.items():
        if (before := getattr(row, name)) != value:
            changed[name] = [_plain(before), _plain(value)]
            setattr(row, name, value)
    db.session.flush()
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def free_slug(table: type[Qualification | Track], name: str) -> str:
    """An address made from ``name`` that nothing has yet; a number tells namesakes apart."""
    slug = georgian.slug(name, limit=60) or table.__tablename__
    taken = queries.slugs_beginning_with(table, slug) | RESERVED_SLUGS
    return next(free for free in (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))) if free not in taken)
