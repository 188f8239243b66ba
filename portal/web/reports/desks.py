"""Who looks at reports: staff at everything or at one project, coordinators at their own people. The same reports, each with addresses of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from portal.web.reports.kinds import KINDS, OVERVIEW_CODE, ReportKind

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.courses.models import FundingProject


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are read.

    ``within`` are the municipalities whose people are counted, None for all; ``prefix`` is that of its endpoints, ``project`` the one that
    all is about, if it is about one.
    """

    within: frozenset[int] | None
    prefix: str
    layout: str
    project: FundingProject | None = None

    @property
    def kinds(self) -> list[ReportKind]:
        """The reports that can be read here; of a project there is one only."""
        if self.project is not None:
            return []
        return [kind for kind in KINDS.values() if self.within is None or not kind.for_staff]

    def page(self, kind: ReportKind, **address: Any) -> str:
        """Where a report stands."""
        if self.project is not None:
            return url_for("reports.project", project_id=self.project.id, **address)
        if kind.code == OVERVIEW_CODE:
            return url_for(f"reports.{self.prefix}overview", **address)
        return url_for(f"reports.{self.prefix}report", report=kind.code, **address)

    def table(self, code: str, **address: Any) -> str:
        """Where a table is had as CSV."""
        if self.project is not None:
            address["project"] = self.project.id
        return url_for(f"reports.{self.prefix}spreadsheet", table=code, **address)

    def file(self, kind: ReportKind, ending: str, **address: Any) -> str:
        """Where a whole report is had as a file."""
        if self.project is not None:
            return url_for("reports.project_file", project_id=self.project.id, suffix=ending, **address)
        return url_for(f"reports.{self.prefix}file", report=kind.code, suffix=ending, **address)


STAFF = Desk(None, "", "layouts/staff.html")


def project_desk(project: FundingProject) -> Desk:
    """The desk of staff who report to the donor of ``project``."""
    return Desk(None, "", "layouts/staff.html", project)


def own_desk(actor: Actor) -> Desk:
    """The desk of a coordinator: of the people of their municipalities, and nobody else."""
    return Desk(actor.municipality_ids, "own_", "layouts/base.html")
