"""Pages of staff: which notices go when, stopping one, and letting it go again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import notices as domain
from portal.access import Permission
from portal.foundation import clock, formats
from portal.foundation.errors import NotFoundError
from portal.notices.models import NoticeState
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.notices import pages
from portal.web.outbox.words import kind_words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.notices import Planned

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.NOTICE_MANAGE
SEEN = timedelta(days=14)


def planned_of_key(_actor: Actor, key: str) -> Planned:
    """The notice to come, gone or not."""
    found = next((one for one in domain.notices_to_come(clock.now() + SEEN) if one.key == key), None)
    if found is None:
        raise NotFoundError
    return found


@pages.get("/staff/notices")
@requires(MANAGE)
def notices() -> str:
    """What goes in the coming two weeks, and what became of the notices of the last two."""
    now = clock.now()
    to_come = [one for one in domain.notices_to_come(now + SEEN) if one.state != NoticeState.GONE]
    shown = {one.key for one in to_come}
    past = [one for one in domain.notices_since(now - SEEN) if one.key not in shown]
    return render_template("notices/notices.html", to_come=to_come, past=past, now=now, kind_words=kind_words)


@pages.route("/staff/notices/<key>/stop", methods=["GET", "POST"])
@requires(MANAGE, load=planned_of_key)
def stop(planned: Planned) -> Answer:
    """Keep a notice from going, and say why."""
    form = ReasonForm()
    if attempt(form, lambda: domain.stop(planned, form.reason.data, by=actor().person_id)):
        flash(gettext("The notice is stopped and will not go."), "good")
        return redirect(url_for("notices.notices"), 303)
    about = [kind_words(planned.kind), planned.run.title(language()) if planned.run else "", _moment(planned)]
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Stop the notice"),
        subject=" · ".join(part for part in about if part),
        intro=gettext("Nobody gets it, unless it is let go again in time."),
        crumbs=[(gettext("Notices"), url_for("notices.notices"))],
        back_url=url_for("notices.notices"),
        primary=gettext("Stop the notice"),
        danger=True,
    )


def _moment(planned: Planned) -> str:
    return formats.format_moment(planned.goes_at, language(), today=clock.today())


@pages.post("/staff/notices/<key>/let-go")
@requires(MANAGE, load=planned_of_key)
def let_go(planned: Planned) -> Answer:
    """Let a notice that was stopped go after all."""
    domain.let_go(planned, by=actor().person_id)
    flash(gettext("The notice goes at its time."), "good")
    return redirect(url_for("notices.notices"), 303)
