"""What portal and phone say to each other, as JSON. To the phone goes no more than a roll call needs: names and numbers, no way to reach anybody."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from portal import attendance, people
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import format_day, format_moment, format_times, to_tbilisi
from portal.foundation.georgian import clean_text
from portal.web.attendance.roll_form import LONGEST_REASON
from portal.web.errors import told
from portal.web.guard import actor
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.attendance import Fact, KeptSession, Operation, RollRow, TaughtRun, TaughtSession
    from portal.foundation.errors import PortalError

MOST_AT_ONCE = 500
LARGEST_NUMBER = 2**31 - 1
LARGEST_KEY = 2**53 - 1
LONGEST_PAST = timedelta(days=366)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a phone sent: for whom it keeps things, operations by session, and the words for those that cannot be read by their ids."""

    owner: str
    operations: dict[int, list[Operation]] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


def owner() -> str:
    """A word for whoever is signed in, by which a phone knows whose names it keeps; it tells nothing else."""
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), f"phone of {actor().person_id}".encode(), hashlib.sha256).hexdigest()[:20]


def who() -> dict[str, Any]:
    """What every answer begins with: whose it is, the token that sending needs, and the portal's time."""
    return {"owner": owner(), "token": generate_csrf(), "now": _milliseconds(clock.now())}


def runs_of(sessions: Iterable[TaughtSession]) -> list[dict[str, str]]:
    """The runs of those of the sessions that are near enough to be kept, in the order of their first one."""
    last = clock.today() + timedelta(days=attendance.DAYS_AHEAD)
    runs = {session.run.code: session.run for session in sessions if session.days[0] <= last}
    return [{"code": run.code, "course": run.course(language())} for run in runs.values()]


def roll_of(run: TaughtRun) -> dict[str, Any]:
    """The run with its people and, by session, what stands of each."""
    kept = attendance.sessions_to_keep(run.id, clock.today())
    return who() | {
        "code": run.code,
        "course": run.course(language()),
        "people": _people({row.enrolment_id: row for session in kept for row in session.rows}.values()),
        "sessions": [_session(session) for session in kept],
    }


def _people(rows: Iterable[RollRow]) -> list[dict[str, Any]]:
    """Names; where two have the same, the municipality tells them apart, and where that is the same too, the post."""
    lang, rows = language(), list(rows)
    same = people.namesakes(row.name(lang) for row in rows)
    placed = people.namesakes(f"{row.name(lang)}, {row.municipality(lang)}" for row in rows)
    found = []
    for row in rows:
        name, place = row.name(lang), row.municipality(lang)
        detail = [place if name in same else "", row.post(lang) if f"{name}, {place}" in placed else ""]
        found.append({"id": row.enrolment_id, "name": name, "detail": ", ".join(filter(None, detail))})
    return found


def _session(session: KeptSession) -> dict[str, Any]:
    day = format_day(to_tbilisi(session.starts_at).date(), language(), today=clock.today())
    return {
        "id": session.id,
        "label": f"{day}, {format_times(session.starts_at, session.ends_at)}",
        "title": session.title(language()),
        "opens": _milliseconds(session.markable_from),
        "ends": _milliseconds(session.ends_at),
        "minutes": session.minutes,
        "newest": session.newest,
        "marks": {
            row.enrolment_id: [_fact(row, fact, session.minutes) for fact in (row.fact, *row.against)] for row in session.rows if row.fact
        },
    }


def _fact(row: RollRow, fact: Fact, minutes: int) -> dict[str, Any]:
    return {
        "mark": fact.mark,
        "late": fact.late(),
        "left": fact.left(minutes),
        "reason": fact.reason,
        "by": row.recorder(language(), fact),
        "when": format_moment(fact.recorded_at, language(), today=clock.today()),
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def read(body: bytes) -> Sent | None:
    """What a phone sent; None when it is nothing that a phone sends."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not _is_name(found.get("owner")) or not _is_name(found.get("device")):
        return None
    phone_now, listed = _number(found.get("now"), LARGEST_KEY), found.get("operations")
    if phone_now is None or not isinstance(listed, list) or len(listed) > MOST_AT_ONCE:
        return None
    sent = Sent(found["owner"])
    for one in listed:
        if not isinstance(one, dict) or not _is_name(one.get("id")):
            return None
        operation = _operation(one, found["device"], phone_now)
        if operation is None:
            sent.unreadable[one["id"]] = gettext("This mark cannot be read.")
        else:
            sent.operations.setdefault(one["session"], []).append(operation)
    return sent


def _operation(one: dict[str, Any], device: str, phone_now: int) -> Operation | None:
    numbers = {name: _number(one.get(name), LARGEST_KEY) for name in ("session", "person", "seen", "done")}
    sequence, late, left = (_number(one.get(name), LARGEST_NUMBER) for name in ("sequence", "late", "left"))
    reason = one.get("reason")
    known = one.get("mark") in set(Mark) if isinstance(one.get("mark"), str) else False
    if None in {*numbers.values(), sequence, late, left} or not known or not isinstance(reason, str):
        return None
    wish = attendance.MarkWish(numbers["person"] or 0, Mark(one["mark"]), late or 0, left or 0, _clean(reason))
    # Its clock may be wrong by years, but it knows how long ago it was.
    ago = timedelta(milliseconds=max(0, phone_now - (numbers["done"] or 0)))
    return attendance.Operation(
        client_id=one["id"],
        device=device,
        sequence=sequence or 0,
        wish=wish,
        done_at=clock.now() - min(ago, LONGEST_PAST),
        seen_id=numbers["seen"] or 0,
    )


def _clean(text: str) -> str:
    """As typed, without what no database can hold."""
    return clean_text(text.encode("utf-8", "ignore").decode()).replace("\x00", "")[:LONGEST_REASON]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _number(value: object, largest: int) -> int | None:
    """A whole number from 0 on; JSON's true and false are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest else None


def why(error: PortalError) -> str:
    """Why a whole session takes no marks."""
    if isinstance(error, NotFoundError):
        return str(gettext("This session is no longer held, or is not yours."))
    return told(error)
