"""What can be asked about requests: those of a person, one of them, and the file of a proof.

A scope is a person, whose own they are, or municipalities, whose coordinators confirm them; without one it is for staff.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal.attendance import Scan
from portal.foundation.crypto import keyring
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.recognition.models import RecognitionProof, RecognitionRequest, RecognitionState, RecognitionStep
from portal.recognition.rules import UNDECIDED, Claim, Standing, confirm_by

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

SEAL_BYTES = 12 + 16
"""What sealing adds to a file: nonce and tag."""


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A file without its bytes."""

    id: int
    media_type: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A request with its steps and proofs, oldest first; ``later_id`` is the request that followed it and was not withdrawn."""

    request: RecognitionRequest
    steps: tuple[RecognitionStep, ...]
    proofs: tuple[KeptProof, ...]
    later_id: int | None

    @property
    def newest(self) -> RecognitionStep:
        """What was done last."""
        return self.steps[-1]

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.request, self.newest, followed=self.later_id is not None)

    @property
    def confirm_by(self) -> datetime | None:
        """Until when the coordinator has it; None when it does not wait for one."""
        one = self.standing
        return confirm_by(one.since) if one.state == RecognitionState.SUBMITTED and one.employer_confirms else None

    @property
    def recognised(self) -> RecognitionStep | None:
        """The newest decision that recognised something, even if it was revoked since."""
        return next((step for step in reversed(self.steps) if step.step == RecognitionState.RECOGNISED), None)


def standing_of(request: RecognitionRequest, newest: RecognitionStep, *, followed: bool) -> Standing:
    """Where a request stands by its newest step."""
    return Standing(request.person_id, RecognitionState(newest.step), newest.at, request.employer_confirms, followed)


def claim_of(request: RecognitionRequest) -> Claim:
    """What the request claims."""
    return Claim(
        request.title,
        request.organiser,
        request.starts_on,
        request.ends_on,
        request.contact_hours,
        request.credits,
        request.certificate_number,
    )


def requests_of(person_id: int) -> list[Seen]:
    """The requests of the person, the newest first. Four statements."""
    return _seen(_requests().where(RecognitionRequest.person_id == person_id).order_by(RecognitionRequest.id.desc()))


def get_request(request_id: int, *, person_id: int | None = None, municipality_ids: Collection[int] | None = None) -> Seen:
    """The request. Raises ``NotFoundError`` when there is none in this scope. Four statements."""
    statement = _requests().where(RecognitionRequest.id == request_id)
    if person_id is not None:
        statement = statement.where(RecognitionRequest.person_id == person_id)
    if municipality_ids is not None:
        statement = statement.where(RecognitionRequest.municipality_id.in_(municipality_ids))
    found = _seen(statement)
    if not found:
        raise NotFoundError
    return found[0]


def get_proof(proof_id: int, *, request_id: int) -> Scan:
    """The file, opened. Raises ``NotFoundError`` when it is of another request, or of none."""
    found = db.session.execute(
        sa.select(RecognitionProof.media_type, RecognitionProof.sealed).where(
            RecognitionProof.id == proof_id, RecognitionProof.request_id == request_id
        )
    ).first()
    if found is None:
        raise NotFoundError
    return Scan(found.media_type, keyring.unseal_bytes(found.sealed, sealed_for(request_id)))


def sealed_for(request_id: int) -> str:
    """The purpose under which a file is sealed: it opens as that of this request only."""
    return f"recognition_proof {request_id}"


def lock_request(request_id: int) -> tuple[RecognitionRequest, RecognitionStep, bool]:
    """The request as it is now, locked, with its newest step and whether another follows it. Raises ``NotFoundError``."""
    statement = locked(sa.select(RecognitionRequest).where(RecognitionRequest.id == request_id))
    found = db.session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFoundError
    newest = sa.select(RecognitionStep).where(RecognitionStep.request_id == request_id).order_by(RecognitionStep.id.desc()).limit(1)
    return found, db.session.scalars(newest).one(), request_id in _later_of([request_id])


def fingerprints_of(request_id: int) -> list[str]:
    """The digests of the proofs of a request."""
    return list(
        db.session.scalars(
            sa.select(RecognitionProof.sha256).where(RecognitionProof.request_id == request_id).order_by(RecognitionProof.id)
        )
    )


def find_sent(person_id: int, claim: Claim, sha256: str) -> int | None:
    """The id of an undecided request of the person that says just this, with this proof."""
    same = [getattr(RecognitionRequest, name) == getattr(claim, name) for name in ("title", "organiser", "starts_on", "ends_on")]
    proved = sa.exists().where(RecognitionProof.request_id == RecognitionRequest.id, RecognitionProof.sha256 == sha256)
    return db.session.scalar(_undecided(person_id).where(*same, proved).order_by(RecognitionRequest.id).limit(1))


def number_undecided(person_id: int) -> int:
    """How many requests of the person are not decided."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_undecided(person_id).subquery())) or 0


def is_newest() -> sa.ColumnElement[bool]:
    """The condition on a step that no later one of its request is there."""
    later = aliased(RecognitionStep)
    return ~sa.exists().where(later.request_id == RecognitionStep.request_id, later.id > RecognitionStep.id)


def _undecided(person_id: int) -> sa.Select[int]:
    return (
        sa.select(RecognitionRequest.id)
        .join(RecognitionStep, RecognitionStep.request_id == RecognitionRequest.id)
        .where(RecognitionRequest.person_id == person_id, RecognitionStep.step.in_(UNDECIDED), is_newest())
    )


def _requests() -> sa.Select[RecognitionRequest]:
    return sa.select(RecognitionRequest).options(joinedload(RecognitionRequest.person), joinedload(RecognitionRequest.municipality))


def _seen(statement: sa.Select[RecognitionRequest]) -> list[Seen]:
    requests = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    ids = [one.id for one in requests]
    if not ids:
        return []
    steps, proofs, later = _steps_of(ids), _proofs_of(ids), _later_of(ids)
    return [Seen(one, tuple(steps[one.id]), tuple(proofs[one.id]), later.get(one.id)) for one in requests]


def _steps_of(ids: Sequence[int]) -> defaultdict[int, list[RecognitionStep]]:
    found: defaultdict[int, list[RecognitionStep]] = defaultdict(list)
    whole = (joinedload(RecognitionStep.author), joinedload(RecognitionStep.topic), joinedload(RecognitionStep.outside))
    for step in db.session.scalars(
        sa.select(RecognitionStep).options(*whole).where(RecognitionStep.request_id.in_(ids)).order_by(RecognitionStep.id)
    ):
        found[step.request_id].append(step)
    return found


def _proofs_of(ids: Sequence[int]) -> defaultdict[int, list[KeptProof]]:
    found: defaultdict[int, list[KeptProof]] = defaultdict(list)
    size = sa.func.length(RecognitionProof.sealed) - SEAL_BYTES
    columns = (RecognitionProof.request_id, RecognitionProof.id, RecognitionProof.media_type, size, RecognitionProof.added_at)
    for request_id, *values in db.session.execute(
        sa.select(*columns).where(RecognitionProof.request_id.in_(ids)).order_by(RecognitionProof.id)
    ):
        found[request_id].append(KeptProof(*values))
    return found


def _later_of(ids: Sequence[int]) -> dict[int, int]:
    withdrawn = sa.exists().where(RecognitionStep.request_id == RecognitionRequest.id, RecognitionStep.step == RecognitionState.WITHDRAWN)
    statement = sa.select(RecognitionRequest.earlier_id, RecognitionRequest.id).where(RecognitionRequest.earlier_id.in_(ids), ~withdrawn)
    return {earlier: later for earlier, later in db.session.execute(statement.order_by(RecognitionRequest.id)) if earlier is not None}
