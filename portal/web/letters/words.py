"""Words for what a letter says, for whoever checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import attendance
from portal.foundation import formats
from portal.letters.models import LetterKind
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from portal.letters import Day, LetterFacts


def printed(facts: LetterFacts) -> dict[str, Any]:
    """Every printed fact by its name, in the language of this page: names in both spellings, and the days as a list."""
    lang = language()
    return {
        "name": " · ".join(dict.fromkeys(facts.name)),
        "municipality": facts.municipality.said(lang),
        "post": facts.post.said(lang),
        "title": facts.title.said(lang),
        "code": facts.code,
        "form": label("form", facts.form),
        "place": facts.place.said(lang),
        "contact_hours": formats.format_decimal(facts.contact_hours, lang),
        "days": [_day(day, facts.kind) for day in facts.days],
        "attended": f"{_of(facts.attended, facts.total)} ({formats.format_percent(facts.percent, lang)})",
        "certificate": facts.certificate,
        "issuer": facts.issuer.said(lang),
    }


def _of(attended: Any, total: Any) -> str:
    return " / ".join(formats.format_decimal(value, language()) for value in (attended, total))


def _day(day: Day, kind: str) -> tuple[str, str]:
    """Date and times, and what was attended of it in a letter of attendance."""
    when = f"{formats.format_date(day.starts_at, language())}, {formats.format_times(day.starts_at, day.ends_at)}"
    if kind != LetterKind.ATTENDANCE:
        return when, ""
    return when, label("mark", "") if day.attended is None else _of(attendance.hours(day.attended), attendance.hours(day.minutes))
