"""What can be asked about the progress of goals: who should hold a qualification and who does, and the list of who is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from portal.foundation.database import db
from portal.people import in_force, not_merged
from portal.people.models import Person, Post
from portal.qualifications import queries
from portal.qualifications.models import QualificationAward, QualificationAwardEnd
from portal.qualifications.rules import Audience, version_on
from portal.qualifications.rules_goals import Aim, HeldSpan, PostSpan, last_day_of, progress_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from portal.qualifications.models import Goal
    from portal.qualifications.rules import Version
    from portal.qualifications.rules_goals import GoalProgress, HeldBy

PAGE_LENGTH: Final = 50


@dataclass(frozen=True, slots=True)
class GoalReport:
    """How a goal stands as of a day: of all the municipalities that were asked for together, and of each that has people whom it concerns."""

    on: date
    whole: GoalProgress
    municipalities: Mapping[int, GoalProgress]
    audience: Audience


def read_goals(goals: Collection[Goal], day: date, municipality_ids: Collection[int] | None = None) -> dict[int, GoalReport]:
    """How each goal, by its id, stands on ``day`` in the country, or in these municipalities. Four statements."""
    qualification_ids = {goal.qualification_id for goal in goals}
    rules, shares = queries.rules_of(qualification_ids), queries.shares_of([goal.id for goal in goals])
    categories = {category for versions in rules.values() for version in versions for category in version.audience.categories}
    since = min((goal.starts_on for goal in goals), default=day)
    posts, held = posts_in(categories, since, municipality_ids), held_by(qualification_ids)
    return {
        goal.id: _report(
            goal,
            day,
            rules.get(goal.qualification_id, []),
            shares.get(goal.id, {}),
            posts,
            held.get(goal.qualification_id, {}),
            municipality_ids,
        )
        for goal in goals
    }


def _report(
    goal: Goal,
    day: date,
    versions: Sequence[Version],
    shares: Mapping[int, int],
    posts: Sequence[PostSpan],
    held: HeldBy,
    municipality_ids: Collection[int] | None,
) -> GoalReport:
    apart: defaultdict[int, list[PostSpan]] = defaultdict(list)
    for post in posts:
        apart[post.municipality_id].append(post)
    aim = Aim(goal.percent, goal.starts_on, goal.due_on)
    each = {
        one: progress_of(replace(aim, percent=shares.get(one, goal.percent)), day, versions, apart[one], held, monthly=False)
        for one in sorted(apart)
    }
    if municipality_ids is not None and len(municipality_ids) == 1:
        aim = replace(aim, percent=shares.get(next(iter(municipality_ids)), goal.percent))
    version = version_on(versions, day)
    return GoalReport(
        day,
        progress_of(aim, day, versions, posts, held),
        {one: progress for one, progress in each.items() if progress.count.called},
        version.audience if version else Audience(),
    )


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


def held_by(qualification_ids: Collection[int]) -> dict[int, dict[int, list[HeldSpan]]]:
    """From when to when people hold each qualification, by their awards; an award that was never due is no such time. One statement."""
    award = QualificationAward
    rows = db.session.execute(
        sa.select(award.qualification_id, award.person_id, award.awarded_on, award.expires_on, QualificationAwardEnd.ended_on)
        .outerjoin(QualificationAwardEnd, QualificationAwardEnd.award_id == award.id)
        .where(award.qualification_id.in_(qualification_ids))
        .order_by(award.id)
    )
    found: defaultdict[int, defaultdict[int, list[HeldSpan]]] = defaultdict(lambda: defaultdict(list))
    for qualification_id, person_id, on, until, ended_on in rows:
        span = HeldSpan(person_id, on, last_day_of(until, ended_on))
        if span.ends_on is None or span.begins_on <= span.ends_on:
            found[qualification_id][person_id].append(span)
    return {one: dict(spans) for one, spans in found.items()}


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
