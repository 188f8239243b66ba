"""The portal's one commit. Requests, commands and jobs all end here; nothing else in the project commits.

What forms a chain is appended last, just before the commit, because whoever appends must wait for the one before, and this keeps that
wait short: first what was asked for ``before_commit``, then the history, always in this order, so that no two wait for each other.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from portal.foundation import history
from portal.foundation.database import db, transactions_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BEFORE = "before_commit"
_AFTER = "after_commit"


def commit() -> None:
    """Write what the session holds, do what was asked for ``before_commit``, append its history, commit, then run what was asked for ``after_commit``.

    Raises whatever the database raises; then nothing was saved and nothing asked for afterwards runs.
    """
    session = db.session()
    try:
        session.flush()
        for task, items in session.info.pop(_BEFORE, {}).items():
            task(items)
        history.append_recorded(session)
        session.commit()
    except BaseException:
        abandon()
        raise
    for task in session.info.pop(_AFTER, {}).values():
        task()


def abandon() -> None:
    """Undo what the session holds, history and ``after_commit`` tasks included. The next statement begins a new transaction."""
    session = db.session()
    session.rollback()
    history.forget_recorded(session)
    session.info.pop(_BEFORE, None)
    session.info.pop(_AFTER, None)


def before_commit(task: Callable[[list[Any]], object], item: object) -> None:
    """Run ``task`` just before this transaction is committed, once, with every ``item`` that was given for it, in order.

    All that the session holds is written by then. What a savepoint undid is among the items still: the task must look.
    """
    db.session().info.setdefault(_BEFORE, {}).setdefault(task, []).append(item)


def after_commit(name: str, task: Callable[[], object]) -> None:
    """Run ``task`` once this transaction is committed; asked for twice under one ``name``, it runs once."""
    db.session().info.setdefault(_AFTER, {})[name] = task


@contextmanager
def writing() -> Iterator[None]:
    """A transaction of a command or a job: commits at the end of the block, undoes everything when it raises."""
    transactions_write(on=True)
    try:
        yield
        commit()
    except BaseException:
        abandon()
        raise
    finally:
        transactions_write(on=None)
        db.session.remove()


@contextmanager
def reading() -> Iterator[None]:
    """A transaction of a command or a job that only looks."""
    transactions_write(on=False)
    try:
        yield
    finally:
        abandon()
        transactions_write(on=None)
        db.session.remove()
