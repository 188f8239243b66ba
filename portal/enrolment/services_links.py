"""Links by which somebody answers a mail without signing in: whether they take a place, whether they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.enrolment.models import AnswerLink, AnswerPurpose, Enrolment
from portal.foundation import clock
from portal.foundation.addresses import addresses
from portal.foundation.crypto import digest, new_token
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime


def new_answer_url(enrolment: Enrolment, purpose: AnswerPurpose, expires_at: datetime, language: str) -> str:
    """The address of a page on which the person answers, until ``expires_at``; made anew for each mail."""
    token, moment = new_token(), clock.now()
    db.session.add(
        AnswerLink(token_digest=digest(token), enrolment_id=enrolment.id, purpose=purpose, created_at=moment, expires_at=expires_at)
    )
    return addresses.page(f"/answers/{token}", language)
