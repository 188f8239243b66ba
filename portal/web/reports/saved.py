"""Pages: reports that staff keep under a name, for themselves or for all staff, and of which they get word by mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField

from portal import reports
from portal.access import Permission
from portal.reports.models import Every
from portal.web.fields import Choice, line
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.reports import pages
from portal.web.reports.answers import REPORTS
from portal.web.reports.desks import STAFF
from portal.web.reports.forms import Choices, ReportForm
from portal.web.reports.kinds import KINDS, OVERVIEW_CODE

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.reports.models import SavedReport

    Answer = str | tuple[str, int] | Response

VIEW = Permission.REPORT_VIEW
EVERY = {Every.NEVER: _("No mail"), Every.WEEK: _("Each week"), Every.MONTH: _("Each month")}


class KeepForm(FlaskForm):
    """Under which name a report is kept, and who hears of it."""

    name = line(_("Name"), limit=100)
    moving = BooleanField(_("Always for the current year, not for the days chosen"))
    shared = BooleanField(_("For all staff"))
    every = Choice(_("Word by mail, with a link and the sums"), choices=list(EVERY.items()))


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept report in the list, with where it leads; ``own`` ones can be stopped and removed."""

    saved: SavedReport
    title: str
    href: str
    owner: str
    own: bool


@pages.get("/staff/reports/saved")
@requires(VIEW)
def saved() -> str:
    """Mine, and what others share."""
    me, kept, found = actor().person_id, reports.saved_reports(actor().person_id), []
    owners = reports.names_of_people(one.owner_id for one in kept)
    for one in kept:
        kind = KINDS.get(one.report, KINDS[OVERVIEW_CODE])
        found.append(
            Entry(one, str(kind.title), STAFF.page(kind, **one.filters), owners[one.owner_id].name(language()), one.owner_id == me)
        )
    return render_template("reports/saved.html", entries=found, every=EVERY, never=Every.NEVER)


@pages.route(f"/staff/reports/<any({REPORTS}):report>/keep", methods=["GET", "POST"])
@requires(VIEW)
def keep(report: str) -> Answer:
    """Keep the report whose filters stand in the address."""
    kind, asked = KINDS[report], ReportForm(request.args, Choices.load())
    if not asked.validate():
        return redirect(STAFF.page(kind, **request.args), 303)
    form = KeepForm()
    if attempt(form, lambda: reports.keep_report(_values(report, asked, form), by=actor().person_id)):
        flash(gettext("The report is kept."), "good")
        return redirect(url_for("reports.saved"), 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Keep this report"),
        subject=" · ".join([str(kind.title), *(value for _label, value in asked.told)]),
        crumbs=[(gettext("Reports"), url_for("reports.overview")), (str(kind.title), STAFF.page(kind, **asked.address))],
        back_url=STAFF.page(kind, **asked.address),
    )


def _values(report: str, asked: ReportForm, form: KeepForm) -> dict[str, Any]:
    filters = {name: value for name, value in asked.address.items() if not (form.moving.data and name in {"from", "to"})}
    return {"name": form.name.data, "report": report, "filters": filters, "shared": form.shared.data, "every": form.every.data}


def _own(actor: Actor, saved_id: int) -> SavedReport:
    return reports.get_own_report(saved_id, actor.person_id)


@pages.post("/staff/reports/saved/<number:saved_id>/<any(stop, remove):wish>")
@requires(VIEW, load=lambda actor, saved_id, wish: (_own(actor, saved_id), wish))
def change_saved(asked: tuple[SavedReport, str]) -> Response:
    """Stop the mails about one of mine, or remove it."""
    one, wish = asked
    if wish == "stop":
        reports.stop_sending(one, by=actor().person_id)
        flash(gettext("There is no more mail about it."), "good")
    else:
        reports.drop_report(one, by=actor().person_id)
        flash(gettext("The report is removed from the list."), "good")
    return redirect(url_for("reports.saved"), 303)
