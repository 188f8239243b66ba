"""Where somebody is led after signing in: to the page they were on the way to, else to the home of their role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import url_for

from portal.people.models import Role

if TYPE_CHECKING:
    from portal.access import Actor

LONGEST_PATH = 1_000
HOMES: tuple[tuple[Role, str], ...] = (
    (Role.ADMINISTRATOR, "people.admin"),
    (Role.STAFF, "courses.staff_runs"),
    (Role.TRAINER, "attendance.teaching"),
    (Role.COORDINATOR, "enrolment.municipality"),
)
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def home_of(actor: Actor) -> str:
    """The address of the page made for ``actor``'s role; of several roles the one with the most work."""
    return url_for(next((home for role, home in HOMES if actor.has(role)), "enrolment.my"))


def safe_path(text: str | None) -> str:
    """``text`` when it is a path of this portal, else nothing: a sign-in never leads to another site."""
    if not text or len(text) > LONGEST_PATH or not _PATH.fullmatch(text):
        return ""
    parts = urlsplit(text)
    return "" if parts.scheme or parts.netloc else text
