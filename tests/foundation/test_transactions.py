"""What only looks leaves no trace, and on PostgreSQL keeps the statements that are prepared."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.courses.models import Topic
from portal.foundation.database import db
from portal.foundation.transaction import reading, writing

TOPICS = sa.select(Topic.slug).order_by(Topic.id)
PREPARED = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT topic.slug%'")


def add_topic() -> None:
    db.session.execute(sa.insert(Topic).values(slug="budget", name_ka="ბიუჯეტი", name_en="Budget", position=1))


def on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_what_is_written_while_reading_is_refused_or_undone(app):
    with reading():
        if on_postgresql():
            with pytest.raises(sa.exc.InternalError, match="read-only"):
                add_topic()
        else:
            add_topic()
    with reading():
        assert db.session.scalars(TOPICS).all() == []


def test_writing_follows_reading_on_the_same_connection(app):
    with reading():
        assert db.session.scalars(TOPICS).all() == []
    with writing():
        add_topic()
    with reading():
        assert db.session.scalars(TOPICS).all() == ["budget"]


@pytest.mark.parametrize("empty_app", ["postgresql"], indirect=True)
def test_statements_stay_prepared_from_one_reading_to_the_next(app):
    """SQLite prepares for itself."""
    db.session.remove()
    db.engine.dispose()  # one new connection from here on: each counts its own statements
    for _time in range(8):
        with reading():
            db.session.scalars(TOPICS).all()
    with reading():
        assert db.session.scalar(PREPARED) == 1
