"""Who has a place in a run, is offered one, asks or waits for one, and by which rules: what the page of the run shows to staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import courses, enrolment, municipalities, qualifications
from portal.enrolment.models import HOLDS_PLACE, DecisionStage, EnrolmentState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.courses import QuotaValues
    from portal.courses.models import CourseRun
    from portal.enrolment import Blocked, Line, Ranked, Seats
    from portal.enrolment.models import Enrolment
    from portal.qualifications import DueReason

MOST_SHOWN = 100
WHOLE = 100


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One who waits: what put them in their place in line, and what keeps them from a place now; ``due`` is the qualification that falls due."""

    enrolment: Enrolment
    rank: Ranked
    blocked: Blocked | None
    due: DueReason | None

    @property
    def percent(self) -> int:
        """The unused part of the quota that counts."""
        return round(self.rank.deficit * WHOLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPeople:
    """Everybody in a run. Of the waiting list the page shows the first; ``more`` wait behind them. ``goals`` says that somebody's goal is due.

    Of those who ``applied``, the staff are ``to_decide`` on some; on the others their employers decide first.
    """

    holders: list[Enrolment]
    offered: list[Enrolment]
    applied: int
    to_decide: int
    waiting: list[WaitingRow]
    more: int
    goals: bool


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """What is kept for a municipality or a whole region, and how much of it is used."""

    name: str
    whole_region: bool
    places: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRules:
    """The rules by which a run gives its places; ``invited`` is None when everybody is, ``unused`` what quotas keep for somebody."""

    invited: list[str] | None
    quotas: list[QuotaRow]
    unused: int


def read_people(run: CourseRun) -> RunPeople:
    """Read who is in the run; as many statements for a long list as for a short one."""
    people = enrolment.live_enrolments_of_run(run.id)
    waiting = {one.id: one for one in people if one.state == EnrolmentState.WAITING}
    line = enrolment.read_lines([run.id]).get(run.id) if waiting else None
    ranked = line.ranked if line else []
    goals = any(rank.place.goal_due for rank in ranked)
    due = qualifications.due_reasons([run.course_id], {one.person_id for one in waiting.values()}) if goals else {}
    return RunPeople(
        holders=[one for one in people if one.state in HOLDS_PLACE],
        offered=[one for one in people if one.state == EnrolmentState.OFFERED],
        applied=sum(one.state == EnrolmentState.APPLIED for one in people),
        to_decide=sum(one.state == EnrolmentState.APPLIED and one.stage == DecisionStage.STAFF for one in people),
        waiting=[_row(waiting[rank.place.enrolment_id], rank, line, due) for rank in ranked[:MOST_SHOWN]] if line else [],
        more=max(len(ranked) - MOST_SHOWN, 0),
        goals=goals,
    )


def _row(one: Enrolment, rank: Ranked, line: Line, due: Mapping[tuple[int, int], DueReason]) -> WaitingRow:
    return WaitingRow(one, rank, line.seats.find_block(rank.place.home), due.get((one.run.course_id, one.person_id)))


def read_place_rules(run: CourseRun, language: str) -> PlaceRules:
    """Read the rules with what the quotas of the run have given so far."""
    rules = courses.place_rules_of(run)
    if not rules.quotas and not rules.invited_only:
        return PlaceRules(invited=None, quotas=[], unused=0)
    units = municipalities.municipalities_in_order()
    names, regions = {one.id: one.name(language) for one in units}, {one.region_id: one.region.name(language) for one in units}
    seats = enrolment.seats_of(run.id)
    return PlaceRules(
        invited=[names[one.id] for one in units if one.id in rules.invited_ids] if rules.invited_only else None,
        quotas=[_quota_row(quota, names, regions, seats) for quota in rules.quotas],
        unused=seats.unused(),
    )


def _quota_row(quota: QuotaValues, names: Mapping[int, str], regions: Mapping[int, str], seats: Seats) -> QuotaRow:
    if quota.municipality_id is not None:
        used = seats.by_municipality[quota.municipality_id]
        return QuotaRow(names[quota.municipality_id], whole_region=False, places=quota.places, used=used)
    assert quota.region_id is not None  # noqa: S101  (a quota names one of the two)
    return QuotaRow(regions[quota.region_id], whole_region=True, places=quota.places, used=seats.by_region[quota.region_id])
