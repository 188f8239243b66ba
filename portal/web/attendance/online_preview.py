"""What confirming the report of an online meeting would record, person by person, before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from flask_babel import gettext

from portal import attendance, people
from portal.attendance import Effect, MarkWish
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.georgian import name_key
from portal.foundation.headings import are_sound
from portal.web.attendance import roll_form
from portal.web.language import language

if TYPE_CHECKING:
    from portal.attendance import Assignment, Block, Guest, Presence, Report, RollRow, TaughtSession
    from portal.web.attendance.online_form import Answers, Upload

MOST_GUESTS: Final = 2_000
MOST_OPTIONS: Final = 12_000
"""In all lists of names together: a page with more of them takes seconds. Who is asked about always has one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the roll. ``there`` is None for who is not in the report; ``wish`` is what can be recorded, ``effect`` what that does."""

    key: int
    name: str
    detail: str
    now: str
    there: Presence | None
    times: str
    written: tuple[str, ...]
    wish: MarkWish | None
    effect: Effect | None
    taken: bool
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether there is something to record."""
        return self.effect in {Effect.FIRST, Effect.CHANGED}


@dataclass(frozen=True, slots=True)
class Question:
    """Whom somebody of the report means: the choices are keys and names; ``answer`` is the chosen one, None for none yet."""

    guest: Guest
    choices: list[tuple[int, str]]
    answer: int | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole page. ``present`` were in the session, ``missing`` not; ``others`` are strangers for whom there is no room for a list."""

    session: TaughtSession
    answers: Answers
    seen: int
    block: Block
    columns: list[str]
    report: Report
    present: list[Line]
    missing: list[Line]
    asked: list[Question]
    strangers: list[Question]
    others: list[Guest]
    asks_reason: bool
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the columns say enough to read the report."""
        return attendance.are_enough(self.columns)

    @property
    def signature(self) -> str:
        """What decides whom the page shows: columns and answers, as numbers and codes, no names."""
        answers = ",".join(f"{one.guest.number}:{one.answer}" for one in (*self.asked, *self.strangers))
        return "|".join([answers, *self.columns])

    @property
    def open(self) -> bool:
        """Whether there is anything to record. A report in which nobody was there is that of another meeting: it makes nobody absent."""
        return bool(self.present) and any(line.open for line in (*self.present, *self.missing))

    @property
    def unmarked(self) -> list[Line]:
        """Those not in the session who have no mark yet: they can be marked absent."""
        return [line for line in self.missing if line.open] if self.present else []

    @property
    def shown(self) -> str:
        """The enrolments that stand on the page with a box to tick."""
        return ",".join(str(line.key) for line in self.present)

    @property
    def lacks_reason(self) -> bool:
        """Whether saving was asked for, and would correct marks that are long over without saying why."""
        corrects = any(line.taken and line.effect == Effect.CHANGED for line in self.present)
        return self.answers.to_save and self.asks_reason and corrects and not self.answers.reason

    def wishes(self) -> list[MarkWish]:
        """What is to be recorded, as answered."""
        lines = [line for line in self.present if line.taken] + (self.unmarked if self.answers.absent else [])
        return [line.wish for line in lines if line.open and line.wish]


def build(session: TaughtSession, upload: Upload, answers: Answers) -> Preview:
    """The page as the ledger stands now. Four statements, however many people there are."""
    rows, refusal = attendance.roll(session.id), ""
    time = attendance.SessionTime(session.id, session.starts_at, session.ends_at)
    block = attendance.choose_block(upload.rows)
    columns = [answers.columns.get(position, column) for position, column in enumerate(block.columns)]
    if not are_sound(columns, len(columns), attendance.Column):
        columns, refusal = block.columns, gettext("Give each column another meaning, or none.")
    report = attendance.read_report(upload.rows, block, columns, time)
    roster = attendance.roster_of(session.id, rows)
    guests = attendance.guests_of(report.stays)
    if len(guests) > MOST_GUESTS:
        guests, refusal = (
            [],
            gettext("The report names more than %(most)s different people. Delete the rows of other meetings.", most=MOST_GUESTS),
        )
    assigned = attendance.assign(guests, roster, answers.guests)
    before = attendance.recorded_by_form(session.id, upload.client)
    same = people.namesakes(row.name(language()) for row in rows)
    lines = [_line(row, assigned.of_person.get(row.enrolment_id, []), time, answers, before, same) for row in rows]
    names = [(line.key, ", ".join(filter(None, (line.name, line.detail if line.name in same else "")))) for line in lines]
    room = MOST_OPTIONS // max(1, len(names))
    return Preview(
        session=session,
        answers=answers,
        seen=roll_form.newest_seen(rows),
        block=block,
        columns=columns,
        report=report,
        present=[line for line in lines if line.there is not None and line.there.minutes],
        missing=[line for line in lines if line.there is None or not line.there.minutes],
        asked=_asked(assigned, names, answers),
        strangers=[Question(guest, names, answers.guests.get(guest.number, attendance.NOBODY)) for guest in assigned.strangers[:room]],
        others=assigned.strangers[room:],
        problems=[("people", refusal)] if refusal else [],
        asks_reason=any(line.effect == Effect.CHANGED for line in lines) and attendance.reason_needed(session.days[1], clock.today()),
    )


def _asked(assigned: Assignment, names: list[tuple[int, str]], answers: Answers) -> list[Question]:
    missing = {guest.number for guest in assigned.unanswered}
    return [
        Question(
            guest,
            [(key, name) for key, name in names if key in meant],
            None if guest.number in missing else answers.guests[guest.number],
            gettext("Say who “%(name)s” is, or leave them out.", name=guest.name or guest.email)
            if guest.number in missing and answers.to_save
            else "",
        )
        for guest, meant in assigned.asked
    ]


def _line(
    row: RollRow,
    guests: list[Guest],
    time: attendance.SessionTime,
    answers: Answers,
    before: dict[int, tuple[str, int | None, int | None]],
    same: frozenset[str],
) -> Line:
    there, key, name = None, row.enrolment_id, row.name(language())
    wish = MarkWish(key, Mark.ABSENT)
    if guests:
        there = attendance.presence(attendance.within((stay for guest in guests for stay in guest.stays), time), time.minutes)
        wish = attendance.wish_of(key, there, time) if there.minutes else wish
    effect = attendance.effect_of(wish, row.standing, before.get(key), time.minutes)
    if wish.mark == Mark.ABSENT and effect == Effect.CHANGED:
        effect = Effect.SAME  # what somebody saw is not put out by a list that the person is not on
    excused = row.fact is not None and row.fact.mark == Mark.EXCUSED
    facts = [row.fact, *row.against] if row.fact else []
    return Line(
        key=key,
        name=name,
        detail=", ".join(filter(None, (row.municipality(language()), row.post(language()) if name in same else ""))),
        now=" / ".join(roll_form.words(fact, time.minutes) for fact in facts),
        there=there,
        times=attendance.times_of(there, time) if there else "",
        written=_written(guests, row),
        wish=wish,
        effect=effect,
        taken=key in answers.taken if key in answers.shown else not excused,
    )


def _written(guests: list[Guest], row: RollRow) -> tuple[str, ...]:
    """What the report calls the person, where that is not the name that stands on the page."""
    known = name_key(row.name(language()))
    return tuple(dict.fromkeys(guest.name or guest.email for guest in guests if name_key(guest.name) != known))


def with_problems(preview: Preview, *, refusal: str = "", meanwhile: frozenset[int] = frozenset()) -> Preview:
    """The page with what stands against saving it: ``refusal`` against all of it, ``meanwhile`` about whom others recorded something."""
    problems = [*preview.problems, *((f"guest-{one.guest.number}", one.error) for one in preview.asked if one.error)]
    if preview.lacks_reason:
        problems.append(("reason", gettext("Write why the marks are corrected.")))
    words = gettext("Somebody else recorded a mark meanwhile. Look at it, and save again.")
    present = [replace(line, error=words) if line.key in meanwhile else line for line in preview.present]
    problems += [(f"person-{line.key}", f"{line.name}: {line.error}") for line in present if line.error]
    if refusal or meanwhile - {line.key for line in present}:
        problems.append(("people", refusal or words))
    return replace(preview, problems=problems, present=present)
