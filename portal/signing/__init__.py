"""Signing: the keys of the association, and what is done with them. Knows no training.

The private keys are held by the worker and by commands only; pages see the public halves. A process that may sign says so with ``use``;
where keys are missing or wrong, nothing is signed and ``SigningUnavailableError`` says why.
"""

from portal.signing.adding import MOST_ADDED, added_seal, permits_seal
from portal.signing.jws import BadSignatureError, sign_jws, verify_jws
from portal.signing.keys import Keys, SigningUnavailableError, Token, keys, use, use_settings
from portal.signing.queries import has_keys_to_publish, public_keys
from portal.signing.sealing import seal_pdf
from portal.signing.services import publish_keys
from portal.signing.stamping import NotStampedError, may_stamp, stamp_pdf

__all__ = [
    "MOST_ADDED",
    "BadSignatureError",
    "Keys",
    "NotStampedError",
    "SigningUnavailableError",
    "Token",
    "added_seal",
    "has_keys_to_publish",
    "keys",
    "may_stamp",
    "permits_seal",
    "public_keys",
    "publish_keys",
    "seal_pdf",
    "sign_jws",
    "stamp_pdf",
    "use",
    "use_settings",
    "verify_jws",
]
