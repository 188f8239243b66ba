"""Materials of a run: those who teach it and staff add them and take them away; those with a place open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from portal import courses, enrolment
from portal.access import Permission, can
from portal.enrolment.models import HOLDS_PLACE
from portal.foundation.errors import NotFoundError
from portal.web.attendance import pages
from portal.web.attendance.scope import taught_run
from portal.web.downloads import as_file
from portal.web.fields import line
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.attendance import TaughtRun
    from portal.courses.models import RunMaterial

MANAGE = Permission.MATERIAL_MANAGE
NOT_IN_A_NAME = frozenset('\\/:*?"<>|')
LARGEST_READ = 8 * 1024 * 1024


class MaterialForm(FlaskForm):
    """A title, and either a link or a file."""

    title = line(_("Title"))
    link = line(_("Link"), optional=True, limit=500, description=_("Begins with https://. It opens in the browser of whoever has a place."))
    file = FileField(
        _("File"), description=_("Instead of a link: PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, or a picture (PNG, JPEG, WebP), at most 7 MB.")
    )

    def sent(self) -> bytes | None:
        """The bytes of the file, if one was sent."""
        return self.file.data.stream.read(LARGEST_READ) if self.file.data else None


def material_to_manage(actor: Actor, code: str, material_id: int) -> RunMaterial:
    """The material of a run that ``actor`` teaches, or of any for staff. Raises ``NotFoundError``."""
    taught_run(actor, code)
    return courses.get_material(code, material_id)


def material_to_open(actor: Actor, code: str, material_id: int) -> RunMaterial:
    """The material, for those with a place in the run, those who teach it, and staff. Raises ``NotFoundError`` for others."""
    material = courses.get_material(code, material_id)
    if any(one.state in HOLDS_PLACE for one in enrolment.enrolments_in(material.run_id, actor.person_id)):
        return material
    if not can(actor, MANAGE):
        raise NotFoundError
    taught_run(actor, code)
    return material


@pages.route("/teaching/runs/<code>/materials", methods=["GET", "POST"])
@requires(MANAGE, load=taught_run)
def materials(run: TaughtRun) -> Response | tuple[str, int]:
    """What there is, and the form to add more."""
    form = MaterialForm()
    if attempt(form, lambda: _add(run, form)):
        flash(gettext("Added. Everybody with a place sees it on the training's page."), "good")
        return redirect(url_for("attendance.materials", code=run.code), 303)
    return form_page("attendance/materials.html", form, run=run, materials=courses.materials_of(run.id))


def _add(run: TaughtRun, form: MaterialForm) -> None:
    courses.add_material(run.id, form.title.data, link=form.link.data, data=form.sent(), by=actor().person_id)


@pages.route("/teaching/runs/<code>/materials/<number:material_id>/remove", methods=["GET", "POST"])
@requires(MANAGE, load=material_to_manage)
def remove_material(material: RunMaterial) -> Response | str:
    """Ask first, then take it away."""
    code = courses.get_run_by_id(material.run_id).code
    if request.method != "POST":
        return render_template("attendance/material_remove.html", material=material, code=code)
    courses.remove_material(material, by=actor().person_id)
    flash(gettext("Taken away: %(title)s", title=material.title), "good")
    return redirect(url_for("attendance.materials", code=code), 303)


@pages.get("/runs/<code>/materials/<number:material_id>")
@requires(Permission.MY_TRAINING_VIEW, load=material_to_open)
def material(found: RunMaterial) -> Response:
    """Save the file, under a name made of its title; a link has its own address."""
    if found.data is None:
        raise NotFoundError
    title = "".join(" " if letter in NOT_IN_A_NAME else letter for letter in found.title).strip(" .") or found.file_name
    ending = found.file_name.rpartition(".")[2]
    return as_file(found.data, found.media_type, f"{title}.{ending}", name_ascii=found.file_name)
