"""Fair turns for writers on SQLite.

SQLite lets waiting writers poll for its lock, so a newcomer often overtakes those who wait. Here the threads of a process queue in
order of arrival, and the first of each process waits for the lock of a file beside the database, which the kernel hands on. SQLite's own lock stays
the one that protects the data; without this queue the portal is correct, only unfair.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_HELD = "write_turn"


class Queue:
    """A lock that serves in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False

    def acquire(self) -> None:
        """Wait for the turn."""
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        """Hand the turn to the one who waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


_queues: dict[str, Queue] = {}
_queues_guard = threading.Lock()


def take(connection: Connection) -> None:
    """Wait until ``connection`` may begin to write. An in-memory database has one connection and needs no turn."""
    path = connection.engine.url.database
    if not path or path == ":memory:" or _HELD in connection.info:
        return
    with _queues_guard:
        queue = _queues.setdefault(path, Queue())
    queue.acquire()
    try:
        handle = os.open(f"{path}-turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except BaseException:
        queue.release()
        raise
    connection.info[_HELD] = (queue, handle)


def give_back(connection: Connection) -> None:
    """End the turn that ``connection`` holds, if it holds one."""
    held = connection.info.pop(_HELD, None)
    if held is not None:
        queue, handle = held
        os.close(handle)  # closing lets go of the lock
        queue.release()
