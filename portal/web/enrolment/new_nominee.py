"""A coordinator nominates somebody who is not among the municipality's people yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext

from portal import enrolment, journeys
from portal.access import Permission
from portal.foundation.errors import NotFoundError, RefusedError
from portal.web.enrolment import pages
from portal.web.enrolment.nominations import BOTH, nominating, to_list
from portal.web.enrolment.nominee_form import NewNomineeForm
from portal.web.errors import told
from portal.web.form_pages import form_page
from portal.web.guard import requires
from portal.web.limits import NEW_PEOPLE, by_person, limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.web.enrolment.nomination_page import Nominating

    Answer = str | tuple[str, int] | Response


@pages.route("/municipality/nominate/<code>/new", methods=BOTH)
@requires(Permission.MUNICIPALITY_NOMINATE, load=nominating)
@limiter.limit(NEW_PEOPLE, key_func=by_person, methods=["POST"])
def new_nominee(nominating: Nominating) -> Answer:
    """Enter a person with the post held here, and put them on the list; first ask whether somebody known is meant."""
    form = NewNomineeForm(nominating.actor)
    if form.is_submitted() and form.validate():
        try:
            _add(nominating, form)
        except journeys.MayBeKnownError as known:
            form.ask_who(known, told(known))
        except RefusedError as refusal:
            form.form_errors.append(told(refusal))
        else:
            flash(gettext("The person is on the list."), "good")
            return to_list(nominating)
    return form_page("enrolment/new_nominee.html", form, run=nominating.run)


def _add(nominating: Nominating, form: NewNomineeForm) -> None:
    run, actor = nominating.run, nominating.actor
    if form.known_person is not None:
        posts = enrolment.own_posts_of(actor.municipality_ids, [form.known_person])
        if not posts:
            raise NotFoundError
        enrolment.add_to_list(run.id, posts, by=actor.person_id)
        return
    journeys.add_nominee(
        run,
        form.person(),
        form.post(),
        personal_number=form.personal_number.data or "",
        another=form.is_another,
        municipality_ids=actor.municipality_ids,
        by=actor.person_id,
        since=form.drawn_at.data,
    )
