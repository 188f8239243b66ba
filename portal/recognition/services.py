"""What can be done with requests. Each step is a row of its own, made under the lock of the request.

The history says that there was a step, never the words, and what was claimed and recognised only under the person's own key.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from portal import courses, people
from portal.foundation import clock, history
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import N_, NotFoundError, RefusedError
from portal.recognition import mails, queries, rules
from portal.recognition.models import RecognitionProof, RecognitionRequest, RecognitionState, RecognitionStep

if TYPE_CHECKING:
    from portal.attendance import Scan
    from portal.recognition.rules import Award, Claim

State = RecognitionState
_ACTIONS: Final = {
    State.SUBMITTED: "recognition:submit",
    State.CONFIRMED: "recognition:confirm",
    State.RETURNED: "recognition:return",
    State.RECOGNISED: "recognition:recognise",
    State.REFUSED: "recognition:refuse",
    State.REVOKED: "recognition:revoke",
    State.WITHDRAWN: "recognition:withdraw",
}


def submit_request(claim: Claim, proof: Scan, *, by: int, earlier_id: int | None = None) -> int:
    """Ask for the recognition of a training of one's own; ``earlier_id`` is one's refused request for the same. Returns the request's id.

    The same form sent again is the request that it made. Raises ``courses.WrongValuesError``, ``RecognitionRefusedError`` when too many are
    undecided or the earlier one is not over, and ``NotFoundError`` when that is not one's own, or the record was merged.
    """
    people.lock_turn_of(by)
    people.get_listed_person(by)  # a record that was merged meanwhile gets nothing new
    _check(rules.problems_of_claim(claim, today=clock.today()))
    sent = queries.find_sent(by, claim, proof.sha256)
    if sent is not None:
        return sent
    if queries.number_undecided(by) >= rules.MOST_WAITING:
        raise rules.TooManyError(most=rules.MOST_WAITING)
    if earlier_id is not None:
        earlier, newest, followed = _lock(earlier_id, person_id=by)
        if not rules.can_ask_again(queries.standing_of(earlier, newest, followed=followed)):
            raise rules.MovedOnError
    request = RecognitionRequest(person_id=by, earlier_id=earlier_id, **asdict(claim), **_employer_of(by))
    db.session.add(request)
    db.session.flush()
    _keep(request, proof)
    _add(request, State.SUBMITTED, by=by, personal={name: str(value) for name, value in asdict(claim).items() if value})
    return request.id


def correct_request(request_id: int, claim: Claim, proof: Scan | None, *, by: int) -> None:
    """Change a returned request of one's own, add a proof when there is one, and send it again. Raises as ``submit_request``."""
    request, newest, followed = _lock(request_id, person_id=by)
    before = asdict(queries.claim_of(request))
    if newest.step == State.SUBMITTED and before == asdict(claim):
        return  # the form came twice
    _check_step(request, newest, State.SUBMITTED, by=by, followed=followed)
    _check(rules.problems_of_claim(claim, today=clock.today()))
    changed = {name: [str(before[name]), str(value)] for name, value in asdict(claim).items() if before[name] != value}
    for name, value in (asdict(claim) | _employer_of(by)).items():
        setattr(request, name, value)
    if proof is not None and proof.sha256 not in (known := queries.fingerprints_of(request_id)):
        if len(known) >= rules.MOST_PROOFS:
            raise RefusedError(N_("At most %(most)s files can be kept here."), most=rules.MOST_PROOFS)
        _keep(request, proof)
    _add(request, State.SUBMITTED, by=by, personal=changed)


def withdraw_request(request_id: int, *, by: int) -> None:
    """Take a request of one's own back while it is undecided. Raises ``RecognitionRefusedError`` afterwards."""
    _take(request_id, State.WITHDRAWN, by=by, person_id=by)


def confirm_request(request_id: int, words: str = "", *, by: int, seen: int | None = None) -> None:
    """Confirm for the municipality that the training was taken. ``seen`` is the newest step that whoever confirms saw.

    Raises ``RecognitionRefusedError`` when that is not due, something happened since, or it is one's own.
    """
    _take(request_id, State.CONFIRMED, words, by=by, seen=seen)


def return_request(request_id: int, words: str, *, by: int, seen: int | None = None) -> None:
    """Give it back to be corrected; ``words`` say what is missing, and the person is told. Raises as ``confirm_request``."""
    _take(request_id, State.RETURNED, words, by=by, seen=seen)


def refuse_request(request_id: int, words: str, *, by: int, seen: int | None = None) -> None:
    """Decide that the training does not count; ``words`` say why, and the person is told. Raises as ``confirm_request``."""
    _take(request_id, State.REFUSED, words, by=by, seen=seen)


def revoke_recognition(request_id: int, words: str, *, by: int) -> None:
    """Take a recognition back; ``words`` say why, and the person is told. Raises as ``confirm_request``."""
    _take(request_id, State.REVOKED, words, by=by)


def recognise(request_id: int, award: Award, words: str = "", *, by: int, seen: int | None = None) -> None:
    """Decide what counts of the training, or decide it anew; the person is told.

    Raises ``courses.WrongValuesError`` when the decision is not whole or not explained, and as ``confirm_request``.
    """
    request, newest, followed = _lock(request_id)
    if newest.by == by and newest.step == State.RECOGNISED and newest.words == words and _award_of(newest) == asdict(award):
        return
    _check_step(request, newest, State.RECOGNISED, by=by, followed=followed, seen=seen)
    decided_before = State(newest.step) not in rules.UNDECIDED
    _check(rules.problems_of_award(award, queries.claim_of(request), words, decided_before=decided_before))
    personal = {name: str(value) for name, value in asdict(award).items() if value is not None}
    _add(request, State.RECOGNISED, words, by=by, personal=personal, **asdict(award))


def _take(
    request_id: int, step: RecognitionState, words: str = "", *, by: int, person_id: int | None = None, seen: int | None = None
) -> None:
    request, newest, followed = _lock(request_id, person_id=person_id)
    if (newest.step, newest.words, newest.by) == (step, words, by):
        return  # the form came twice
    _check_step(request, newest, step, by=by, followed=followed, seen=seen)
    if step in rules.ALWAYS_EXPLAINED and not words:
        raise courses.WrongValuesError([courses.Problem("words", N_("“%(field)s” is required."))])
    _add(request, step, words, by=by)


def _lock(request_id: int, *, person_id: int | None = None) -> tuple[RecognitionRequest, RecognitionStep, bool]:
    request, newest, followed = queries.lock_request(request_id)
    if person_id is not None and request.person_id != person_id:
        raise NotFoundError
    return request, newest, followed


def _check_step(
    request: RecognitionRequest, newest: RecognitionStep, step: RecognitionState, *, by: int, followed: bool, seen: int | None = None
) -> None:
    if seen not in {None, newest.id}:
        raise rules.MovedOnError
    if refusal := rules.find_refusal(queries.standing_of(request, newest, followed=followed), step, by=by, now=clock.now()):
        raise refusal


def _check(problems: list[courses.Problem]) -> None:
    if problems:
        raise courses.WrongValuesError(problems)


def _employer_of(person_id: int) -> dict[str, Any]:
    """The post of today, and whether anybody else in its municipality could confirm."""
    post = people.find_current_post(person_id)
    return {
        "municipality_id": post.municipality_id if post else None,
        "employer_confirms": bool(post and set(people.coordinator_ids(post.municipality_id)) - {person_id}),
        "post_title_ka": post.title_ka if post else "",
        "post_title_en": post.title_en if post else "",
        "post_unit": post.unit if post else "",
    }


def _keep(request: RecognitionRequest, proof: Scan) -> None:
    sealed = keyring.seal_bytes(proof.data, queries.sealed_for(request.id))
    about = {"request_id": request.id, "media_type": proof.media_type, "sha256": proof.sha256, "added_at": clock.now()}
    db.session.add(RecognitionProof(sealed=sealed, **about))


def _award_of(step: RecognitionStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in rules.Award.__dataclass_fields__}


def _add(
    request: RecognitionRequest, kind: RecognitionState, words: str = "", *, by: int, personal: dict[str, Any] | None = None, **award: Any
) -> None:
    step = RecognitionStep(request_id=request.id, step=kind.value, words=words, by=by, at=clock.now(), **award)
    db.session.add(step)
    db.session.flush()
    history.record(_ACTIONS[kind], request, by=by, person=request.person_id, personal=personal or None)
    mails.tell_person(request, step)
