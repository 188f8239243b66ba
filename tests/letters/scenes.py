"""Places in runs to come and past, and letters about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import letters
from portal.foundation.transaction import writing
from portal.letters.models import LetterKind
from tests import factories
from tests.certificates import scenes

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.letters.models import IssuedLetter
    from portal.people.models import Person


def coming(who: Person, code: str = "RUN-X") -> Enrolment:
    """A place in a run that begins in two weeks."""
    return factories.enrolment(factories.run(code=code), who)


def over(who: Person, staff: Person, *, hours: int | None = 6, code: str = "RUN-X", state: str = "confirmed") -> Enrolment:
    """A place in a run of last week, present for ``hours`` of the eight of each day; None when nobody marked anything."""
    run = scenes.past_run(staff, 0, code=code)
    place = factories.enrolment(run, who, state)
    if hours is not None:
        scenes.attend(run, place, staff, hours=hours)
    return place


def issue(place: Enrolment, kind: str, language: str = "ka", *, by: int | None = None) -> IssuedLetter:
    with writing():
        return letters.issue(place, LetterKind(kind), language, by=by or place.person_id)
