"""Staff take the certificates of a run, or of one of its batches, along in one file, which the worker makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, url_for
from flask_babel import gettext as _

from portal import certificates, courses
from portal.access import Permission
from portal.certificates.models import BundleKind
from portal.foundation.errors import NotFoundError
from portal.web import downloads
from portal.web.certificates import pages
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from flask import Response

    from portal.access import Actor

PATH = "/staff/runs/<code>/certificates"
BATCH = f"{PATH}/batches/<number:batch_id>"
KIND = "<any(zip, pdf):ending>"
MIME = {BundleKind.ZIP: downloads.ZIP, BundleKind.PDF: downloads.PDF}

Wanted = tuple[str, int, int | None, BundleKind]
"""Code and id of a run, the id of its batch if it is one, and what kind of file."""


def _wanted(_actor: Actor, code: str, ending: str, batch_id: int | None = None) -> Wanted:
    run = courses.get_run(code)
    if batch_id is not None:
        certificates.get_progress(run.id, batch_id)
    if not certificates.contents_of(run.id, batch_id).ids:
        raise NotFoundError
    return code, run.id, batch_id, BundleKind(ending)


@pages.get(f"{PATH}.{KIND}")
@pages.get(f"{BATCH}.{KIND}")
@requires(Permission.CERTIFICATE_ISSUE, load=_wanted)
def bundle(wanted: Wanted) -> Any:
    """The file, if it is made and holds what it should; else the page on which it can be asked for."""
    code, run_id, batch_id, kind = wanted
    data = certificates.find_made(run_id, batch_id, kind)
    if data is None:
        flash(_("This file is not made yet, or certificates changed since. Ask for it below."), "warn")
        return _back(code, batch_id)
    return downloads.as_file(data, MIME[kind], f"certificates-{code}" + (f"-{batch_id}" if batch_id else "") + f".{kind}")


@pages.post(f"{PATH}.{KIND}")
@pages.post(f"{BATCH}.{KIND}")
@requires(Permission.CERTIFICATE_ISSUE, load=_wanted)
def ask_for_bundle(wanted: Wanted) -> Any:
    """Have the worker make the file."""
    code, run_id, batch_id, kind = wanted
    certificates.ask_for_bundle(run_id, batch_id, kind, by=actor().person_id)
    return _back(code, batch_id)


@pages.get(f"{PATH}.{KIND}/progress")
@pages.get(f"{BATCH}.{KIND}/progress")
@requires(Permission.CERTIFICATE_ISSUE, load=_wanted)
def bundle_progress(wanted: Wanted) -> Response:
    """How far the worker is, for the script that moves the bar."""
    _code, run_id, batch_id, kind = wanted
    found = certificates.bundles_of(run_id, batch_id).get(kind)
    if found is None:
        raise NotFoundError
    return jsonify(done=found.done, total=found.total, finished=found.made, failed=found.failed)


def _back(code: str, batch_id: int | None) -> Any:
    if batch_id is None:
        return redirect(url_for("certificates.candidates", code=code, _anchor="files"), 303)
    return redirect(url_for("certificates.progress", code=code, batch_id=batch_id, _anchor="files"), 303)
