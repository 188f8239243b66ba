"""What happens to everybody in a run at once: it is moved, cancelled, over; its places become fewer. Each function locks the run first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses
from portal.enrolment import queries, queries_line, rules
from portal.enrolment.invitations import Letter, clash_words, post
from portal.enrolment.models import HOLDS_PLACE, EnrolmentState
from portal.enrolment.services_steps import change, letters_of, lock
from portal.foundation.calendar import CANCEL, REQUEST

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from portal.courses import Move, QuotaValues
    from portal.courses.models import CourseSession
    from portal.enrolment.rules_line import Seats


def cancel_places(run_id: int, *, by: int | None, reason: str = "") -> int:
    """End every enrolment of a run that does not take place, and tell the people why; returns how many."""
    run = lock(run_id)
    letters = letters_of(run)
    for letter in letters:
        had_place = letter.enrolment.state == EnrolmentState.CONFIRMED
        change(letter.enrolment, EnrolmentState.CANCELLED, "run_cancelled", by=by)
        post("run_cancelled", letter, event="run_cancelled", method=CANCEL if had_place else None, reason=reason, had_place=had_place)
    return len(letters)


def tell_moved(run_id: int, moves: Collection[Move]) -> int:
    """Tell everybody who has a place or waits what changed of the run's days or place; returns how many were told.

    Whoever reads in a language in which nothing changed is not written to. Whoever has a place elsewhere at the time of a moved day is told
    that too. A new online link is only for those with a place.
    """
    run = lock(run_id)
    only_links = all(move.kind == courses.MoveKind.LINK for move in moves)
    letters = [letter for letter in letters_of(run) if letter.enrolment.state == EnrolmentState.CONFIRMED or not only_links]
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
    run = lock(session.run_id)
    letters = letters_of(run, [session])
    for letter in letters:
        has_place = letter.enrolment.state == EnrolmentState.CONFIRMED
        post("day_cancelled", letter, event=f"day_cancelled:{session.id}", method=CANCEL if has_place else None, has_place=has_place)
    return len(letters)


def set_outcomes(run_id: int, completed_ids: Collection[int], *, by: int | None) -> None:
    """Note who completed the run (ids of enrolments); the others who took part did not. Nobody waits any more: who did is told."""
    for letter in letters_of(lock(run_id)):
        enrolment = letter.enrolment
        if enrolment.state in HOLDS_PLACE:
            completed = enrolment.id in completed_ids
            state = EnrolmentState.COMPLETED if completed else EnrolmentState.NOT_COMPLETED
            change(enrolment, state, "run_over", by=by)
        else:
            change(enrolment, EnrolmentState.CANCELLED, "run_over", by=by)
            post("no_place_freed", letter, event="no_place_freed")


def check_capacity(run_id: int, capacity: int) -> None:
    """Check that ``capacity`` holds the places that were given and those that quotas still keep. The caller holds the lock on the run.

    Raises ``CapacityTakenError`` or ``QuotaTakenError``: nobody is dropped for a smaller hall.
    """
    seats = queries_line.seats_of(run_id)
    if capacity < seats.taken:
        raise rules.CapacityTakenError(taken=seats.taken)
    if capacity < seats.taken + seats.unused():
        raise rules.QuotaTakenError(taken=seats.taken, kept=seats.unused())


def check_quotas(run_id: int, quotas: Iterable[QuotaValues]) -> None:
    """Check that these quotas could be in force in the run as it stands. The caller holds the lock on the run.

    Raises ``QuotaExceededError`` for one with more people in place than it allows, ``QuotaTakenError`` when what they keep is given already.
    """
    present = queries_line.seats_with(run_id, list(quotas))
    for unit, taken in _taken_above(present):
        raise rules.QuotaExceededError(field=unit, taken=taken)
    if present.taken + present.unused() > present.capacity:
        raise rules.QuotaTakenError(taken=present.taken, kept=present.unused())


def _taken_above(seats: Seats) -> Iterator[tuple[str, int]]:
    """Each unit that has more places than its quota, or leaves too few for what is kept within it, with how many these are together."""
    for one, places in seats.municipality_quotas.items():
        if seats.by_municipality[one] > places:
            yield f"municipality-{one}", seats.by_municipality[one]
    for one, places in seats.region_quotas.items():
        if (taken := seats.by_region[one] + seats.kept_within(one)) > places:
            yield f"region-{one}", taken
