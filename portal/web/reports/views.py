"""Pages: reports for staff. Everything is asked for in the address, so that a report can be sent on as a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses
from portal.access import Permission
from portal.web.guard import requires
from portal.web.reports import pages
from portal.web.reports.answers import FILES, PAGES, REPORTS, report_file, report_page, table_file
from portal.web.reports.desks import STAFF, project_desk
from portal.web.reports.kinds import KINDS, OVERVIEW_CODE, PROJECT

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.web.reports.desks import Desk


@pages.get("/staff/reports")
@requires(Permission.REPORT_VIEW)
def overview() -> str | tuple[str, int]:
    """Who took part, told apart in each way."""
    return report_page(STAFF, KINDS[OVERVIEW_CODE])


@pages.get(f"/staff/reports/<any({PAGES}):report>")
@requires(Permission.REPORT_VIEW)
def report(report: str) -> str | tuple[str, int]:
    """One of the other reports."""
    return report_page(STAFF, KINDS[report])


@pages.get(f"/staff/reports/<any({FILES}):table>.csv")
@requires(Permission.REPORT_VIEW)
def spreadsheet(table: str) -> Response:
    """One table as a file."""
    return table_file(STAFF, table)


@pages.get(f"/staff/reports/<any({REPORTS}):report>.<any(xlsx, pdf):suffix>")
@requires(Permission.REPORT_VIEW)
def file(report: str, suffix: str) -> Response:
    """A whole report as a file."""
    return report_file(STAFF, KINDS[report], suffix)


def _project(_actor: Actor, project_id: int, suffix: str = "") -> tuple[Desk, str]:
    return project_desk(courses.get_project(project_id)), suffix


@pages.get("/staff/reports/project/<number:project_id>")
@requires(Permission.REPORT_VIEW, load=_project)
def project(asked: tuple[Desk, str]) -> str | tuple[str, int]:
    """What a project's donor is told."""
    return report_page(asked[0], PROJECT)


@pages.get("/staff/reports/project/<number:project_id>.<any(xlsx, pdf):suffix>")
@requires(Permission.REPORT_VIEW, load=_project)
def project_file(asked: tuple[Desk, str]) -> Response:
    """The same as a file, for the donor."""
    return report_file(asked[0], PROJECT, asked[1])
