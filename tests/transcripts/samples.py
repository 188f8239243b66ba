"""Transcripts to be drawn, and trainings behind them. All people in them are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal import transcripts
from portal.foundation.papers import Pair
from portal.foundation.transaction import writing
from portal.transcripts import Entry, TranscriptFacts
from tests import factories
from tests.certificates import scenes

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person
    from portal.transcripts.models import Transcript

ENTRY = Entry(
    source="enrolment:1",
    title=Pair("სამშენებლო ნებართვები და სამართლებრივი რეგულირება", "Construction permits and their legal regulation"),
    completed_on=date(2026, 3, 2),
    contact=Decimal("15.5"),
    independent=Decimal(10),
    credits=Decimal(1),
    outside=False,
)
FACTS = TranscriptFacts(
    name=Pair("თამარ ბერიძე", "Tamar Beridze"),
    municipality=Pair("თელავის მუნიციპალიტეტი", "Telavi Municipality"),
    post=Pair("მთავარი სპეციალისტი", "Chief specialist"),
    entries=(ENTRY, replace(ENTRY, source="recognition:2", completed_on=date(2025, 12, 31), credits=None, outside=True)),
    issuer=Pair("საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია", "National Association of Local Authorities of Georgia"),
)
FORTY = replace(
    FACTS,
    entries=tuple(
        replace(ENTRY, source=f"enrolment:{number}", completed_on=date(2026, 11, 2) - number * timedelta(days=45)) for number in range(40)
    ),
)


def completed(who: Person, staff: Person, *, hours: int = 6, state: str = "completed", **values: Any) -> Enrolment:
    """A training of last week that was completed, present for ``hours`` of the eight of each of its two days."""
    version = factories.course(**{"independent_hours": Decimal(10), "credits": Decimal("1.5")} | values)
    run = scenes.past_run(staff, 0, state="completed", version=version)
    place = factories.enrolment(run, who, state)
    scenes.attend(run, place, staff, hours=hours)
    return place


def issue(who: Person, language: str = "ka", *, by: int | None = None) -> Transcript:
    with writing():
        return transcripts.issue(who.id, language, by=by or who.id)
