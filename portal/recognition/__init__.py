"""Recognition: training taken elsewhere counts here.

The person sends a claim with its proof, the coordinator of their municipality confirms it, staff recognise hours, credits and what it is equal
to. Every step is a row that stays; the newest says where a request stands. What is recognised now is read by ``recognised_of``.
"""

from portal.recognition.queries import (
    KeptProof,
    Seen,
    claim_of,
    get_proof,
    get_request,
    requests_of,
    sealed_for,
)
from portal.recognition.queries_certificates import (
    get_outside_certificate,
    outside_certificates,
)
from portal.recognition.queries_desks import (
    Line,
    number_waiting,
    queue,
)
from portal.recognition.queries_recognised import (
    Recognised,
    recognised_of,
)
from portal.recognition.rules import (
    MOST_CREDITS,
    MOST_HOURS,
    UNDECIDED,
    Award,
    Claim,
    RecognitionRefusedError,
    can_ask_again,
    can_be_corrected,
    can_be_withdrawn,
    can_confirm,
    can_decide,
    can_revoke,
    waits_for_employer,
)
from portal.recognition.services import (
    confirm_request,
    correct_request,
    recognise,
    refuse_request,
    return_request,
    revoke_recognition,
    submit_request,
    withdraw_request,
)
from portal.recognition.services_certificates import (
    archive_outside_certificate,
    change_outside_certificate,
    create_outside_certificate,
    restore_outside_certificate,
)
from portal.recognition.services_merge import (
    hand_back,
    hand_over,
)

__all__ = [
    "MOST_CREDITS",
    "MOST_HOURS",
    "UNDECIDED",
    "Award",
    "Claim",
    "KeptProof",
    "Line",
    "Recognised",
    "RecognitionRefusedError",
    "Seen",
    "archive_outside_certificate",
    "can_ask_again",
    "can_be_corrected",
    "can_be_withdrawn",
    "can_confirm",
    "can_decide",
    "can_revoke",
    "change_outside_certificate",
    "claim_of",
    "confirm_request",
    "correct_request",
    "create_outside_certificate",
    "get_outside_certificate",
    "get_proof",
    "get_request",
    "hand_back",
    "hand_over",
    "number_waiting",
    "outside_certificates",
    "queue",
    "recognise",
    "recognised_of",
    "refuse_request",
    "requests_of",
    "restore_outside_certificate",
    "return_request",
    "revoke_recognition",
    "sealed_for",
    "submit_request",
    "waits_for_employer",
    "withdraw_request",
]
