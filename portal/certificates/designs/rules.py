"""What a design may say, how designs inherit from each other, and how their texts are filled in. Plain values in, plain values out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, cast

from portal.certificates import issuer
from portal.certificates.drawing import Design
from portal.certificates.drawing.design import ACCENT, BRAND, PAPER, Colour, Frame
from portal.certificates.facts import MOST_SIGNATORIES, USUAL_TEXTS, CertificateFacts, Pair, Signatory, Texts
from portal.courses import Problem
from portal.foundation import formats, placeholders
from portal.foundation.errors import N_, RefusedError
from portal.foundation.typeface import is_drawable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from portal.certificates.drawing import Logo

ALL: Final = "all"
LANGUAGES: Final = ("ka", "en")
FRAMES: Final[tuple[Frame, ...]] = ("tiles", "line", "none")
MOST_LOGOS: Final = 8
PROJECT_LOGO: Final = 0
"""Stands among the logos for that of the run's funding project, if it has one."""
NO_SEAL: Final = 0
LEAST_CONTRAST: Final = 3.0
"""Of a colour on the paper, as WCAG counts it for large letters."""

# message ids
PLACEHOLDERS: Final = {
    "name": N_("First and last name"),
    "municipality": N_("Municipality on the days of the training"),
    "post": N_("Post on the days of the training"),
    "course": N_("Title of the training"),
    "dates": N_("Days of the training"),
    "place": N_("Municipality in which it was held; empty for an online training"),
    "hours": N_("Contact hours, in digits"),
    "independent_hours": N_("Hours of independent study, in digits; empty when there are none"),
    "credits": N_("Credits, in digits; empty when the course gives none"),
    "attendance": N_("Attendance in percent; empty when the course does not ask for it"),
    "score": N_("Final score in percent; empty when the course does not ask for it"),
    "trainers": N_("Names of the trainers"),
    "project": N_("Name of the funding project; empty when there is none"),
    "number": N_("Number of the certificate"),
    "issued_on": N_("Date of issue"),
    "valid_until": N_("Last day of its validity; empty when it does not end"),
}
"""All that a text may have in braces, with what it stands for."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_MAY_BE_EMPTY: Final = frozenset({"statement", "note"})


@dataclass(frozen=True, slots=True)
class Signing:
    """A signatory, and the picture (its id) of their signature; None where one signs by hand."""

    signatory: Signatory
    signature: int | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a design says itself; None is what it leaves to the one above. Pictures by their ids, colours as "#0f4c5c".

    ``logos`` may name ``PROJECT_LOGO``, and ``seal`` be ``NO_SEAL``.
    """

    heading: Pair | None = None
    sentence: Pair | None = None
    statement: Pair | None = None
    note: Pair | None = None
    logos: tuple[int, ...] | None = None
    signatories: tuple[Signing, ...] | None = None
    frame: Frame | None = None
    brand: str | None = None
    accent: str | None = None
    seal: int | None = None

    def said(self) -> tuple[str, ...]:
        """The names of the parts that are said here."""
        return tuple(name for name in NAMES if getattr(self, name) is not None)

    def texts(self) -> Texts:
        """The four texts; the usual ones where nothing is said."""
        return Texts(**{name: getattr(self, name) or getattr(USUAL_TEXTS, name) for name in TEXTS})

    def pictures(self) -> frozenset[int]:
        """The ids of all pictures in it."""
        signatures = (signing.signature or 0 for signing in self.signatories or ())
        return frozenset((*(self.logos or ()), *signatures, self.seal or 0)) - {0}


@dataclass(frozen=True, slots=True)
class Composition:
    """What the certificates of a run are made of besides their facts: what is drawn, texts still to be filled in, who signs.

    ``versions`` are scope and number of the designs that it comes from, the nearest first.
    """

    drawing: Design = field(default_factory=Design)
    texts: Texts = USUAL_TEXTS
    signatories: tuple[Signatory, ...] = issuer.SIGNATORIES
    versions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder that is empty for somebody, in the text of a language."""

    name: str
    language: str


def code_of(colour: Colour) -> str:
    """A colour as it is typed: "#0f4c5c"."""
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


def colour_of(code: str) -> Colour:
    """The colour of a code. Raises ``ValueError`` for what is none."""
    if not _COLOUR.fullmatch(code):
        raise ValueError(code)
    red, green, blue = bytes.fromhex(code[1:])
    return red / 255, green / 255, blue / 255


NAMES: Final = tuple(one.name for one in fields(Parts))
TEXTS: Final = tuple(one.name for one in fields(Texts))
NOTHING: Final = Parts()
USUAL: Final = Parts(
    **{name: getattr(USUAL_TEXTS, name) for name in TEXTS},
    logos=(PROJECT_LOGO,),
    signatories=tuple(Signing(signatory) for signatory in issuer.SIGNATORIES),
    frame="tiles",
    brand=code_of(BRAND),
    accent=code_of(ACCENT),
    seal=NO_SEAL,
)
"""How certificates look that no design says anything about; every part is said."""


def inherit(*chain: Parts) -> Parts:
    """Each part from the first of ``chain`` that says it, the nearest design first; at last as usual."""
    found: dict[str, Any] = {}
    for parts in (*chain, USUAL):
        found = {name: getattr(parts, name) for name in parts.said()} | found
    return Parts(**found)


def own_parts(wanted: Parts, above: Parts, before: Parts, given_back: Collection[str]) -> Parts:
    """What a design is to say so that it looks as ``wanted`` (every part said) below ``above``.

    It says what differs from above, and what it said ``before``; not what is ``given_back`` to those above.
    """
    said = {
        name: getattr(wanted, name)
        for name in NAMES
        if name not in given_back and (name in before.said() or getattr(wanted, name) != getattr(above, name))
    }
    return Parts(**said)


def to_json(parts: Parts) -> dict[str, Any]:
    """``parts`` as a version of a design keeps them: only what is said."""
    kept: dict[str, Any] = {name: getattr(parts, name) for name in parts.said()}
    if parts.signatories is not None:
        kept["signatories"] = [
            {
                "name": [s.signatory.name_ka, s.signatory.name_en],
                "post": [s.signatory.post_ka, s.signatory.post_en],
                "signature": s.signature,
            }
            for s in parts.signatories
        ]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def from_json(kept: Mapping[str, Any]) -> Parts:
    """The parts that ``to_json`` gave."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    if "signatories" in kept:
        values["signatories"] = tuple(Signing(Signatory(*one["name"], *one["post"]), one["signature"]) for one in kept["signatories"])
    return Parts(**values)


def faults_in(parts: Parts, pictures: Mapping[int, str]) -> list[Problem]:
    """All that is wrong with what ``parts`` say, by the names of the form: a text's language behind its name, a signatory's number.

    ``pictures`` are the kinds of those that there are, by id.
    """
    return [*_faults_in_texts(parts), *_faults_in_pictures(parts, pictures), *_faults_of_signatories(parts), *_faults_of_looks(parts)]


def _faults_in_texts(parts: Parts) -> Iterator[Problem]:
    for name in TEXTS:
        pair = getattr(parts, name) or ("", "")
        may_be_empty = name in _MAY_BE_EMPTY or getattr(parts, name) is None
        for language, text in zip(LANGUAGES, pair, strict=True):
            typed = f"{name}_{language}"
            if not text and not (may_be_empty and not any(pair)):
                yield Problem(typed, N_("“%(field)s” is required: a certificate says everything in both languages."))
            yield from _faults_in_text(typed, text)


def _faults_in_text(where: str, text: str) -> Iterator[Problem]:
    try:
        placeholders.check(text, PLACEHOLDERS)
    except RefusedError as error:
        yield Problem(where, error.message, tuple(error.facts.items()))
    else:
        yield from _unprintable(where, text)


def _unprintable(where: str, text: str) -> Iterator[Problem]:
    strange = sorted({letter for letter in text if not is_drawable(letter)})
    if strange:
        yield Problem(
            where,
            N_("“%(field)s” has letters that the typeface of certificates does not have: %(letters)s"),
            (("letters", " ".join(strange)),),
        )


def _faults_in_pictures(parts: Parts, pictures: Mapping[int, str]) -> Iterator[Problem]:
    logos = parts.logos or ()
    wanted = [("logos", "logo", logo) for logo in logos if logo != PROJECT_LOGO]
    wanted += [(f"signatories-{row}", "signature", s.signature) for row, s in enumerate(parts.signatories or ()) if s.signature is not None]
    wanted += [("seal", "seal", parts.seal)] if parts.seal else []
    for where, kind, picture in wanted:
        if pictures.get(picture) != kind:
            yield Problem(where, N_("A picture that was chosen is not there. Choose it from the list."))
    if len(logos) > MOST_LOGOS:
        yield Problem("logos", N_("A certificate has room for at most %(most)s logos."), (("most", MOST_LOGOS),))
    if len(set(logos)) < len(logos):
        yield Problem("logos", N_("The same logo is chosen twice."))


def _faults_of_signatories(parts: Parts) -> Iterator[Problem]:
    signings = parts.signatories or ()
    if len(signings) > MOST_SIGNATORIES:
        yield Problem("signatories", N_("At most %(most)s people sign a certificate."), (("most", MOST_SIGNATORIES),))
    for row, one in enumerate(signings):
        who = one.signatory
        if bool(who.name_ka) != bool(who.name_en) or bool(who.post_ka) != bool(who.post_en) or not (who.name_ka or who.post_ka):
            yield Problem(f"signatories-{row}", N_("A signatory has a name or a post, or both, in Georgian and in English."))
        yield from _unprintable(f"signatories-{row}", f"{who.name_ka}{who.name_en}{who.post_ka}{who.post_en}")


def _faults_of_looks(parts: Parts) -> Iterator[Problem]:
    if parts.frame is not None and parts.frame not in FRAMES:
        yield Problem("frame", N_("Choose “%(field)s” from the list."))
    for name in ("brand", "accent"):
        code = getattr(parts, name)
        if code is None:
            continue
        if not _COLOUR.fullmatch(code):
            yield Problem(name, N_("Write “%(field)s” like this: %(example)s."), (("example", getattr(USUAL, name)),))
        elif contrast(colour_of(code), PAPER) < LEAST_CONTRAST:
            yield Problem(name, N_("“%(field)s” is too light to be read on paper. Choose a darker one."))


def contrast(one: Colour, other: Colour) -> float:
    """How well two colours stand apart, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]  # noqa: PLR2004  (sRGB)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def compose(parts: Parts, pictures: Mapping[int, Logo], project_logo: Logo | None, versions: tuple[tuple[str, int], ...]) -> Composition:
    """What is drawn by ``parts`` of which every one is said; ``pictures`` by id, ``PROJECT_LOGO`` left out where there is none."""
    logos = [project_logo if logo == PROJECT_LOGO else pictures[logo] for logo in parts.logos or ()]
    signings = parts.signatories or ()
    signatures = tuple(None if one.signature is None else pictures[one.signature] for one in signings)
    drawing = Design(
        logos=tuple(logo for logo in logos if logo is not None),
        frame=cast("Frame", parts.frame),
        brand=colour_of(cast("str", parts.brand)),
        accent=colour_of(cast("str", parts.accent)),
        signatures=signatures if any(signatures) else (),
        seal=pictures[parts.seal] if parts.seal else None,
    )
    return Composition(drawing, parts.texts(), tuple(one.signatory for one in signings), versions)


def placeholders_in(texts: Texts) -> frozenset[str]:
    """All placeholders that checked ``texts`` use, in any language."""
    return frozenset().union(*(placeholders.names_in(text) for name in TEXTS for text in getattr(texts, name)))


def values_of(facts: CertificateFacts, language: str) -> dict[str, str]:
    """What each placeholder stands for, in ``language``; empty where there is nothing to say."""
    index = LANGUAGES.index(language)

    def joined(pairs: tuple[Pair, ...]) -> str:
        return ", ".join(pair[index] for pair in pairs if pair[index])

    def number(value: Any) -> str:
        return formats.format_decimal(value, language) if value else ""

    def share(value: int | None) -> str:
        return "" if value is None else formats.format_percent(value, language)

    return {
        "name": (facts.name_ka, facts.name_latin)[index],
        "municipality": (facts.municipality_ka, facts.municipality_en)[index],
        "post": (facts.post_ka, facts.post_en)[index],
        "course": (facts.course_title_ka, facts.course_title_en)[index],
        "dates": formats.format_dates(facts.first_day, facts.last_day, language),
        "place": (facts.place_ka, facts.place_en)[index],
        "hours": number(facts.contact_hours),
        "independent_hours": number(facts.independent_hours),
        "credits": number(facts.credits),
        "attendance": share(facts.attendance_percent),
        "score": share(facts.score_percent),
        "trainers": joined(facts.trainers),
        "project": joined(facts.projects),
        "number": facts.number,
        "issued_on": formats.format_date(facts.issued_on, language),
        "valid_until": "" if facts.valid_until is None else formats.format_date(facts.valid_until, language),
    }


def gaps_in(texts: Texts, facts: CertificateFacts) -> tuple[Gap, ...]:
    """The placeholders of ``texts`` that are empty for whom the ``facts`` are about, in the order of the list, Georgian first."""
    found = []
    for index, language in enumerate(LANGUAGES):
        used = frozenset().union(*(placeholders.names_in(getattr(texts, name)[index]) for name in TEXTS))
        values = values_of(facts, language) if used else {}
        found += [Gap(name, language) for name in PLACEHOLDERS if name in used and not values[name].strip()]
    return tuple(found)


def fill(texts: Texts, facts: CertificateFacts) -> Texts:
    """``texts`` with every placeholder replaced by what it stands for. A value is printed as it is and not looked into."""
    if not placeholders_in(texts):
        return texts
    values = [values_of(facts, language) for language in LANGUAGES]
    filled: dict[str, Any] = {
        name: tuple(placeholders.fill(text, values[i]) for i, text in enumerate(getattr(texts, name))) for name in TEXTS
    }
    return replace(texts, **filled)
