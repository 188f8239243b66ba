"""What can be asked about links by which people answer."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.enrolment.models import AnswerLink, Enrolment
from portal.foundation.crypto import digest
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError


def get_answer_link(token: str) -> AnswerLink:
    """The link with the secret ``token``, open or not, with enrolment, person and run. Raises ``NotFoundError``."""
    link = joinedload(AnswerLink.enrolment)
    statement = sa.select(AnswerLink).where(AnswerLink.token_digest == digest(token))
    found = db.session.scalar(statement.options(link.joinedload(Enrolment.person), link.joinedload(Enrolment.run)))
    if found is None:
        raise NotFoundError
    return found
