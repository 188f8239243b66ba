"""What can be asked about status lists: where there is room, what is marked, and what must be built anew.

A certificate that is suspended, revoked or superseded is marked; one that is reinstated no longer is.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import credentials
from portal.certificates.models import Certificate, CertificateState, CertificateStatus
from portal.foundation import clock
from portal.foundation.database import db

BUILT_ANEW_AFTER: Final = timedelta(days=1)
DRAWN: Final = 64
"""Places looked at for one that is free. When none is, nine in ten of the list are taken, and the next list begins."""
_MARKED: Final = (CertificateState.SUSPENDED, CertificateState.REVOKED, CertificateState.SUPERSEDED)

_LAST: Final = sa.select(sa.func.max(Certificate.status_list))
_CHANGES: Final = sa.select(sa.func.count()).where(CertificateStatus.state.in_((*_MARKED, CertificateState.REINSTATED)))
_later: Final = aliased(CertificateStatus)
# From the states, so that of a register of millions only those rows are read. Not in an order: sorting by place would have the whole index read.
_MARKED_PLACES: Final[sa.Select[Any, Any]] = (
    sa.select(Certificate.status_list, Certificate.status_index)
    .join(CertificateStatus, CertificateStatus.certificate_id == Certificate.id)
    .where(
        CertificateStatus.state.in_(_MARKED),
        Certificate.status_list.is_not(None),
        ~sa.exists().where(
            _later.certificate_id == CertificateStatus.certificate_id,
            _later.state == CertificateState.REINSTATED,
            _later.id > CertificateStatus.id,
        ),
    )
)


def free_place() -> credentials.Place:
    """A place in the newest list that no certificate has, at random. Two statements."""
    number, drawn = db.session.scalar(_LAST) or 1, credentials.draw(DRAWN)
    taken = sa.select(Certificate.status_index).where(Certificate.status_list == number, Certificate.status_index.in_(drawn))
    free = set(drawn) - {*db.session.scalars(taken)}
    return credentials.Place(number, free.pop()) if free else credentials.Place(number + 1, drawn[0])


def changes_of_states() -> int:
    """How often certificates were suspended, reinstated, revoked or superseded."""
    return db.session.scalar(_CHANGES) or 0


def marked_places() -> dict[int, set[int]]:
    """The places that are marked, by the number of the list. One statement, over the certificates that are worth nothing only."""
    places: defaultdict[int, set[int]] = defaultdict(set)
    for number, index in db.session.execute(_MARKED_PLACES):
        places[number].add(index)
    return places


def lists_to_build() -> list[int]:
    """The numbers of the lists that are missing, that do not know of the last change, or that are a day old. Three statements."""
    changes, built, now = changes_of_states(), credentials.status_lists_built(), clock.now()

    def is_due(number: int) -> bool:
        knows, built_at = built.get(number, (-1, now))
        return knows != changes or now - built_at >= BUILT_ANEW_AFTER

    return [number for number in range(1, (db.session.scalar(_LAST) or 0) + 1) if is_due(number)]
