"""What can be asked about keys: their public halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.foundation.database import db
from portal.signing.keys import keys
from portal.signing.models import PublicKey
from portal.signing.publics import publics_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYS = sa.select(PublicKey).order_by(PublicKey.id)


def public_keys() -> Sequence[PublicKey]:
    """All keys that the portal ever signed with, oldest first; retired ones are marked. One statement."""
    return db.session.scalars(_KEYS).all()


def has_keys_to_publish() -> bool:
    """True while the keys in hand are not those that are known and in use. Raises ``SigningUnavailableError``."""
    return {row.kid for row in public_keys() if row.retired_at is None} != set(publics_of(keys()))
