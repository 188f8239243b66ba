"""pyHanko speaks asyncio, the portal does not: what it awaits runs in a thread of its own, whatever loop the calling thread is in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

THREADS: Final = 4
"""Enough that a seal need not wait while timestamps are asked for."""
_threads: Final = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="signing")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``; raises what it raises."""
    return _threads.submit(copy_context().run, asyncio.run, work).result()
