"""The list of those whom a municipality nominates for a run: decisions on plain values."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from portal.enrolment.models import LIVE
from portal.enrolment.rules import NotInvitedError, NotOpenYetError
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from portal.enrolment.models import Nomination
    from portal.enrolment.rules import EnrolmentRefusedError

MOST_TO_SEND = 100
VERSION_LENGTH = 16


class ListChangedError(RefusedError):
    """The form was made from another list than the one there is now."""

    message = N_("The list was changed meanwhile, by a colleague or in another window. It stands here as it is now.")


class ListFullError(RefusedError):
    """So many wait to be sent that they could not be sent at once."""

    message = N_("At most %(most)s people can wait on the list. Send it, or take somebody off.")


class NobodyToSendError(RefusedError):
    """Nobody on the list waits to be sent."""

    message = N_("Nobody on the list waits to be sent.")


class AlreadySentError(RefusedError):
    """Whoever was sent is no longer taken off the list, only taken back."""

    message = N_("This person was sent already. Take the nomination back instead.")


def version_of(nominations: Iterable[Nomination]) -> str:
    """Say which list this is: other people, another order, or somebody sent, make another version."""
    told = ",".join(f"{one.id}{'+' if one.sent_at else '-'}" for one in nominations)
    return hashlib.sha256(told.encode()).hexdigest()[:VERSION_LENGTH]


def find_listing_refusal(refusal: EnrolmentRefusedError | None) -> EnrolmentRefusedError | None:
    """Say why nobody can be put on the list of a run in which ``refusal`` keeps all from enrolling; it may be made before registration opens."""
    return None if isinstance(refusal, NotOpenYetError) else refusal


def find_invitation_refusal(municipality_ids: Collection[int], invited: Collection[int] | None) -> EnrolmentRefusedError | None:
    """Say why none of the municipalities can nominate for a run that invites only those ``invited`` (None: all)."""
    return None if invited is None or any(one in invited for one in municipality_ids) else NotInvitedError()


def is_over(enrolment_state: str | None) -> bool:
    """Tell whether what came of a nomination has ended, so that the person may be nominated anew."""
    return enrolment_state is not None and enrolment_state not in LIVE


def find_neighbour(ids: Sequence[int], moved: int, *, up: bool) -> int | None:
    """Find with whom ``moved`` changes places; None at the end of the list."""
    place = ids.index(moved) + (-1 if up else 1)
    return ids[place] if 0 <= place < len(ids) else None
