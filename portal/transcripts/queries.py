"""What can be asked about the ledger of hours and about transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from portal import attendance, certificates, people, recognition
from portal.courses.models import CourseRun, CourseVersion
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import to_tbilisi
from portal.foundation.papers import Pair
from portal.transcripts import rules
from portal.transcripts.facts import TranscriptFacts
from portal.transcripts.models import Transcript
from portal.transcripts.rules import Entry

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from portal.recognition import Recognised
    from portal.transcripts.rules import Changes


class Within(NamedTuple):
    """What of a ledger an employer sees: what the person did as somebody of these municipalities, and what was recognised since a day."""

    municipality_ids: Collection[int]
    since: date


@dataclass(frozen=True, slots=True)
class Checked:
    """What a visitor who checks a transcript is told: the transcript, its facts, and what has changed since."""

    transcript: Transcript
    facts: TranscriptFacts
    changes: Changes


def entries_of(person_id: int, within: Within | None = None) -> tuple[Entry, ...]:
    """What stands in the ledger of a person, the latest first. Four statements."""
    completed = (
        sa.select(
            Enrolment.id,
            CourseRun.ends_at,
            CourseVersion.title_ka,
            CourseVersion.title_en,
            CourseVersion.independent_hours,
            CourseVersion.credits,
        )
        .join(Enrolment.run)
        .join(CourseRun.version)
        .where(Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.COMPLETED, CourseRun.ends_at.is_not(None))
        .order_by(Enrolment.id)
    )
    if within is not None:
        completed = completed.where(Enrolment.municipality_id.in_(within.municipality_ids))
    attended = attendance.summaries_of_person(person_id)
    here = [
        Entry(
            source=f"enrolment:{row.id}",
            title=Pair(row.title_ka, row.title_en),
            completed_on=to_tbilisi(row.ends_at).date(),
            contact=attended[row.id].hours,
            independent=row.independent_hours,
            credits=row.credits,
            outside=False,
        )
        for row in db.session.execute(completed)
    ]
    elsewhere = [_outside(one) for one in recognition.recognised_of([person_id]) if within is None or one.recognised_on >= within.since]
    return rules.in_order([*here, *elsewhere])


def _outside(one: Recognised) -> Entry:
    return Entry(
        source=f"recognition:{one.id}",
        title=Pair(one.title, ""),
        completed_on=one.completed_on,
        contact=one.contact_hours,
        independent=one.independent_hours,
        credits=one.credits,
        outside=True,
    )


def facts_of(person_id: int) -> TranscriptFacts:
    """What a transcript of the person says now."""
    person, post = people.get_person(person_id), people.find_current_post(person_id)
    return TranscriptFacts(
        name=Pair(person.name_ka, person.name_latin),
        municipality=Pair(post.municipality.full_name_ka, post.municipality.full_name_en) if post else Pair("", ""),
        post=Pair(post.line("ka"), post.title_en) if post else Pair("", ""),  # units have no English name
        entries=entries_of(person_id),
        issuer=Pair(*certificates.ISSUER),
    )


def transcripts_of(person_id: int) -> list[Transcript]:
    """The transcripts of a person, and of the records merged into it, newest first. Two statements."""
    statement = sa.select(Transcript).where(Transcript.person_id.in_(people.ids_of([person_id]))).order_by(Transcript.id.desc())
    return list(db.session.scalars(statement))


def find_same(person_id: int, language: str, facts_sha256: str) -> Transcript | None:
    """The transcript that says just this already."""
    return db.session.scalar(sa.select(Transcript).filter_by(person_id=person_id, language=language, facts_sha256=facts_sha256))


def get_transcript(number: str, person_id: int) -> Transcript:
    """The transcript ``number`` of the person, with its file. Raises ``NotFoundError``."""
    found = db.session.scalar(
        sa.select(Transcript)
        .options(sa.orm.undefer(Transcript.pdf))
        .where(Transcript.number == number, Transcript.person_id.in_(people.ids_of([person_id])))
    )
    if found is None:
        raise NotFoundError
    return found


def find_by_digest(sha256: str) -> str | None:
    """The secret of the transcript whose file has this digest (hexadecimal), else None."""
    return db.session.scalar(sa.select(Transcript.secret).where(Transcript.pdf_sha256 == sha256).order_by(Transcript.id).limit(1))


def find_checked(secret: str) -> Checked | None:
    """What is to be said of the transcript whose QR says ``secret``: one statement when there is none."""
    transcript = db.session.scalar(sa.select(Transcript).where(Transcript.secret == secret))
    if transcript is None:
        return None
    then = TranscriptFacts.from_record(transcript.facts)
    now = facts_of(people.find_kept_id(transcript.person_id) or transcript.person_id)
    return Checked(transcript, then, rules.changes(then.entries, now.entries, renamed=then.name != now.name))
