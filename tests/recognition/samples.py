"""Claims, proofs and requests of tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal import attendance, recognition
from tests.attendance.samples import a_pdf

if TYPE_CHECKING:
    from portal.people.models import Person

TITLE = "საჯარო შესყიდვების საფუძვლები"


def a_claim(**values: Any) -> recognition.Claim:
    """Sixteen hours in two days of last spring."""
    usual = {
        "title": TITLE,
        "organiser": "საჯარო სამსახურის ბიურო",
        "starts_on": date(2025, 4, 7),
        "ends_on": date(2025, 4, 8),
        "contact_hours": Decimal(16),
    }
    return recognition.Claim(**usual | values)


def a_proof(title: str = "proof") -> attendance.Scan:
    """A small PDF; another title gives another file."""
    return attendance.Scan("application/pdf", a_pdf(title=title))


def sent(person: Person, **claim: Any) -> int:
    """A request that the person has sent."""
    return recognition.submit_request(a_claim(**claim), a_proof(), by=person.id)


def an_award(**values: Any) -> recognition.Award:
    """All that is claimed by ``a_claim``."""
    return recognition.Award(**{"contact_hours": Decimal(16)} | values)


def state_of(request_id: int) -> str:
    """Where the request stands."""
    return recognition.get_request(request_id).newest.step
