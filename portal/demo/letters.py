"""Papers of the demo, asked for yesterday: the learner has a letter of attendance for the training with the certificate, and a transcript."""

from __future__ import annotations

import base64
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from portal import enrolment, letters, transcripts
from portal.demo.awards import SECRET_BYTES
from portal.letters.models import IssuedLetter, LetterKind
from portal.transcripts.models import Transcript

if TYPE_CHECKING:
    from portal.demo.world import World

RUN = "DEMO-CERT"
CHANCE = 12


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


def give_transcript(world: World) -> None:
    """Issue it; the learner asked for it herself."""
    learner, moment, chance = world.office.learner.id, world.lately, random.Random(CHANCE)
    number = "T-" + "".join(chance.choices(transcripts.LETTERS, k=transcripts.LENGTH))
    secret = base64.urlsafe_b64encode(chance.randbytes(SECRET_BYTES)).decode()
    columns = transcripts.columns_of(transcripts.facts_of(learner), (number, "ka", secret), at=moment)
    key = world.rows.add(Transcript, person_id=learner, issued_by=learner, **columns)
    world.past.note(moment, "transcript:issue", Transcript, key, by=learner, person=learner, change={"number": number, "language": "ka"})
    world.rows.write()
    world.past.write()
