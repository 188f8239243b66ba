"""What a municipality's coordinator sees and does: own people with their training, and nominations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import gettext

from portal import attendance, courses, enrolment, journeys, municipalities
from portal.access import Permission
from portal.enrolment.models import DecisionStage
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.foundation.georgian import clean_text
from portal.web.courses.lines import lines_of
from portal.web.enrolment import pages
from portal.web.enrolment.places import sent_form_key
from portal.web.enrolment.run_page import new_form_key
from portal.web.enrolment.words import refusal_of_other
from portal.web.guard import requires
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.enrolment import OwnEnrolment, OwnPeople
    from portal.people.models import Post

OPEN_RUNS = 8
LONGEST_SEARCH = 100
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One of the coordinator's people: post, trainings to come and done, hours attended."""

    post: Post
    coming: list[OwnEnrolment]
    past: list[OwnEnrolment]
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the coordinator's people on the list of a nomination: the state if enrolled, or why they cannot be nominated."""

    post: Post
    state: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Nomination:
    """A run, and the coordinator who nominates for it."""

    run: CourseRun
    actor: Actor


def _own_people(actor: Actor) -> tuple[OwnPeople, str]:
    search = clean_text(request.args.get("q", ""))[:LONGEST_SEARCH]
    after, before = find_id(request.args.get("after")), find_id(request.args.get("before"))
    return enrolment.own_people(actor.municipality_ids, search=search, after=after, before=before), search


def _pager(people: OwnPeople, endpoint: str, **kept: Any) -> dict[str, str | None]:
    return {
        "newer": url_for(endpoint, before=people.previous, **kept) if people.previous else None,
        "older": url_for(endpoint, after=people.following, **kept) if people.following else None,
    }


def _itself(actor: Actor) -> Actor:
    return actor


@pages.get("/municipality")
@requires(Permission.MUNICIPALITY_VIEW, load=_itself)
def municipality(actor: Actor) -> str:
    """Show the people of the coordinator's municipality, their training, and the runs that people can be nominated for."""
    people, search = _own_people(actor)
    now = clock.now()
    upcoming = courses.list_public_runs(courses.RunFilter(), at=now, size=OPEN_RUNS, only=[courses.takes_enrolments()])
    return render_template(
        "enrolment/municipality.html",
        names=[one.full_name(language()) for one in municipalities.municipalities_by_ids(actor.municipality_ids)],
        members=_members(actor.municipality_ids, people.posts),
        applications=enrolment.queue_of(DecisionStage.EMPLOYER, now, municipality_ids=actor.municipality_ids),
        search=search,
        pages=_pager(people, "enrolment.municipality", q=search or None),
        lines=lines_of(upcoming.runs, language(), at=now),
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


def _nomination(actor: Actor, code: str) -> Nomination:
    run = courses.get_public_run(code)
    return Nomination(run, actor)


@pages.get("/municipality/nominate/<code>")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_nomination)
def nominate(nomination: Nomination) -> str:
    """Show whom the coordinator can nominate for a run."""
    return _form(nomination)


def _known_trainings(actor: Actor, ids: Collection[int]) -> dict[int, set[str]]:
    """The codes of the runs that people attend as people of the coordinator's municipality; what they do elsewhere is not told."""
    known = defaultdict(set)
    for one in enrolment.enrolments_of_own(actor.municipality_ids, ids) if ids else ():
        known[one.person_id].add(one.code)
    return known


def _form(nomination: Nomination, *, refusal: str = "", chosen: Collection[int] = ()) -> str:
    """The list to choose from; ``refusal`` is what was wrong with the ``chosen``, who stay ticked."""
    run = nomination.run
    people, search = _own_people(nomination.actor)
    ids = [post.person_id for post in people.posts]
    states, standings = enrolment.live_states_in(run.id, ids), enrolment.standings_of(run.id, ids, nomination.actor.municipality_ids)
    known = _known_trainings(nomination.actor, [person_id for person_id in ids if standings[person_id].clash])
    closed = enrolment.find_run_refusal(run.state, courses.enrolment_window(run, clock.now()))

    def refusal_of(person_id: int) -> str | None:
        refusal = enrolment.find_person_refusal(standings[person_id], run.version.target_categories)
        return refusal_of_other(refusal, known[person_id], language()) if refusal and person_id not in states else None

    return render_template(
        "enrolment/nominate.html",
        run=run,
        closed=closed,
        places=enrolment.places_of([run.id])[run.id],
        candidates=[Candidate(post, states.get(post.person_id), refusal_of(post.person_id)) for post in people.posts],
        search=search,
        pages=_pager(people, "enrolment.nominate", code=run.code, q=search or None),
        form_key=new_form_key(),
        chosen=chosen,
        refusal=refusal,
        has_errors=bool(refusal),
    )


def _wrong_number(chosen: int) -> str:
    if not chosen:
        return str(gettext("Choose at least one person."))
    return str(gettext("Nominate at most %(most)s people at once; %(number)s are chosen.", most=MOST_AT_ONCE, number=chosen))


@pages.post("/municipality/nominate/<code>")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_nomination)
def send_nomination(nomination: Nomination) -> str | tuple[str, int]:
    """Nominate those who were chosen, and say what became of each."""
    run, actor = nomination.run, nomination.actor
    chosen = {person_id for text in request.form.getlist("person") if (person_id := find_id(text)) is not None}
    if not 0 < len(chosen) <= MOST_AT_ONCE:
        return _form(nomination, refusal=_wrong_number(len(chosen)), chosen=chosen), 422
    posts = enrolment.own_posts_of(actor.municipality_ids, chosen)
    if {post.person_id for post in posts} != chosen:
        raise NotFoundError
    outcomes = journeys.nominate(run, posts, by=actor.person_id, form_key=sent_form_key())
    positions = enrolment.waiting_positions([run.id])
    known = _known_trainings(actor, [outcome.person_id for outcome in outcomes if outcome.refusal])
    return render_template(
        "enrolment/nominated.html",
        run=run,
        rows=[
            (
                post,
                outcome.enrolment,
                positions.get(outcome.enrolment.id) if outcome.enrolment else None,
                refusal_of_other(outcome.refusal, known[post.person_id], language()) if outcome.refusal else None,
            )
            for post, outcome in zip(posts, outcomes, strict=True)
        ],
    )
