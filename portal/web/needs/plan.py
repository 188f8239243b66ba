"""The plan of a municipality for a year: for its coordinator, who may say how much money there is, and for staff; as a page to print and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import municipalities, needs, reports
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web import downloads
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.needs import pages
from portal.web.needs.forms import BudgetForm
from portal.web.needs.plan_table import table_of
from portal.web.needs.words import asked_year, year_chips

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.municipalities.models import Municipality

    Answer = str | tuple[str, int] | Response

FILES = "<any(csv,xlsx):sheet>"


def _own_place(actor: Actor) -> Municipality:
    """The coordinator's municipality; of several the one that the address names."""
    places = municipalities.municipalities_by_ids(actor.municipality_ids)
    code = request.args.get("of")
    found = next((one for one in places if code in {None, one.code}), None)
    if found is None:
        raise NotFoundError
    return found


def _own_file(actor: Actor, sheet: str) -> tuple[Municipality, str]:
    return _own_place(actor), sheet


def _place(_actor: Actor, code: str) -> Municipality:
    return municipalities.get_municipality(code)


def _file(_actor: Actor, code: str, sheet: str) -> tuple[Municipality, str]:
    return municipalities.get_municipality(code), sheet


@pages.route("/municipality/plan", methods=["GET", "POST"])
@requires(Permission.NEED_POST, load=_own_place)
def plan(place: Municipality) -> Answer:
    """The plan of one's own municipality; what is sent says how much money there is."""
    me, year = actor(), asked_year(clock.today().year)
    budget = needs.find_budget(place.id, year)
    form = BudgetForm(data={"amount": budget.amount if budget else None})
    if attempt(form, lambda: needs.set_budget(place.id, year, form.amount.data, by=me.person_id)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("needs.plan", year=year, of=place.code), 303)
    return form_page(
        "needs/plan.html",
        form,
        place=place,
        places=municipalities.municipalities_by_ids(me.municipality_ids),
        plan=needs.plan_of(place.id, year),
        years=year_chips(needs.years_of([place.id]), year, "needs.plan", of=place.code),
    )


@pages.get(f"/municipality/plan.{FILES}")
@requires(Permission.NEED_POST, load=_own_file)
def plan_file(asked: tuple[Municipality, str]) -> Response:
    """The same as a table."""
    return _as_file(*asked)


@pages.get("/staff/needs/plan/<code>")
@requires(Permission.NEED_MANAGE, load=_place)
def staff_plan(place: Municipality) -> str:
    """The plan of any municipality."""
    year = asked_year(clock.today().year)
    return render_template(
        "needs/staff_plan.html",
        place=place,
        plan=needs.plan_of(place.id, year),
        years=year_chips(needs.years_of([place.id]), year, "needs.staff_plan", code=place.code),
        all_places=municipalities.municipalities_in_order(),
    )


@pages.get(f"/staff/needs/plan/<code>.{FILES}")
@requires(Permission.NEED_MANAGE, load=_file)
def staff_plan_file(asked: tuple[Municipality, str]) -> Response:
    """The same as a table."""
    return _as_file(*asked)


def _as_file(place: Municipality, sheet: str) -> Response:
    found = needs.plan_of(place.id, asked_year(clock.today().year))
    rows, name = table_of(found, language()), f"plan-{place.code}-{found.year}.{sheet}"
    if sheet == "csv":
        return downloads.as_file(reports.as_csv(rows), downloads.CSV, name)
    return downloads.as_file(reports.as_workbook(rows, f"{place.code} {found.year}"), downloads.XLSX, name)
