"""Checking in by oneself: with the code that is on the wall, scanned or typed. Looking changes nothing; one button records it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, redirect, render_template, url_for
from flask_babel import gettext

from portal import attendance, journeys
from portal.access import Permission
from portal.attendance import Answer
from portal.foundation import clock
from portal.foundation.crypto import keyring
from portal.foundation.errors import NotFoundError
from portal.web.attendance import bare, pages, scans
from portal.web.attendance.check_in_forms import WallCodeForm
from portal.web.guard import actor, find_actor, public, requires, signed_in
from portal.web.limits import address, by_person, limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.access import Actor
    from portal.attendance import CheckIn, TaughtSession
    from portal.web.attendance.scans import Scan

    AnyAnswer = str | AnyResponse | tuple[str, int]

MISSES_OF_ONE = "10 per 5 minutes; 40 per day"
MISSES_OF_ADDRESS = "100 per 5 minutes; 1000 per day"
"""A whole hall stands behind one address."""
FORBIDDEN, GONE, UNPROCESSABLE = 403, 410, 422


def _missed(answer: Response) -> bool:
    return answer.status_code == UNPROCESSABLE


def _by_address() -> str:
    """The limits know an address by its digest only: where people checked in from is kept nowhere."""
    return keyring.blind_index(address(), "check-in address")


@bare.get("/check-in/<token>")
@public
def scanned(token: str) -> AnyAnswer:
    """Take the scan of the QR at once, then lead to the page in the visitor's language."""
    scans.find_scan(token)
    return redirect(url_for("attendance.check_in", token=token))


@bare.get("/check-in")
@public
def typed() -> AnyAnswer:
    """Lead whoever typed the short address from the wall."""
    return redirect(url_for("attendance.type_code"))


@pages.get("/check-in/<token>")
@public
def check_in(token: str) -> AnyAnswer:
    """Ask whether to check in, or say why not. A fresh scan survives the sign-in; an old link opens nothing for anybody."""
    scan = scans.find_scan(token)
    if scan is None:
        return render_template("attendance/code_gone.html"), GONE
    if find_actor() is None:
        return redirect(url_for("people.sign_in", next=url_for("attendance.check_in", token=token)), 303)
    session, stands = _stands(scan)
    page = _page(session, stands, token)
    return (page, FORBIDDEN) if stands.answer == Answer.NO_PLACE else page


@pages.post("/check-in/<token>")
@signed_in
def confirm(token: str) -> AnyAnswer:
    """Check in, once."""
    scan = scans.find_scan(token)
    if scan is None:
        return render_template("attendance/code_gone.html"), GONE
    session = attendance.get_taught_session(scan.session_id, taught_by=None)
    try:
        journeys.check_in(session, actor().person_id, at=scan.at)
    except journeys.CheckInRefusedError as refusal:
        return _page(session, refusal.stands, token), UNPROCESSABLE
    scans.drop()
    return redirect(url_for("attendance.checked_in", session_id=session.id), 303)


def _stands(scan: Scan) -> tuple[TaughtSession, CheckIn]:
    session = attendance.get_taught_session(scan.session_id, taught_by=None)
    own = attendance.find_own_facts(session.id, actor().person_id)
    return session, attendance.check_in_of((session.starts_at, session.ends_at), own, scan.at)


def _page(session: TaughtSession, stands: CheckIn, token: str) -> str:
    return render_template("attendance/check_in.html", session=session, stands=stands, token=token)


def own_check_in(me: Actor, session_id: int) -> tuple[TaughtSession, CheckIn]:
    """The session in which ``me`` checked in. Raises ``NotFoundError`` for all others."""
    own = attendance.find_own_facts(session_id, me.person_id)
    if own is None or own.checked_in_at is None:
        raise NotFoundError
    session = attendance.get_taught_session(session_id, taught_by=None)
    return session, attendance.check_in_of((session.starts_at, session.ends_at), own, clock.now())


@pages.get("/check-in/sessions/<number:session_id>")
@requires(Permission.MY_TRAINING_VIEW, load=own_check_in)
def checked_in(found: tuple[TaughtSession, CheckIn]) -> str:
    """Say since when I am checked in."""
    session, stands = found
    return _page(session, stands, "")


@pages.get("/check-in")
@signed_in
def type_code() -> str:
    """Ask for the code that stands beside the QR."""
    return render_template("attendance/type_code.html", form=WallCodeForm(formdata=None))


@pages.post("/check-in")
@signed_in
@limiter.limit(MISSES_OF_ONE, key_func=by_person, deduct_when=_missed)
@limiter.limit(MISSES_OF_ADDRESS, key_func=_by_address, deduct_when=_missed)
def send_code() -> AnyAnswer:
    """Find the session of the code, and lead to its page."""
    form, now = WallCodeForm(), clock.now()
    if form.validate():
        session_id = attendance.find_session_of_digits(form.code.data, actor().person_id, now)
        if session_id is not None:
            return redirect(url_for("attendance.check_in", token=scans.keep_typed(session_id, now).token), 303)
        form.code.errors = [gettext("This code is not on the wall, or no longer. Type the one that stands there now.")]
    return render_template("attendance/type_code.html", form=form), UNPROCESSABLE
