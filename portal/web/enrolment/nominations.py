"""A coordinator nominates: puts own people on the list for a run, orders it, sends it, takes somebody back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment, journeys
from portal.access import Permission
from portal.foundation.errors import N_, NotFoundError, RefusedError
from portal.web.enrolment import pages
from portal.web.enrolment.forms import TakeBackForm
from portal.web.enrolment.nomination_page import (
    Nominating,
    chosen_people,
    known_trainings,
    nomination_page,
    sent_of,
    standings_in,
)
from portal.web.enrolment.quotas import names_of_places, number_to_wait
from portal.web.enrolment.words import refusal_of_other
from portal.web.errors import told
from portal.web.form_keys import new_form_key, sent_form_key
from portal.web.form_pages import form_page
from portal.web.guard import requires
from portal.web.ids import ID, find_id
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.people.models import Post

    Answer = str | tuple[str, int] | Response

MOST_AT_ONCE = 100
REFUSED = 422
MOVE = re.compile(f"(up|down):({ID})")
BOTH = ["GET", "POST"]


def nominating(actor: Actor, code: str) -> Nominating:
    """The run, for the coordinator. Raises ``NotFoundError``."""
    return Nominating(courses.get_public_run(code), actor)


def _one_of_list(actor: Actor, code: str, nomination_id: int) -> tuple[Nominating, int]:
    return nominating(actor, code), nomination_id


def to_list(nominating: Nominating, anchor: str | None = None) -> Response:
    """Back to the page of the list, with what was searched; to its top, where it says what was done, unless an ``anchor`` is named."""
    return redirect(url_for("enrolment.nominate", code=nominating.run.code, q=request.form.get("q") or None, _anchor=anchor), 303)


@pages.get("/municipality/nominate/<code>")
@requires(Permission.MUNICIPALITY_NOMINATE, load=nominating)
def nominate(nominating: Nominating) -> str:
    """Show the list for a run, and whom the coordinator can nominate."""
    return nomination_page(nominating)


def _chosen_posts(actor: Actor) -> list[Post]:
    """The posts of those who were ticked. Raises ``RefusedError`` for nobody or too many, and ``NotFoundError`` for others' people."""
    chosen = chosen_people()
    if not chosen:
        raise RefusedError(N_("Choose at least one person."))
    if len(chosen) > MOST_AT_ONCE:
        raise RefusedError(N_("Nominate at most %(most)s people at once; %(number)s are chosen."), most=MOST_AT_ONCE, number=len(chosen))
    posts = enrolment.own_posts_of(actor.municipality_ids, chosen)
    if {post.person_id for post in posts} != chosen:
        raise NotFoundError
    return posts


@pages.post("/municipality/nominate/<code>")
@requires(Permission.MUNICIPALITY_NOMINATE, load=nominating)
def send_nomination(nominating: Nominating) -> Answer:
    """Nominate those who were ticked at once, and say what became of each."""
    run, actor = nominating.run, nominating.actor
    try:
        posts = _chosen_posts(actor)
    except RefusedError as refusal:
        return nomination_page(nominating, refusal=told(refusal)), REFUSED
    outcomes = journeys.nominate(run, posts, by=actor.person_id, form_key=sent_form_key())
    positions = enrolment.waiting_positions([run.id])
    known = known_trainings(actor, [outcome.person_id for outcome in outcomes if outcome.refusal])
    rows = [
        (
            post,
            outcome.enrolment,
            positions.get(outcome.enrolment.id) if outcome.enrolment else None,
            refusal_of_other(outcome.refusal, known[post.person_id], language()) if outcome.refusal else None,
        )
        for post, outcome in zip(posts, outcomes, strict=True)
    ]
    return render_template("enrolment/nominated.html", run=run, rows=rows)


@pages.post("/municipality/nominate/<code>/list")
@requires(Permission.MUNICIPALITY_NOMINATE, load=nominating)
def change_list(nominating: Nominating) -> Answer:
    """Put those who were ticked on the list, move somebody up or down, or take somebody off."""
    about = "list" if {"move", "drop"} & set(request.form) else "people"
    try:
        _change_list(nominating)
    except RefusedError as refusal:
        return nomination_page(nominating, refusal=told(refusal), about=about), REFUSED
    return to_list(nominating, "list")


def _change_list(nominating: Nominating) -> None:
    run_id, actor = nominating.run.id, nominating.actor
    if "move" in request.form:
        found = MOVE.fullmatch(request.form["move"])
        if not found:
            raise NotFoundError
        version, up = request.form.get("version", ""), found[1] == "up"
        enrolment.move_on_list(run_id, actor.municipality_ids, int(found[2]), up=up, version=version, by=actor.person_id)
    elif "drop" in request.form:
        enrolment.take_off_list(run_id, actor.municipality_ids, find_id(request.form["drop"]) or 0, by=actor.person_id)
    else:
        enrolment.add_to_list(run_id, _chosen_posts(actor), by=actor.person_id)


@pages.route("/municipality/nominate/<code>/send", methods=BOTH)
@requires(Permission.MUNICIPALITY_NOMINATE, load=nominating)
def send_list(nominating: Nominating) -> Answer:
    """Ask before the list is sent, in its order; then send it. Whoever is refused stays on it, with the reason beside."""
    if request.method == "GET":
        return _ask_to_send(nominating)
    version, actor = request.form.get("version", ""), nominating.actor
    try:
        outcomes = journeys.nominate_list(
            nominating.run, actor.municipality_ids, version=version, by=actor.person_id, form_key=sent_form_key()
        )
    except RefusedError as refusal:
        return _ask_to_send(nominating, told(refusal)), REFUSED
    if outcomes and not any(outcome.enrolment for outcome in outcomes):
        flash(gettext("Nobody could be nominated. The reason stands beside each name."), "warn")
    else:
        flash(gettext("The list was sent. What became of each person stands beside the name."), "good")
    return to_list(nominating)


def _ask_to_send(nominating: Nominating, refusal: str = "") -> str:
    nominees = nominating.nominees()
    waiting = enrolment.waiting_of(nominees)
    standings, run = standings_in(nominating, [one.post for one in waiting]), nominating.run
    rows = [(one, standings.of(one.post)) for one in waiting]
    return render_template(
        "enrolment/send_list.html",
        run=run,
        closed=nominating.closed(),
        places=enrolment.places_of([run.id])[run.id],
        waiting=rows,
        to_wait=number_to_wait(
            run, enrolment.seats_of(run.id), (each.post.municipality_id for _one, each in rows if each.can_be_nominated)
        ),
        names_of_places=names_of_places(nominating.actor),
        version=enrolment.version_of(one.nomination for one in nominees),
        form_key=new_form_key(),
        refusal=refusal,
        has_errors=bool(refusal),
    )


@pages.route("/municipality/nominate/<code>/take-back/<number:nomination_id>", methods=BOTH)
@requires(Permission.MUNICIPALITY_NOMINATE, load=_one_of_list)
def take_back(found: tuple[Nominating, int]) -> Answer:
    """Ask why, then take a nomination back; the person is told, and the next in line gets the place."""
    nominating, nomination_id = found
    run, actor, form = nominating.run, nominating.actor, TakeBackForm()
    if form.is_submitted() and form.validate():
        try:
            enrolment.take_back(run.id, actor.municipality_ids, nomination_id, by=actor.person_id, reason=form.reason.data)
        except enrolment.EnrolmentRefusedError as refusal:
            form.form_errors.append(refusal_of_other(refusal, (), language()))
        else:
            flash(gettext("The nomination is taken back. The person gets a mail."), "good")
            return to_list(nominating)
    nominee = enrolment.get_nominee(run.id, actor.municipality_ids, nomination_id)
    sent = next(iter(sent_of(nominating, [nominee])), None)
    return form_page("enrolment/take_back.html", form, run=run, nominee=nominee, sent=sent)
