"""Words for designs: the parts, whom a design is for, what an edition says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask_babel import gettext as _

from portal.certificates import PROJECT_LOGO
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.certificates import Parts, Scope, Signing

_PAIRS = ("heading", "sentence", "statement", "note")


class Said(NamedTuple):
    """A part of a design in words: its label, its lines, and for a text the language of each line (else empty)."""

    label: str
    lines: list[tuple[str, str]]


def scope_words(scope: Scope) -> str:
    """Which certificates a design is for."""
    if scope.topic:
        return str(_("Topic: %(name)s", name=scope.name(language())))
    return str(_("Project: %(name)s", name=scope.name(language())) if scope.project else _("All certificates"))


def part_words(names: tuple[str, ...]) -> str:
    """The names of parts in one line; what stands there when there are none."""
    return ", ".join(label("certificate_part", name) for name in names) or "–"


def said(parts: Parts, pictures: Mapping[int, str]) -> list[Said]:
    """All that ``parts`` say; ``pictures`` are the names by id."""
    nothing = [("", str(_("None")))]
    found = []
    for name in parts.said():
        value = getattr(parts, name)
        if name in _PAIRS:
            lines = [line for line in zip(("ka", "en"), value, strict=True) if line[1]]
        elif name == "logos":
            lines = [("", logo_words(logo, pictures)) for logo in value]
        elif name == "signatories":
            lines = [("", _signing(one, pictures)) for one in value]
        else:
            lines = [("", _look(name, value, pictures))]
        found.append(Said(label("certificate_part", name), lines or nothing))
    return found


def logo_words(logo: int, pictures: Mapping[int, str]) -> str:
    """The name of a logo in the list of a design."""
    return str(_("Logo of the funding project")) if logo == PROJECT_LOGO else pictures[logo]


def _signing(one: Signing, pictures: Mapping[int, str]) -> str:
    who, georgian = one.signatory, language() == "ka"
    by_hand = str(_("signs by hand")) if one.signature is None else str(_("scanned signature: %(name)s", name=pictures[one.signature]))
    parts = (who.name_ka, who.post_ka, by_hand) if georgian else (who.name_en, who.post_en, by_hand)
    return " · ".join(filter(None, parts))


def _look(name: str, value: str | int, pictures: Mapping[int, str]) -> str:
    if name == "frame":
        return label("certificate_frame", str(value))
    if name == "seal":
        return pictures[int(value)] if value else str(_("None"))
    return str(value)
