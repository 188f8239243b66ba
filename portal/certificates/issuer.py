"""Who issues certificates: the names and signatories that stand on every one of them. The one place to change them."""

from __future__ import annotations

from typing import Final

from portal.certificates.facts import Pair, Signatory
from portal.foundation.addresses import addresses

ISSUER: Final[Pair] = (
    "საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია",
    "National Association of Local Authorities of Georgia",
)
COUNTRY: Final[Pair] = ("საქართველო", "Georgia")
COUNTRY_CODE: Final = "GE"
SIGNATORIES: Final[tuple[Signatory, ...]] = (Signatory("", "", "აღმასრულებელი დირექტორი", "Executive Director"),)
"""Posts with a line to sign on. Names are left empty until the association says whose they are; three at most."""


def credential_url(secret: str) -> str:
    """Where the credential of the certificate with ``secret`` is served, which is its name too."""
    return f"{verify_url(secret)}.json"


def verify_url(secret: str) -> str:
    """What the QR of the certificate with ``secret`` says."""
    return addresses.bare(f"/verify/{secret}")
