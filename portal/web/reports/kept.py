"""Reports, kept as long as nothing that they count has changed.

A report adds up every participation of its period, and staff look at the same one again and again: on the page, in the other language, as files.
It is kept with what it depends on, read before it was counted. Never stale: that is asked every time. One change, and it is counted anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from flask import current_app

from portal import reports

if TYPE_CHECKING:
    from portal.reports import LastChange, Scope
    from portal.web.reports.kinds import ReportKind

MOST = 100


class KeptReports:
    """The reports that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Scope], tuple[LastChange, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, kind: ReportKind, scope: Scope) -> Any:
        """What ``kind`` counts of ``scope`` as it is now."""
        now, key = reports.last_change(), (kind.code, scope)
        change, counted = self._kept.get(key, (None, None))
        if change != now:
            counted = kind.count(scope)
            with self._guard:
                self._kept.pop(key, None)
                self._kept[key] = now, counted
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return counted


_kept = KeptReports()


def counted(kind: ReportKind, scope: Scope) -> Any:
    """What ``kind`` counts of ``scope`` as it is now. Not kept in tests, which change rows behind the history's back."""
    return kind.count(scope) if current_app.config["SETTINGS"].env == "test" else _kept.of(kind, scope)
