"""My certificates: the page of one, and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import certificates
from portal.access import Permission
from portal.web import downloads
from portal.web.certificates import pages
from portal.web.certificates.linkedin import add_to_profile, share_url
from portal.web.certificates.words import printed
from portal.web.guard import requires
from portal.web.language import language

if TYPE_CHECKING:
    from flask import Response

    from portal.access import Actor
    from portal.certificates import Held, StoredFile


def _mine(actor: Actor, number: str) -> StoredFile:
    return certificates.get_file(number, person_id=actor.person_id)


def my_held(actor: Actor, number: str) -> Held:
    """The certificate ``number`` of whoever asks; nobody else's is found."""
    return certificates.get_held(number, actor.person_id)


@pages.get("/my/certificates/<number>")
@requires(Permission.MY_TRAINING_VIEW, load=my_held)
def held(held: Held) -> str:
    """What is printed on it, what it is worth, its files, and the links by which I share it."""
    return render_template(
        "certificates/my_certificate.html",
        held=held,
        has_credential=certificates.has_credential(held.id),
        answer=certificates.find_by_secret(held.secret),
        printed=printed(held.facts),
        shares=certificates.shares_of(held.id),
        is_live=certificates.is_live,
        share_url=share_url,
        linkedin=lambda share: add_to_profile(held.facts, share, language()),
    )


@pages.get("/my/certificates/<number>.pdf")
@requires(Permission.MY_TRAINING_VIEW, load=_mine)
def my_certificate(stored: StoredFile) -> Response:
    """The exact file that was issued; nobody else's is found."""
    return downloads.one_pdf(stored)
