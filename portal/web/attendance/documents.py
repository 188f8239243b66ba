"""Files kept with a session: scans of its signed sheet, and the proofs of excuses. Those who teach the run and staff add and open them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField

from portal import attendance
from portal.access import Permission
from portal.attendance.models import DocumentKind, Mark
from portal.foundation.errors import N_, RefusedError
from portal.foundation.formats import to_tbilisi
from portal.foundation.georgian import clean_text
from portal.web.attendance import pages
from portal.web.attendance.scope import taught_session
from portal.web.downloads import as_file
from portal.web.errors import told
from portal.web.fields import Filled
from portal.web.guard import actor, requires
from portal.web.limits import SCANS, by_person, limiter
from portal.web.transactions import release

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.attendance import KeptDocument, RollRow, Scan, TaughtSession

    AnyAnswer = Answer | str | tuple[str, int]

DOCUMENTS = "/teaching/sessions/<number:session_id>/documents"
UNPROCESSABLE = 422
MOST_AT_ONCE = 10
LONGEST_NAME = 80


class ScansForm(FlaskForm):
    """One or more files at once."""

    files = MultipleFileField(
        _("Files"),
        [Filled()],
        description=_("PDF, JPEG or PNG, at most 10 MB each. Several pages may be several files."),
        render_kw={"accept": ",".join(attendance.SCAN_ENDINGS)},
    )

    def scans(self) -> list[Scan]:
        """What is kept of the files. Raises ``RefusedError`` naming the first that cannot be."""
        if len(self.files.data) > MOST_AT_ONCE:
            raise RefusedError(N_("Choose at most %(most)s files at once."), most=MOST_AT_ONCE)
        found = []
        for file in self.files.data:
            try:
                found.append(attendance.read_scan(file.stream.read(attendance.LARGEST_SCAN + 1)))
            except RefusedError as error:
                name = clean_text(file.filename or "")[:LONGEST_NAME]
                raise RefusedError(N_("“%(file)s”: %(problem)s"), file=name, problem=told(error)) from error
        return found


class Excuse(NamedTuple):
    """One person in one session."""

    session: TaughtSession
    row: RollRow

    @property
    def excused(self) -> bool:
        """Whether a proof can be added: somebody marked the person as excused."""
        return any(fact.mark == Mark.EXCUSED for fact in (self.row.fact, *self.row.against) if fact)


class Papers(NamedTuple):
    """What is kept with a session: the signed sheet, and how many proofs of whose excuse, by enrolment id."""

    sheets: list[KeptDocument]
    proofs: Counter[int]


class Opened(NamedTuple):
    """A file of a session."""

    session: TaughtSession
    id: int
    kind: str
    scan: Scan


def _excuse(actor: Actor, session_id: int, enrolment_id: int) -> Excuse:
    return Excuse(taught_session(actor, session_id), attendance.get_row(session_id, enrolment_id))


def _document(actor: Actor, session_id: int, document_id: int) -> Opened:
    session = taught_session(actor, session_id)
    return Opened(session, document_id, *attendance.get_document(document_id, session_id=session_id))


def papers_of(session: TaughtSession) -> Papers:
    """What is kept with the session, for its page."""
    kept = attendance.documents_of(session.id)
    return Papers([one for one in kept if one.kind == DocumentKind.SHEET], Counter(one.enrolment_id for one in kept if one.enrolment_id))


@pages.route(DOCUMENTS, methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
@limiter.limit(SCANS, key_func=by_person, methods=["POST"])
def documents(session: TaughtSession) -> AnyAnswer:
    """The scans of the signed sheet, and a form to add more."""
    form = ScansForm()
    if form.validate_on_submit():
        try:
            _keep(session, form)
            return redirect(request.path, 303)
        except RefusedError as error:
            form.files.errors = [told(error)]
    kept = [one for one in attendance.documents_of(session.id) if one.kind == DocumentKind.SHEET]
    return _answer("attendance/documents.html", form, session=session, kept=kept)


@pages.route("/teaching/sessions/<number:session_id>/excuses/<number:enrolment_id>", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, load=_excuse)
@limiter.limit(SCANS, key_func=by_person, methods=["POST"])
def excuse(excuse: Excuse) -> AnyAnswer:
    """One person's excused absence: what was recorded, its proofs, and a form to add them."""
    form = ScansForm()
    if form.validate_on_submit():
        try:
            _keep(excuse.session, form, enrolment_id=excuse.row.enrolment_id)
            return redirect(request.path, 303)
        except RefusedError as error:
            form.files.errors = [told(error)]
    kept = [one for one in attendance.documents_of(excuse.session.id) if one.enrolment_id == excuse.row.enrolment_id]
    return _answer("attendance/excuse.html", form, session=excuse.session, excuse=excuse, kept=kept)


def _answer(template: str, form: ScansForm, *, session: TaughtSession, kept: list[KeptDocument], **values: object) -> AnyAnswer:
    page = render_template(template, session=session, form=form, kept=kept, **values)
    return (page, UNPROCESSABLE) if form.errors else page


def _keep(session: TaughtSession, form: ScansForm, *, enrolment_id: int | None = None) -> None:
    by = actor().person_id
    release()  # pictures take a moment, and nobody else's writing waits for them
    new = attendance.keep_documents(session.id, form.scans(), by=by, enrolment_id=enrolment_id)
    if new:
        flash(ngettext("%(num)s file added.", "%(num)s files added.", new), "good")
    else:
        flash(gettext("These files are kept here already. Nothing has changed."), "info")


@pages.get(f"{DOCUMENTS}/<number:document_id>")
@requires(Permission.ATTENDANCE_MARK, load=_document)
def document(opened: Opened) -> Response:
    """One file, to be saved: it is never shown within the portal. Its name says nothing of a person."""
    day = to_tbilisi(opened.session.starts_at).date().isoformat()
    name = f"{opened.kind}-{opened.session.run.code}-{day}-{opened.id}.{attendance.SCAN_ENDINGS[opened.scan.media_type]}"
    return as_file(opened.scan.data, opened.scan.media_type, name, name_ascii=name)
