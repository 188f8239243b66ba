"""One's own training taken elsewhere: asking for its recognition, correcting, withdrawing, asking again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import attendance, courses, recognition
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import RefusedError
from portal.web.downloads import as_file
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.limits import SCANS, by_person, limiter
from portal.web.recognition import pages
from portal.web.recognition.forms import ClaimForm, CorrectionForm
from portal.web.transactions import release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.attendance import Scan
    from portal.recognition import Seen

    AnyAnswer = str | tuple[str, int] | Answer

OWN = Permission.MY_TRAINING_VIEW
BOTH = ["GET", "POST"]


def _mine(actor: Actor, request_id: int) -> Seen:
    return recognition.get_request(request_id, person_id=actor.person_id)


def _proof(actor: Actor, request_id: int, proof_id: int) -> tuple[int, Scan]:
    return proof_id, recognition.get_proof(proof_id, request_id=_mine(actor, request_id).request.id)


def course_titles(requests: Iterable[Seen]) -> dict[int, Any]:
    """The newest version of each course that something of these was found equal to, by the course's id. One statement, or none."""
    wanted = {step.course_id for one in requests for step in one.steps if step.course_id is not None}
    return {one.course_id: one for one in courses.current_versions(with_archived=True) if one.course_id in wanted} if wanted else {}


def proof_file(proof_id: int, scan: Scan) -> Response:
    """One proof, to be saved: it is never shown within the portal. Its name says nothing of a person."""
    name = f"proof-{proof_id}.{attendance.SCAN_ENDINGS[scan.media_type]}"
    return as_file(scan.data, scan.media_type, name, name_ascii=name)


@pages.get("/my/recognition")
@requires(OWN)
def own() -> str:
    """Show one's requests, with all that was said of each."""
    requests = recognition.requests_of(actor().person_id)
    return render_template("recognition/own.html", requests=requests, versions=course_titles(requests), now=clock.now())


@pages.route("/my/recognition/new", methods=BOTH)
@requires(OWN)
@limiter.limit(SCANS, key_func=by_person, methods=["POST"])
def new() -> AnyAnswer:
    """Ask for the recognition of a training."""
    return _send(ClaimForm(), gettext("Ask for recognition"))


@pages.route("/my/recognition/<number:request_id>/again", methods=BOTH)
@requires(OWN, load=_mine)
@limiter.limit(SCANS, key_func=by_person, methods=["POST"])
def again(seen: Seen) -> AnyAnswer:
    """Ask once more for what was refused, with a new proof."""
    form = ClaimForm(recognition.claim_of(seen.request))
    if not form.is_submitted() and not recognition.can_ask_again(seen.standing):
        return _moved_on()
    return _send(form, gettext("Ask again"), earlier=seen)


@pages.route("/my/recognition/<number:request_id>/correct", methods=BOTH)
@requires(OWN, load=_mine)
@limiter.limit(SCANS, key_func=by_person, methods=["POST"])
def correct(seen: Seen) -> AnyAnswer:
    """Correct what the coordinator returned, and send it again."""
    form, by, request_id, words = CorrectionForm(recognition.claim_of(seen.request)), actor().person_id, seen.request.id, seen.newest.words
    if not form.is_submitted() and not recognition.can_be_corrected(seen.standing.state):
        return _moved_on()

    def send() -> None:
        release()  # pictures take a moment, and nobody else's writing waits for them
        recognition.correct_request(request_id, form.claim(), form.scan() if form.proof.data else None, by=by)

    if attempt(form, send):
        return _sent()
    return form_page("recognition/claim.html", form, title=gettext("Correct and send again"), said=words)


@pages.get("/my/recognition/<number:request_id>/withdraw")
@requires(OWN, load=_mine)
def ask_to_withdraw(seen: Seen) -> AnyAnswer:
    """Ask before a request is taken back."""
    if not recognition.can_be_withdrawn(seen.standing.state):
        return _moved_on()
    return render_template("recognition/withdraw.html", seen=seen)


@pages.post("/my/recognition/<number:request_id>/withdraw")
@requires(OWN, load=_mine)
def withdraw(seen: Seen) -> AnyAnswer:
    """Take a request back while it is undecided."""
    try:
        recognition.withdraw_request(seen.request.id, by=actor().person_id)
    except RefusedError as error:
        flash(told(error), "warn")
    else:
        flash(gettext("Withdrawn: %(title)s", title=seen.request.title), "good")
    return redirect(url_for("recognition.own"), 303)


@pages.get("/my/recognition/<number:request_id>/proofs/<number:proof_id>")
@requires(OWN, load=_proof)
def own_proof(opened: tuple[int, Scan]) -> Response:
    """One's own proof, as it is kept."""
    return proof_file(*opened)


def _send(form: ClaimForm, title: str, earlier: Seen | None = None) -> AnyAnswer:
    by, earlier_id, said = actor().person_id, earlier.request.id if earlier else None, earlier.newest.words if earlier else ""

    def send() -> int:
        release()  # pictures take a moment, and nobody else's writing waits for them
        return recognition.submit_request(form.claim(), form.scan(), by=by, earlier_id=earlier_id)

    if attempt(form, send):
        return _sent()
    return form_page("recognition/claim.html", form, title=title, said=said)


def _sent() -> Answer:
    flash(gettext("Sent. We write to you when there is an answer."), "good")
    return redirect(url_for("recognition.own"), 303)


def _moved_on() -> Answer:
    flash(gettext("That is not possible any more: look at where the request stands now."), "info")
    return redirect(url_for("recognition.own"), 303)
