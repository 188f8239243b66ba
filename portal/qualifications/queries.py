"""What can be asked about qualifications, the editions of their rules, goals and tracks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.qualifications.models import (
    Goal,
    GoalShare,
    Qualification,
    QualificationAward,
    QualificationAwardEnd,
    QualificationVersion,
    Track,
    TrackStep,
)
from portal.qualifications.requirements import read_document
from portal.qualifications.rules import Audience, ExpiryBase, Version

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


def qualifications_in_order(*, with_archived: bool = False) -> list[Qualification]:
    """The qualifications, in the order of their Georgian names."""
    statement = sa.select(Qualification).order_by(Qualification.name_ka, Qualification.id)
    return list(db.session.scalars(statement if with_archived else statement.where(~Qualification.archived)))


def get_qualification(slug: str) -> Qualification:
    """The qualification with this slug. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(Qualification).where(Qualification.slug == slug))
    if found is None:
        raise NotFoundError
    return found


def versions_of(qualification_id: int) -> list[QualificationVersion]:
    """The editions of a rule, in the order in which they came into force."""
    statement = sa.select(QualificationVersion).where(QualificationVersion.qualification_id == qualification_id)
    return list(db.session.scalars(statement.order_by(QualificationVersion.effective_on)))


def rules_of(qualification_ids: Collection[int] | None = None) -> dict[int, list[Version]]:
    """The editions of the rules of these qualifications, or of all that are not archived, as plain values by their ids. One statement."""
    statement = sa.select(QualificationVersion).join(QualificationVersion.qualification)
    which = ~Qualification.archived if qualification_ids is None else Qualification.id.in_(qualification_ids)
    found: defaultdict[int, list[Version]] = defaultdict(list)
    for row in db.session.scalars(statement.where(which).order_by(Qualification.id, QualificationVersion.effective_on)):
        found[row.qualification_id].append(as_version(row))
    return dict(found)


def versions_in_force(day: date) -> list[QualificationVersion]:
    """The edition in force on ``day`` of each qualification in use, with it, in the order of the Georgian names. One statement."""
    later = sa.orm.aliased(QualificationVersion)
    newest = sa.select(sa.func.max(later.effective_on)).where(
        later.qualification_id == QualificationVersion.qualification_id, later.effective_on <= day
    )
    statement = (
        sa.select(QualificationVersion)
        .join(QualificationVersion.qualification)
        .options(contains_eager(QualificationVersion.qualification))
        .where(~Qualification.archived, QualificationVersion.effective_on == newest.scalar_subquery())
        .order_by(Qualification.name_ka, Qualification.id)
    )
    return list(db.session.scalars(statement))


def holders_on(day: date) -> dict[int, int]:
    """How many people hold each qualification on ``day``, by its id. One statement."""
    award, ended = QualificationAward, QualificationAwardEnd
    statement = (
        sa.select(award.qualification_id, sa.func.count(award.person_id.distinct()))
        .outerjoin(ended, ended.award_id == award.id)
        .where(award.awarded_on <= day, sa.or_(award.expires_on.is_(None), award.expires_on >= day))
        .where(sa.or_(ended.ended_on.is_(None), ended.ended_on > day))
        .group_by(award.qualification_id)
        .order_by(award.qualification_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def as_version(row: QualificationVersion) -> Version:
    """A row as the plain value that the rules decide on."""
    return Version(
        id=row.id,
        effective_on=row.effective_on,
        requirement=read_document(row.requirement),
        renewal=None if row.renewal is None else read_document(row.renewal),
        validity_months=row.validity_months,
        window_months=row.window_months,
        base=ExpiryBase(row.base),
        fixed_day=None if row.fixed_month is None or row.fixed_day is None else (row.fixed_month, row.fixed_day),
        asks_holders=row.asks_holders,
        audience=Audience(frozenset(row.categories), frozenset(row.sakrebulo_roles)),
        grace_months=row.grace_months,
        lead_days=row.lead_days,
    )


def goals_in_order(*, with_ended: bool = False) -> list[Goal]:
    """The goals with their qualifications, the first to fall due first."""
    statement = sa.select(Goal).join(Goal.qualification).options(contains_eager(Goal.qualification)).order_by(Goal.due_on, Goal.id)
    return list(db.session.scalars(statement if with_ended else statement.where(Goal.ended_on.is_(None))))


def get_goal(goal_id: int) -> Goal:
    """The goal. Raises ``NotFoundError``."""
    found = db.session.get(Goal, goal_id)
    if found is None:
        raise NotFoundError
    return found


def shares_of(goal_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """The percentages that these goals set for single municipalities, by the id of the goal and of the municipality. One statement."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for share in db.session.scalars(
        sa.select(GoalShare).where(GoalShare.goal_id.in_(goal_ids)).order_by(GoalShare.goal_id, GoalShare.municipality_id)
    ):
        found[share.goal_id][share.municipality_id] = share.percent
    return dict(found)


def tracks_in_order(*, with_archived: bool = False) -> list[Track]:
    """The tracks, in the order of their Georgian names."""
    statement = sa.select(Track).order_by(Track.name_ka, Track.id)
    return list(db.session.scalars(statement if with_archived else statement.where(~Track.archived)))


def get_track(slug: str) -> Track:
    """The track with this slug. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(Track).where(Track.slug == slug))
    if found is None:
        raise NotFoundError
    return found


def steps_of(track_ids: Collection[int]) -> dict[int, list[TrackStep]]:
    """The steps of these tracks in their order, by the id of the track. One statement."""
    found: defaultdict[int, list[TrackStep]] = defaultdict(list)
    for step in db.session.scalars(
        sa.select(TrackStep).where(TrackStep.track_id.in_(track_ids), ~TrackStep.dropped).order_by(TrackStep.track_id, TrackStep.position)
    ):
        found[step.track_id].append(step)
    return found


def all_steps_of(track_id: int) -> list[TrackStep]:
    """Every step that the track has or had, by position."""
    return list(db.session.scalars(sa.select(TrackStep).where(TrackStep.track_id == track_id).order_by(TrackStep.position)))


def find_same_goal(qualification_id: int, percent: int, starts_on: date, due_on: date) -> Goal | None:
    """The goal that has not ended and says the same, if there is one."""
    same = (Goal.qualification_id == qualification_id, Goal.percent == percent, Goal.starts_on == starts_on, Goal.due_on == due_on)
    return db.session.scalars(sa.select(Goal).where(*same, Goal.ended_on.is_(None)).order_by(Goal.id)).first()


def slugs_beginning_with(table: type[Qualification | Track], slug: str) -> set[str]:
    """The addresses that begin so."""
    return set(db.session.scalars(sa.select(table.slug).where(table.slug.startswith(slug, autoescape=True))))
