"""Answers to an offered place: on the portal's own pages, or by the link of a mail, without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from portal import courses, enrolment
from portal.access import Permission
from portal.enrolment.models import AnswerPurpose
from portal.foundation.crypto import digest
from portal.foundation.errors import NotFoundError
from portal.web.enrolment import pages
from portal.web.enrolment.places import my_enrolment, refused
from portal.web.errors import told
from portal.web.guard import actor, public, requires
from portal.web.language import language
from portal.web.limits import limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.enrolment.models import AnswerLink
    from portal.web.enrolment.places import MyPlace

    Answer = str | tuple[str, int] | Response

ACCEPT, DECLINE = "accept", "decline"
NOT_FOUND, GONE, REFUSED = 404, 410, 422
ANSWERS_BY_LINK = "30 per hour"
# Whoever guesses links comes from few addresses and finds nothing; an office that reads its mail behind one address finds what it asks for.
GUESSES = "60 per hour"


@pages.post("/runs/<code>/offer")
@requires(Permission.RUN_ENROL, load=my_enrolment)
def answer_offer(mine: MyPlace) -> Answer:
    """Take the place that is offered, or decline it."""
    services = {ACCEPT: enrolment.accept_offer, DECLINE: enrolment.decline_offer}
    service = services.get(request.form.get("answer", ""))
    if service is not None:
        try:
            service(mine.enrolment, by=actor().person_id)
        except enrolment.EnrolmentRefusedError as refusal:
            return refused(courses.get_run(mine.run.code), refusal)
    return redirect(url_for("enrolment.confirmation", code=mine.run.code), 303)


def _by_link() -> str:
    return f"answer {digest(str((request.view_args or {})['token']))}"


guesses_limited = limiter.limit(GUESSES, deduct_when=lambda response: response.status_code == NOT_FOUND)


@pages.get("/answers/<token>")
@public
@guesses_limited
def answer(token: str) -> Answer:
    """Ask whether somebody comes. Nothing happens yet: programs that look for harmful links open every link of a mail."""
    try:
        link = enrolment.get_answer_link(token)
    except NotFoundError:
        return render_template("enrolment/no_answer.html"), NOT_FOUND
    return _page(link, token)


@pages.post("/answers/<token>")
@public
@guesses_limited
@limiter.limit(ANSWERS_BY_LINK, key_func=_by_link)
def send_answer(token: str) -> Answer:
    """Do what was answered, and show what came of it."""
    try:
        link = enrolment.get_answer_link(token)
    except NotFoundError:
        return render_template("enrolment/no_answer.html"), NOT_FOUND
    sent = request.form.get("answer", "")
    if sent == DECLINE or (sent == ACCEPT and link.purpose == AnswerPurpose.OFFER):
        try:
            enrolment.answer(link, accepts=sent == ACCEPT)
        except enrolment.EnrolmentRefusedError as refusal:
            if refusal.code != "offer_ended":
                return _page(link, token, refusal)
    return redirect(url_for("enrolment.answer", token=token), 303)


def _page(link: AnswerLink, token: str, refusal: enrolment.EnrolmentRefusedError | None = None) -> tuple[str, int]:
    """The question, or what became of it. Nobody is named: whoever forwards a mail shows the training, not the person."""
    run, is_open = link.enrolment.run, enrolment.is_open(link, link.enrolment)
    page = render_template(
        "enrolment/answer.html",
        link=link,
        token=token,
        run=run,
        offer=link.purpose == AnswerPurpose.OFFER,
        is_open=is_open,
        sessions=courses.sessions_of(run.id),
        place=courses.place_of(run, language()),
        refusal=told(refusal) if refusal else "",
        refused_for=refusal.code if refusal else "",
        has_errors=refusal is not None,
    )
    return page, REFUSED if refusal else 200 if is_open or link.used_at else GONE
