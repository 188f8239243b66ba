"""Letters to be drawn. All people in them are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from portal.foundation.papers import Issue, Pair
from portal.letters import Day, LetterFacts

FIRST = datetime(2026, 12, 12, 6, 0, tzinfo=UTC)
VERIFY_URL = "https://training.portal.example/verify/AbCdEfGhIjKlMnOpQrStUvWx"
IN_GEORGIAN = Issue("E-2346AC-1", "ka", date(2026, 11, 23), VERIFY_URL, "portal@portal.example")


def days(number: int, attended: int | None = None) -> tuple[Day, ...]:
    return tuple(Day(FIRST + timedelta(days=day), FIRST + timedelta(days=day, hours=8), attended) for day in range(number))


PARTICIPATION = LetterFacts(
    kind="participation",
    name=Pair("თამარ ბერიძე", "Tamar Beridze"),
    municipality=Pair("თელავის მუნიციპალიტეტი", "Telavi Municipality"),
    post=Pair("მთავარი სპეციალისტი", "Chief specialist"),
    title=Pair("სამშენებლო ნებართვები და სამართლებრივი რეგულირება", "Construction permits and their legal regulation"),
    code="DEMO-OPEN",
    form="in_person",
    place=Pair("სასტუმრო „ალაზანი“, ერეკლე II-ის ქ. 1, თელავი", "Hotel Alazani, 1 Erekle II St, Telavi"),
    contact_hours=Decimal("16.5"),
    days=days(2),
    certificate="",
    issuer=Pair("საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია", "National Association of Local Authorities of Georgia"),
)
