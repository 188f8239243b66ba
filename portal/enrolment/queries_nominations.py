"""What a coordinator can ask about the list for a run: only people who hold a post in the municipality today stand on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.courses.models import CourseRun, CourseVersion, RunState
from portal.enrolment.models import Enrolment, Nomination
from portal.enrolment.queries import held_on
from portal.foundation import clock
from portal.foundation.database import BigId, db
from portal.foundation.errors import NotFoundError
from portal.people import not_merged
from portal.people.models import Person, Post

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody on the list, with the post held in the municipality today, and the enrolment if they were sent."""

    nomination: Nomination
    post: Post
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True)
class NominationList:
    """A run that is still to come and for which the municipality keeps a list: how many wait to be sent, how many were."""

    run_id: int
    code: str
    title_ka: str
    title_en: str
    starts_at: datetime | None
    waiting: int
    sent: int

    def title(self, language: str) -> str:
        """Give the title of the run in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


_HERE = sa.and_(Nomination.municipality_id.in_(sa.bindparam("municipalities", expanding=True)), Nomination.dropped_at.is_(None))
_POST_HERE = sa.and_(
    Post.person_id == Nomination.person_id,
    Post.municipality_id == Nomination.municipality_id,
    held_on(sa.bindparam("today", type_=sa.Date)),
)
_NOMINEES = (
    sa.select(Nomination, Post, Enrolment)
    .join(Post, _POST_HERE)
    .join(Post.person)
    .outerjoin(Enrolment, Enrolment.id == Nomination.enrolment_id)
    .options(
        contains_eager(Post.person).load_only(
            Person.given_name_ka, Person.family_name_ka, Person.given_name_latin, Person.family_name_latin
        )
    )
    .where(Nomination.run_id == sa.bindparam("run", type_=BigId), _HERE, not_merged())
    .order_by(Nomination.municipality_id, Nomination.position, Nomination.id, Post.starts_on.desc(), Post.id.desc())
    .execution_options(populate_existing=True)
)
_NUMBER_SENT = sa.func.count(Nomination.sent_at)
_LISTS = (
    sa.select(
        CourseRun.id,
        CourseRun.code,
        CourseVersion.title_ka,
        CourseVersion.title_en,
        CourseRun.starts_at,
        sa.func.count() - _NUMBER_SENT,
        _NUMBER_SENT,
    )
    .join(CourseRun, CourseRun.id == Nomination.run_id)
    .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    .where(
        _HERE,
        sa.exists().where(_POST_HERE, Person.id == Nomination.person_id, not_merged()),
        CourseRun.state.in_([RunState.OPEN, RunState.CLOSED]),
        CourseRun.starts_at > sa.bindparam("now", type_=CourseRun.starts_at.type),
    )
    .group_by(CourseRun.id, CourseRun.code, CourseVersion.title_ka, CourseVersion.title_en, CourseRun.starts_at)
    .order_by(CourseRun.starts_at, CourseRun.id)
)


def nominees_of(run_id: int, municipality_ids: Collection[int]) -> list[Nominee]:
    """The list of the municipalities for a run, each in the order of its preference; of several posts there, the newest."""
    values = {"run": run_id, "municipalities": list(municipality_ids), "today": clock.today()}
    found: dict[int, Nominee] = {}
    for nomination, post, enrolment in db.session.execute(_NOMINEES, values):
        found.setdefault(nomination.id, Nominee(nomination, post, enrolment))
    return list(found.values())


def get_nominee(run_id: int, municipality_ids: Collection[int], nomination_id: int) -> Nominee:
    """Somebody on the list. Raises ``NotFoundError``."""
    found = next((one for one in nominees_of(run_id, municipality_ids) if one.nomination.id == nomination_id), None)
    if found is None:
        raise NotFoundError
    return found


def nomination_lists(municipality_ids: Collection[int]) -> list[NominationList]:
    """The lists of the municipalities for runs that have not begun, by the start of the run, in one statement."""
    values = {"municipalities": list(municipality_ids), "today": clock.today(), "now": clock.now()}
    return [NominationList(*row) for row in db.session.execute(_LISTS, values)]


def last_positions(run_id: int, municipality_ids: Collection[int]) -> Counter[int]:
    """The last place on the list of each municipality; 0 where it is empty."""
    rows = db.session.execute(
        sa.select(Nomination.municipality_id, sa.func.max(Nomination.position))
        .where(Nomination.run_id == run_id, Nomination.municipality_id.in_(municipality_ids), Nomination.dropped_at.is_(None))
        .group_by(Nomination.municipality_id)
    )
    return Counter({municipality_id: position for municipality_id, position in rows})  # noqa: C416  (rows are no pairs for mypy)


def live_nominations(
    run_id: int, municipality_ids: Collection[int], person_ids: Collection[int] | None = None
) -> dict[Nomination, str | None]:
    """All that stands on the lists, of whoever left the municipality too, with the state of what came of it; of these people, when given."""
    of_people = () if person_ids is None else (Nomination.person_id.in_(person_ids),)
    rows = db.session.execute(
        sa.select(Nomination, Enrolment.state)
        .where(*of_people)
        .outerjoin(Enrolment, Enrolment.id == Nomination.enrolment_id)
        .where(Nomination.run_id == run_id, Nomination.municipality_id.in_(municipality_ids), Nomination.dropped_at.is_(None))
        .order_by(Nomination.position, Nomination.id)
        .execution_options(populate_existing=True)
    )
    return {nomination: state for nomination, state in rows}  # noqa: C416  (rows are no pairs for mypy)


def find_dropped(run_id: int, municipality_ids: Collection[int], nomination_id: int) -> Nomination | None:
    """A nomination of the municipalities that was taken off or taken back."""
    return db.session.scalar(
        sa.select(Nomination).where(
            Nomination.id == nomination_id,
            Nomination.run_id == run_id,
            Nomination.municipality_id.in_(municipality_ids),
            Nomination.dropped_at.is_not(None),
        )
    )


def enrolments_noted(enrolment_ids: Collection[int]) -> frozenset[int]:
    """The ids of those of the enrolments that came of a nomination which says so."""
    noted = sa.select(Nomination.enrolment_id).where(Nomination.enrolment_id.in_(enrolment_ids))
    return frozenset(one for one in db.session.scalars(noted) if one is not None)
