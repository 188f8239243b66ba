"""Building the status lists, which say to verifiers what the register says of each certificate."""

from __future__ import annotations

from functools import partial
from typing import Final

from portal import credentials
from portal.certificates import queries_lists
from portal.foundation import jobs
from portal.foundation.transaction import after_commit

WAKE_LISTS: Final = "build_status_lists"
"""The name of the work for which the worker is woken."""


def build_status_lists() -> int:
    """Sign the lists that are due; returns how many. Raises ``SigningUnavailableError``."""
    due = queries_lists.lists_to_build()
    # counted before the places are read: a change in between is built once more rather than missed
    changes = queries_lists.changes_of_states()
    marked = queries_lists.marked_places()
    for number in due:
        credentials.build_status_list(number, marked.get(number, ()), changes=changes)
    return len(due)


def ask_to_build() -> None:
    """Have the lists built as soon as this transaction is committed."""
    after_commit(WAKE_LISTS, partial(jobs.wake, WAKE_LISTS))
