"""A certificate as its machine-readable twin, and what an EU micro-credential says besides the printed facts. Pure: no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal import credentials
from portal.certificates import issuer, rules
from portal.certificates.drawing import Attachment
from portal.certificates.drawing.wording import FORMS
from portal.foundation import formats
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.certificates.facts import CertificateFacts, Pair, Record
    from portal.certificates.paper import Subject
    from portal.courses.models import CourseVersion

FILE: Final = "credential.json"
"""What the credential is called inside the PDF."""
MEDIA_TYPE: Final = "application/vc"
_KIND: Final = "CertificateOfCompletion"
_LANGUAGES: Final = ("ka", "en")


def programme_of(version: CourseVersion) -> Record:
    """What the course says beyond the printed facts: the other elements of an EU micro-credential. What a course does not have is null."""
    outcomes = {language: _outcomes(version, language) for language in _LANGUAGES}
    assessment = [{"name": {"ka": name_ka, "en": name_en}} for name_ka, name_en in _assessment(version)]
    return {
        "country": issuer.COUNTRY_CODE,
        "learning_outcomes": outcomes if any(outcomes.values()) else None,
        "level": None,
        "assessment": assessment or None,
        "quality_assurance": None,
    }


def badge_of(subject: Subject, facts: CertificateFacts, secret: str, at: datetime, place: credentials.Place) -> credentials.Badge:
    """What the credential of the certificate with ``facts`` and ``secret`` says, valid from ``at``.

    Raises ValueError for a run without sessions.
    """
    run, version, person = subject.run, subject.run.version, subject.enrolment.person
    if run.starts_at is None or run.ends_at is None:
        raise ValueError("a run without sessions")
    return credentials.Badge(
        address=issuer.credential_url(secret),
        number=facts.number,
        issuer=credentials.Issuer(name=(facts.issuer_ka, facts.issuer_en), country=issuer.COUNTRY, country_code=issuer.COUNTRY_CODE),
        holder=credentials.holder_of(str(person.id)),
        holder_name=(facts.name_ka, facts.name_latin),
        achievement=f"{addresses.page(f'/courses/{run.course.slug}', 'ka')}?version={version.number}",
        achievement_type=_KIND,
        title=(facts.course_title_ka, facts.course_title_en),
        description=(version.summary_ka or facts.course_title_ka, version.summary_en or facts.course_title_en),
        criteria=("\n".join(_criteria_ka(version, facts)), "\n".join(_criteria_en(version, facts))),
        began_at=run.starts_at,
        ended_at=run.ends_at,
        credits=facts.credits,
        valid_from=at,
        valid_until=rules.end_of_day(facts.valid_until),
        place=place,
    )


def attached(credential: credentials.IssuedCredential) -> Attachment:
    """The credential as a file inside the PDF."""
    return Attachment(FILE, MEDIA_TYPE, credential.document, "Open Badges 3.0")


def _criteria_ka(version: CourseVersion, facts: CertificateFacts) -> Iterator[str]:
    """What was asked for, how much work it was, in which form, and what one can do afterwards: a credential has no other place for it."""
    if version.attendance_percent is not None:
        yield f"დასწრება: საკონტაქტო საათების სულ მცირე {formats.format_percent(version.attendance_percent, 'ka')}"
    if version.score_percent is not None:
        yield f"საბოლოო ქულა: სულ მცირე {formats.format_percent(version.score_percent, 'ka')}"
    yield f"საკონტაქტო საათი: {formats.format_decimal(facts.contact_hours, 'ka')}"
    if facts.independent_hours:
        yield f"დამოუკიდებელი მუშაობის საათი: {formats.format_decimal(facts.independent_hours, 'ka')}"
    yield f"ფორმა: {FORMS[facts.form][0]}"
    if names := [name for name, _en in _assessment(version)]:
        yield f"მონაწილის შეფასება: {', '.join(names)}"
    if outcomes := _outcomes(version, "ka"):
        yield from ("სწავლის შედეგები:", *(f"- {outcome}" for outcome in outcomes))


def _criteria_en(version: CourseVersion, facts: CertificateFacts) -> Iterator[str]:
    if version.attendance_percent is not None:
        yield f"Attendance: at least {formats.format_percent(version.attendance_percent, 'en')} of the contact hours"
    if version.score_percent is not None:
        yield f"Final score: at least {formats.format_percent(version.score_percent, 'en')}"
    yield f"Contact hours: {formats.format_decimal(facts.contact_hours, 'en')}"
    if facts.independent_hours:
        yield f"Independent study hours: {formats.format_decimal(facts.independent_hours, 'en')}"
    yield f"Form: {FORMS[facts.form][1]}"
    if names := [name for _ka, name in _assessment(version)]:
        yield f"Assessment: {', '.join(names)}"
    if outcomes := _outcomes(version, "en"):
        yield from ("Learning outcomes:", *(f"- {outcome}" for outcome in outcomes))


def _outcomes(version: CourseVersion, language: str) -> list[str]:
    text = version.learning_outcomes_ka if language == "ka" else version.learning_outcomes_en
    return text.splitlines()


def _assessment(version: CourseVersion) -> list[Pair]:
    return [(method["name_ka"], method["name_en"]) for method in version.assessment]
