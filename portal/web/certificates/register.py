"""The register of certificates, for staff: search, one certificate with its history of states, and changes of state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal import certificates, courses, journeys
from portal.access import Permission
from portal.certificates import RegisterSearch
from portal.certificates.models import CertificateState, StateReason
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web import downloads
from portal.web.certificates import pages
from portal.web.certificates.forms import RegisterForm, StateForm, option
from portal.web.certificates.words import printed
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask_babel.speaklater import LazyString

    from portal.access import Actor
    from portal.certificates import EndingCourse, Entry, StoredFile

PATH = "/staff/certificates"
CHANGE = f"{PATH}/<number>/<any(suspend, reinstate, revoke):change>"

# what to do, the state that it makes, its words on the button, and those after it is done
CHANGES: dict[str, tuple[Callable[..., object], CertificateState, LazyString, LazyString]] = {
    "suspend": (
        certificates.suspend,
        CertificateState.SUSPENDED,
        lazy_gettext("Suspend the certificate"),
        lazy_gettext("The certificate is suspended. Whoever checks it sees that."),
    ),
    "reinstate": (
        certificates.reinstate,
        CertificateState.REINSTATED,
        lazy_gettext("Make the certificate valid again"),
        lazy_gettext("The certificate is valid again."),
    ),
    "revoke": (
        journeys.revoke_certificate,
        CertificateState.REVOKED,
        lazy_gettext("Revoke the certificate"),
        lazy_gettext("The certificate is revoked. Whoever checks it sees that."),
    ),
}


def _entry(_actor: Actor, number: str) -> Entry:
    return certificates.get_entry(number)


def _file(_actor: Actor, number: str) -> StoredFile:
    return certificates.get_file(number)


def _change(_actor: Actor, number: str, change: str) -> tuple[Entry, str]:
    """The certificate and what is to be done; not found when that can neither follow its state nor is done already."""
    entry = certificates.get_entry(number)
    if CHANGES[change][1] not in (entry.state, *certificates.FOLLOWING[entry.state]):
        raise NotFoundError
    return entry, change


@pages.get(PATH)
@requires(Permission.REGISTER_VIEW)
def register() -> Any:
    """Search the register, newest first."""
    form = RegisterForm(request.args)
    years = [str(year) for year in certificates.years_of_register()]
    form.year.choices = [option("", _("All years")), *(option(year, year) for year in years)]
    if not form.validate():
        return render_template("certificates/register.html", form=form, page=None, link=None), 422
    search = RegisterSearch(form.q.data or "", form.state.data, int(form.year.data) if form.year.data else None)
    page = certificates.register_page(
        replace(search, older_than=request.args.get("older_than", ""), newer_than=request.args.get("newer_than", ""))
    )
    kept: dict[str, Any] = {name: value for name, value in form.data.items() if value}

    def link(**more: Any) -> str:
        return url_for("certificates.register", **kept, **more)

    return render_template(
        "certificates/register.html",
        form=form,
        page=page,
        link=link,
        searched=bool(kept),
        cases=certificates.number_of_open_cases(),
        endings=_endings() if search.state == certificates.EXPIRING else (),
    )


def _endings() -> list[EndingCourse]:
    now = clock.now()
    return certificates.endings_by_course(now, now + certificates.SOON)


@pages.get(f"{PATH}/<number>")
@requires(Permission.REGISTER_VIEW, load=_entry)
def certificate(entry: Entry) -> str:
    """One certificate: what is printed, its states, its file."""
    return render_template(
        "certificates/certificate.html",
        entry=entry,
        printed=printed(entry.facts),
        states=certificates.states_of(entry.id),
        kin=certificates.kin_of(entry.id),
        case=certificates.find_open_case(entry.id),
        run=courses.get_run_by_id(entry.run_id),
        has_credential=certificates.has_credential(entry.id),
        changes=[(name, words) for name, (_do, state, words, _done) in CHANGES.items() if state in certificates.FOLLOWING[entry.state]],
    )


@pages.get(f"{PATH}/<number>.pdf")
@requires(Permission.REGISTER_VIEW, load=_file)
def certificate_file(stored: StoredFile) -> Response:
    """The exact file that was issued."""
    return downloads.one_pdf(stored)


@pages.get(CHANGE)
@requires(Permission.CERTIFICATE_ISSUE, load=_change)
def state(loaded: tuple[Entry, str]) -> Any:
    """Ask for the reason of a change of state."""
    if _is_done(*loaded):
        return redirect(url_for("certificates.certificate", number=loaded[0].number), 303)
    entry, change = loaded
    return _ask(entry, change, StateForm(CHANGES[change][1], entry.issued_at, formdata=None))


@pages.post(CHANGE)
@requires(Permission.CERTIFICATE_ISSUE, load=_change)
def change_state(loaded: tuple[Entry, str]) -> Any:
    """Change the state; sent twice, it is changed once."""
    entry, change = loaded
    if not _is_done(entry, change):
        form = StateForm(CHANGES[change][1], entry.issued_at)
        if not form.validate():
            return _ask(entry, change, form), 422
        do, _state, _words, done = CHANGES[change]
        do(entry.id, form.reason.data, by=actor().person_id, reason=StateReason(form.code.data), effective_at=form.effective_at)
        flash(str(done), "good")
    return redirect(url_for("certificates.certificate", number=entry.number), 303)


def _is_done(entry: Entry, change: str) -> bool:
    return entry.state == CHANGES[change][1]


def _ask(entry: Entry, change: str, form: StateForm) -> str:
    return render_template("certificates/state.html", entry=entry, form=form, change=change, words=CHANGES[change][2])
