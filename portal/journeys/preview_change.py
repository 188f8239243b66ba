"""What a correction would do before it is made: it is made, looked at and undone, so that nothing else can come of it than was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from portal import certificates, enrolment, standings
from portal.foundation import clock, history
from portal.journeys.change_person import change_person
from portal.journeys.correct_outcomes import record_marks, record_scores
from portal.standings import Consequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from portal.attendance import MarkWish
    from portal.people import PersonDetails
    from portal.people.models import Person


@dataclass
class _UndoneError(Exception):
    """Carries what was seen out of what is undone."""

    seen: Consequences


def preview_marks(run_id: int, session_id: int, wishes: Iterable[MarkWish], *, by: int, seen: int = 0, reason: str = "") -> Consequences:
    """What recording these marks would do: whose qualification is lost or gained, which certificates staff would look at. Raises as ``record_marks``."""
    wished = list(wishes)
    return _preview_run(run_id, lambda: record_marks(run_id, session_id, wished, by=by, seen=seen, reason=reason))


def preview_scores(run_id: int, scores: Mapping[int, int], *, by: int, shown: Mapping[int, int] | None = None) -> Consequences:
    """What recording these final scores would do. Raises as ``record_scores``."""
    return _preview_run(run_id, lambda: record_scores(run_id, scores, by=by, shown=shown))


def _preview_run(run_id: int, change: Callable[[], object]) -> Consequences:
    book, day = standings.read_rulebook(), clock.today()
    people = sorted({place.person_id for place in enrolment.roster(run_id)})
    before, cases = standings.evidence_of_people(people), certificates.numbers_with_case(run_id)

    def look() -> Consequences:
        found = Consequences(day, to_review=sorted(certificates.numbers_with_case(run_id) - cases))
        after = standings.evidence_of_people(people)
        for person_id in people:
            for one in standings.differences(person_id, (book, before[person_id]), (book, after[person_id]), day):
                found.add(one)
        return found

    return _undone(change, look)


def preview_name(person: Person, details: PersonDetails, *, by: int) -> Consequences:
    """Which valid certificates would bear another name than the person, that do not already."""
    before = {held.number for held in certificates.certificates_with_other_name(person)}

    def look() -> Consequences:
        after = {held.number for held in certificates.certificates_with_other_name(person)}
        return Consequences(clock.today(), to_review=sorted(after - before))

    return _undone(lambda: change_person(person, details, by=by), look)


def _undone(change: Callable[[], object], look: Callable[[], Consequences]) -> Consequences:
    try:
        with history.savepoint():
            _change_and_look(change, look)
    except _UndoneError as undone:
        return undone.seen


def _change_and_look(change: Callable[[], object], look: Callable[[], Consequences]) -> NoReturn:
    change()
    raise _UndoneError(look())
