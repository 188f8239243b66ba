"""A row of the history as a sentence that a person understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from portal import reports
from portal.foundation.history_queries import personal_values_of
from portal.foundation.outbox import OutboxMessage
from portal.web.history.actions import ACTIONS
from portal.web.history.values import BEFORE_AND_AFTER, Names, ids_in, shown
from portal.web.history.words import FIELDS, IMPLIED
from portal.web.outbox.words import kind_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from portal.foundation.history_queries import Noted

MAIL = OutboxMessage.__tablename__
OF_A_RUN = frozenset({"course_run", "course_session", "enrolment", "nomination", "issue_batch", "notice", "run_material"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its word, and its values before and after; only ``after`` where it was not changed from something."""

    words: str
    after: str
    before: str | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. ``actor`` is empty for the portal itself, ``person`` where nobody else is concerned; ``href`` leads to the thing."""

    id: int
    at: datetime
    actor: str
    words: str
    thing: str
    person: str
    href: str
    changes: list[Change] = field(default_factory=list)


def entries_of(rows: Sequence[Noted], *, language: str, with_personal: bool) -> list[Entry]:
    """The rows in words, in as many statements for one row as for fifty: names of people, names of things, keys of personal values."""
    names = _names(rows, language)
    personal = personal_values_of(rows) if with_personal else {}
    return [_entry(row, names, personal.get(row.id, {})) for row in rows]


def _names(rows: Sequence[Noted], language: str) -> Names:
    """The names of all people and things that the rows speak of."""
    subjects, people = ids_in(row.change for row in rows)
    for row in rows:
        people.update(number for number in (row.actor_id, row.person_id) if number is not None)
        if number := _number(row.subject_id):
            subjects.setdefault(row.subject_kind, set()).add(number)
    return Names(reports.names_of_people(people), reports.names_of_subjects(subjects), language)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _entry(row: Noted, names: Names, personal: Mapping[str, Any]) -> Entry:
    thing = names.of_thing(row.subject_kind, _number(row.subject_id))
    return Entry(
        id=row.id,
        at=row.at,
        actor=names.of_person(row.actor_id),
        words=_words(row.action, names.language),
        thing=kind_words(thing) if row.subject_kind == MAIL and thing else thing,
        person=names.of_person(row.person_id) if row.person_id != row.actor_id else "",
        href=_address(row, thing, names.language),
        changes=[*_changes(row.change, row.subject_kind, names), *_changes(personal, row.subject_kind, names, personal=True)],
    )


@lru_cache(1_000)
def _words(code: str, _language: str) -> str:
    """The words for an action or a field in the language of the page; a page has hundreds of them."""
    return str(ACTIONS.get(code) or FIELDS.get(code, code))


def _address(row: Noted, thing: str, language: str) -> str:
    """Where staff see the thing, for the kinds that have such a page; ``thing`` is the code of the run where it is part of one."""
    if not thing:
        return ""
    if row.subject_kind == MAIL:
        return f"/{language}/staff/outbox/{row.subject_id}"
    return f"/{language}/staff/runs/{thing}" if row.subject_kind in OF_A_RUN else ""


def _changes(values: Mapping[str, Any], subject_kind: str, names: Names, *, personal: bool = False) -> Iterable[Change]:
    """The fields of ``values``: a pair is before and after, anything else is what the field became. What the action says is not repeated."""
    for name, value in values.items():
        pair = isinstance(value, list) and len(value) == BEFORE_AND_AFTER and name != "fields"
        if name in IMPLIED or value in ("", None) or (pair and (value[0] == value[1] or (name == "state" and value[0] is None))):
            continue
        words = _words(name, names.language)
        if pair:
            before, after = (shown(one, name, subject_kind, names) for one in value)
            yield Change(words, after, before, personal=personal)
        else:
            yield Change(words, shown(value, name, subject_kind, names), personal=personal)
