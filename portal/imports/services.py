"""What can be done to an import. Nobody is entered or nominated here: that is the journey ``nominate_import``."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.foundation import clock, history, jobs
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.transaction import after_commit
from portal.imports import queries, rules
from portal.imports.columns import are_sound, guess_columns
from portal.imports.models import ImportState, NominationImport, NominationImportRow, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.foundation.spreadsheets import Table
    from portal.imports.rules import Judgement

WAKE: Final = "nominate_imports"
"""The name of the work for which the worker is woken."""
MOST_AT_ONCE: Final = 300
"""Rows that are checked and carried out while the person waits; more are left to the worker."""

CHANGED = N_("Something has changed since you looked. Nothing was saved; look at the rows again.")
FAILED = N_("Nothing was saved: something failed. Try again, and write to the association if it fails again.")
OVER = N_("This file was confirmed or discarded already.")
UNANSWERED = N_("Say of each person who may be known already whether it is the same person.")
NOBODY = N_("There is nobody to nominate in this file.")
COLUMNS = N_("Give each column another meaning, or none.")


def is_small(parked: NominationImport) -> bool:
    """True for an import that is checked and carried out at once."""
    return parked.rows <= MOST_AT_ONCE


def park(data: bytes, table: Table, file_name: str, *, run_id: int, municipality_id: int, by: int) -> tuple[NominationImport, bool]:
    """Keep an upload, sealed, until it is confirmed or dropped; False with the import of before when the same file is there already.

    What ``by`` uploaded for the run before and did not confirm is dropped.
    """
    fingerprint = keyring.blind_index(hashlib.sha256(data).hexdigest(), queries.SEALED_FOR)
    before = queries.find_import_of_file(run_id, municipality_id, fingerprint)
    if before is not None:
        return before, False
    for left in queries.open_imports_of(run_id, by):
        drop(left, by=by)
    moment = clock.now()
    parked = NominationImport(
        run_id=run_id,
        municipality_id=municipality_id,
        uploaded_by=by,
        fingerprint=fingerprint,
        file_name=file_name,
        headings=table.headings,
        columns=guess_columns(table.headings),
        rows=len(table.rows),
        uploaded_at=moment,
        changed_at=moment,
    )
    try:
        with db.session.begin_nested():
            db.session.add(parked)
    except IntegrityError:  # sent twice at once
        same = queries.find_import_of_file(run_id, municipality_id, fingerprint)
        if same is None:
            raise
        return same, False
    db.session.execute(
        sa.insert(NominationImportRow),
        [{"import_id": parked.id, "number": row.number, "cells": _sealed(row.cells)} for row in table.rows],
    )
    history.record("import:upload", parked, by=by, change={"run": run_id, "rows": parked.rows})
    _leave_to_worker(parked)
    return parked, True


def _sealed(cells: Sequence[str]) -> bytes:
    return keyring.seal(json.dumps(cells, ensure_ascii=False), queries.SEALED_FOR)


def _leave_to_worker(parked: NominationImport) -> None:
    if not is_small(parked):
        after_commit(WAKE, partial(jobs.wake, WAKE))


def set_columns(parked: NominationImport, columns: Sequence[str]) -> None:
    """Say what each column holds; the rows have to be checked anew, and the answers given for other columns are forgotten."""
    _check_open(parked)
    if not are_sound(columns, len(parked.headings)):
        raise RefusedError(COLUMNS)
    parked.columns, parked.notice = list(columns), ""
    _set_in_rows(parked, answer=None)
    _check_again(parked)


def _set_in_rows(parked: NominationImport, **values: Any) -> None:
    db.session.execute(sa.update(NominationImportRow).where(NominationImportRow.import_id == parked.id).values(values))


def _check_again(parked: NominationImport) -> None:
    parked.state, parked.done_rows, parked.changed_at = ImportState.UPLOADED, 0, clock.now()
    db.session.flush()
    _leave_to_worker(parked)


def answer(parked: NominationImport, answers: Mapping[int, int]) -> bool:
    """Note whom rows mean: the id of one of those who may be meant, or 0 for somebody else. Other answers are passed over.

    True when an answer is new; then the rows have to be checked anew.
    """
    _check_open(parked)
    rows = db.session.scalars(
        sa.select(NominationImportRow)
        .where(NominationImportRow.import_id == parked.id, NominationImportRow.rank == 1)
        .order_by(NominationImportRow.number)
    )
    new = False
    for row in rows:
        chosen = answers.get(row.number)
        if chosen != row.answer and (chosen == 0 or chosen in row.candidates):
            row.answer, new = chosen, True
    if new:
        _check_again(parked)
    return new


def _check_open(parked: NominationImport) -> None:
    """Lock the import, and refuse one that was confirmed or dropped by now: pages load it before that, and its rows come after it."""
    queries.lock_import(parked.id)
    if parked.state not in queries.OPEN:
        raise RefusedError(OVER)


def note_progress(import_id: int, done_rows: int) -> None:
    """Note how many rows the worker has read."""
    db.session.execute(sa.update(NominationImport).where(NominationImport.id == import_id).values(done_rows=done_rows))


def note_verdicts(parked: NominationImport, judged: Iterable[Judgement], *, notice: str = "") -> None:
    """Keep what the rows turned out to be; the import can be looked at and confirmed."""
    rows = [
        {
            "import_id": parked.id,
            "number": one.number,
            "verdict": one.verdict,
            "rank": one.rank,
            "reasons": [[reason.code, reason.row] for reason in one.reasons],
            "person_id": one.person_id,
            "candidates": list(one.candidates),
        }
        for one in judged
    ]
    if rows:
        db.session.execute(sa.update(NominationImportRow), rows)
    parked.state, parked.done_rows, parked.notice = ImportState.CHECKED, parked.rows, notice
    db.session.flush()


def note_failure(import_id: int) -> None:
    """Say that the worker could not do what was asked: what was confirmed can be confirmed again, what could not be checked is dropped."""
    parked = queries.lock_import(import_id)
    if parked.state == ImportState.CONFIRMED:
        parked.state, parked.notice = ImportState.CHECKED, FAILED
    elif parked.state == ImportState.UPLOADED:
        drop(parked, by=None)
        parked.notice = FAILED
    db.session.flush()


def is_as_shown(parked: NominationImport, *, left_out: int) -> bool:
    """True while the import is checked and has as many wrong rows as were shown."""
    return parked.state == ImportState.CHECKED and queries.numbers_of_verdicts(parked.id)[Verdict.WRONG] == left_out


def confirm(parked: NominationImport, *, left_out: int, by: int) -> None:
    """Take the import as confirmed by ``by``, who saw that ``left_out`` wrong rows are left out. What was shown must still be so.

    Raises ``RefusedError`` while questions are open, for another number of wrong rows than was shown, and when nobody is left to nominate.
    """
    _check_open(parked)
    numbers = queries.numbers_of_verdicts(parked.id)
    if numbers[Verdict.ASK]:
        raise RefusedError(UNANSWERED)
    if parked.state != ImportState.CHECKED or numbers[Verdict.WRONG] != left_out:
        raise RefusedError(CHANGED)
    if not any(numbers[verdict] for verdict in rules.TAKEN):
        raise RefusedError(NOBODY)
    parked.state, parked.confirmed_by, parked.changed_at, parked.notice = ImportState.CONFIRMED, by, clock.now(), ""
    history.record("import:confirm", parked, by=by, change={"run": parked.run_id, "left_out": left_out})
    db.session.flush()
    _leave_to_worker(parked)


def finish(parked: NominationImport, outcomes: Mapping[int, tuple[int, str]]) -> None:
    """Keep what became of each row that was taken (person and state of the enrolment, by row number), and forget what was uploaded."""
    rows = [
        {"import_id": parked.id, "number": number, "person_id": person_id, "outcome": outcome}
        for number, (person_id, outcome) in outcomes.items()
    ]
    if rows:
        db.session.execute(sa.update(NominationImportRow), rows)
    _close(parked, ImportState.DONE)


def drop(parked: NominationImport, *, by: int | None) -> None:
    """Forget an upload that was not confirmed."""
    _check_open(parked)
    history.record("import:drop", parked, by=by, change={"run": parked.run_id})
    _close(parked, ImportState.DROPPED, person_id=None, candidates=[], answer=None)


def _close(parked: NominationImport, state: ImportState, **forgotten: Any) -> None:
    _set_in_rows(parked, cells=None, **forgotten)
    parked.state, parked.changed_at, parked.file_name, parked.headings = state, clock.now(), "", []
    db.session.flush()


def drop_forgotten() -> int:
    """Drop what nobody confirmed within a week; returns how many."""
    forgotten = queries.forgotten_imports()
    for parked in forgotten:
        drop(parked, by=None)
    return len(forgotten)
