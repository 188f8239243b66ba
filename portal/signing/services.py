"""Making the public halves of the keys known, and marking those that are used no more."""

from __future__ import annotations

from portal.foundation import clock, history
from portal.foundation.database import db, take_turn
from portal.signing import queries
from portal.signing.keys import keys
from portal.signing.models import PublicKey
from portal.signing.publics import publics_of


def publish_keys() -> int:
    """Write a row for each key in hand that has none, and mark the others as retired; returns how many rows changed.

    Run again, or by several workers at once, it changes nothing more. A key that is taken up again is no longer marked.
    Raises ``SigningUnavailableError``.
    """
    in_hand = publics_of(keys())
    take_turn("publish_keys")
    known = {row.kid: row for row in queries.public_keys()}
    new = [PublicKey(kid=kid, kind=kind, public=public, since=clock.now()) for kid, (kind, public) in in_hand.items() if kid not in known]
    db.session.add_all(new)
    back = [row for row in known.values() if row.kid in in_hand and row.retired_at is not None]
    gone = [row for row in known.values() if row.kid not in in_hand and row.retired_at is None]
    for row in back:
        row.retired_at = None
    for row in gone:
        row.retired_at = clock.now()
    db.session.flush()
    for action, rows in (("key:publish", new + back), ("key:retire", gone)):
        for row in rows:
            history.record(action, row, by=None, change={"code": row.kid})
    return len(new + back + gone)
