"""What the tests of uploaded spreadsheets do on the pages, and what they count."""

from __future__ import annotations

import io

import sqlalchemy as sa

from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.people.models import Person, Post
from tests.imports import sheets


def upload(page, run, data: bytes, name: str = "nominees.csv"):
    """Choose the file and press the button."""
    page.get(f"/municipality/nominate/{run.code}/import")
    return page.submit(file=(io.BytesIO(data), name))


def preview(page, run, rows, **form):
    """The preview of a CSV with these rows."""
    assert upload(page, run, sheets.as_csv(rows, **form)).status == 303
    return page.follow()


def count(table) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def traces() -> tuple[int, ...]:
    """How many people, posts, enrolments and mails there are."""
    return tuple(count(table) for table in (Person, Post, Enrolment, OutboxMessage))


def rows_of(page) -> dict[str, str]:
    """What the table says of each row, by its number."""
    return {row.cssselect("td")[0].text_content().strip(): " ".join(row.text_content().split()) for row in page.page.all("tbody tr")}
