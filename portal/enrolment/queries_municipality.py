"""What a municipality's coordinator can ask: only about people who hold a post there today, and only what they did while there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.courses.models import CourseRun, CourseVersion
from portal.enrolment.models import LIVE, Enrolment
from portal.enrolment.queries import held_on
from portal.foundation import clock, georgian
from portal.foundation.database import BigId, db
from portal.people import not_merged
from portal.people.models import Person, Post

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

PAGE = 20
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class OwnPeople:
    """A page of people by their posts, in the order of family names; ``previous`` and ``following`` are the ids that lead on, None at the ends."""

    posts: list[Post]
    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """One enrolment of one of the coordinator's people."""

    id: int
    person_id: int
    state: str
    code: str
    title_ka: str
    title_en: str
    starts_at: datetime | None
    ends_at: datetime | None

    def title(self, language: str) -> str:
        """Give the title of the run in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


def own_people(
    municipality_ids: Collection[int], *, search: str = "", after: int | None = None, before: int | None = None, size: int = PAGE
) -> OwnPeople:
    """A page of those who hold a post in one of the municipalities today, after or before the person with the given id.

    An id that is not of these people leads to an empty page: it says nothing about anybody else.
    """
    edge = before if before is not None else after
    words = georgian.clean_text(search).split()[:MOST_WORDS]
    statement = _own_page(backwards=before is not None, from_edge=edge is not None)
    if words:
        statement = statement.where(*(_word_matches(word) for word in words))
    values = {"municipalities": list(municipality_ids), "today": clock.today(), "edge": edge, "rows": size + 1}
    found = list(db.session.scalars(statement, values))
    more, posts = len(found) > size, found[:size]
    if before is not None:
        posts.reverse()
    return OwnPeople(
        posts=list({post.person_id: post for post in posts}.values()),
        previous=posts[0].person_id if posts and (more if before is not None else after is not None) else None,
        following=posts[-1].person_id if posts and (more if before is None else True) else None,
    )


def own_posts_of(municipality_ids: Collection[int], person_ids: Collection[int]) -> list[Post]:
    """The posts of those of the people who hold one in the municipalities today, in the order of family names."""
    statement = _own_posts().where(Post.person_id.in_(person_ids)).order_by(*_PLACE, Post.starts_on.desc())
    found = db.session.scalars(statement, {"municipalities": list(municipality_ids), "today": clock.today()})
    return list({post.person_id: post for post in found}.values())


def own_people_called(municipality_ids: Collection[int], given_name_ka: str, family_name_ka: str) -> list[Post]:
    """The posts of those of that name who hold one in the municipalities today, the newest of each."""
    named = (Person.given_name_ka == given_name_ka, Person.family_name_ka == family_name_ka)
    statement = _own_posts().where(*named).order_by(*_PLACE, Post.starts_on.desc())
    found = db.session.scalars(statement, {"municipalities": list(municipality_ids), "today": clock.today()})
    return list({post.person_id: post for post in found}.values())


_PLACE = (Post.person_sort_key, Post.person_id)


@cache  # building it costs more than the database takes to answer it
def _own_page(*, backwards: bool, from_edge: bool) -> sa.Select[Post]:
    """A page of own people, from the person ``edge`` on when asked for."""
    statement = _own_posts().limit(sa.bindparam("rows", type_=sa.Integer))
    if from_edge:
        edge = sa.bindparam("edge", type_=BigId)
        key = sa.select(Post.person_sort_key).where(Post.person_id == edge, _own()).limit(1).scalar_subquery()
        beyond = (_PLACE[0] < key, _PLACE[1] < edge) if backwards else (_PLACE[0] > key, _PLACE[1] > edge)
        statement = statement.where(sa.or_(beyond[0], sa.and_(_PLACE[0] == key, beyond[1])))
    order = [column.desc() if backwards else column for column in _PLACE]
    return statement.order_by(*order, Post.starts_on.desc(), Post.id.desc())


@cache
def _own_posts() -> sa.Select[Post]:
    """Those who hold a post in the ``municipalities`` ``today``, with their names."""
    names = contains_eager(Post.person).load_only(
        Person.given_name_ka, Person.family_name_ka, Person.given_name_latin, Person.family_name_latin
    )
    return sa.select(Post).join(Post.person).options(names).where(_own(), not_merged())


def _own() -> sa.ColumnElement[bool]:
    municipalities: sa.BindParameter[int] = sa.bindparam("municipalities", expanding=True)
    return sa.and_(Post.municipality_id.in_(municipalities), held_on(sa.bindparam("today", type_=sa.Date)))


def _word_matches(word: str) -> sa.ColumnElement[bool]:
    names = {georgian.fold_for_search(word), georgian.fold_for_search(georgian.latin_layout_to_georgian(word))} - {""}
    return sa.or_(sa.false(), *(Person.search_text.contains(name, autoescape=True) for name in sorted(names)))


# As an expression it is no way in for the database, which would read all that a municipality ever did to find fifty people.
_THERE = sa.func.coalesce(Enrolment.municipality_id, 0)
_OF_OWN = (
    sa.select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.state,
        CourseRun.code,
        CourseVersion.title_ka,
        CourseVersion.title_en,
        CourseRun.starts_at,
        CourseRun.ends_at,
    )
    .join(CourseRun, CourseRun.id == Enrolment.run_id)
    .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    .where(
        Enrolment.person_id.in_(sa.bindparam("people", expanding=True)),
        _THERE.in_(sa.bindparam("municipalities", expanding=True)),
        Enrolment.state.in_(LIVE),
    )
    .order_by(CourseRun.starts_at, CourseRun.id, Enrolment.id)
)


def enrolments_of_own(municipality_ids: Collection[int], person_ids: Collection[int]) -> list[OwnEnrolment]:
    """The places and waiting places that these people have or had as people of the municipalities, by the start of the run."""
    rows = db.session.execute(_OF_OWN, {"people": list(person_ids), "municipalities": list(municipality_ids)})
    return [OwnEnrolment(*row) for row in rows]


def live_states_in(run_id: int, person_ids: Collection[int]) -> dict[int, str]:
    """The state of those of the people who have a place in a run or wait for one."""
    rows = db.session.execute(
        sa.select(Enrolment.person_id, Enrolment.state)
        .where(Enrolment.run_id == run_id, Enrolment.person_id.in_(person_ids), Enrolment.state.in_(LIVE))
        .order_by(Enrolment.person_id)
    )
    return {person_id: state for person_id, state in rows}  # noqa: C416  (rows are no pairs for mypy)
