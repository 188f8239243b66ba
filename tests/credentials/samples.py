"""Credentials to sign in tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from portal import credentials

AT: Final = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
BASE: Final = "https://portal.test"
HOLDER: Final = "urn:uuid:0f7c1a52-6d0e-5b0a-9c55-3d1c55b2f0aa"

BADGE: Final = credentials.Badge(
    address=f"{BASE}/verify/Zk3vQ9xT1bN7mW5cR8yL2a.json",
    number="NALAG-2026-000123",
    issuer=credentials.Issuer(
        name=("საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია", "National Association of Local Authorities of Georgia"),
        country=("საქართველო", "Georgia"),
        country_code="GE",
    ),
    holder=HOLDER,
    holder_name=("თამარ ბერიძე", "Tamar Beridze"),
    achievement=f"{BASE}/ka/courses/permits?version=2",
    achievement_type="CertificateOfCompletion",
    title=("სამშენებლო ნებართვები", "Construction permits"),
    description=("რა არის „ნებართვა“ და ვინ გასცემს", 'What a "permit" is, and who gives it'),
    criteria=("დაესწრო საათების სულ მცირე 80 %-ს\nსაკონტაქტო საათი: 16", "Attended at least 80 % of the hours\nContact hours: 16"),
    began_at=datetime(2026, 11, 12, 6, tzinfo=UTC),
    ended_at=datetime(2026, 11, 13, 14, tzinfo=UTC),
    credits=Decimal("1.5"),
    valid_from=AT,
    valid_until=datetime(2099, 11, 20, 20, tzinfo=UTC),
    place=credentials.Place(1, 94_567),
)
