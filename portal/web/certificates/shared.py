"""What whoever was given a link sees. A GET shows nothing of the certificate and counts nothing: messengers ask for a preview by themselves."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from flask import make_response, redirect, render_template, url_for

from portal import certificates
from portal.certificates import Shown
from portal.foundation.errors import NotFoundError
from portal.web import downloads
from portal.web.certificates import bare, pages
from portal.web.certificates.checking import NOT_FOUND, misses_limited, private
from portal.web.certificates.words import printed
from portal.web.guard import public
from portal.web.limits import limiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug.wrappers import Response as Redirect

openings_limited = limiter.shared_limit("60 per minute", scope="openings of shared certificates")


def _kept_private(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """Answer alike for a link that ended, expired, or never was; and let no answer be indexed."""

    @wraps(view)
    def answer(token: str) -> Response:
        try:
            return private(view(token))
        except NotFoundError:
            return private(make_response(render_template("certificates/share_gone.html"), NOT_FOUND))

    return answer


@pages.get("/shared/<token>")
@public
@misses_limited
@_kept_private
def shared(token: str) -> Response:
    """Say that something was shared, and offer to open it."""
    if not certificates.is_shared(token):
        raise NotFoundError
    return make_response(render_template("certificates/share_closed.html", token=token))


@pages.post("/shared/<token>")
@public
@misses_limited
@openings_limited
@_kept_private
def open_shared(token: str) -> Response:
    """Show what the holder chose, and what the certificate is worth now. It counts as a use."""
    found = certificates.open_share(token)
    page = render_template(
        "certificates/share_open.html", shared=found, printed=printed(found.entry.facts, found.shows), token=token, Shown=Shown
    )
    return make_response(page)


@pages.post("/shared/<token>/certificate.pdf")
@public
@misses_limited
@openings_limited
@_kept_private
def shared_file(token: str) -> Response:
    """The exact file, where the holder shares it. It counts as a use."""
    found = certificates.open_share(token)
    if Shown.FILE not in found.shows or found.entry.taken_back:
        raise NotFoundError
    return downloads.one_pdf(certificates.get_file(found.entry.number))


@pages.get("/shared/<token>/certificate.pdf")
@public
def ask_for_file(token: str) -> Redirect:
    """Lead whoever comes back to the address of the file to the page with the button for it."""
    return redirect(url_for("certificates.shared", token=token))


@bare.get("/shared/<token>")
@public
def given(token: str) -> Redirect:
    """Lead whoever was given a link to the page in their language."""
    return redirect(url_for("certificates.shared", token=token))
