"""What a municipality's coordinator sees: own people with their training, and the runs that people can be nominated for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for

from portal import attendance, enrolment, municipalities, recognition, reports
from portal.access import Permission
from portal.enrolment.models import DecisionStage
from portal.foundation import clock
from portal.foundation.georgian import clean_text
from portal.web.enrolment import pages
from portal.web.enrolment.open_runs import read_open_runs
from portal.web.enrolment.quotas import names_to_tell_apart
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from portal.access import Actor
    from portal.enrolment import OwnEnrolment, OwnPeople
    from portal.people.models import Post

OPEN_RUNS = 8
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One of the coordinator's people: post, trainings to come and done, hours attended."""

    post: Post
    coming: list[OwnEnrolment]
    past: list[OwnEnrolment]
    hours: Decimal


def own_people(actor: Actor) -> tuple[OwnPeople, str]:
    """The page of the coordinator's people that was asked for, in the address or by the form sent from it, and what was searched."""
    search = clean_text(request.values.get("q", ""))[:LONGEST_SEARCH]
    after, before = find_id(request.values.get("after")), find_id(request.values.get("before"))
    return enrolment.own_people(actor.municipality_ids, search=search, after=after, before=before), search


def pager(people: OwnPeople, endpoint: str, **kept: Any) -> dict[str, str | None]:
    """Addresses of the pages before and after; ``kept`` is what the address says besides."""
    return {
        "newer": url_for(endpoint, before=people.previous, **kept) if people.previous else None,
        "older": url_for(endpoint, after=people.following, **kept) if people.following else None,
    }


@pages.get("/municipality")
@requires(Permission.MUNICIPALITY_VIEW)
def municipality() -> str:
    """Show the people of the coordinator's municipality, their training, and the runs that people can be nominated for."""
    me = actor()
    people, search = own_people(me)
    places = municipalities.municipalities_by_ids(me.municipality_ids)
    open_runs = read_open_runs(me, names_to_tell_apart(places), size=OPEN_RUNS)
    lists = {one.code: one for one in enrolment.nomination_lists(me.municipality_ids)}
    shown = {one.line.code for one in open_runs.runs}
    return render_template(
        "enrolment/municipality.html",
        names=[one.full_name(language()) for one in places],
        members=_members(me.municipality_ids, people.posts),
        applications=enrolment.queue_of(DecisionStage.EMPLOYER, clock.now(), municipality_ids=me.municipality_ids),
        recognitions=recognition.number_waiting(clock.now(), reports.MOST_COUNTED, municipality_ids=me.municipality_ids),
        search=search,
        pages=pager(people, "enrolment.municipality", q=search or None),
        runs=open_runs.runs,
        has_more=open_runs.later is not None,
        lists=lists,
        other_lists=[one for code, one in lists.items() if code not in shown],
    )


def _members(municipality_ids: Collection[int], posts: list[Post]) -> list[Member]:
    ids, now = [post.person_id for post in posts], clock.now()
    by_person = defaultdict(list)
    for one in enrolment.enrolments_of_own(municipality_ids, ids):
        by_person[one.person_id].append(one)
    summaries = attendance.summaries_of_people(ids)
    members = []
    for post in posts:
        theirs = by_person[post.person_id]
        over = [one for one in theirs if one.ends_at is not None and one.ends_at <= now]
        minutes = sum(summaries[one.id].attended_minutes for one in theirs if one.id in summaries)
        members.append(Member(post, [one for one in theirs if one not in over], over[::-1], attendance.hours(minutes)))
    return members
