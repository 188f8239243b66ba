"""The needs of a coordinator's municipality: listed by year, posted, changed and withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import municipalities, needs
from portal.access import Permission
from portal.foundation.errors import RefusedError
from portal.needs.models import NeedState
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.needs import pages
from portal.web.needs.forms import NeedForm
from portal.web.needs.words import asked_year, money, period_words, year_chips, year_to_plan

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.needs import Posted

    Answer = str | tuple[str, int] | Response


@pages.context_processor
def _words() -> dict[str, object]:
    return {"period_words": period_words, "money": money}


def _own(actor: Actor, need_id: int) -> Posted:
    return needs.get_need(need_id, municipality_ids=actor.municipality_ids)


def _list_of(posted: Posted) -> str:
    return url_for("needs.own", year=posted.need.starts_on.year)


@pages.get("/municipality/needs")
@requires(Permission.NEED_POST)
def own() -> str:
    """List the needs whose period begins in a year."""
    ids, year = actor().municipality_ids, asked_year(year_to_plan())
    return render_template(
        "needs/own.html",
        posted=needs.needs_of(ids, year),
        year=year,
        years=year_chips(needs.years_of(ids), year, "needs.own"),
        places=municipalities.municipalities_by_ids(ids),
    )


@pages.route("/municipality/needs/new", methods=["GET", "POST"])
@requires(Permission.NEED_POST)
def post_need() -> Answer:
    """Say what the municipality needs."""
    me = actor()
    places = municipalities.municipalities_by_ids(me.municipality_ids)
    form = NeedForm(places, me.name(language()))
    chosen = form.municipality_id.data if form.municipality_id else places[0].id
    if made := attempt(form, lambda: needs.post_need(chosen, form.values(), by=me.person_id)):
        flash(gettext("Posted. The association sees the need, and you get a message when a training is planned for it."), "good")
        return redirect(url_for("needs.own", year=made.value.starts_on.year), 303)
    return form_page("needs/form.html", form, title=gettext("New training need"), back_url=url_for("needs.own"), posted=None)


@pages.route("/municipality/needs/<number:need_id>", methods=["GET", "POST"])
@requires(Permission.NEED_POST, load=_own)
def need(posted: Posted) -> Answer:
    """Show a need; while it is open it can be changed."""
    if posted.state != NeedState.OPEN:
        return render_template("needs/need.html", posted=posted, back_url=_list_of(posted))
    form = NeedForm([posted.need.municipality], posted.need.contact, posted)
    if attempt(form, lambda: needs.change_need(posted.need, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(_list_of(posted), 303)
    return form_page("needs/form.html", form, title=gettext("Training need"), back_url=_list_of(posted), posted=posted)


@pages.get("/municipality/needs/<number:need_id>/withdraw")
@requires(Permission.NEED_POST, load=_own)
def ask_to_withdraw(posted: Posted) -> Answer:
    """Ask before it is withdrawn."""
    return render_template("needs/withdraw.html", posted=posted, back_url=_list_of(posted))


@pages.post("/municipality/needs/<number:need_id>/withdraw")
@requires(Permission.NEED_POST, load=_own)
def withdraw_need(posted: Posted) -> Answer:
    """Need it no more."""
    try:
        needs.withdraw_need(posted.need, by=actor().person_id)
        flash(gettext("Withdrawn: %(title)s", title=posted.title(language())), "good")
    except RefusedError as refusal:
        flash(told(refusal), "bad")
    return redirect(_list_of(posted), 303)
