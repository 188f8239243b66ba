"""The migrations make exactly the tables of the models, and each step goes down and up again over data."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from config import PROJECT_DIR
from portal import certificates, create_app, tables
from portal.certificates.chain import queries, rules
from portal.certificates.chain.models import EntryKind, RegisterEntry
from portal.certificates.models import Certificate
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes
from tests.conftest import settings_for
from tests.databases import ENGINES, Database
from tests.migrations import starting

APPEND_ONLY = (
    "history",
    "attendance_fact",
    "final_score",
    "certificate",
    "certificate_file",
    "certificate_status",
    "certificate_credential",
    "certificate_addition",
    "certificate_design_version",
    "certificate_picture",
    "register_entry",
    "register_head",
    "letter",
    "recognition_step",
    "question_version",
    "attempt",
    "attempt_answer",
    "attempt_marking",
    "attempt_result",
    "transcript",
    "evaluation_edition",
    "evaluation_redaction",
)


def test_the_schema_equals_the_models(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        differences = compare_metadata(context, tables.metadata)
    assert differences == []


@pytest.fixture(params=ENGINES)
def loaded(request):
    """A migrated database of its own with people, a run and an enrolment in it."""
    database = Database(request.param)
    app = create_app(settings_for(database.url, database.folder))
    with app.app_context():
        flask_migrate.upgrade()
        run = factories.run()
        factories.enrolment(run, factories.person_with_account())
        commit()
        yield app
        db.session.remove()
        db.engine.dispose()
    database.drop()


def test_each_later_step_goes_down_and_up_again_over_data(loaded):
    script = ScriptDirectory(loaded.extensions["migrate"].directory)
    later = [revision.revision for revision in script.walk_revisions("0003", "head")][:-1]
    if not later:
        pytest.skip("no step has followed the reference data yet")
    people_before = db.session.scalar(sa.text("SELECT count(*) FROM person"))
    db.session.remove()
    for _step in later:
        flask_migrate.downgrade(revision="-1")
    flask_migrate.upgrade()
    assert db.session.scalar(sa.text("SELECT count(*) FROM person")) == people_before


def test_certificates_issued_before_there_was_a_chain_begin_it(loaded):
    staff = factories.person_with_account()
    scenes.issued_run(staff, 2)
    suspended, kept = db.session.scalars(sa.select(Certificate.id).order_by(Certificate.id)).all()
    with writing():
        certificates.suspend(suspended, "შემოწმება", by=staff.id)
    with writing():
        scenes.correct(db.session.get(Certificate, kept), by=staff)
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    flask_migrate.upgrade()
    chain = db.session.execute(sa.select(RegisterEntry.__table__)).all()
    assert len({link.at for link in chain}) == 1
    assert sorted(link.kind for link in chain) == ["case", *["certificate"] * 2, *["state"] * 3]
    for link in chain:
        [row] = queries.rows_of(EntryKind(link.kind), [link.row_id])
        assert link.content == rules.content_of(link.kind, row)


HISTORY_ROW = sa.text(
    "INSERT INTO history (at, action, subject_kind, subject_id, change, public, previous, digest) "
    "VALUES ('2026-11-22 10:00:00', 'topic:create', 'topic', '1', '{}', false, '', '0')"
)
HISTORY_CHANGED = sa.text("UPDATE history SET action = 'topic:change'")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_guards_go_on_and_off_over_rows(engine):
    database = Database(engine)
    try:
        app = create_app(settings_for(database.url, database.folder))
        with app.app_context():
            flask_migrate.upgrade(revision="0001")
            with db.engine.begin() as connection:
                connection.execute(HISTORY_ROW)
            flask_migrate.upgrade(revision="0002")
            with pytest.raises(sa.exc.DatabaseError, match="append-only"), db.engine.begin() as connection:
                connection.execute(HISTORY_CHANGED)
            flask_migrate.downgrade(revision="0001")
            with db.engine.begin() as connection:
                assert connection.execute(HISTORY_CHANGED).rowcount == 1
            db.engine.dispose()
    finally:
        database.drop()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_database_goes_all_the_way_down_and_up(engine):
    database = Database(engine)
    try:
        app = create_app(settings_for(database.url, database.folder))
        with app.app_context():
            flask_migrate.upgrade()
            flask_migrate.downgrade(revision="base")
            assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
            flask_migrate.upgrade()
            db.engine.dispose()
    finally:
        database.drop()


@pytest.mark.parametrize("engine", ENGINES)
def test_several_processes_that_start_at_once_migrate_once(engine, nursery):
    database = Database(engine)
    start = nursery.Barrier(4)
    processes = [nursery.Process(target=starting.upgrade, args=(database.url, database.folder, start)) for _ in range(4)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0] * 4
    finally:
        database.drop()


def test_the_command_of_the_documentation_migrates():
    database = Database("sqlite")
    environ = os.environ | {"PORTAL_DATABASE_URL": database.url, "PORTAL_DATA_DIR": str(database.folder), "PORTAL_ENV": "test"}
    try:
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"], cwd=PROJECT_DIR, env=environ, check=True, stderr=-1
        )
        with closing(sqlite3.connect(database.folder / "portal.sqlite3")) as made:
            assert made.execute("SELECT name_en FROM municipality WHERE code = 'telavi'").fetchone() == ("Telavi",)
    finally:
        database.drop()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_refuses_to_change_or_delete_what_people_rely_on(app, table):
    triggers = sa.text(
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        if db.engine.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal"
    )
    assert db.session.scalar(triggers, {"table": table}) == 2
