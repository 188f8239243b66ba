"""The code on the wall of a session: a keyed digest of the session and of the present step of time, so that no table holds it.

It changes every ``STEP`` seconds by the portal's own clock, and only the present one is taken: what is passed on by message is too old when it
is read. No clock but the portal's is asked.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from portal.foundation.crypto import keyring

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

STEP: Final = 20
"""For how many seconds a code is on the wall."""
DIGITS: Final = 6
_LINK_LENGTH: Final = 20  # hexadecimal digits: 80 bits, for the seconds in which they open anything
_LONGEST_ID: Final = 15


@dataclass(frozen=True, slots=True)
class WallCode:
    """The code of a session in one step: as the link of the QR carries it, and as it is typed. It changes in ``seconds_left``."""

    token: str
    digits: str
    seconds_left: float


def wall_code(session_id: int, at: datetime) -> WallCode:
    """The code of a session at the moment ``at``."""
    moment = at.timestamp()
    step = int(moment // STEP)
    return WallCode(_token(session_id, step), _digits(session_id, step), (step + 1) * STEP - moment)


def find_session_of_token(token: str, at: datetime) -> int | None:
    """The id of the session whose code at the moment ``at`` the link carries."""
    session_id = session_named_in(token)
    if session_id is None or not _is_same(token, _token(session_id, int(at.timestamp() // STEP))):
        return None
    return session_id


def find_session_of_digits(digits: str, session_ids: Iterable[int], at: datetime) -> int | None:
    """The id of the first of the sessions whose code at the moment ``at`` was typed."""
    step = int(at.timestamp() // STEP)
    return next((one for one in session_ids if _is_same(digits, _digits(one, step))), None)


def session_named_in(token: str) -> int | None:
    """The id that a link names, whether or not it is a code of ours."""
    name = token.partition("-")[0]
    return int(name) if name.isascii() and name.isdigit() and len(name) <= _LONGEST_ID else None


def _token(session_id: int, step: int) -> str:
    return f"{session_id}-{keyring.blind_index(f'{session_id}:{step}', 'check-in link')[:_LINK_LENGTH]}"


def _digits(session_id: int, step: int) -> str:
    number = int(keyring.blind_index(f"{session_id}:{step}", "check-in digits"), 16) % 10**DIGITS
    return f"{number:0{DIGITS}}"


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
