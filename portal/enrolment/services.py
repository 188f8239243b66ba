"""Everything that gives, moves or takes a place. Each function locks the run first, so that places are counted by one at a time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from portal import courses
from portal.courses.models import RunState
from portal.enrolment import queries, rules
from portal.enrolment.invitations import Letter, clash_words, post, tell_moved_to, tell_withdrawn
from portal.enrolment.models import HOLDS_PLACE, LEFT_WAITING_LIST, LIVE, MOVED, Enrolment, EnrolmentState
from portal.foundation import clock, history
from portal.foundation.calendar import CANCEL, REQUEST
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portal.courses import Move
    from portal.courses.models import CourseRun, CourseSession
    from portal.enrolment.queries import Applicant

# without 0 O, 1 I L, 5 S, 8 B: people read references aloud
REFERENCE_LETTERS = "234679ACDEFGHJKMNPQRTUVWXYZ"
REFERENCE_LENGTH = 6
INSERTS = {
    "sqlite": sqlite.insert(Enrolment).on_conflict_do_nothing().returning(Enrolment),
    "postgresql": postgresql.insert(Enrolment).on_conflict_do_nothing().returning(Enrolment),
}


def enrol(
    run_id: int, person_id: int, *, by: int | None, municipality_ids: Collection[int] | None = None, form_key: str | None = None
) -> Enrolment:
    """Give the person a place in the run, or put them on its waiting list; a mail says which. The one function that gives places.

    Whoever is enrolled by ``municipality_ids`` is enrolled with a post there. A ``form_key`` sent before by the same person for the same run
    returns the enrolment of then and changes nothing. Raises the ``EnrolmentRefusedError`` of the rule that speaks against it, and
    ``NotFoundError`` for a run that is only a draft.
    """
    return _enrol(_locked(run_id), person_id, by=by, municipality_ids=municipality_ids, form_key=form_key)


def enrol_by_code(code: str, person_id: int, *, by: int | None, form_key: str | None = None) -> Enrolment:
    """As ``enrol``, for a page that knows the run by its code."""
    return _enrol(_published(queries.get_locked_run_by_code(code)), person_id, by=by, municipality_ids=None, form_key=form_key)


def _enrol(run: CourseRun, person_id: int, *, by: int | None, municipality_ids: Collection[int] | None, form_key: str | None) -> Enrolment:
    key = f"{run.id}:{person_id}:{form_key}" if form_key else None
    applicant, reference = _read_applicant(run.id, person_id, municipality_ids=municipality_ids, form_key=key)
    if applicant.same_id is not None:
        return queries.get_enrolment(applicant.same_id)
    if applicant.live_id is not None:
        raise rules.AlreadyEnrolledError
    _check_may_enrol(run, applicant)
    state = rules.state_of_new(run.capacity, applicant.taken, applicant.waiting)
    reason = "at_once" if state == EnrolmentState.CONFIRMED else "all_taken"
    enrolment = _add(run, applicant, state, reason, by=by, reference=reference, form_key=key)
    letter = Letter(enrolment=enrolment, person=applicant.person, run=run, sessions=courses.sessions_of(run.id), earlier=applicant.earlier)
    _tell_new(letter, nominated=by != person_id, by_municipality=municipality_ids is not None)
    if state == EnrolmentState.WAITING and applicant.taken < run.capacity:
        _fill(run, letter.sessions, by=by)
    return enrolment


def admit_on_the_day(run_id: int, person_id: int, *, by: int, form_key: str | None = None) -> Enrolment:
    """Give a place to somebody who came without one. Only from the first training day on, and never more places than there are.

    Whoever has a place keeps it. Somebody from the waiting list gets a place before those in front of them: they are here. That is noted.
    A new place keeps ``form_key``, which no other has.
    Raises ``FullError``, ``NotTheDayError`` or ``RunCancelledError``.
    """
    run = _locked(run_id)
    applicant, reference = _read_applicant(run_id, person_id)
    live = queries.get_enrolment(applicant.live_id) if applicant.live_id is not None else None
    if live is not None and live.state in HOLDS_PLACE:
        return live
    first_day = to_tbilisi(run.starts_at).date() if run.starts_at else None
    if refusal := rules.find_admission_refusal(run.state, first_day, clock.today()):
        raise refusal
    if applicant.taken >= run.capacity:
        raise rules.FullError
    earlier = applicant.earlier
    if live is None:
        live = _add(run, applicant, EnrolmentState.CONFIRMED, "on_the_day", by=by, reference=reference, form_key=form_key)
    else:
        line = [enrolment.id for enrolment in queries.waiting_list(run_id)]
        _change(live, EnrolmentState.CONFIRMED, "on_the_day", by=by, passed=line[: line.index(live.id)])
        earlier -= 1
    letter = Letter(enrolment=live, person=applicant.person, run=run, sessions=courses.sessions_of(run_id), earlier=earlier)
    post("place_given", letter, event="admitted_on_the_day", method=REQUEST)
    return live


def withdraw(
    run_id: int, person_id: int, *, by: int | None, reason: str = "", after_deadline: bool = False, moved_to: CourseRun | None = None
) -> Enrolment:
    """Give back the person's place or waiting place; the next in line gets a place that becomes free.

    ``reason`` is in the person's own words. Staff may do it ``after_deadline``, or because they move the person. Doing it twice does nothing more. Raises
    ``TooLateToWithdrawError`` or ``NotEnrolledError``.
    """
    run = _locked(run_id)
    before = queries.enrolments_in(run_id, person_id)
    enrolment = next((enrolment for enrolment in before if enrolment.state in LIVE), before[-1] if before else None)
    if enrolment is None:
        raise rules.NotEnrolledError
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    refusal = rules.find_withdrawal_refusal(enrolment.state, run.withdrawal_ends_at, clock.now())
    if refusal and not (after_deadline and isinstance(refusal, rules.TooLateToWithdrawError)):
        raise refusal
    had_place = enrolment.state == EnrolmentState.CONFIRMED
    why = MOVED if moved_to else "withdrawn" if had_place else LEFT_WAITING_LIST
    _change(enrolment, EnrolmentState.WITHDRAWN, why, by=by, words=reason)
    sessions = courses.sessions_of(run_id)
    letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=len(before) - 1)
    if moved_to is not None:
        tell_moved_to(letter, moved_to, had_place=had_place)
    else:
        tell_withdrawn(letter, had_place=had_place, by_themselves=by == person_id)
    if had_place:
        _fill(run, sessions, by=None)  # the rule gives the place, not the one who left it
    return enrolment


def fill_free_places(run_id: int, *, by: int | None) -> list[Enrolment]:
    """Give the free places of the run to those who wait, in their order; returns who got one."""
    return _fill(_locked(run_id), courses.sessions_of(run_id), by=by)


def cancel_places(run_id: int, *, by: int | None, reason: str = "") -> int:
    """End every enrolment of a run that does not take place, and tell the people why; returns how many."""
    run = _locked(run_id)
    letters = _letters(run)
    for letter in letters:
        had_place = letter.enrolment.state == EnrolmentState.CONFIRMED
        _change(letter.enrolment, EnrolmentState.CANCELLED, "run_cancelled", by=by)
        post("run_cancelled", letter, event="run_cancelled", method=CANCEL if had_place else None, reason=reason, had_place=had_place)
    return len(letters)


def tell_moved(run_id: int, moves: Collection[Move]) -> int:
    """Tell everybody who has a place or waits what changed of the run's days or place; returns how many were told.

    Whoever reads in a language in which nothing changed is not written to. Whoever has a place elsewhere at the time of a moved day is told
    that too. A new online link is only for those with a place.
    """
    run = _locked(run_id)
    only_links = all(move.kind == courses.MoveKind.LINK for move in moves)
    letters = [letter for letter in _letters(run) if letter.enrolment.state == EnrolmentState.CONFIRMED or not only_links]
    moved_days = [move.session_id for move in moves if move.session_id is not None]
    clashes = queries.clashes_of(run_id, [letter.person.id for letter in letters], days=moved_days) if moved_days else {}
    return sum(_tell_moved(letter, moves, clashes.get(letter.person.id)) for letter in letters)


def _tell_moved(letter: Letter, moves: Collection[Move], clash: rules.Clash | None) -> bool:
    """Tell one of them; False when nothing of it is new in their language."""
    changes = courses.moves_in_words(moves, letter.language)
    if not changes:
        return False
    has_place = letter.enrolment.state == EnrolmentState.CONFIRMED
    post(
        "run_moved",
        letter,
        event=f"run_moved:{letter.run.calendar_sequence}",
        method=REQUEST if has_place else None,
        has_place=has_place,
        changes=changes,
        clash=clash_words(letter, clash) if clash else None,
    )
    return True


def tell_day_cancelled(session: CourseSession) -> int:
    """Tell everybody who has a place or waits that one training day does not take place; returns how many were told."""
    run = _locked(session.run_id)
    letters = _letters(run, [session])
    for letter in letters:
        has_place = letter.enrolment.state == EnrolmentState.CONFIRMED
        post("day_cancelled", letter, event=f"day_cancelled:{session.id}", method=CANCEL if has_place else None, has_place=has_place)
    return len(letters)


def set_outcomes(run_id: int, completed_ids: Collection[int], *, by: int | None) -> None:
    """Note who completed the run (ids of enrolments); the others who had a place did not. Nobody waits any more: who did is told."""
    for letter in _letters(_locked(run_id)):
        enrolment = letter.enrolment
        if enrolment.state == EnrolmentState.WAITING:
            _change(enrolment, EnrolmentState.CANCELLED, "run_over", by=by)
            post("no_place_freed", letter, event="no_place_freed")
        else:
            completed = enrolment.id in completed_ids
            state = EnrolmentState.COMPLETED if completed else EnrolmentState.NOT_COMPLETED
            _change(enrolment, state, "run_over", by=by)


def check_capacity(run_id: int, capacity: int) -> None:
    """Raise ``CapacityTakenError`` when more people have a place in the run than ``capacity``. The caller holds the lock on the run."""
    taken = queries.places_of([run_id])[run_id].taken
    if capacity < taken:
        raise rules.CapacityTakenError(taken=taken)


def _locked(run_id: int) -> CourseRun:
    return _published(queries.get_locked_run(run_id))


def _published(run: CourseRun) -> CourseRun:
    if run.state == RunState.DRAFT:
        raise NotFoundError
    return run


def _check_may_enrol(run: CourseRun, applicant: Applicant) -> None:
    """Raise the refusal of the first rule that keeps the applicant from enrolling now."""
    if refusal := rules.find_run_refusal(run.state, courses.enrolment_window(run, clock.now())):
        raise refusal
    if refusal := rules.find_person_refusal(queries.standing_of(applicant, run.id), run.version.target_categories):
        raise refusal


def _read_applicant(
    run_id: int, person_id: int, *, municipality_ids: Collection[int] | None = None, form_key: str | None = None
) -> tuple[Applicant, str]:
    """Read what is known of the applicant, and draw a reference that nobody has yet."""
    while True:
        reference = "E-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))
        applicant = queries.get_applicant(run_id, person_id, municipality_ids=municipality_ids, form_key=form_key, reference=reference)
        if not applicant.reference_taken:
            return applicant, reference


def _add(
    run: CourseRun,
    applicant: Applicant,
    state: EnrolmentState,
    reason: str,
    *,
    by: int | None,
    reference: str,
    form_key: str | None = None,
) -> Enrolment:
    """Write the new enrolment with today's post. Its unique indexes are the last guard, should a lock ever be missing."""
    held, moment = rules.choose_post(applicant.posts, run.version.target_categories), clock.now()
    insert = INSERTS[db.session.get_bind().dialect.name]
    enrolment = db.session.scalar(
        insert,
        {
            "reference": reference,
            "form_key": form_key,
            "run_id": run.id,
            "person_id": applicant.person.id,
            "enrolled_by": by,
            "state": state,
            "state_reason": reason,
            "queued_at": moment,
            "changed_at": moment,
            "municipality_id": held.municipality_id if held else None,
            "post_unit": held.unit if held else "",
            "post_title_ka": held.title_ka if held else "",
            "post_title_en": held.title_en if held else "",
            "post_category": held.category if held else "",
            "post_rank": held.rank if held else None,
        },
    )
    if enrolment is None:
        raise rules.AlreadyEnrolledError
    set_committed_value(enrolment, "run", run)
    set_committed_value(enrolment, "person", applicant.person)
    _record(enrolment, None, by=by)
    return enrolment


def _change(
    enrolment: Enrolment, state: EnrolmentState, reason: str, *, by: int | None, words: str = "", passed: Sequence[int] = ()
) -> None:
    if enrolment.state == state:
        return
    before = enrolment.state
    enrolment.state, enrolment.state_reason, enrolment.changed_at = state, reason, clock.now()
    db.session.flush()
    _record(enrolment, before, by=by, words=words, passed=passed)


def _record(enrolment: Enrolment, before: str | None, *, by: int | None, words: str = "", passed: Sequence[int] = ()) -> None:
    change = {"state": [before, str(enrolment.state)], "reason": enrolment.state_reason, "run": enrolment.run_id}
    history.record(
        f"enrolment:{enrolment.state}",
        enrolment,
        by=by,
        person=enrolment.person_id,
        change=change | ({"passed": list(passed)} if passed else {}),
        personal={"words": words} if words else None,
        public=True,
    )


def _tell_new(letter: Letter, *, nominated: bool, by_municipality: bool = False) -> None:
    has_place = letter.enrolment.state == EnrolmentState.CONFIRMED
    method = REQUEST if has_place else None
    if nominated:
        event = "place_given" if has_place else "waiting_list_joined"
        post("nominated", letter, event=event, method=method, has_place=has_place, by_municipality=by_municipality)
    elif has_place:
        post("place_given", letter, event="place_given", method=method)
    else:
        post("waiting_list_joined", letter, event="waiting_list_joined")


def _letters(run: CourseRun, sessions: Sequence[CourseSession] | None = None) -> list[Letter]:
    """One letter for each live enrolment, about ``sessions`` or all days of the run."""
    sessions, earlier = sessions or courses.sessions_of(run.id), queries.earlier_enrolments(run.id)
    return [
        Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=earlier.get(enrolment.id, 0))
        for enrolment in queries.live_enrolments_of_run(run.id)
    ]


def _fill(run: CourseRun, sessions: Sequence[CourseSession], *, by: int | None) -> list[Enrolment]:
    """Give free places to the waiting, in their order. Whoever may have none any more leaves the list, with the reason."""
    places = queries.places_of([run.id])[run.id]
    if (
        not places.free
        or not places.waiting
        or not rules.gives_freed_places(run.state, run.starts_at, run.enrolment_closes_at, clock.now())
    ):
        return []
    line = queries.waiting_list(run.id)
    standings = queries.standings_of(run.id, [enrolment.person_id for enrolment in line])
    earlier = queries.earlier_enrolments(run.id)
    given: list[Enrolment] = []
    for enrolment in line:
        if len(given) == places.free:
            break
        letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=earlier.get(enrolment.id, 0))
        if refusal := rules.find_person_refusal(standings[enrolment.person_id], run.version.target_categories):
            _pass_over(letter, refusal, by=by)
        else:
            _change(enrolment, EnrolmentState.CONFIRMED, "place_freed", by=by)
            post("place_freed", letter, event="place_freed", method=REQUEST)
            given.append(enrolment)
    return given


def _pass_over(letter: Letter, refusal: rules.EnrolmentRefusedError, *, by: int | None) -> None:
    _change(letter.enrolment, EnrolmentState.REJECTED, refusal.code, by=by)
    clash = refusal.clash if isinstance(refusal, rules.ClashError) else None
    post("passed_over", letter, event="passed_over", reason=refusal.code, clash=clash_words(letter, clash) if clash else None)
