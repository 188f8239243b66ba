"""What the person is told by mail of a step that others took. It names the training and nothing else: the rest stands behind the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal import people
from portal.foundation import outbox
from portal.foundation.addresses import addresses
from portal.recognition.models import RecognitionState

if TYPE_CHECKING:
    from portal.recognition.models import RecognitionRequest, RecognitionStep

KINDS: Final = {
    RecognitionState.RETURNED: "recognition_returned",
    RecognitionState.RECOGNISED: "recognition_recognised",
    RecognitionState.REFUSED: "recognition_refused",
    RecognitionState.REVOKED: "recognition_revoked",
}


def tell_person(request: RecognitionRequest, step: RecognitionStep) -> None:
    """Tell the person of the step, if it is one to be told of."""
    kind = KINDS.get(RecognitionState(step.step))
    if kind is None:
        return
    person = people.get_person(request.person_id)
    to = people.recipient_of(person)
    facts = {
        "name": person.name(to.language),
        "title": request.title,
        "url": addresses.page("/my/recognition", to.language),
        "contact": addresses.contact,
    }
    outbox.post(kind, to, facts, event_key=f"recognition_step:{step.id}")
