"""A letter of the demo: the learner has one of attendance for the training with the certificate, asked for yesterday."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

from portal import enrolment, letters
from portal.demo.awards import SECRET_BYTES
from portal.letters.models import IssuedLetter, LetterKind

if TYPE_CHECKING:
    from portal.demo.world import World

RUN = "DEMO-CERT"


def give_letter(world: World) -> None:
    """Issue it; the learner asked for it herself."""
    learner = world.office.learner.id
    place = enrolment.enrolments_in(enrolment.get_run_id(RUN), learner)[-1]
    subject, moment = letters.get_subject(place.id), world.lately - timedelta(hours=9)
    secret = base64.urlsafe_b64encode(world.chance.randbytes(SECRET_BYTES)).decode()
    facts = letters.facts_of(subject, LetterKind.ATTENDANCE)
    columns = letters.columns_of(subject.enrolment, facts, (1, "ka", secret), by=learner, at=moment)
    key = world.rows.add(IssuedLetter, **columns)
    change = {name: columns[column] for name, column in (("number", "number"), ("letter", "kind"), ("language", "language"))}
    world.past.note(moment, "letter:issue", IssuedLetter, key, by=learner, person=learner, change=change)
    world.rows.write()
