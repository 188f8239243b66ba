"""What can be asked about the progress of goals: who should hold a qualification and who does, and the list of who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from portal.foundation.database import db
from portal.people import in_force, not_merged
from portal.people.models import Person, Post
from portal.qualifications.models import QualificationAward, QualificationAwardEnd
from portal.qualifications.rules_goals import HeldSpan, PostSpan, last_day_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from portal.qualifications.rules import Audience

PAGE_LENGTH: Final = 50


def posts_in(categories: Collection[str], since: date, municipality_ids: Collection[int] | None = None) -> list[PostSpan]:
    """The posts of these categories that were held on ``since`` or later, in these municipalities or all. One statement."""
    statement = (
        sa.select(Post.person_id, Post.municipality_id, Post.category, Post.sakrebulo_role, Post.starts_on, Post.ends_on)
        .where(Post.category.in_(categories), sa.or_(Post.ends_on.is_(None), Post.ends_on >= since), Post.person_id.not_in(_merged()))
        .order_by(Post.id)
    )
    if municipality_ids is not None:
        statement = statement.where(Post.municipality_id.in_(municipality_ids))
    return [PostSpan(*row) for row in db.session.execute(statement)]


def _merged() -> sa.Select[Any]:
    return sa.select(Person.id).where(~not_merged())


def spans_held(qualification_id: int) -> list[HeldSpan]:
    """From when to when people hold a qualification, by their awards. One statement."""
    rows = db.session.execute(
        sa.select(
            QualificationAward.person_id, QualificationAward.awarded_on, QualificationAward.expires_on, QualificationAwardEnd.ended_on
        )
        .outerjoin(QualificationAwardEnd, QualificationAwardEnd.award_id == QualificationAward.id)
        .where(QualificationAward.qualification_id == qualification_id)
        .order_by(QualificationAward.id)
    )
    spans = (HeldSpan(person_id, on, last_day_of(until, ended_on)) for person_id, on, until, ended_on in rows)
    return [span for span in spans if span.ends_on is None or span.begins_on <= span.ends_on]


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody whose post calls for a qualification that they do not hold; ``held_until`` is when they last did."""

    post: Post
    held_until: date | None


@dataclass(frozen=True, slots=True)
class MissingPage:
    """A page of those who are missing, in Georgian order; ``following`` is the post behind which the next page begins."""

    rows: tuple[Missing, ...]
    following: int | None


def missing_page(
    qualification_id: int,
    audience: Audience,
    day: date,
    *,
    municipality_ids: Collection[int] | None = None,
    after: int | None = None,
    length: int | None = PAGE_LENGTH,
) -> MissingPage:
    """Those whose posts on ``day`` call for a qualification that they do not hold, behind the post ``after``; all where no ``length`` is named.

    Somebody with two such posts stands there with the first. One statement.
    """
    other = aliased(Post)
    earlier = (
        sa.exists()
        .where(
            other.person_id == Post.person_id,
            other.id < Post.id,
            *in_force(other, day),
            _calls(other, audience),
            *_within(other, municipality_ids),
        )
        .correlate(Post)
    )
    until = (
        sa.select(sa.func.max(QualificationAward.expires_on))
        .where(QualificationAward.person_id == Post.person_id, QualificationAward.qualification_id == qualification_id)
        .where(~_ended_at_once())
        .correlate(Post)
        .scalar_subquery()
    )
    statement = (
        sa.select(Post, until)
        .join(Post.person)
        .join(Post.municipality)
        .options(contains_eager(Post.person), contains_eager(Post.municipality))
        .where(*in_force(Post, day), _calls(Post, audience), *_within(Post, municipality_ids), not_merged(), ~earlier)
        .where(~_holds(qualification_id, day))
        .order_by(Post.person_sort_key, Post.id)
    )
    if after is not None:
        begin = sa.select(other.person_sort_key).where(other.id == after).scalar_subquery()
        statement = statement.where(sa.or_(Post.person_sort_key > begin, sa.and_(Post.person_sort_key == begin, Post.id > after)))
    found = db.session.execute(statement if length is None else statement.limit(length + 1)).all()
    rows = tuple(Missing(post, held_until) for post, held_until in found[:length])
    return MissingPage(rows, rows[-1].post.id if length is not None and len(found) > length else None)


def _calls(post: type[Post], audience: Audience) -> sa.ColumnElement[bool]:
    named = post.category.in_(audience.categories)
    if not audience.sakrebulo_roles:
        return named
    return sa.and_(named, sa.or_(post.sakrebulo_role.is_(None), post.sakrebulo_role.in_(audience.sakrebulo_roles)))


def _within(post: type[Post], municipality_ids: Collection[int] | None) -> list[sa.ColumnElement[bool]]:
    return [] if municipality_ids is None else [post.municipality_id.in_(municipality_ids)]


def _holds(qualification_id: int, day: date) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            QualificationAward.person_id == Post.person_id,
            QualificationAward.qualification_id == qualification_id,
            QualificationAward.awarded_on <= day,
            sa.or_(QualificationAward.expires_on.is_(None), QualificationAward.expires_on >= day),
            ~sa.exists().where(QualificationAwardEnd.award_id == QualificationAward.id, QualificationAwardEnd.ended_on <= day),
        )
        .correlate(Post)
    )


def _ended_at_once() -> sa.ColumnElement[bool]:
    """Awards that were never due."""
    return sa.exists().where(
        QualificationAwardEnd.award_id == QualificationAward.id, QualificationAwardEnd.ended_on <= QualificationAward.awarded_on
    )
