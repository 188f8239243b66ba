"""What a record that is merged into another of the same person leaves to it, and gets back: its requests, with all their steps and proofs."""

from __future__ import annotations

import sqlalchemy as sa

from portal.foundation.database import db
from portal.recognition.models import RecognitionRequest as Request


def hand_over(merged_id: int, kept_id: int) -> None:
    """Let the requests of the merged record be the kept one's; they remember whose they were."""
    theirs = sa.update(Request).where(Request.person_id == merged_id)
    db.session.execute(theirs.values(person_id=kept_id, merged_from_id=merged_id))


def hand_back(merged_id: int, kept_id: int) -> None:
    """Give the merged record back what was its own."""
    theirs = sa.update(Request).where(Request.person_id == kept_id, Request.merged_from_id == merged_id)
    db.session.execute(theirs.values(person_id=merged_id, merged_from_id=None))
