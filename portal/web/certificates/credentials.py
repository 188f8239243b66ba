"""What machines read: the credential of a certificate, the keys of the issuer, the lists of what was revoked.

The last two are for everybody, pages of other sites included: who checks a credential must be able to ask for them. They tell of nobody.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from flask import Response, request

from portal import certificates, credentials, signing
from portal.access import Permission
from portal.web import downloads
from portal.web.certificates import bare, pages
from portal.web.certificates.checking import misses_limited, private
from portal.web.certificates.register import PATH
from portal.web.guard import public, requires

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.certificates import StoredCredential

    Asked = tuple[StoredCredential, str]

JSON: Final = "application/vc"
JWT: Final = "application/vc+jwt"
DID: Final = "application/did+json"
FORM: Final = "<any(json, jwt):form>"
KEPT_SECONDS: Final = 300
"""How long others may hold a list or the keys without asking again."""


def _mine(actor: Actor, number: str, form: str) -> Asked:
    return certificates.get_credential(number, person_id=actor.person_id), form


def _any(_actor: Actor, number: str, form: str) -> Asked:
    return certificates.get_credential(number), form


@pages.get(f"/my/certificates/<number>.{FORM}")
@requires(Permission.MY_TRAINING_VIEW, load=_mine)
def my_credential(asked: Asked) -> Response:
    """The credential of my certificate; nobody else's is found."""
    return _to_take_along(*asked)


@pages.get(f"{PATH}/<number>.{FORM}")
@requires(Permission.REGISTER_VIEW, load=_any)
def credential(asked: Asked) -> Response:
    """The credential of a certificate of the register."""
    return _to_take_along(*asked)


@bare.get(f"/verify/<secret>.{FORM}")
@public
@misses_limited
def credential_of_secret(secret: str, form: str) -> Response:
    """The credential of the certificate that bears this secret: the address that it has for a name."""
    stored = certificates.get_credential_by_secret(secret)
    return private(_for_others(Response(stored.document, mimetype=JSON) if form == "json" else Response(stored.jwt, mimetype=JWT)))


@bare.get("/.well-known/did.json")
@public
def did_document() -> Response:
    """By which keys the issuer's signatures are known."""
    document = json.dumps(credentials.did_document(signing.public_keys())).encode()
    return _kept(document, DID)


@bare.get("/status/<number:number>")
@public
def status_list(number: int) -> Response:
    """The list ``number`` with a Data Integrity proof."""
    return _kept(credentials.get_status_list(number).document, JSON)


@bare.get("/status/<number:number>.jwt")
@public
def status_list_jwt(number: int) -> Response:
    """The list ``number`` as JWT."""
    return _kept(credentials.get_status_list(number).jwt.encode(), JWT)


def _to_take_along(stored: StoredCredential, form: str) -> Response:
    data, kind = (stored.document, JSON) if form == "json" else (stored.jwt.encode(), JWT)
    return downloads.as_file(data, kind, f"{stored.number}.{form}")


def _kept(data: bytes, kind: str) -> Response:
    """``data`` with its digest, so that whoever holds it need not get it again."""
    answer = _for_others(Response(data, mimetype=kind))
    answer.set_etag(hashlib.sha256(data).hexdigest()[:32])
    answer.cache_control.public, answer.cache_control.max_age = True, KEPT_SECONDS
    answer.make_conditional(request)
    return answer


def _for_others(answer: Response) -> Response:
    """Let pages of other sites read it."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
