"""What staff do with the list of outside certificates. A kind is never deleted: decisions and rules name it."""

from __future__ import annotations

import re
from typing import Final

from portal import courses
from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.errors import N_
from portal.recognition import queries_certificates
from portal.recognition.models import OutsideCertificate

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,29}")


def create_outside_certificate(code: str, name_ka: str, name_en: str, *, by: int) -> OutsideCertificate:
    """Add a kind. Raises ``courses.WrongValuesError`` for a code that is none, or is taken."""
    _check(code)
    made = OutsideCertificate(code=code, name_ka=name_ka, name_en=name_en)
    db.session.add(made)
    db.session.flush()
    history.record("outside_certificate:create", made, by=by, change={"code": code, "name": name_en})
    return made


def change_outside_certificate(certificate: OutsideCertificate, name_ka: str, name_en: str, *, by: int) -> None:
    """Rename a kind. Its code stays: rules name it."""
    before = {"name_ka": certificate.name_ka, "name_en": certificate.name_en}
    after = {"name_ka": name_ka, "name_en": name_en}
    if before == after:
        return
    certificate.name_ka, certificate.name_en = name_ka, name_en
    db.session.flush()
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    history.record("outside_certificate:change", certificate, by=by, change=changed)


def archive_outside_certificate(certificate: OutsideCertificate, *, by: int) -> None:
    """Offer the kind no longer."""
    _set_archived(certificate, "outside_certificate:archive", by, archived=True)


def restore_outside_certificate(certificate: OutsideCertificate, *, by: int) -> None:
    """Offer the kind again."""
    _set_archived(certificate, "outside_certificate:restore", by, archived=False)


def _set_archived(certificate: OutsideCertificate, action: str, by: int, *, archived: bool) -> None:
    if certificate.archived == archived:
        return
    certificate.archived = archived
    db.session.flush()
    history.record(action, certificate, by=by)


def _check(code: str) -> None:
    if not CODE.fullmatch(code):
        words = N_("A code has two to thirty capital Latin letters, digits and hyphens, as in ICDL or CAF-2020.")
        raise courses.WrongValuesError([courses.Problem("code", words)])
    if any(one.code == code for one in queries_certificates.outside_certificates(with_archived=True)):
        raise courses.WrongValuesError([courses.Problem("code", N_("There is a kind with this code already."))])
