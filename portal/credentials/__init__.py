"""Credentials: the machine-readable twin of an achievement (Open Badges 3.0), its proofs, and the lists that say which were revoked.

Knows no training: it takes plain values. ``issue`` signs a credential in both forms, ``build_status_list`` a list of those revoked; both need
the private keys. ``did_document`` says by which keys they are known, and needs none. Contexts are pinned; nothing is fetched.
"""

from portal.credentials.badges import Badge, IssuedCredential, Issuer, holder_of, issue
from portal.credentials.identity import did, did_document
from portal.credentials.queries import get_status_list, status_lists_built
from portal.credentials.services import build_status_list
from portal.credentials.status_lists import PLACES, Place, draw, status_documents

__all__ = [
    "PLACES",
    "Badge",
    "IssuedCredential",
    "Issuer",
    "Place",
    "build_status_list",
    "did",
    "did_document",
    "draw",
    "get_status_list",
    "holder_of",
    "issue",
    "status_documents",
    "status_lists_built",
]
