"""The form of the roll call: what it shows for each person, and what was sent."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flask_babel import gettext

from portal import people
from portal.attendance import MarkWish
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.formats import format_moment
from portal.foundation.georgian import clean_text
from portal.web.errors import told
from portal.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from portal.attendance import Fact, MarksRefusedError, RollRow

LONGEST_REASON = 300
OTHER = "other"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")  # each number in one spelling: two lines of one person would contradict each other
_MINUTES = re.compile(r"[0-9]{1,4}")
_CLIENT = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Line:
    """One person in the form. ``mark`` is "present", "absent", "other" or nothing; minutes are text, as typed.

    Where facts contradict each other, ``disputed`` says what each of them says, and there is no mark: somebody has to decide.
    """

    key: int
    mark: str = ""
    late: str = ""
    left: str = ""
    excused: bool = False
    reason: str = ""
    name: str = ""
    detail: str = ""
    error: str = ""
    disputed: tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Counts as present: there, if late or not to the end."""
        return self.mark == Mark.PRESENT or (self.mark == OTHER and not self.excused)


@dataclass(frozen=True, slots=True)
class Roll:
    """The whole form. ``seen`` is the newest fact that it shows, ``client`` names it; ``refusal`` is what stands against all of it."""

    lines: list[Line]
    seen: int
    client: str
    reason: str = ""
    reason_error: str = ""
    refused: bool = False
    refusal: str = ""

    @property
    def present(self) -> int:
        """How many count as present."""
        return sum(line.there for line in self.lines)

    @property
    def unmarked(self) -> int:
        """How many have no mark."""
        return sum(not line.mark for line in self.lines)

    @property
    def disputed(self) -> list[Line]:
        """The lines of those of whom facts contradict each other."""
        return [line for line in self.lines if line.disputed]

    @property
    def wrong(self) -> list[Line]:
        """The lines with an error."""
        return [line for line in self.lines if line.error]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: its lines by enrolment id, the wishes in them, and the words for what cannot be read."""

    lines: dict[int, Line]
    seen: int
    client: str
    reason: str
    wishes: list[MarkWish] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)


def shown(rows: Iterable[RollRow], minutes: int, language: str, *, everyone: bool = False) -> Roll:
    """The form for a session of ``minutes`` as the ledger stands, or with ``everyone`` who has no mark yet marked present, and nothing saved."""
    rows = list(rows)
    same = people.namesakes(row.name(language) for row in rows)
    lines = [_from_ledger(row, minutes, language, same, everyone=everyone) for row in rows]
    return Roll(lines, seen=newest_seen(rows), client=secrets.token_urlsafe(12))


def newest_seen(rows: Iterable[RollRow]) -> int:
    """The id of the newest fact among ``rows``; 0 when there is none."""
    return max((fact.id for row in rows if row.fact for fact in (row.fact, *row.against)), default=0)


def _from_ledger(row: RollRow, minutes: int, language: str, same: frozenset[str], *, everyone: bool) -> Line:
    name = row.name(language)
    detail = [row.municipality(language), row.post(language) if name in same else ""]
    line = Line(row.enrolment_id, name=name, detail=", ".join(filter(None, detail)))
    fact = row.fact
    if fact is None:  # "everyone present" means everyone not yet marked: a saved "late" or "excused" is never undone by it
        return replace(line, mark=Mark.PRESENT.value) if everyone else line
    if row.against:
        return replace(line, disputed=tuple(_said(row, one, minutes, language) for one in sorted((fact, *row.against))))
    late, left = fact.late(), fact.left(minutes)
    excused = fact.mark == Mark.EXCUSED
    mark = OTHER if excused or late or left else fact.mark
    return replace(
        line, mark=mark, late=str(late or ""), left=str(left or ""), excused=excused, reason=fact.reason if mark == OTHER else ""
    )


def read(form: Mapping[str, str]) -> Sent:
    """What was sent. Lines of people without a mark are left out; what cannot be read becomes an error beside the person."""
    text = clean_text
    seen = form.get("seen", "")
    client = form.get("client", "")
    sent = Sent(
        lines={},
        seen=int(seen) if _NUMBER.fullmatch(seen) else 0,
        client=client if _CLIENT.fullmatch(client) else "",
        reason=text(form.get("reason", ""))[:LONGEST_REASON],
    )
    for name, mark in form.items():
        prefix, _, key = name.partition("-")
        if prefix == "mark" and _NUMBER.fullmatch(key):
            _read_line(sent, int(key), mark, lambda part, key=key: text(form.get(f"{part}-{key}", "")))  # type: ignore[misc]
    return sent


def _read_line(sent: Sent, key: int, mark: str, part: Callable[[str], str]) -> None:
    if mark != OTHER:
        sent.lines[key] = Line(key, mark=mark)
        if mark in {Mark.PRESENT, Mark.ABSENT}:
            sent.wishes.append(MarkWish(key, Mark(mark)))
        else:
            sent.errors[key] = gettext("Choose one of the marks.")
        return
    line = Line(key, OTHER, part("late"), part("left"), bool(part("excused")), part("reason")[:LONGEST_REASON])
    sent.lines[key] = line
    if line.excused:
        sent.wishes.append(MarkWish(key, Mark.EXCUSED, reason=line.reason))
    elif not all(_MINUTES.fullmatch(minutes or "0") for minutes in (line.late, line.left)):
        sent.errors[key] = gettext("Write the minutes in digits.")
    elif not int(line.late or 0) + int(line.left or 0):
        sent.errors[key] = gettext("Write how many minutes, or choose excused absence.")
    else:
        sent.wishes.append(MarkWish(key, Mark.PRESENT, int(line.late or 0), int(line.left or 0), line.reason))


def as_sent(sent: Sent, rows: Iterable[RollRow], minutes: int, language: str, *, refusal: str = "") -> Roll:
    """The form as it was sent, with the words for what could not be read. It still shows the ledger as of when it was made."""
    lines = [_as_sent(line, sent, sent.errors) for line in shown(rows, minutes, language).lines]
    return Roll(lines, sent.seen, sent.client, sent.reason, refused=True, refusal=refusal)


def refused(sent: Sent, error: MarksRefusedError, rows: Iterable[RollRow], minutes: int, language: str) -> Roll:
    """The form with the wishes that were sent and what stands against them; all else as the ledger stands now."""
    rows = list(rows)
    errors = {key: told(problem) for key, problem in error.problems.items()}
    against = error.contradictions
    errors |= {
        row.enrolment_id: _meanwhile(row, against[row.enrolment_id], minutes, language) for row in rows if row.enrolment_id in against
    }
    now = shown(rows, minutes, language)
    lines = [_as_sent(line, sent, errors) if line.key in error.wished else line for line in now.lines]
    reason_error = gettext("Write why the marks are corrected.") if error.needs_reason else ""
    return replace(now, lines=lines, reason=sent.reason, reason_error=reason_error, refused=True)


def _as_sent(line: Line, sent: Sent, errors: Mapping[int, str]) -> Line:
    typed = sent.lines.get(line.key)
    if typed is None:
        return line
    return replace(typed, name=line.name, detail=line.detail, error=errors.get(line.key, ""), disputed=line.disputed)


def _meanwhile(row: RollRow, fact: Fact, minutes: int, language: str) -> str:
    words_of_it: str = gettext(
        "Meanwhile recorded by %(who)s, %(when)s: %(mark)s. Save again to put your mark in its place.",
        who=row.recorder(language, fact),
        when=format_moment(fact.recorded_at, language, today=clock.today()),
        mark=words(fact, minutes),
    )
    return words_of_it


def _said(row: RollRow, fact: Fact, minutes: int, language: str) -> str:
    """Who recorded what, and when."""
    when = format_moment(fact.recorded_at, language, today=clock.today())
    return f"{words(fact, minutes)} ({row.recorder(language, fact)}, {when})"


def words(fact: Fact, minutes: int) -> str:
    """What ``fact`` of a session of ``minutes`` says, in the language of the page."""
    return said(fact.mark, fact.late(), fact.left(minutes))


def said(mark: str, late: int, left: int) -> str:
    """The words for a mark with its minutes."""
    parts = [label("mark", mark)]
    if late:
        parts.append(gettext("late: %(n)s min", n=late))
    if left:
        parts.append(gettext("left early: %(n)s min", n=left))
    return ", ".join(parts)
