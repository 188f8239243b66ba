"""A coordinator who will be away names somebody of the municipality who stands in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import people
from portal.access import Permission
from portal.foundation.errors import N_, NotFoundError, RefusedError
from portal.web.enrolment import pages
from portal.web.fields import Day, KeyChoice
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.people.models import Post, RoleGrant

    Answer = str | tuple[str, int] | Response


class DeputyForm(FlaskForm):
    """Who stands in, and when. Of the ``posts`` in the municipalities those of ``oneself`` are not offered."""

    post = KeyChoice(_("Deputy"), description=_("People of your municipality who have an active profile."), validate_choice=False)
    starts_on = Day(_("From"))
    ends_on = Day(_("Until"), description=_("At most 60 days."))

    def __init__(self, posts: Sequence[Post], oneself: int, **values: Any) -> None:
        super().__init__(**values)
        self.posts = {post.id: post for post in posts}
        several = len({post.municipality_id for post in posts}) > 1
        self.post.choices = [("", _("Choose"))] + [(post.id, _who(post, with_place=several)) for post in posts if post.person_id != oneself]

    def name(self, by: int) -> RoleGrant:
        """Name the one who was chosen."""
        post = self.posts.get(self.post.data)
        if post is None:
            raise RefusedError(N_("Choose somebody who works in your municipality and has an active profile."))
        days = {"starts_on": self.starts_on.data, "ends_on": self.ends_on.data}
        return people.name_deputy(post.person_id, post.municipality_id, by=by, **days)


def _who(post: Post, *, with_place: bool) -> str:
    parts = [post.person.name_by_family(language()), post.line(language()), post.municipality.name(language()) if with_place else ""]
    return ", ".join(part for part in parts if part)


def _deputy(actor: Actor, grant: int) -> RoleGrant:
    found = next((one for one in people.deputies_of(actor.person_id, actor.municipality_ids) if one.id == grant), None)
    if found is None:
        raise NotFoundError
    return found


@pages.route("/municipality/deputy", methods=["GET", "POST"])
@requires(Permission.DEPUTY_NAME)
def deputies() -> Answer:
    """Show who stands in for the coordinator, now or soon, and name another."""
    me = actor()
    own = people.own_municipalities_of(me.person_id)
    if not own and request.method == "POST":
        raise RefusedError(N_("Only the coordinator can name a deputy; a deputy cannot."))
    form = DeputyForm(people.possible_deputies(own), me.person_id)
    if named := attempt(form, lambda: form.name(me.person_id)):
        flash(gettext("The deputy is named and gets a message: %(name)s", name=named.value.person.name(language())), "good")
        return redirect(url_for("enrolment.deputies"), 303)
    grants = people.deputies_of(me.person_id, me.municipality_ids)
    return form_page("enrolment/deputies.html", form, grants=grants, is_deputy=not own)


@pages.post("/municipality/deputy/<number:grant>/end")
@requires(Permission.DEPUTY_NAME, load=_deputy)
def end_deputy(grant: RoleGrant) -> Answer:
    """End it before its day."""
    people.end_grant(grant, by=actor().person_id)
    flash(gettext("Ended: %(name)s does not stand in for you any more.", name=grant.person.name(language())), "good")
    return redirect(url_for("enrolment.deputies"), 303)
