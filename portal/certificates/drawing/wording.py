"""The words of a certificate: from facts to the lines that are printed, in both languages.

The holder's name stays in the nominative: „მონაწილეობდა“ does not inflect it. Dates and counts are
written as label and value for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from portal.foundation import formats
from portal.foundation.georgian import clean_text
from portal.foundation.typeface import is_drawable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from portal.certificates.facts import CertificateFacts, Pair, Signatory

_BETWEEN: Final = " · "
FORMS: Final = {
    "in_person": ("ადგილზე", "in person"),
    "online": ("ონლაინ", "online"),
    "hybrid": ("ჰიბრიდული", "hybrid"),
}


class UndrawableTextError(ValueError):
    """A certificate cannot be printed: FiraGO does not have these letters, or cannot set them by themselves."""

    def __init__(self, letters: Iterable[str]) -> None:
        self.letters = frozenset(letters)
        super().__init__("no glyph for " + ", ".join(f"U+{ord(letter):04X}" for letter in sorted(self.letters)))


class Both(NamedTuple):
    """One thing said in Georgian and in English; either may be empty."""

    ka: str
    en: str


class Signature(NamedTuple):
    """What stands under the line of one signatory."""

    name: Both
    post: Both


@dataclass(frozen=True, slots=True)
class Wording:
    """All the lines of one certificate, cleaned: NFC, Mtavruli folded, one space between words."""

    issuer: Both
    heading: Both
    name: Both
    employer: Both
    sentence: Both
    title: Both
    statement: Both
    when_and_where: Both
    workload: Both
    trainers: Both
    projects: Both
    note: Both
    number: str
    issued: Both
    valid_until: Both
    address: str
    check: Both
    signatures: tuple[Signature, ...]

    def texts(self) -> Iterator[str]:
        """Every printed text once."""
        yield self.number
        pairs = [
            self.check,
            self.heading,
            self.sentence,
            self.issuer,
            self.name,
            self.employer,
            self.title,
            self.statement,
            self.when_and_where,
        ]
        pairs += [self.workload, self.trainers, self.projects, self.note, self.issued, self.valid_until]
        for pair in pairs:
            yield from pair
        for signature in self.signatures:
            yield from signature.name
            yield from signature.post

    def letters(self) -> frozenset[str]:
        """Return the letters that the faces must have. Raises UndrawableTextError for those that FiraGO has not."""
        letters = frozenset().union(*self.texts())
        missing = {letter for letter in letters if not is_drawable(letter)}
        if missing:
            raise UndrawableTextError(missing)
        return letters


def word(facts: CertificateFacts, verify_url: str) -> Wording:
    """Put the facts of a certificate into words; `verify_url` is what its QR says."""
    address = short_address(verify_url)
    return Wording(
        issuer=_clean((facts.issuer_ka, facts.issuer_en)),
        heading=_clean(facts.texts.heading),
        name=_clean((facts.name_ka, facts.name_latin)),
        employer=Both(
            _join(", ", clean_text(facts.municipality_ka), clean_text(facts.post_ka)),
            _join(", ", clean_text(facts.municipality_en), clean_text(facts.post_en)),
        ),
        sentence=_clean(facts.texts.sentence),
        title=_title(facts),
        statement=_clean(facts.texts.statement),
        when_and_where=_when_and_where(facts),
        workload=_workload(facts),
        trainers=_named(facts.trainers, ("ტრენერი", "Trainer"), ("ტრენერები", "Trainers")),
        projects=_named(facts.projects, ("პროექტი", "Project"), ("პროექტები", "Projects")),
        note=_clean(facts.texts.note),
        number=f"№ {clean_text(facts.number)}",
        issued=_dated(facts.issued_on, "გაცემულია: ", "Issued: "),
        valid_until=_dated(facts.valid_until, "მოქმედების ვადა: ", "Valid until: "),
        address=address,
        check=Both(f"შემოწმება{_BETWEEN}", f"Verify: {address}"),
        signatures=tuple(_signature(signatory) for signatory in facts.signatories),
    )


def short_address(verify_url: str) -> str:
    """Return the address a reader can type: without scheme, and without the secret at its end."""
    parts = urlsplit(verify_url)
    return clean_text(parts.netloc + parts.path.rpartition("/")[0])


def _clean(pair: Pair) -> Both:
    return Both(clean_text(pair[0]), clean_text(pair[1]))


def _join(between: str, *parts: str) -> str:
    return between.join(part for part in parts if part)


def _title(facts: CertificateFacts) -> Both:
    title = _clean((facts.course_title_ka, facts.course_title_en))
    return Both(f"„{title.ka}“", f"“{title.en}”" if title.en else "")


def _when_and_where(facts: CertificateFacts) -> Both:
    place, form = _clean((facts.place_ka, facts.place_en)), FORMS[facts.form]
    days = [formats.format_dates(facts.first_day, facts.last_day, lang) for lang in ("ka", "en")]
    return Both(_join(_BETWEEN, days[0], place.ka, form[0]), _join(_BETWEEN, days[1], place.en, form[1]))


def _workload(facts: CertificateFacts) -> Both:
    """Hours and credits, and what the certificate rests on."""
    parts = [_counted(facts.contact_hours, "საკონტაქტო საათი", "contact hour")]
    if facts.independent_hours:
        parts.append(_counted(facts.independent_hours, "დამოუკიდებელი მუშაობის საათი", "independent study hour"))
    if facts.credits is not None:
        parts.append(_counted(facts.credits, "კრედიტი", "credit"))
    if facts.attendance_percent is not None:
        parts.append(_share(facts.attendance_percent, "დასწრება", "attendance"))
    if facts.score_percent is not None:
        parts.append(_share(facts.score_percent, "საბოლოო ქულა", "final score"))
    return Both(_BETWEEN.join(part.ka for part in parts), _BETWEEN.join(part.en for part in parts))


def _counted(count: Decimal, ka: str, en: str) -> Both:
    """Join a number and its noun: Georgian nouns stay singular after a number."""
    numbers = [formats.format_decimal(count, lang) for lang in ("ka", "en")]
    return Both(f"{numbers[0]} {ka}", f"{numbers[1]} {en}" if count == 1 else f"{numbers[1]} {en}s")


def _share(percent: int, ka: str, en: str) -> Both:
    shares = [formats.format_percent(percent, lang) for lang in ("ka", "en")]
    return Both(f"{ka} {shares[0]}", f"{en} {shares[1]}")


def _named(pairs: tuple[Pair, ...], one: Pair, several: Pair) -> Both:
    label = one if len(pairs) == 1 else several
    names = [_join(", ", *(clean_text(pair[i]) for pair in pairs)) for i in (0, 1)]
    return Both(*(f"{label[i]}: {names[i]}" if names[i] else "" for i in (0, 1)))


def _dated(day: date | None, ka: str, en: str) -> Both:
    if day is None:
        return Both("", "")
    return Both(ka + formats.format_date(day, "ka"), en + formats.format_date(day, "en"))


def _signature(signatory: Signatory) -> Signature:
    return Signature(
        _clean((signatory.name_ka, signatory.name_en)),
        _clean((signatory.post_ka, signatory.post_en)),
    )
