"""The report of an online meeting, as Zoom, Teams, Google Meet or a person writes it: who was in it from when to when.

Headings may be Georgian, English or Russian, and may stand below other lines; of several tables the last counts, which in Teams' report is the
one with every joining. A day written 11/23/2026 may also be 23/11/2026: the whole file is read in the one order that fits it, and the session. A
time without a zone is that of Tbilisi. Where a row says less minutes than lie between joining and leaving, as Teams' first and last do of
somebody who came back, as many are counted, from the joining on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from portal.foundation.clock import TBILISI
from portal.foundation.georgian import clean_text
from portal.foundation.headings import Headings
from portal.people import fold_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from portal.attendance.rules import SessionTime
    from portal.foundation.spreadsheets import Row


class Column(StrEnum):
    """What a column of a report can hold."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    JOINED = "joined"
    LEFT = "left"
    DURATION = "duration"
    WAITING = "waiting"


_HEADINGS: Final = Headings({
    Column.NAME: (
        "სახელი და გვარი", "სახელი გვარი", "გვარი და სახელი", "გვარი სახელი", "მონაწილე", "მონაწილის სახელი",
        "name", "name (original name)", "full name", "display name", "user name", "participant", "participant name", "attendee", "attendee name",
        "имя и фамилия", "фамилия и имя", "фамилия имя", "имя фамилия", "полное имя", "фио", "участник", "имя участника", "имя (исходное имя)",
        "имя (настоящее имя)", "имя пользователя", "отображаемое имя",
    ),
    Column.GIVEN_NAME: ("სახელი", "first name", "given name", "имя"),
    Column.FAMILY_NAME: ("გვარი", "last name", "family name", "surname", "фамилия"),
    Column.EMAIL: (
        "ელფოსტა", "ელ. ფოსტა", "ელექტრონული ფოსტა", "ელფოსტის მისამართი", "მომხმარებლის ელფოსტა", "მეილი", "იმეილი",
        "email", "e-mail", "mail", "user email", "email address", "e-mail address", "participant email", "user principal name", "upn",
        "participant id (upn)", "электронная почта", "эл. почта", "почта", "адрес электронной почты", "электронная почта пользователя",
        "электронный адрес", "идентификатор участника (upn)", "მონაწილის id (upn)",
    ),
    Column.JOINED: (
        "შემოვიდა", "შემოსვლის დრო", "შესვლის დრო", "შეერთების დრო", "შემოერთების დრო", "მიერთების დრო", "დაკავშირების დრო", "შემოუერთდა", "შეუერთდა",
        "პირველი შემოსვლა", "პირველი შესვლა", "პირველი შეერთება", "პირველი მიერთება",
        "joined", "joined at", "join time", "time joined", "first join", "first joined", "first join time", "first seen", "entry time", "entered",
        "вошел", "вход", "время входа", "присоединился", "время присоединения", "подключился", "время подключения", "первый вход",
        "первое присоединение", "первое подключение",
    ),
    Column.LEFT: (
        "გავიდა", "გასვლის დრო", "დატოვა", "დატოვების დრო", "გამოსვლის დრო", "ბოლო გასვლა", "ბოლოს დატოვა", "გათიშვის დრო",
        "left", "left at", "leave time", "time left", "last leave", "last left", "last leave time", "last seen", "exit time", "time exited", "exited",
        "вышел", "выход", "время выхода", "время ухода", "время отключения", "покинул", "последний выход", "последнее отключение",
    ),
    Column.DURATION: (
        "ხანგრძლივობა", "საერთო ხანგრძლივობა", "ხანგრძლივობა შეხვედრაზე", "დრო შეხვედრაში",
        "duration", "total duration", "in-meeting duration", "attendance duration", "time in call", "time in meeting",
        "продолжительность", "длительность", "общая продолжительность", "продолжительность участия в собрании", "время на встрече",
    ),
    Column.WAITING: (
        "მოსაცდელ ოთახში", "მოლოდინის ოთახში", "მოსაცდელში", "in waiting room", "waiting room", "в зале ожидания", "зал ожидания",
    ),
})  # fmt: skip
_YES: Final = frozenset({"yes", "true", "1", "კი", "დიახ", "да"})
_SECTION: Final = re.compile(r"[0-9]{1,2}\. .+")
_DIGIT: Final = re.compile("[0-9]")
_ROWS_WITH_HEADINGS: Final = 100

_TIME: Final = (
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?(?: ?\(?(?P<zone>z|(?:utc|gmt) ?(?:[+-][0-9:]{1,5})?|[+-][0-9:]{2,5})\)?)?"
)
_YEAR, _MONTH_NAME = "(?P<year>[0-9]{4}|[0-9]{2})", r"(?P<name>[^\W\d_]{3,12})\.?"
_AFTER_DAY: Final = r"(?: ?(?:г|წ)\.?)?(?:, ?| ?t(?=[0-9])| )"
_MOMENTS: Final = tuple(
    re.compile(f"{day}{_AFTER_DAY}{_TIME}" if day else _TIME)
    for day in (
        "(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})",
        rf"(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.{_YEAR}",
        f"(?P<one>[0-9]{{1,2}})[/-](?P<other>[0-9]{{1,2}})[/-]{_YEAR}",
        f"(?P<day>[0-9]{{1,2}}) {_MONTH_NAME},? {_YEAR}",
        f"{_MONTH_NAME} (?P<day>[0-9]{{1,2}}),? {_YEAR}",
        "",
    )
)
_IN_HEADING: Final = re.compile(r"\b(?:utc|gmt)(?: ?[+-] ?[0-9:]{1,5})?(?![0-9a-z])")
_OFFSET: Final = re.compile("([+-]) ?([0-9]{1,2}):?([0-9]{2})?")
_MONTHS: Final = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ",
        "янв фев мар апр мая июн июл авг сен окт ноя дек",
    )
    for number, name in enumerate(names.split(), 1)
} | {"май": 5}
_HALF_DAY, _CENTURY = 12, 2000
_YEARS: Final = range(2000, 2101)
_ALMOST: Final = timedelta(minutes=1)
LONGEST_STAY: Final = timedelta(days=7)
"""Whatever says longer is no duration of a meeting."""

_CLOCK: Final = re.compile("([0-9]{1,3}):([0-9]{2}):([0-9]{2})")
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_PART: Final = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,6})?) ?([^\W\d_]+)\.?,? ?")
_UNITS: Final = {
    word: seconds for seconds, words in ((3600, "h სთ საათ ч"), (60, "m წთ წუთ м"), (1, "s წმ წამ с")) for word in words.split()
}
_UNITS_OF_HEADINGS: Final = (("second", 1), ("წამ", 1), ("секунд", 1), ("hour", 3600), ("საათ", 3600), ("час", 3600))


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was in the meeting, as row ``row`` says; the moments are aware. ``name`` or ``email`` may be empty, not both."""

    row: int
    name: str
    email: str
    joined: datetime
    left: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A table in the file: the position of its headings among the rows, these, and what each column seems to hold."""

    position: int
    headings: list[str]
    columns: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """What was read: who was there when, the rows that could not be read, and how many were about the waiting room only."""

    stays: list[Stay]
    unread: list[int]
    waiting: int


def are_enough(columns: Iterable[str]) -> bool:
    """True when the columns say who it was, when they joined, and when they left or how long they stayed."""
    held = set(columns)
    who, until = {Column.NAME, Column.GIVEN_NAME, Column.EMAIL}, {Column.LEFT, Column.DURATION}
    return bool(Column.JOINED in held and held & who and held & until)


def choose_block(rows: Sequence[Row]) -> Block:
    """The last table whose headings say enough; when there is none, the first of the widest rows is taken for headings."""
    sound = None
    for position, row in enumerate(rows):
        if sum(map(bool, row.cells)) >= len(("who", "joined", "left")) and not any(map(_DIGIT.search, row.cells)):
            columns = _HEADINGS.guess(row.cells)
            if are_enough(columns):
                sound = Block(position, row.cells, columns)
    if sound is not None:
        return sound
    widest = max(range(min(len(rows), _ROWS_WITH_HEADINGS)), key=lambda position: sum(map(bool, rows[position].cells)))
    return Block(widest, rows[widest].cells, _HEADINGS.guess(rows[widest].cells))


def read_report(rows: Sequence[Row], block: Block, columns: Sequence[str], session: SessionTime) -> Report:
    """What the rows of ``block`` say when its columns hold what ``columns`` say. Times without a day are on that of ``session``."""
    at = {column: position for position, column in enumerate(columns) if column}
    if not are_enough(at):
        return Report([], [], 0)
    said = [(row.number, {column: row.cells[position] for column, position in at.items()}) for row in _rows_of(rows, block)]
    times = [cells.get(column, "") for _number, cells in said for column in (Column.JOINED, Column.LEFT)]
    reading = _Reading(session, month_first=_is_month_first(times, session), headings={column: block.headings[at[column]] for column in at})
    stays, unread, waiting = [], [], 0
    for number, cells in said:
        if cells.get(Column.WAITING, "").casefold() in _YES:
            waiting += 1
        elif stay := reading.stay(number, cells):
            stays.append(stay)
        elif number != rows[block.position].number:  # a file without headings begins with a person
            unread.append(number)
    return Report(stays, unread, waiting)


def _rows_of(rows: Sequence[Row], block: Block) -> Iterable[Row]:
    """The rows of the table: those below its headings, up to the title of another one; and the headings, if there are none."""
    for row in rows[block.position :]:
        filled = [cell for cell in row.cells if cell]
        if len(filled) == 1 and _SECTION.fullmatch(filled[0]):
            return
        yield row


class _Reading:
    """How the times of one file are read."""

    def __init__(self, session: SessionTime, *, month_first: bool, headings: dict[str, str]) -> None:
        self._session, self._month_first = session, month_first
        self._zones = {column: _zone_of_heading(heading) for column, heading in headings.items()}
        duration = headings.get(Column.DURATION, "").casefold()
        self._unit = next((seconds for word, seconds in _UNITS_OF_HEADINGS if word in duration), 60)

    def stay(self, number: int, cells: dict[str, str]) -> Stay | None:
        """What a row says; None when it cannot be read."""
        name = _name_of(cells)
        email = fold_email(cells.get(Column.EMAIL, "") or (name if "@" in name else ""))
        joined, left = self._moment(Column.JOINED, cells), self._moment(Column.LEFT, cells)
        lasted = find_duration(cells.get(Column.DURATION, ""), self._unit)
        if joined is not None and lasted and (left is None or left - joined > lasted + _ALMOST):
            left = joined + lasted
        if joined is None or left is None or left < joined or not (name or email):
            return None
        return Stay(number, name, email if "@" in email else "", joined, left)

    def _moment(self, column: Column, cells: dict[str, str]) -> datetime | None:
        return find_moment(cells.get(column, ""), self._session, month_first=self._month_first, zone=self._zones.get(column, TBILISI))


def _name_of(cells: dict[str, str]) -> str:
    """The name as one line."""
    name, family = cells.get(Column.NAME, "") or cells.get(Column.GIVEN_NAME, ""), cells.get(Column.FAMILY_NAME, "")
    return f"{name} {family}".strip()


def _is_month_first(times: Iterable[str], session: SessionTime) -> bool:
    """Whether days written with strokes begin with the month: as all of them can be read, and then as they are nearer to the session."""
    found = [match for text in times if "/" in text or "-" in text if (match := _MOMENTS[2].fullmatch(_folded(text)))]
    firsts, seconds = max((int(match["one"]) for match in found), default=0), max((int(match["other"]) for match in found), default=0)
    if (firsts > _HALF_DAY) != (seconds > _HALF_DAY):
        return seconds > _HALF_DAY
    day = session.starts_at.astimezone(TBILISI).date()
    near = {(day + timedelta(days=days)).timetuple()[1:3] for days in (-1, 0, 1)}
    written = [(int(match["one"]), int(match["other"])) for match in found]
    return sum(pair in near for pair in written) >= sum(pair[::-1] in near for pair in written)


def find_moment(text: str, session: SessionTime, *, month_first: bool, zone: tzinfo = TBILISI) -> datetime | None:
    """The moment that ``text`` writes, on the day of ``session`` when it writes the time only; None when it is none."""
    folded = _folded(text)
    match = next(filter(None, (shape.fullmatch(folded) for shape in _MOMENTS)), None)
    if match is None:
        return None
    said = match.groupdict()
    try:
        at = time(_hour(int(said["hour"]), said["half"]), int(said["minute"]), int(said["second"] or 0))
        if "year" in said:
            return datetime.combine(_day(said, month_first=month_first), at, _zone(said["zone"]) or zone)
        return _nearest(at, session, _zone(said["zone"]) or zone)
    except (ValueError, KeyError, OverflowError):
        return None


def _folded(text: str) -> str:
    return clean_text(text).casefold().replace("\N{MINUS SIGN}", "-")


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= _HALF_DAY:
        raise ValueError(hour)
    return hour % _HALF_DAY + (_HALF_DAY if half == "p" else 0)


def _day(said: dict[str, str], *, month_first: bool) -> date:
    year = int(said["year"]) + (0 if len(said["year"]) > len("26") else _CENTURY)
    if year not in _YEARS:
        raise ValueError(year)
    if "one" in said:
        month, day = (said["one"], said["other"]) if month_first else (said["other"], said["one"])
        return date(year, int(month), int(day))
    return date(year, _MONTHS[said["name"][:3]] if "name" in said else int(said["month"]), int(said["day"]))


def _nearest(at: time, session: SessionTime, zone: tzinfo) -> datetime:
    """The moment at which it is ``at`` in ``zone`` nearest to the middle of the session."""
    middle = session.starts_at + (session.ends_at - session.starts_at) / 2
    day = middle.astimezone(zone).date()
    moments = [datetime.combine(day + timedelta(days=days), at, zone) for days in (-1, 0, 1)]
    return min(moments, key=lambda moment: abs(moment - middle))


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    offset = _OFFSET.search(text)
    if offset is None:
        return UTC
    sign, hours, minutes = offset.groups()
    return timezone((-1 if sign == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes or 0)))


def _zone_of_heading(heading: str) -> tzinfo:
    """The zone that a heading as "First Join (UTC)" names."""
    found = _IN_HEADING.search(_folded(heading))
    try:
        return (_zone(found[0]) if found else None) or TBILISI
    except ValueError:
        return TBILISI


def find_duration(text: str, unit: int = 60) -> timedelta | None:
    """How long ``text`` says, a mere number in ``unit`` seconds; None for nothing, for zero, and for what is no duration of a meeting."""
    folded = _folded(text)
    seconds: float = 0
    if clock := _CLOCK.fullmatch(folded):
        seconds = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
    elif _NUMBER.fullmatch(folded):
        seconds = _value(folded) * unit
    elif "".join(part[0] for part in _PART.finditer(folded)) == folded:
        parts = [
            (_value(part[1]), next((size for word, size in _UNITS.items() if part[2].startswith(word)), None))
            for part in _PART.finditer(folded)
        ]
        seconds = sum(value * size for value, size in parts if size) if all(size for _value_, size in parts) else 0
    return timedelta(seconds=round(seconds)) if 1 <= seconds <= LONGEST_STAY.total_seconds() else None


def _value(number: str) -> float:
    return float(number.replace(",", "."))
