"""Free places go to those who wait: to whoever is next by the published rule, and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.courses.models import FreedPlaces
from portal.enrolment import queries, queries_line, rules
from portal.enrolment.invitations import Letter, clash_words, post
from portal.enrolment.models import AnswerPurpose, Enrolment, EnrolmentState
from portal.enrolment.rules_line import find_next
from portal.enrolment.services_links import new_answer_url
from portal.enrolment.services_steps import change
from portal.foundation import clock
from portal.foundation.calendar import REQUEST

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.courses.models import CourseRun, CourseSession
    from portal.enrolment.rules_line import Next


def fill(run: CourseRun, sessions: Sequence[CourseSession], *, by: int | None, newcomers: Collection[Enrolment] = ()) -> list[Enrolment]:
    """Give the free places of the locked ``run`` to those who wait, or offer them, in their order; returns who got one or an offer.

    Whoever may have none any more leaves the list, with the reason. ``newcomers`` have just asked or were just approved: those whose turn it
    is have the place at once, and who called tells them.
    """
    if not rules.gives_freed_places(run.state, run.starts_at, run.enrolment_closes_at, clock.now()):
        return []
    seats = queries_line.seats_of(run.id)
    if not seats.free:
        return []
    places = {place.enrolment_id: place for place in queries_line.waiting_places([run.id])[run.id]}
    if not places:
        return []
    waiting = queries_line.waiting_enrolments(run.id)
    standings = queries.standings_of(run.id, [enrolment.person_id for enrolment in waiting.values()])
    earlier = queries.earlier_enrolments(run.id)
    given: list[Enrolment] = []
    while (following := find_next(places.values(), seats)) is not None:
        enrolment = waiting[following.place.enrolment_id]
        del places[enrolment.id]
        letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=earlier.get(enrolment.id, 0))
        if refusal := rules.find_person_refusal(standings[enrolment.person_id], run.version.target_categories):
            _pass_over(letter, refusal, by=by)
            continue
        seats.give(following.place.home)
        given.append(enrolment)
        if enrolment in newcomers:
            change(enrolment, EnrolmentState.CONFIRMED, "at_once", by=by, passed=following.passed, due=following.due)
        else:
            _hand_over(letter, following, by=by)
    return given


def _hand_over(letter: Letter, following: Next, *, by: int | None) -> None:
    """The place is theirs at once, or offered until a deadline, by the run's setting."""
    run, enrolment = letter.run, letter.enrolment
    if run.freed_places == FreedPlaces.GIVEN:
        change(enrolment, EnrolmentState.CONFIRMED, "place_freed", by=by, passed=following.passed, due=following.due)
        post("place_freed", letter, event="place_freed", method=REQUEST)
        return
    latest = max(run.starts_at, run.enrolment_closes_at) if run.starts_at else None
    ends_at = rules.offer_ends_at(clock.now(), run.offer_hours, latest)
    change(enrolment, EnrolmentState.OFFERED, "place_freed", by=by, passed=following.passed, due=following.due, offer_ends_at=ends_at)
    url = new_answer_url(enrolment, AnswerPurpose.OFFER, ends_at, letter.language)
    post("place_offered", letter, event="place_offered", secret=True, answer_url=url, offer_ends_at=ends_at)


def _pass_over(letter: Letter, refusal: rules.EnrolmentRefusedError, *, by: int | None) -> None:
    change(letter.enrolment, EnrolmentState.REJECTED, refusal.code, by=by)
    clash = refusal.clash if isinstance(refusal, rules.ClashError) else None
    post("passed_over", letter, event="passed_over", reason=refusal.code, clash=clash_words(letter, clash) if clash else None)
