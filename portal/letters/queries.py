"""What can be asked about letters, and about what they confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal import attendance, certificates, courses
from portal.courses.models import CourseRun, Venue
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.papers import Pair
from portal.letters import rules
from portal.letters.facts import Day, LetterFacts
from portal.letters.models import IssuedLetter, LetterKind
from portal.letters.rules import Place, Standing

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a letter is made from: the enrolment with run, version, venue, person and municipality, and its training days."""

    enrolment: Enrolment
    days: tuple[Day, ...]

    @property
    def place(self) -> Place:
        """What decides about letters."""
        return place_of(self.enrolment)

    @property
    def marked(self) -> bool:
        """True when attendance of this person was recorded on any day."""
        return any(day.attended is not None for day in self.days)


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody can have of an enrolment: the kind of letter that is due, why there is none now, and the letters issued, newest first."""

    enrolment: Enrolment
    kind: LetterKind
    refusal: str | None
    letters: list[IssuedLetter]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a visitor who checks a letter is told: the letter, its facts, whether it still stands, what changed, and a newer one if there is one."""

    letter: IssuedLetter
    facts: LetterFacts
    standing: Standing
    changed: tuple[str, ...]
    newer: IssuedLetter | None


def place_of(enrolment: Enrolment) -> Place:
    """What decides about letters for ``enrolment``."""
    return Place(enrolment.state, enrolment.run.state, enrolment.run.ends_at)


def get_subject(enrolment_id: int) -> Subject:
    """What letters for an enrolment are made from, as of now. Two statements. Raises ``NotFoundError``."""
    found = db.session.scalar(
        sa.select(Enrolment)
        .join(Enrolment.run)
        .where(Enrolment.id == enrolment_id)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.municipality),
            contains_eager(Enrolment.run).options(
                joinedload(CourseRun.version), joinedload(CourseRun.venue).joinedload(Venue.municipality)
            ),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError
    days = attendance.days_of_enrolment(enrolment_id)
    return Subject(found, tuple(Day(day.starts_at, day.ends_at, day.minutes) for day in days))


def facts_of(subject: Subject, kind: LetterKind) -> LetterFacts:
    """What a letter of ``kind`` says of ``subject`` now. One statement more for one of attendance: the certificate."""
    one, run = subject.enrolment, subject.enrolment.run
    attended = kind == LetterKind.ATTENDANCE
    municipality = one.municipality
    return LetterFacts(
        kind=kind,
        name=Pair(one.person.name_ka, one.person.name_latin),
        municipality=Pair(municipality.full_name_ka, municipality.full_name_en) if municipality else Pair("", ""),
        post=Pair(one.post_line("ka"), one.post_title_en),  # units have no English name
        title=Pair(run.version.title_ka, run.version.title_en),
        code=run.code,
        form=run.form,
        place=Pair(courses.place_of(run, "ka"), courses.place_of(run, "en")),
        contact_hours=run.version.contact_hours,
        days=subject.days if attended else tuple(Day(day.starts_at, day.ends_at) for day in subject.days),
        certificate=_certificate(one) if attended else "",
        issuer=Pair(*certificates.ISSUER),
    )


def _certificate(enrolment: Enrolment) -> str:
    held = certificates.certificates_of_person(enrolment.person_id)
    return next((one.number for one in held if one.run_id == enrolment.run_id and not one.taken_back), "")


def offer_of(enrolment: Enrolment) -> Offer:
    """What the holder of ``enrolment`` (its run loaded) can have. One statement, one more when the training is over."""
    return offers_of([enrolment])[0]


def offers_of(enrolments: Collection[Enrolment]) -> list[Offer]:
    """As ``offer_of``, for each of the enrolments, in their order. Two statements at most."""
    now = clock.now()
    issued = letters_of([one.id for one in enrolments])
    kinds = {one.id: rules.due_kind(place_of(one), now) for one in enrolments}
    over = [enrolment_id for enrolment_id, kind in kinds.items() if kind == LetterKind.ATTENDANCE]
    marked = attendance.marked_enrolments(over) if over else frozenset()
    return [
        Offer(
            one,
            kinds[one.id],
            rules.find_refusal(kinds[one.id], place_of(one), now, marked=one.id in marked),
            [letter for letter in issued if letter.enrolment_id == one.id],
        )
        for one in enrolments
    ]


def letters_of(enrolment_ids: Collection[int]) -> list[IssuedLetter]:
    """The letters of these enrolments, newest first. One statement."""
    statement = sa.select(IssuedLetter).where(IssuedLetter.enrolment_id.in_(enrolment_ids)).order_by(IssuedLetter.id.desc())
    return list(db.session.scalars(statement))


def find_same(enrolment_id: int, kind: LetterKind, language: str, facts_sha256: str) -> IssuedLetter | None:
    """The letter that says just this already."""
    return db.session.scalar(
        sa.select(IssuedLetter).filter_by(enrolment_id=enrolment_id, kind=kind, language=language, facts_sha256=facts_sha256)
    )


def get_letter(
    number: str, *, person_id: int | None = None, run_id: int | None = None, municipality_ids: Collection[int] | None = None
) -> IssuedLetter:
    """The letter ``number``: of the person, of the run, or of an enrolment from the municipalities, when given. Raises ``NotFoundError``."""
    statement = sa.select(IssuedLetter).options(sa.orm.undefer(IssuedLetter.pdf)).where(IssuedLetter.number == number)
    statement = statement.join(IssuedLetter.enrolment)  # whose it is follows from the enrolment: two records of one person may be merged
    if person_id is not None:
        statement = statement.where(Enrolment.person_id == person_id)
    if run_id is not None:
        statement = statement.where(IssuedLetter.run_id == run_id)
    if municipality_ids is not None:
        statement = statement.where(Enrolment.municipality_id.in_(municipality_ids))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def find_by_digest(sha256: str) -> str | None:
    """The secret of the letter whose file has this digest (hexadecimal), else None."""
    return db.session.scalar(sa.select(IssuedLetter.secret).where(IssuedLetter.pdf_sha256 == sha256).order_by(IssuedLetter.id).limit(1))


def find_checked(secret: str) -> Checked | None:
    """What is to be said of the letter whose QR says ``secret``: one statement when there is none, five at most when there is."""
    letter = db.session.scalar(sa.select(IssuedLetter).where(IssuedLetter.secret == secret))
    if letter is None:
        return None
    subject, then = get_subject(letter.enrolment_id), LetterFacts.from_record(letter.facts)
    changed = rules.changed_fields(then, facts_of(subject, LetterKind(letter.kind)))
    standing = rules.standing(subject.place, changed)
    return Checked(letter, then, standing, changed, None if standing == Standing.CURRENT else _find_newer(letter))


def _find_newer(letter: IssuedLetter) -> IssuedLetter | None:
    """The newest letter of this kind about the same person and run that was issued after ``letter``."""
    return db.session.scalar(
        sa.select(IssuedLetter)
        .where(IssuedLetter.id > letter.id)
        .filter_by(person_id=letter.person_id, run_id=letter.run_id, kind=letter.kind)
        .order_by(IssuedLetter.id.desc())
        .limit(1)
    )
