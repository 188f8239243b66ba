"""Whoever teaches a run, or staff, write to its people: one mail each, through the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal import attendance, courses, enrolment, people
from portal.foundation import history, outbox, outbox_queries
from portal.foundation.addresses import addresses
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment

LONGEST_SUBJECT = 150
LONGEST_TEXT = 4_000


class Audience(StrEnum):
    """To whom a message goes: all with a place, or those of them not marked in today's session."""

    EVERYBODY = "everybody"
    UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMessage:
    """What is written, plain text, and to whom."""

    subject: str
    text: str
    audience: str = Audience.EVERYBODY


def audiences_of(run_id: int) -> dict[str, int]:
    """To whom one can write now, and how many they are with an address. Those not marked today are there on a day of the run."""
    return {audience: len(_readers(run_id, audience)) for audience in _offered(run_id)}


def write_to_group(run_id: int, message: GroupMessage, *, form_key: str, by: int) -> int:
    """Put one mail for each of the ``audience`` into the outbox, in their language, and return how many; a form that comes again sends nothing.

    The history notes who wrote when to how many, and not what. Raises ``RefusedError`` when there is nothing to send or nobody to send it to.
    """
    courses.lock_run(run_id)
    _check(message)
    key = f"group:{run_id}:{by}:{form_key}"
    if outbox_queries.is_posted(f"{key}:0"):
        return 0
    readers = _readers(run_id, message.audience)
    if not readers:
        raise RefusedError(N_("There is nobody to write to."))
    run = courses.get_run_by_id(run_id)
    author = people.get_person(by) if courses.teaches(by, run_id) else None
    for number, reader in enumerate(readers):
        _post(run, message, reader, author.name(reader.person.language) if author else "", f"{key}:{number}")
    history.record("run:write_to_group", run, by=by, change={"audience": str(message.audience), "people": len(readers)})
    return len(readers)


def _check(message: GroupMessage) -> None:
    for field, text, most in (("subject", message.subject, LONGEST_SUBJECT), ("text", message.text, LONGEST_TEXT)):
        if not text:
            raise courses.WrongValuesError([courses.Problem(field, N_("“%(field)s” is required."))])
        if len(text) > most:
            raise courses.WrongValuesError(
                [courses.Problem(field, N_("“%(field)s” can have at most %(most)s characters."), (("most", most),))]
            )


def _offered(run_id: int) -> list[Audience]:
    return [Audience.EVERYBODY] if attendance.unmarked_today(run_id) is None else list(Audience)


def _readers(run_id: int, audience: str) -> list[Enrolment]:
    """Those with an address, by family name."""
    unmarked = attendance.unmarked_today(run_id) or frozenset() if audience == Audience.UNMARKED else None
    return [one for one in enrolment.roster(run_id) if one.person.email and (unmarked is None or one.id in unmarked)]


def _post(run: CourseRun, message: GroupMessage, reader: Enrolment, author: str, event_key: str) -> None:
    person = reader.person
    facts = {
        "name": person.name(person.language),
        "author": author,
        "title": run.version.title(person.language),
        "subject": message.subject,
        "message": message.text,
        "run_url": addresses.page(f"/runs/{run.code}", person.language),
        "contact": addresses.contact,
    }
    outbox.post("group_message", people.recipient_of(person), facts, event_key=event_key)
