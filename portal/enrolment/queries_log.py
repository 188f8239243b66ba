"""The log of the places of a run, read from the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import municipalities
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.enrolment.queries_line import seats_of
from portal.enrolment.rules_line import Home, Seats, WaitingPlace
from portal.enrolment.rules_replay import Replayed, Step, Terms, replay
from portal.foundation.database import db
from portal.foundation.history import HistoryRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

TERMS = ("run:set_capacity", "run:set_place_rules", "run:release_quotas")


def logged_runs(codes: Collection[str] = ()) -> list[tuple[int, str]]:
    """Id and code of the runs in which anybody ever asked for a place, the oldest first; only those of ``codes``, when given."""
    asked = sa.exists().where(Enrolment.run_id == CourseRun.id)
    statement = sa.select(CourseRun.id, CourseRun.code).where(asked).order_by(CourseRun.id)
    rows = db.session.execute(statement.where(CourseRun.code.in_(codes)) if codes else statement)
    return [(run_id, code) for run_id, code in rows]


def replay_of(run_id: int) -> Replayed:
    """The log of the run's places, played again by the rules; what it ends with should be what the enrolments say."""
    rows = _rows_of(run_id)
    return replay(_start_of(run_id, rows), _asked_in(run_id), (_entry_of(row) for row in rows))


def states_in(run_id: int) -> dict[int, str]:
    """The state of every enrolment that there ever was in the run, by its id."""
    rows = db.session.execute(sa.select(Enrolment.id, Enrolment.state).where(Enrolment.run_id == run_id).order_by(Enrolment.id))
    return {enrolment_id: state for enrolment_id, state in rows}  # noqa: C416  (rows are no pairs for mypy)


def _rows_of(run_id: int) -> Sequence[HistoryRow]:
    ids = sa.select(sa.cast(Enrolment.id, sa.String)).where(Enrolment.run_id == run_id)
    of_enrolments = sa.and_(HistoryRow.subject_kind == Enrolment.__tablename__, HistoryRow.subject_id.in_(ids))
    of_run = sa.and_(HistoryRow.subject_kind == CourseRun.__tablename__, HistoryRow.subject_id == str(run_id), HistoryRow.action.in_(TERMS))
    places = HistoryRow.action.startswith("enrolment:")
    return db.session.scalars(sa.select(HistoryRow).where(sa.or_(sa.and_(of_enrolments, places), of_run)).order_by(HistoryRow.id)).all()


def _asked_in(run_id: int) -> dict[int, WaitingPlace]:
    region_of = municipalities.regions_by_municipality()
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.queued_at, Enrolment.municipality_id).where(Enrolment.run_id == run_id).order_by(Enrolment.id)
    ).all()
    return {
        row.id: WaitingPlace(
            enrolment_id=row.id,
            queued_at=row.queued_at,
            home=Home(row.municipality_id, region_of.get(row.municipality_id or 0)),
        )
        for row in rows
    }


def _start_of(run_id: int, rows: Iterable[HistoryRow]) -> Seats:
    """The terms before the first change of each that the log names; nobody has a place."""
    now = seats_of(run_id)
    start = Seats(
        capacity=now.capacity,
        municipality_quotas=now.municipality_quotas,
        region_quotas=now.region_quotas,
        region_of=municipalities.regions_by_municipality(),
        in_force=now.in_force,
    )
    for row in reversed(list(rows)):
        for name, value in _terms_of(row, 0).items():
            setattr(start, name, value)
    return start


def _entry_of(row: HistoryRow) -> Step | Terms:
    if row.subject_kind == CourseRun.__tablename__:
        return Terms(**_terms_of(row, 1))
    before, after = row.change["state"]
    return Step(
        enrolment_id=int(row.subject_id),
        before=before,
        after=after,
        reason=row.change["reason"],
        passed=tuple((one, why) for one, why in row.change.get("passed", ())),
        due=frozenset(row.change.get("due", ())),
    )


def _terms_of(row: HistoryRow, side: int) -> dict[str, Any]:
    """What the row says of the terms, before (``side`` 0) or after (1) the change."""
    if row.subject_kind != CourseRun.__tablename__:
        return {}
    change: Mapping[str, Any] = row.change
    terms: dict[str, Any] = {}
    if "capacity" in change:
        terms["capacity"] = change["capacity"][side]
    if "quotas" in change:
        quotas = change["quotas"][side]
        terms["municipality_quotas"] = {one["municipality_id"]: one["places"] for one in quotas if one["municipality_id"] is not None}
        terms["region_quotas"] = {one["region_id"]: one["places"] for one in quotas if one["region_id"] is not None}
        terms["in_force"] = bool(quotas)
    if "quotas_released_at" in change:
        terms["in_force"] = change["quotas_released_at"][side] is None and terms.get("in_force", True)
    return terms
