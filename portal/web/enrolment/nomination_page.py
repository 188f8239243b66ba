"""The page on which a coordinator makes the list for a run: who is on it, and who can be put on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from portal import courses, enrolment
from portal.enrolment.models import EnrolmentState
from portal.foundation import clock
from portal.web.enrolment.coordinator import own_people, pager
from portal.web.enrolment.quotas import all_would_wait, names_of_places, number_to_wait, shares_of
from portal.web.enrolment.words import refusal_of_other
from portal.web.form_keys import new_form_key
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.enrolment import EnrolmentRefusedError, Nominee, Standing
    from portal.people.models import Post


@dataclass(frozen=True, slots=True)
class Nominating:
    """A run, and the coordinator who nominates for it."""

    run: CourseRun
    actor: Actor

    def nominees(self) -> list[Nominee]:
        """All on the list of the coordinator's municipalities."""
        return enrolment.nominees_of(self.run.id, self.actor.municipality_ids)

    def closed(self) -> EnrolmentRefusedError | None:
        """Why the coordinator can nominate nobody now."""
        return find_nomination_refusal(self.run, self.actor.municipality_ids)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the coordinator's people: the state if enrolled, why they cannot be nominated, whether they wait on the list."""

    post: Post
    state: str | None
    refusal: str | None
    listed: bool = False

    @property
    def can_be_nominated(self) -> bool:
        """True for somebody who is not enrolled, and whom nothing keeps from a place."""
        return not self.state and not self.refusal


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody who was sent: what became of them, where they stand in the waiting list, and whether they can be taken back."""

    nominee: Nominee
    state: str
    position: int | None
    can_take_back: bool


@dataclass(frozen=True, slots=True)
class Standings:
    """What keeps some of the coordinator's people from a place in the run."""

    states: dict[int, str]
    standings: dict[int, Standing]
    known: dict[int, set[str]]
    target_categories: Collection[str]

    def of(self, post: Post, *, listed: bool = False) -> Candidate:
        """How the holder of ``post`` stands."""
        state = self.states.get(post.person_id)
        refusal = enrolment.find_person_refusal(self.standings[post.person_id], self.target_categories)
        words = refusal_of_other(refusal, self.known[post.person_id], language()) if refusal and not state else None
        return Candidate(post, state, words, listed)


def find_nomination_refusal(run: CourseRun, municipality_ids: Collection[int]) -> EnrolmentRefusedError | None:
    """Why none of the municipalities can nominate anybody for the run now."""
    invited = courses.invited_to([run.id]).get(run.id) if run.invited_only else None
    not_invited = enrolment.find_invitation_refusal(municipality_ids, invited)
    return not_invited or enrolment.find_run_refusal(run.state, courses.enrolment_window(run, clock.now()))


def known_trainings(actor: Actor, ids: Collection[int]) -> dict[int, set[str]]:
    """The codes of the runs that people attend as people of the coordinator's municipality; what they do elsewhere is not told."""
    known = defaultdict(set)
    for one in enrolment.enrolments_of_own(actor.municipality_ids, ids) if ids else ():
        known[one.person_id].add(one.code)
    return known


def standings_in(nominating: Nominating, posts: Sequence[Post]) -> Standings:
    """How the holders of ``posts`` stand, in as many statements for one as for fifty."""
    run, actor, ids = nominating.run, nominating.actor, list({post.person_id for post in posts})
    standings = enrolment.standings_of(run.id, ids, actor.municipality_ids)
    known = known_trainings(actor, [person_id for person_id in ids if standings[person_id].clash])
    return Standings(enrolment.live_states_in(run.id, ids), standings, known, run.version.target_categories)


def sent_of(nominating: Nominating, nominees: Sequence[Nominee]) -> list[Sent]:
    """What became of those who were sent."""
    run, now = nominating.run, clock.now()
    sent = [(one, one.enrolment) for one in nominees if one.enrolment is not None]
    waits = any(given.state == EnrolmentState.WAITING for _one, given in sent)
    positions = enrolment.waiting_positions([run.id]) if waits else {}
    return [
        Sent(
            one,
            given.outcome,
            positions.get(given.id),
            can_take_back=enrolment.find_withdrawal_refusal(given.state, run.withdrawal_ends_at, now) is None,
        )
        for one, given in sent
    ]


def chosen_people() -> set[int]:
    """The ids of those who were ticked."""
    return {person_id for text in request.form.getlist("person") if (person_id := find_id(text)) is not None}


def nomination_page(nominating: Nominating, *, refusal: str = "", about: str = "people") -> str:
    """The whole page; ``refusal`` is what was wrong ``about`` those who were chosen, or about the list. Who was ticked stays ticked."""
    run, actor, nominees, closed = nominating.run, nominating.actor, nominating.nominees(), nominating.closed()
    people, search = own_people(actor)
    waiting = enrolment.waiting_of(nominees)
    standings = standings_in(nominating, [*people.posts, *(one.post for one in waiting)])
    on_list = {one.post.person_id for one in waiting}
    names, seats = names_of_places(actor), enrolment.seats_of(run.id)
    on_our_list = [(one, standings.of(one.post)) for one in waiting]
    return render_template(
        "enrolment/nominate.html",
        run=run,
        closed=closed,
        may_list=enrolment.find_listing_refusal(closed) is None,
        places=enrolment.places_of([run.id])[run.id],
        shares=shares_of(seats, actor.municipality_ids, names),
        waits=all_would_wait(run, seats, actor.municipality_ids),
        waiting=on_our_list,
        to_wait=number_to_wait(run, seats, (each.post.municipality_id for _one, each in on_our_list if each.can_be_nominated)),
        sent=sent_of(nominating, nominees),
        version=enrolment.version_of(one.nomination for one in nominees),
        names_of_places=names,
        candidates=[standings.of(post, listed=post.person_id in on_list) for post in people.posts],
        search=search,
        kept={name: text for name in ("q", "after", "before") if (text := request.values.get(name))},
        pages=pager(people, "enrolment.nominate", code=run.code, q=search or None),
        form_key=new_form_key(),
        chosen=chosen_people(),
        refusal=refusal,
        about=about,
        has_errors=bool(refusal),
    )
