"""My certificates, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import certificates
from portal.access import Permission
from portal.web import downloads
from portal.web.certificates import pages
from portal.web.guard import requires

if TYPE_CHECKING:
    from flask import Response

    from portal.access import Actor
    from portal.certificates import StoredFile


def _mine(actor: Actor, number: str) -> StoredFile:
    return certificates.get_file(number, person_id=actor.person_id)


@pages.get("/my/certificates/<number>.pdf")
@requires(Permission.MY_TRAINING_VIEW, load=_mine)
def my_certificate(stored: StoredFile) -> Response:
    """The exact file that was issued; nobody else's is found."""
    return downloads.one_pdf(stored)
