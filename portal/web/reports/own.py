"""Pages: reports for coordinators, of the people of their municipality and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.guard import requires
from portal.web.reports import pages
from portal.web.reports.answers import FILES, PAGES, REPORTS, report_file, report_page, table_file
from portal.web.reports.desks import Desk, own_desk
from portal.web.reports.kinds import KINDS, OF_TABLE, OVERVIEW_CODE, ReportKind

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor


class Own(NamedTuple):
    """A report at the coordinator's desk, and the table or the kind of file that was asked for."""

    desk: Desk
    kind: ReportKind
    part: str = ""


def _own(actor: Actor, report: str = OVERVIEW_CODE, table: str = "", suffix: str = "") -> Own:
    desk, kind = own_desk(actor), KINDS[OF_TABLE[table] if table else report]
    if kind not in desk.kinds:
        raise NotFoundError
    return Own(desk, kind, table or suffix)


@pages.get("/municipality/reports")
@requires(Permission.MUNICIPALITY_VIEW, load=_own)
def own_overview(own: Own) -> str | tuple[str, int]:
    """Who of the municipality took part."""
    return report_page(own.desk, own.kind)


@pages.get(f"/municipality/reports/<any({PAGES}):report>")
@requires(Permission.MUNICIPALITY_VIEW, load=_own)
def own_report(own: Own) -> str | tuple[str, int]:
    """One of the other reports."""
    return report_page(own.desk, own.kind)


@pages.get(f"/municipality/reports/<any({FILES}):table>.csv")
@requires(Permission.MUNICIPALITY_VIEW, load=_own)
def own_spreadsheet(own: Own) -> Response:
    """One table as a file."""
    return table_file(own.desk, own.part)


@pages.get(f"/municipality/reports/<any({REPORTS}):report>.<any(xlsx, pdf):suffix>")
@requires(Permission.MUNICIPALITY_VIEW, load=_own)
def own_file(own: Own) -> Response:
    """A whole report as a file."""
    return report_file(own.desk, own.kind, own.part)
