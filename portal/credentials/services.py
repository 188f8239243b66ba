"""Keeping status lists for the web to serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.credentials.models import StatusListDocument
from portal.credentials.status_lists import status_documents
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterable


def build_status_list(number: int, revoked: Iterable[int], *, changes: int) -> None:
    """Sign the list ``number`` anew, with the places of ``revoked`` marked; it knows ``changes`` changes of states.

    Raises ``SigningUnavailableError``.
    """
    now = clock.now()
    document, jwt = status_documents(number, revoked, now)
    db.session.merge(StatusListDocument(number=number, built_at=now, changes=changes, document=document, jwt=jwt))
    db.session.flush()
