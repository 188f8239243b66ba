"""Who looks at reports: staff at everything, coordinators at their own people. The same reports, each with addresses of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from portal.web.reports.kinds import KINDS, OVERVIEW_CODE, ReportKind

if TYPE_CHECKING:
    from portal.access import Actor


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are read. ``within`` are the municipalities whose people are counted, None for all; ``prefix`` that of its endpoints."""

    within: frozenset[int] | None
    prefix: str
    layout: str

    @property
    def kinds(self) -> list[ReportKind]:
        """The reports that can be read here."""
        return [kind for kind in KINDS.values() if self.within is None or not kind.for_staff]

    def page(self, kind: ReportKind, **address: Any) -> str:
        """Where a report stands."""
        if kind.code == OVERVIEW_CODE:
            return url_for(f"reports.{self.prefix}overview", **address)
        return url_for(f"reports.{self.prefix}report", report=kind.code, **address)

    def table(self, code: str, **address: Any) -> str:
        """Where a table is had as CSV."""
        return url_for(f"reports.{self.prefix}spreadsheet", table=code, **address)

    def file(self, kind: ReportKind, ending: str, **address: Any) -> str:
        """Where a whole report is had as a file."""
        return url_for(f"reports.{self.prefix}file", report=kind.code, suffix=ending, **address)


STAFF = Desk(None, "", "layouts/staff.html")


def own_desk(actor: Actor) -> Desk:
    """The desk of a coordinator: of the people of their municipalities, and nobody else."""
    return Desk(actor.municipality_ids, "own_", "layouts/base.html")
