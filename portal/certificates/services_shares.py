"""What the holder of a certificate can do with share links, and what opening one leaves behind: a count, and nothing of who it was."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal.certificates import queries_register, queries_shares, rules_shares
from portal.certificates.models import CertificateShare
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from portal.certificates.queries_shares import Shared

TOKEN_BYTES: Final = 24
"""Of what stands in a link: 192 bits, in 32 letters."""
ABOUT: Final = timedelta(hours=1)
"""A form that is sent a second time asks for an end that is later by the time in between."""


def share(
    certificate_id: int, shows: Collection[str], ends_at: datetime, *, by: int, note: str = "", since: datetime | None = None
) -> CertificateShare:
    """Make a link to a certificate that shows the groups ``shows`` until ``ends_at``; ``by`` is its holder, and the ``note`` theirs alone.

    The same asked for again ``since`` the form was drawn is that form sent twice: the link that there is already comes back. Raises
    ``RefusedError`` for a wish out of bounds, or when there are too many links.
    """
    now = clock.now()
    chosen = rules_shares.check_share(shows, ends_at, note, now)
    certificate = queries_register.lock_certificate(certificate_id)
    live = [one for one in queries_shares.shares_of(certificate_id) if queries_shares.is_live(one)]
    for one in live:
        alike = (one.shows, one.label) == (chosen, note) and abs(one.expires_at - ends_at) < ABOUT
        if since is not None and one.made_at >= since and alike:
            return one
    if len(live) >= rules_shares.MOST_LINKS:
        raise RefusedError(
            N_("There are %(most)s links to this certificate already. End one that is not needed any more."), most=rules_shares.MOST_LINKS
        )
    made = CertificateShare(
        certificate_id=certificate_id,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        label=note,
        shows=chosen,
        made_at=now,
        expires_at=ends_at,
    )
    db.session.add(made)
    db.session.flush()
    change = {"number": certificate.number, "shows": chosen, "expires_at": ends_at.isoformat()}
    history.record("certificate_share:make", made, by=by, person=by, change=change)
    return made


def end_share(share_id: int, certificate_id: int, *, by: int) -> None:
    """End a link of a certificate; done twice, it is done once. Raises ``NotFoundError``."""
    ended = queries_shares.lock_share(share_id, certificate_id)
    if ended.ended_at is not None:
        return
    ended.ended_at = clock.now()
    db.session.flush()
    history.record("certificate_share:end", ended, by=by, person=by, change={"uses": ended.uses})


def open_share(token: str) -> Shared:
    """What the link shows, counted as a use. Raises ``NotFoundError`` alike for one that ended, expired, or never was."""
    now = clock.now()
    used = sa.update(CertificateShare).where(
        CertificateShare.token == token, CertificateShare.ended_at.is_(None), CertificateShare.expires_at > now
    )
    counted = used.values(uses=CertificateShare.uses + 1, last_used_at=now).returning(CertificateShare.id)
    if db.session.execute(counted.execution_options(synchronize_session=False)).first() is None:
        raise NotFoundError
    return queries_shares.get_shared(token)
