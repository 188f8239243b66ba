"""The report of an online meeting between upload and confirmation: it travels in the form, sealed, and nothing of it is kept here.

What is sealed is bound to the session and to the person who uploaded it, so that a form opens nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from portal import attendance
from portal.foundation import spreadsheets
from portal.foundation.crypto import SealBrokenError, keyring
from portal.foundation.errors import N_, RefusedError
from portal.foundation.georgian import clean_text
from portal.foundation.spreadsheets import Row
from portal.web.ids import find_id

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_REASON: Final = 200
MOST_SEALED: Final = 800_000
"""Letters. A form may have a million (``limits.LARGEST_FORM``), and the answers need room too."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_NAMED: Final = re.compile(r"(guest|take|column)-([0-9]{1,15})")

TOO_LONG = N_("The report is too long to be checked in one piece. Delete the rows that do not belong to this session, and upload it again.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A report as it was uploaded: its rows, and ``client``, a name of the file by which its marks are known when it comes again."""

    client: str
    rows: list[Row]

    @staticmethod
    def read(data: bytes) -> Upload:
        """Read the file. Raises ``RefusedError`` as ``spreadsheets.read_rows``."""
        rows = spreadsheets.read_rows(data)
        name = keyring.blind_index(hashlib.sha256(data).hexdigest(), "online_report")
        return Upload(f"online-{name[:32]}", rows)

    def sealed(self, session_id: int, person_id: int) -> str:
        """As it travels in a form. Raises ``RefusedError`` when that would be too long."""
        rows = [[row.number, *_without_end(row.cells)] for row in self.rows]
        packed = base64.b85encode(zlib.compress(json.dumps([self.client, rows], ensure_ascii=False).encode(), 6)).decode()
        sealed = base64.urlsafe_b64encode(keyring.seal(packed, _purpose(session_id, person_id))).decode()
        if len(sealed) > MOST_SEALED:
            raise RefusedError(TOO_LONG)
        return sealed

    @staticmethod
    def find(sealed: str, session_id: int, person_id: int) -> Upload | None:
        """What ``sealed`` of this session and person holds; None when nothing can be opened."""
        try:
            packed = keyring.unseal(base64.urlsafe_b64decode(sealed.encode()), _purpose(session_id, person_id))
        except (SealBrokenError, binascii.Error, ValueError):
            return None
        client, rows = json.loads(zlib.decompress(base64.b85decode(packed)))
        width = max(map(len, rows))
        return Upload(client, [Row(number, cells + [""] * (width - 1 - len(cells))) for number, *cells in rows])


def _purpose(session_id: int, person_id: int) -> str:
    return f"online_report:{session_id}:{person_id}"


def _without_end(cells: list[str]) -> list[str]:
    """The cells without the empty ones behind the last that is filled."""
    filled = [position for position, cell in enumerate(cells, 1) if cell]
    return cells[: filled[-1] if filled else 0]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered in the preview. ``guests``: whom those of the report mean, by their number; ``columns`` what columns hold, by position.

    ``shown`` are the enrolments that stood in it, ``taken`` those of them to record; ``absent`` is true when those who were not there are to be
    marked absent. ``looked`` is the signature of the preview that was answered, ``to_save`` whether to record it, or only to look again.
    """

    guests: dict[int, int] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    shown: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    absent: bool = False
    reason: str = ""
    seen: int = 0
    looked: str = ""
    to_save: bool = False


def read_answers(form: Mapping[str, str]) -> Answers:
    """What was sent; what makes no sense is passed over."""
    named: dict[str, dict[int, str]] = {"guest": {}, "take": {}, "column": {}}
    for name, value in form.items():
        if match := _NAMED.fullmatch(name):
            named[match[1]][int(match[2])] = value
    return Answers(
        guests={number: int(value) for number, value in named["guest"].items() if _NUMBER.fullmatch(value)},
        columns={position: value for position, value in named["column"].items() if value in {"", *attendance.Column}},
        shown=frozenset(int(number) for number in form.get("shown", "").split(",") if _NUMBER.fullmatch(number)),
        taken=frozenset(named["take"]),
        absent=form.get("absent") == "mark",
        reason=clean_text(form.get("reason", ""))[:LONGEST_REASON],
        seen=find_id(form.get("seen")) or 0,
        looked=form.get("looked", ""),
        to_save=form.get("step") == "save",
    )
