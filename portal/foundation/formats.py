"""Dates, times and numbers as people write them in Georgian and in English.

`lang` is a language code; "ka" is Georgian, anything else English. A moment (an aware datetime)
is always shown in the time of Tbilisi. Plain tables, because pages call these for every row.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

TBILISI: Final = ZoneInfo("Asia/Tbilisi")

_KA: Final = "ka"
_MONTHS: Final = {
    "ka": (
        "იანვარი", "თებერვალი", "მარტი", "აპრილი", "მაისი", "ივნისი",
        "ივლისი", "აგვისტო", "სექტემბერი", "ოქტომბერი", "ნოემბერი", "დეკემბერი",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SHORT: Final = 3
_DASH: Final = "\N{EN DASH}"
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
_ISO_DATE: Final = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED_DATE: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def _language(lang: str) -> str:
    return _KA if lang == _KA else "en"


def to_tbilisi(moment: datetime) -> datetime:
    """Return the moment in the time of Tbilisi.

    Raises ValueError when it says nothing about its time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(TBILISI)


def _day_of(day: date) -> date:
    # A datetime is a date too; taken as it stands, an evening in UTC would show the wrong day.
    return to_tbilisi(day).date() if isinstance(day, datetime) else day


def parse_date(text: str) -> date:
    """Return the date written as dd.mm.yyyy or yyyy-mm-dd, and in no other way.

    Raises ValueError for another shape, or a day that does not exist.
    """
    written = text.strip()
    if iso := _ISO_DATE.fullmatch(written):
        year, month, day = iso.groups()
    elif dotted := _DOTTED_DATE.fullmatch(written):
        day, month, year = dotted.groups()
    else:
        raise ValueError("a date is written dd.mm.yyyy or yyyy-mm-dd")
    return date(int(year), int(month), int(day))


def format_month(month: date, lang: str, *, with_year: bool = False) -> str:
    """Return the month's name: "დეკემბერი", or "დეკემბერი, 2026" / "December 2026"."""
    month = _day_of(month)
    name = _MONTHS[_language(lang)][month.month - 1]
    return _join_year(name, month.year, lang) if with_year else name


def format_month_short(month: date, lang: str) -> str:
    """Return the first three letters of the month's name, for date blocks: "დეკ", "Dec"."""
    return format_month(month, lang)[:_SHORT]


def format_day(day: date, lang: str, *, today: date | None = None) -> str:
    """Return day and month: "12 დეკემბერი", "12 December"; the year too when it is not that of ``today``."""
    day = _day_of(day)
    words = f"{day.day} {format_month(day, lang)}"
    return words if today is None or day.year == today.year else _join_year(words, day.year, lang)


def format_date(day: date, lang: str) -> str:
    """Return the date in words: "22 ნოემბერი, 2026", "22 November 2026"."""
    day = _day_of(day)
    return _join_year(format_day(day, lang), day.year, lang)


def format_date_short(day: date) -> str:
    """Return the date in digits for narrow tables, the same in both languages: "22.11.2026"."""
    day = _day_of(day)
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def format_dates(first: date, last: date, lang: str) -> str:
    """Return a range of days, saying once what both share: "12–13 დეკემბერი, 2026"."""
    first, last = _day_of(first), _day_of(last)
    if first == last:
        return format_date(first, lang)
    if first.year != last.year:
        return f"{format_date(first, lang)} {_DASH} {format_date(last, lang)}"
    if first.month != last.month:
        return f"{format_day(first, lang)} {_DASH} {format_date(last, lang)}"
    return f"{first.day}{_DASH}{format_date(last, lang)}"


def format_time(moment: datetime) -> str:
    """Return the clock time in Tbilisi, 24 hours: "18:00"."""
    local = to_tbilisi(moment)
    return f"{local.hour:02d}:{local.minute:02d}"


def format_times(start: datetime, end: datetime) -> str:
    """Return a span of clock times: "10:00–18:00"."""
    return f"{format_time(start)}{_DASH}{format_time(end)}"


def format_moment(moment: datetime, lang: str, *, with_year: bool = False, today: date | None = None) -> str:
    """Return day and clock time in Tbilisi: "8 დეკემბერი, 18:00"; the year when asked for, or when it is not that of ``today``."""
    day = format_date(moment, lang) if with_year else format_day(moment, lang, today=today)
    return f"{day}, {format_time(moment)}"


def format_decimal(value: Decimal | float, lang: str, *, places: int = 2) -> str:
    """Return a number rounded half up to `places`, no zeros at its end: "12,5" / "12.5"."""
    step = Decimal(1).scaleb(-places)
    number = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    written = f"{number:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if written == "-0":
        written = "0"
    return written.replace(".", ",") if lang == _KA else written


def format_percent(value: Decimal | float, lang: str, *, places: int = 1) -> str:
    """Return a percentage (85.5 means 85.5 per cent): "85,5 %" in Georgian, "85.5%" in English."""
    sign = f"{_NO_BREAK_SPACE}%" if lang == _KA else "%"
    return format_decimal(value, lang, places=places) + sign


def _join_year(text: str, year: int, lang: str) -> str:
    return f"{text}, {year}" if lang == _KA else f"{text} {year}"
