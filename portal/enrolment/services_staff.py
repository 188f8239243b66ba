"""What staff do with places for others: give one before or on the day, and move somebody from one run to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.courses.models import RunState
from portal.enrolment import queries, rules
from portal.enrolment.models import EnrolmentState
from portal.enrolment.services import admit_on_the_day, enrol, withdraw
from portal.foundation import clock, formats

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment


def place_by_staff(run_id: int, person_id: int, *, by: int, form_key: str | None = None) -> Enrolment:
    """By the rules of enrolment; from the first training day on, as somebody who came without a registration. Raises as these do."""
    run = queries.get_locked_run(run_id)
    begun = run.starts_at is not None and formats.to_tbilisi(run.starts_at).date() <= clock.today()
    if begun and run.state != RunState.DRAFT:
        return admit_on_the_day(run_id, person_id, by=by, form_key=queries.key_of(run_id, person_id, form_key) if form_key else None)
    return enrol(run_id, person_id, by=by, form_key=form_key, decided=True)


def move_place(enrolment_id: int, to_run_id: int, *, by: int, reason: str) -> Enrolment:
    """Take the person out of one run and give them a place in the other; a place that becomes free goes to the next in line.

    Done twice, it changes nothing more. Raises ``NoPlaceToMoveToError`` when the other run has no place for them, what ``place_by_staff``
    raises, and ``NotEnrolledError`` for who has neither place nor waiting place; what was done until then goes with the transaction.
    """
    before = queries.get_enrolment(enrolment_id)
    runs = {run_id: queries.get_locked_run(run_id) for run_id in sorted({before.run_id, to_run_id})}
    before = queries.get_enrolment(enrolment_id)
    there, this_move = queries.find_live_enrolment(to_run_id, before.person_id), f"move-{before.id}"
    if there is not None and there.form_key == queries.key_of(to_run_id, before.person_id, this_move):
        return there
    if before.state != EnrolmentState.CONFIRMED and before.state not in rules.WAITS:
        raise rules.NotEnrolledError
    if there is not None:
        raise rules.AlreadyEnrolledError
    places = queries.places_of([to_run_id])[to_run_id]
    if not places.free:
        raise rules.NoPlaceToMoveToError
    withdraw(before.run_id, before.person_id, by=by, reason=reason, after_deadline=True, moved_to=runs[to_run_id])
    placed = place_by_staff(to_run_id, before.person_id, by=by, form_key=this_move)
    if placed.state != EnrolmentState.CONFIRMED:
        raise rules.NoPlaceToMoveToError
    return placed
