"""I share a certificate of mine: links that show what I choose, for as long as I choose, and that I end at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask_babel import gettext

from portal import certificates
from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.certificates import pages
from portal.web.certificates.mine import my_held
from portal.web.certificates.share_forms import USUAL, LinkedInForm, ShareForm
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.certificates import Held

PATH = "/my/certificates/<number>"
LINKEDIN = "LinkedIn"


def _shareable(actor: Actor, number: str) -> Held:
    """One of mine that is worth showing: not one that was taken back."""
    held = my_held(actor, number)
    if held.taken_back:
        raise NotFoundError
    return held


def _link(actor: Actor, number: str, share_id: int) -> tuple[Held, int]:
    return my_held(actor, number), share_id


def _to_links(number: str) -> Response:
    return redirect(url_for("certificates.held", number=number, _anchor="links"), 303)


@pages.route(f"{PATH}/share", methods=["GET", "POST"])
@requires(Permission.MY_TRAINING_VIEW, load=_shareable)
def share(held: Held) -> Response | tuple[str, int]:
    """Make a link."""
    form, by = ShareForm(), actor().person_id
    if attempt(
        form,
        lambda: certificates.share(held.id, form.shows.data or (), form.ends_at, by=by, note=form.note.data, since=form.drawn_at.data),
    ):
        flash(gettext("The link is ready. Copy it and send it to whom you want to show the certificate."), "good")
        return _to_links(held.number)
    return form_page("certificates/share.html", form, held=held)


@pages.route(f"{PATH}/linkedin", methods=["GET", "POST"])
@requires(Permission.MY_TRAINING_VIEW, load=_shareable)
def linkedin(held: Held) -> Response | tuple[str, int]:
    """Say what LinkedIn and its visitors will see, and make the link for it."""
    form, by = LinkedInForm(), actor().person_id
    if attempt(form, lambda: certificates.share(held.id, form.shows, form.ends_at, by=by, note=LINKEDIN, since=form.drawn_at.data)):
        flash(gettext("The link is ready. Go on to LinkedIn with it: “Add to LinkedIn”."), "good")
        return _to_links(held.number)
    return form_page("certificates/share_linkedin.html", form, held=held, usual=USUAL)


@pages.post(f"{PATH}/shares/<number:share_id>/end")
@requires(Permission.MY_TRAINING_VIEW, load=_link)
def end_share(loaded: tuple[Held, int]) -> Response:
    """End a link: from now on it opens nothing."""
    held, share_id = loaded
    certificates.end_share(share_id, held.id, by=actor().person_id)
    flash(gettext("The link is ended. It opens nothing any more."), "good")
    return _to_links(held.number)
