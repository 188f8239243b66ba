"""The queues of those who answer: coordinators confirm what their people took elsewhere, staff decide what counts. Both see the same pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import courses, people, recognition
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.georgian import clean_text
from portal.recognition.models import RecognitionState
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.labels import choices
from portal.web.language import language
from portal.web.recognition import pages
from portal.web.recognition.forms import AnswerForm, DecisionForm
from portal.web.recognition.own import course_titles, proof_file

if TYPE_CHECKING:
    from flask import Response
    from flask_wtf import FlaskForm
    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.attendance import Scan
    from portal.recognition import Seen

    AnyAnswer = str | tuple[str, int] | Answer

CONFIRM, DECIDE = Permission.RECOGNITION_CONFIRM, Permission.RECOGNITION_DECIDE
BOTH = ["GET", "POST"]
ON_A_PAGE = 50
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose queue it is: of the coordinator of ``municipality_ids``, or of the staff (None)."""

    queue: str
    one: str
    proof: str
    layout: str
    municipality_ids: frozenset[int] | None

    @property
    def staff(self) -> bool:
        """Whether this is where is decided."""
        return self.municipality_ids is None


def _staff(_actor: Actor) -> Desk:
    return Desk("recognition.staff_queue", "recognition.decide", "recognition.staff_proof", "layouts/staff.html", None)


def _employer(actor: Actor) -> Desk:
    endpoints = ("recognition.employer_queue", "recognition.answer", "recognition.employer_proof")
    return Desk(*endpoints, "layouts/base.html", actor.municipality_ids)


def _for_staff(actor: Actor, request_id: int) -> tuple[Desk, Seen]:
    return _staff(actor), recognition.get_request(request_id)


def _for_employer(actor: Actor, request_id: int) -> tuple[Desk, Seen]:
    return _employer(actor), recognition.get_request(request_id, municipality_ids=actor.municipality_ids)


def _staff_proof(actor: Actor, request_id: int, proof_id: int) -> tuple[int, Scan]:
    return proof_id, recognition.get_proof(proof_id, request_id=_for_staff(actor, request_id)[1].request.id)


def _employer_proof(actor: Actor, request_id: int, proof_id: int) -> tuple[int, Scan]:
    return proof_id, recognition.get_proof(proof_id, request_id=_for_employer(actor, request_id)[1].request.id)


@pages.get("/staff/recognition")
@requires(DECIDE, load=_staff)
def staff_queue(desk: Desk) -> str:
    """What waits for the decision of the staff, or stands in another state."""
    return _queue(desk)


@pages.get("/municipality/recognition")
@requires(CONFIRM, load=_employer)
def employer_queue(desk: Desk) -> str:
    """The same of the coordinator's own people."""
    return _queue(desk)


@pages.route("/municipality/recognition/<number:request_id>", methods=BOTH)
@requires(CONFIRM, load=_for_employer)
def answer(asked: tuple[Desk, Seen]) -> AnyAnswer:
    """Show a request to the coordinator, who confirms or returns it."""
    (desk, seen), form, by = asked, AnswerForm(), actor().person_id
    name, request_id = seen.request.person.name(language()), seen.request.id

    def send() -> None:
        confirms = form.verdict.data == RecognitionState.CONFIRMED
        service = recognition.confirm_request if confirms else recognition.return_request
        service(request_id, form.words.data, by=by, seen=form.shown)

    if attempt(form, send):
        flash(gettext("Sent: %(name)s", name=name), "good")
        return redirect(url_for(desk.queue), 303)
    return _one(desk, request_id, form)


@pages.route("/staff/recognition/<number:request_id>", methods=BOTH)
@requires(DECIDE, load=_for_staff)
def decide(asked: tuple[Desk, Seen]) -> AnyAnswer:
    """Show a request to the staff, who decide on it, or decide anew."""
    (desk, seen), by = asked, actor().person_id
    form = DecisionForm(seen, courses.current_versions(with_archived=True), recognition.outside_certificates(with_archived=True))
    name, request_id = seen.request.person.name(language()), seen.request.id

    def send() -> None:
        if form.refuses:
            recognition.refuse_request(request_id, form.words.data, by=by, seen=form.shown)
        else:
            recognition.recognise(request_id, form.award(), form.words.data, by=by, seen=form.shown)

    if attempt(form, send):
        flash(gettext("Decided. The person gets a mail: %(name)s", name=name), "good")
        return redirect(url_for(desk.queue), 303)
    return _one(desk, request_id, form)


@pages.route("/staff/recognition/<number:request_id>/revoke", methods=BOTH)
@requires(DECIDE, load=_for_staff)
def revoke(asked: tuple[Desk, Seen]) -> AnyAnswer:
    """Take a recognition back."""
    (desk, seen), form, by = asked, ReasonForm(), actor().person_id
    back = url_for(desk.one, request_id=seen.request.id)
    if not form.is_submitted() and not recognition.can_revoke(seen.standing, by=by, now=clock.now()):
        return redirect(back, 303)
    name, title = seen.request.person.name(language()), seen.request.title
    if attempt(form, lambda: recognition.revoke_recognition(seen.request.id, form.reason.data, by=by)):
        flash(gettext("Revoked. The person gets a mail: %(name)s", name=name), "good")
        return redirect(back, 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Revoke the recognition?"),
        subject=f"{name}, {title}",
        intro=gettext("The training counts no more, and the person is told why. The decision can be made anew."),
        crumbs=[(gettext("Training taken elsewhere"), url_for(desk.queue)), (name, back)],
        back_url=back,
        primary=gettext("Revoke the recognition"),
        danger=True,
    )


@pages.get("/staff/recognition/<number:request_id>/proofs/<number:proof_id>")
@requires(DECIDE, load=_staff_proof)
def staff_proof(opened: tuple[int, Scan]) -> Response:
    """A proof, for the staff."""
    return proof_file(*opened)


@pages.get("/municipality/recognition/<number:request_id>/proofs/<number:proof_id>")
@requires(CONFIRM, load=_employer_proof)
def employer_proof(opened: tuple[int, Scan]) -> Response:
    """A proof, for the coordinator."""
    return proof_file(*opened)


def _queue(desk: Desk) -> str:
    now, after, code = clock.now(), find_id(request.args.get("after")), request.args.get("state", "")
    state = RecognitionState(code) if code in set(RecognitionState) else None
    search = clean_text(request.args.get("q", ""))[:LONGEST_SEARCH]
    found = recognition.queue(now, limit=ON_A_PAGE + 1, state=state, search=search, municipality_ids=desk.municipality_ids, after=after)
    shown = found[:ON_A_PAGE]
    kept: dict[str, Any] = {"state": state, "q": search or None}
    names = [one.request.person.name_by_family(language()) for one in {line.request.person_id: line for line in found}.values()]
    states = [("", gettext("Waiting for an answer")), *choices("recognition_state")]
    return render_template(
        "recognition/queue.html",
        desk=desk,
        lines=shown,
        same=people.namesakes(names),
        search=search,
        states=states,
        state=state or "",
        next_page=url_for(desk.queue, after=shown[-1].step.id, **kept) if len(found) > ON_A_PAGE else None,
        first_page=url_for(desk.queue, **kept) if after else None,
        today=clock.today(),
    )


def _one(desk: Desk, request_id: int, form: FlaskForm) -> AnyAnswer:
    """The page as things stand now: somebody else may have been first."""
    seen, now, me = recognition.get_request(request_id, municipality_ids=desk.municipality_ids), clock.now(), actor().person_id
    form.seen.data = str(seen.newest.id)
    return form_page(
        "recognition/one.html",
        form,
        desk=desk,
        seen=seen,
        versions=course_titles([seen]),
        can_answer=(recognition.can_decide if desk.staff else recognition.can_confirm)(seen.standing, by=me, now=now),
        can_revoke=desk.staff and recognition.can_revoke(seen.standing, by=me, now=now),
        waits_for_employer=recognition.waits_for_employer(seen.standing, now),
        own=me == seen.request.person_id,
    )
