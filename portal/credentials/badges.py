"""A credential of Open Badges 3.0: plain values in, the signed document and its JWT out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from portal.credentials import contexts, status_lists
from portal.credentials.identity import did
from portal.credentials.moments import written
from portal.credentials.proofs import as_jwt, with_proof
from portal.foundation.addresses import addresses
from portal.foundation.crypto import keyring

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from portal.credentials.status_lists import Place

    Json = dict[str, Any]

Pair = tuple[str, str]
"""A text in Georgian and in English; either may be empty."""
_PURPOSE: Final = "credential holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who stands behind the credential: the name, and the country with its code (ISO 3166-1)."""

    name: Pair
    country: Pair
    country_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What a credential says. ``address`` and ``achievement`` are addresses that name the credential and what was achieved.

    ``holder`` comes from ``holder_of``, ``holder_name`` is the name as printed; ``criteria`` may hold several lines.
    ``began_at`` and ``ended_at`` are about the activity. ``place`` is where its revocation would be told.
    """

    address: str
    number: str
    issuer: Issuer
    holder: str
    holder_name: Pair
    achievement: str
    achievement_type: str
    title: Pair
    description: Pair
    criteria: Pair
    began_at: datetime
    ended_at: datetime
    credits: Decimal | None
    valid_from: datetime
    valid_until: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A credential in both forms: JSON with a Data Integrity proof, and a JWT."""

    document: bytes
    jwt: str


def holder_of(key: str) -> str:
    """The name of the holder with ``key``: the same in all credentials of a person, and without our secret nobody can tell whose it is."""
    return uuid.UUID(hex=keyring.blind_index(key, _PURPOSE)[:32], version=5).urn


def issue(badge: Badge, at: datetime) -> IssuedCredential:
    """Sign ``badge`` in both forms, ``at`` a moment. Each form leads to the status list in the same form.

    Raises ``SigningUnavailableError``, and ValueError for texts that cannot be signed (see ``canonical``).
    """
    document = _document(badge)
    status = document["credentialStatus"] | {"statusListCredential": status_lists.address_of(badge.place.number, jwt=True)}
    return IssuedCredential(
        with_proof(document, at),
        as_jwt(document | {"credentialStatus": status}, since=badge.valid_from, until=badge.valid_until),
    )


def _document(badge: Badge) -> Json:
    document: Json = {
        "@context": [contexts.VC, contexts.OPEN_BADGES],
        "id": badge.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": _issuer(badge.issuer),
        "name": _line(badge.title),
        "validFrom": written(badge.valid_from),
        "credentialSubject": _subject(badge),
        "credentialStatus": status_lists.entry(badge.place),
    }
    return document if badge.valid_until is None else document | {"validUntil": written(badge.valid_until)}


def _issuer(issuer: Issuer) -> Json:
    # An address of its own: of nodes without a name there may be one, and that is the name of the holder.
    address = {
        "id": f"{did()}#address",
        "type": ["Address"],
        "addressCountry": _line(issuer.country),
        "addressCountryCode": issuer.country_code,
    }
    return {"id": did(), "type": ["Profile"], "name": _line(issuer.name), "url": addresses.base_url, "address": address}


def _subject(badge: Badge) -> Json:
    subject: Json = {
        "id": badge.holder,
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": _line(badge.holder_name), "identityType": "name"}],
        "licenseNumber": badge.number,
        "activityStartDate": written(badge.began_at),
        "activityEndDate": written(badge.ended_at),
        "achievement": _achievement(badge),
    }
    return subject if badge.credits is None else subject | {"creditsEarned": float(badge.credits)}


def _achievement(badge: Badge) -> Json:
    achievement: Json = {
        "id": badge.achievement,
        "type": ["Achievement"],
        "achievementType": badge.achievement_type,
        "name": _line(badge.title),
        "description": _text(badge.description),
        "criteria": {"id": f"{badge.achievement}#criteria", "type": "Criteria", "narrative": _text(badge.criteria)},
    }
    return achievement if badge.credits is None else achievement | {"creditsAvailable": float(badge.credits)}


def _line(pair: Pair) -> str:
    """Both languages in a line, since a credential has room for one text."""
    return " / ".join(dict.fromkeys(filter(None, pair)))


def _text(pair: Pair) -> str:
    """Both languages below each other."""
    return "\n\n".join(dict.fromkeys(filter(None, pair)))
