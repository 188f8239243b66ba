"""The demo, seeded once for all tests of this folder that look at it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from portal import demo
from portal.certificates.models import Certificate, CertificateFile
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation import clock, transaction
from portal.foundation.database import db, transactions_write
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.people.models import Person
from tests.conftest import _wipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask

# What must come out equal: no ids of tables whose ids the database gives, and no salted password.
COMPARED = (
    (Person.family_name_ka, Person.given_name_ka, Person.email, Person.created_at),
    (CourseRun.code, CourseRun.state, CourseRun.starts_at, CourseRun.capacity),
    (Enrolment.reference, Enrolment.person_id, Enrolment.state, Enrolment.queued_at),
    (Certificate.number, Certificate.secret, Certificate.record),
    (CertificateFile.certificate_id,),  # no two signatures are alike
    (HistoryRow.at, HistoryRow.action, HistoryRow.person_id),
    (OutboxMessage.event_key, OutboxMessage.subject, OutboxMessage.body, OutboxMessage.state),
)

SECRET = re.compile(r"/answers/[\w-]+")
SCOPE = re.compile(rb'(?<="scope":")project-\d+')


@dataclass(frozen=True)
class Seeded:
    """What two seeds at the same moment made: the first was undone, the second stays."""

    app: Flask
    counts: dict[str, int]
    first: list[Any]
    second: list[Any]


@contextmanager
def trying() -> Iterator[None]:
    """Whatever is written within the block is undone at its end."""
    transaction.abandon()
    transactions_write(on=True)
    try:
        yield
    finally:
        transaction.abandon()
        transactions_write(on=None)
        db.session.remove()


def compared() -> list[Any]:
    return [[_plain(row) for row in db.session.execute(sa.select(*columns).order_by(*columns))] for columns in COMPARED]


def _plain(row: Iterable[Any]) -> tuple[Any, ...]:
    """The row without what is new each time: the secrets of its links, and the ids that the database gives."""
    return tuple(_same(value) for value in row)


def _same(value: Any) -> Any:
    if isinstance(value, bytes):
        return SCOPE.sub(b"project", value)
    return SECRET.sub("/answers/\N{HORIZONTAL ELLIPSIS}", value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def seeded(empty_app: Flask) -> Iterator[Seeded]:
    """The demo at scale 1 on each database."""
    with empty_app.app_context(), clock.frozen(clock.now()):
        with trying():
            demo.seed(1)
            first = compared()
        with transaction.writing():
            counts = demo.seed(1)
            second = compared()
        yield Seeded(empty_app, counts, first, second)
        db.session.remove()
        _wipe()
