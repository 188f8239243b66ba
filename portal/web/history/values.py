"""Values of the history as people read them: codes as words, ids as names, moments in the time of Tbilisi."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from portal.foundation import formats
from portal.web.history.code_words import CODES, REASONS, STATES
from portal.web.history.words import FIELDS
from portal.web.labels import label
from portal.web.outbox.words import error_words, kind_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.people.models import Person

NOTHING = "—"
LONGEST = 200
BEFORE_AND_AFTER = 2
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:\+[0-9:]+|Z)")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# fields whose values are ids -> the kind of thing that they name
ID_FIELDS = {
    "venue_id": "venue",
    "topic_id": "topic",
    "course_id": "course",
    "funding_project_id": "funding_project",
    "municipality_id": "municipality",
    "invited": "municipality",
    "region_id": "region",
}
PEOPLE_FIELDS = frozenset({"kept", "trainers", "deputy_for"})


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the people and things of one page, in its language."""

    people: Mapping[int, Person]
    things: Mapping[tuple[str, int], tuple[str, str]]
    language: str

    def of_person(self, number: int | None) -> str:
        """The person's name, or nothing."""
        found = self.people.get(number) if number is not None else None
        return found.name(self.language) if found else ""

    def of_thing(self, kind: str, number: int) -> str:
        """The thing's name, or nothing."""
        found = self.things.get((kind, number))
        return "" if found is None else found[0] if self.language == "ka" else found[1]


def ids_in(changes: Iterable[Mapping[str, Any]]) -> tuple[dict[str, set[int]], set[int]]:
    """The ids that stand in ``changes``: of things by kind, and of people."""
    things: dict[str, set[int]] = {}
    people: set[int] = set()
    for change in changes:
        for name, value in _fields(change):
            if name in ID_FIELDS:
                things.setdefault(ID_FIELDS[name], set()).update(_numbers(value))
            elif name in PEOPLE_FIELDS:
                people.update(_numbers(value))
    return {kind: ids for kind, ids in things.items() if ids}, people


def _fields(value: Any) -> Iterable[tuple[str, Any]]:
    """Every field in ``value``, those of the rows within it, such as quotas, among them."""
    if isinstance(value, Mapping):
        yield from value.items()
    if isinstance(value, (Mapping, list)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _fields(one)


def _numbers(value: Any) -> Iterable[int]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def shown(value: Any, name: str, subject_kind: str, names: Names) -> str:
    """One value of the field ``name`` as text."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(value, list):
        return ("; " if isinstance(value[0], dict) else ", ").join(shown(one, name, subject_kind, names) for one in value)
    if isinstance(value, dict):
        told = sorted(
            ((key, one) for key, one in value.items() if one is not None), key=lambda field: (field[0] not in ID_FIELDS, field[0])
        )
        return ", ".join(f"{FIELDS.get(key, key)}: {shown(one, key, subject_kind, names)}" for key, one in told)
    if isinstance(value, int):
        return _named(value, name, names)
    text = _in_words(str(value), name, subject_kind, names.language)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _named(number: int, name: str, names: Names) -> str:
    found = names.of_person(number) if name in PEOPLE_FIELDS else names.of_thing(ID_FIELDS.get(name, ""), number)
    return found or str(number)


def _in_words(text: str, name: str, subject_kind: str, language: str) -> str:
    codes = STATES.get(subject_kind) if name == "state" else CODES.get(name)
    if codes:
        return label(codes, text)
    if name == "kind":
        return kind_words(text)
    if name == "error":
        return error_words(text)
    words = {"reason": REASONS, "passed": REASONS, "fields": FIELDS}.get(name, {})
    return str(words[text]) if text in words else _as_time(text, language)


def _as_time(text: str, language: str) -> str:
    try:
        if MOMENT.fullmatch(text):
            return formats.format_moment(datetime.fromisoformat(text), language, with_year=True)
        if DAY.fullmatch(text):
            return formats.format_date(date.fromisoformat(text), language)
    except ValueError:
        pass
    return text
