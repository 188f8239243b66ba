"""Reports, kept as long as nothing that they count has changed.

A report adds up every participation of its period, and staff look at the same one again and again: on the page, in the other language, as files.
It is kept with what it depends on, read before it was counted. Never stale: that is asked every time. One change, and it is counted anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from portal import reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.reports import Demand, Dimension, Figures, LastChange, Runs, Scope

    Groups = Mapping[int | str | None, Figures]
    Found = Mapping[Dimension, Groups]

MOST = 100


@dataclass(frozen=True, slots=True)
class Report:
    """All that is counted for one scope."""

    found: Found
    runs: Runs
    demand: list[Demand]


class KeptReports:
    """The reports that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Scope, tuple[LastChange, Report]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, scope: Scope) -> Report:
        """The report of ``scope`` as it is now."""
        now = reports.last_change()
        change, report = self._kept.get(scope, (None, None))
        if report is None or change != now:
            report = count(scope)
            with self._guard:
                self._kept.pop(scope, None)
                self._kept[scope] = now, report
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return report


def count(scope: Scope) -> Report:
    """Count everything."""
    return Report(reports.participation(scope), reports.runs_held(scope), reports.unmet_demand(scope))


_kept = KeptReports()


def report_of(scope: Scope) -> Report:
    """The report of ``scope`` as it is now. Not kept in tests, which change rows behind the history's back."""
    return count(scope) if current_app.config["SETTINGS"].env == "test" else _kept.of(scope)
