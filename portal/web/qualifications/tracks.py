"""Pages of staff: tracks, the paths of roles in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import qualifications
from portal.qualifications import Audience
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.qualifications import pages
from portal.web.qualifications.staff import BOTH, MANAGE
from portal.web.qualifications.track_form import TrackForm
from portal.web.qualifications.words import audience_said
from portal.web.requirement_words import names_in, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.qualifications.models import Track
    from portal.web.qualifications.staff import Answer

TEMPLATE = "qualifications/staff/track_form.html"


def _track(_actor: Actor, slug: str) -> Track:
    return qualifications.get_track(slug)


def for_whom(row: Track) -> str:
    """Whose posts the track is for."""
    return audience_said(Audience(frozenset(row.categories), frozenset(row.sakrebulo_roles)))


@pages.get("/staff/tracks")
@requires(MANAGE)
def staff_tracks() -> str:
    """List the tracks in use, or those in the archive."""
    archived = request.args.get("archived") == "1"
    rows = qualifications.tracks_in_order(with_archived=True)
    return render_template(
        "qualifications/staff/tracks.html",
        rows=[row for row in rows if row.archived == archived],
        archived=archived,
        put_away=sum(row.archived for row in rows),
        steps=qualifications.steps_of([row.id for row in rows]),
        for_whom=for_whom,
    )


@pages.route("/staff/tracks/new", methods=BOTH)
@requires(MANAGE)
def staff_track_new() -> Answer:
    """Add a track."""
    return _form(None, lambda form: qualifications.create_track(form.values(), by=actor().person_id).slug)


@pages.get("/staff/tracks/<slug>")
@requires(MANAGE, load=_track)
def staff_track(row: Track) -> str:
    """Show a track with its steps in words."""
    steps = qualifications.steps_of([row.id]).get(row.id, [])
    trees = [qualifications.read_document(step.requirement) for step in steps]
    names = names_in(trees)
    asked = [(step, said(tree, names)) for step, tree in zip(steps, trees, strict=True)]
    return render_template("qualifications/staff/track.html", row=row, steps=asked, for_whom=for_whom(row))


@pages.route("/staff/tracks/<slug>/edit", methods=BOTH)
@requires(MANAGE, load=_track)
def staff_track_edit(row: Track) -> Answer:
    """Change a track and its steps."""

    def change(form: TrackForm) -> str:
        qualifications.change_track(row, form.values(), by=actor().person_id)
        return row.slug

    return _form(row, change)


@pages.post("/staff/tracks/<slug>/archive")
@requires(MANAGE, load=_track)
def staff_track_archive(row: Track) -> Response:
    """Put the track away, or take it out again."""
    qualifications.archive_track(row, archived=not row.archived, by=actor().person_id)
    flash(gettext("Archived") if row.archived else gettext("Taken out of the archive"), "good")
    return redirect(url_for("qualifications.staff_track", slug=row.slug), 303)


def _form(row: Track | None, save: Callable[[TrackForm], str]) -> Answer:
    """The form of a track: its buttons bring it back, "Save" calls ``save``, which returns the address of what was saved."""
    form, wish = TrackForm(row), request.form.get("do", "")
    if ":" in wish:
        form.press(wish)
        return render_template(TEMPLATE, form=form, row=row)
    if done := attempt(form, lambda: save(form)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("qualifications.staff_track", slug=done.value), 303)
    return form_page(TEMPLATE, form, row=row)
