"""Scenes that bring about pages which no link of the demo leads to."""

from __future__ import annotations

import re

import sqlalchemy as sa

from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage

SCENES = []


def scene(function):
    """Have the page that ``function`` brings about looked at."""
    SCENES.append(function)
    return function


def link_in_mail(kind: str) -> str:
    """The address in the newest mail of a kind."""
    newest = sa.select(OutboxMessage.body).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc())
    return re.search(r"https://\S+", db.session.scalars(newest).first()).group()
