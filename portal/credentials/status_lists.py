"""Lists that say which credentials were revoked: one bit each, in W3C's Bitstring Status List.

A list has room for 131,072 credentials, so that asking for it does not tell which one somebody checks. A credential's place in it is drawn
at random, so that neighbours in the list are none elsewhere.
"""

from __future__ import annotations

import base64
import gzip
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from portal.credentials import contexts
from portal.credentials.identity import did
from portal.credentials.moments import written
from portal.credentials.proofs import as_jwt, with_proof
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    Json = dict[str, Any]

PLACES: Final = 131_072
VALID_FOR: Final = timedelta(days=3)
"""A list that says nothing new is built once a day; whoever holds an older copy must ask again."""
_PURPOSE: Final = "revocation"
_chance: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the revocation of a credential is told: the number of the list, and the bit in it."""

    number: int
    index: int


def address_of(number: int, *, jwt: bool = False) -> str:
    """Where the list ``number`` is served, as JSON or as ``jwt``."""
    return addresses.bare(f"/status/{number}{'.jwt' if jwt else ''}")


def draw(places: int) -> list[int]:
    """So many places of a list, drawn at random."""
    return _chance.sample(range(PLACES), places)


def entry(place: Place) -> Json:
    """What a credential says about where its revocation would be told."""
    return {
        "id": f"{address_of(place.number)}#{place.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": _PURPOSE,
        "statusListIndex": str(place.index),
        "statusListCredential": address_of(place.number),
    }


def status_documents(number: int, revoked: Iterable[int], at: datetime) -> tuple[bytes, str]:
    """Sign the list ``number`` in which the places of ``revoked`` are marked: as JSON with a proof, and as JWT.

    Raises ``SigningUnavailableError``, and ValueError for a place that there is not.
    """
    until = at + VALID_FOR
    encoded = _encoded(revoked)
    return (
        with_proof(_document(address_of(number), encoded, at, until), at),
        as_jwt(_document(address_of(number, jwt=True), encoded, at, until), since=at, until=until),
    )


def _document(address: str, encoded: str, since: datetime, until: datetime) -> Json:
    return {
        "@context": [contexts.VC],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did(),
        "validFrom": written(since),
        "validUntil": written(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": _PURPOSE,
            "encodedList": encoded,
        },
    }


def _encoded(marked: Iterable[int]) -> str:
    """The list in which the places of ``marked`` are 1, the first place being the highest bit of the first byte."""
    bits = bytearray(PLACES // 8)
    for place in marked:
        if not 0 <= place < PLACES:
            raise ValueError("no such place in a status list")
        bits[place // 8] |= 0x80 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
