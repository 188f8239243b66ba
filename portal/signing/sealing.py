"""Sealing by the keys of this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.signing.keys import keys

if TYPE_CHECKING:
    from datetime import datetime


def seal_pdf(pdf: bytes, *, at: datetime) -> bytes:
    """``pdf`` with the seal of the association: signed (PAdES B-B) and certified, so that no later change of it goes unseen.

    ``at`` is the time of signing that stands in it. Afterwards only what proves it for longer may be appended, and further signatures where
    this process permits them.
    Raises ``SigningUnavailableError``.
    """
    return keys().seal.put_on(pdf, at)
