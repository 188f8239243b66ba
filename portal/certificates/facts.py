"""Every printed fact of one certificate, and the frozen record that keeps them for good."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping

Form = Literal["in_person", "online", "hybrid"]
Pair = tuple[str, str]
Record = dict[str, object]

FORMS: Final = ("in_person", "online", "hybrid")
MOST_SIGNATORIES: Final = 3
TILES: Final = 64
# Raised when the meaning of a field changes; old records keep the number that they were frozen with.
_FORMAT: Final = 2
_FORMATS: Final = (1, _FORMAT)
_MOST_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: name and post in Georgian and English."""

    name_ka: str
    name_en: str
    post_ka: str
    post_en: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What the design words itself, placeholders filled in: pairs of Georgian and English; statement and note may be empty."""

    heading: Pair = ("სერტიფიკატი", "Certificate")
    sentence: Pair = ("მონაწილეობდა ტრენინგში", "took part in the training")
    statement: Pair = ("", "")
    note: Pair = ("", "")


USUAL_TEXTS: Final = Texts()
"""Of a design that says nothing itself, and of every record of format 1, which had no others."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What stands on the face of a certificate, nothing else: never a personal number.

    Texts are printed as they are, never read as markup. Municipality and post are those of the
    days of the training; a pair is (Georgian, English). Raises ValueError for facts that cannot be
    printed truthfully: dates in the wrong order, a share outside 0-100, a tile outside 0-63.
    """

    number: str
    name_ka: str
    name_latin: str
    municipality_ka: str
    municipality_en: str
    municipality_tile: int | None
    post_ka: str
    post_en: str
    course_title_ka: str
    course_title_en: str
    form: Form
    first_day: date
    last_day: date
    place_ka: str
    place_en: str
    contact_hours: Decimal
    independent_hours: Decimal
    credits: Decimal | None
    trainers: tuple[Pair, ...]
    projects: tuple[Pair, ...]
    attendance_percent: int | None
    score_percent: int | None
    issued_on: date
    valid_until: date | None
    signatories: tuple[Signatory, ...]
    issuer_ka: str
    issuer_en: str
    texts: Texts = USUAL_TEXTS

    def __post_init__(self) -> None:
        shares = (self.attendance_percent, self.score_percent)
        tile = self.municipality_tile
        refusals = {
            "unknown form": self.form not in FORMS,
            "last day before the first": self.last_day < self.first_day,
            "too many signatories": len(self.signatories) > MOST_SIGNATORIES,
            "no such tile": tile is not None and not 0 <= tile < TILES,
            "not a percentage": any(s is not None and not 0 <= s <= _MOST_PERCENT for s in shares),
        }
        for refusal, holds in refusals.items():
            if holds:
                raise ValueError(refusal)

    def to_record(self) -> Record:
        """Return the facts as plain JSON values: text, whole numbers, null, lists and objects.

        Dates are ISO 8601; hours and credits are text, digit for digit, because a float is not exact.
        """
        return {
            "format": _FORMAT,
            "number": self.number,
            "name": {"ka": self.name_ka, "latin": self.name_latin},
            "municipality": _both(self.municipality_ka, self.municipality_en),
            "municipality_tile": self.municipality_tile,
            "post": _both(self.post_ka, self.post_en),
            "course_title": _both(self.course_title_ka, self.course_title_en),
            "form": self.form,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "place": _both(self.place_ka, self.place_en),
            "contact_hours": str(self.contact_hours),
            "independent_hours": str(self.independent_hours),
            "credits": None if self.credits is None else str(self.credits),
            "trainers": [_both(*pair) for pair in self.trainers],
            "projects": [_both(*pair) for pair in self.projects],
            "attendance_percent": self.attendance_percent,
            "score_percent": self.score_percent,
            "issued_on": self.issued_on.isoformat(),
            "valid_until": None if self.valid_until is None else self.valid_until.isoformat(),
            "signatories": [{"name": _both(s.name_ka, s.name_en), "post": _both(s.post_ka, s.post_en)} for s in self.signatories],
            "issuer": _both(self.issuer_ka, self.issuer_en),
            "texts": {field.name: _both(*getattr(self.texts, field.name)) for field in fields(Texts)},
        }

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> CertificateFacts:
        """Return the facts that `to_record` gave, exactly. Raises ValueError for a record of another shape."""
        if record.get("format") not in _FORMATS:
            raise ValueError(f"not a certificate record of a format from {_FORMATS[0]} to {_FORMAT}")
        try:
            return cls(**_read(record))
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise ValueError("not a whole certificate record") from error


def canonical_json(record: Mapping[str, object]) -> bytes:
    """Write the record as canonical JSON (RFC 8785, JCS): the bytes whose SHA-256 the register keeps."""
    return rfc8785.dumps(cast("dict[str, Any]", record))


def _both(ka: str, en: str) -> dict[str, str]:
    return {"ka": ka, "en": en}


def _read(record: Mapping[str, object]) -> dict[str, Any]:
    """Return the record's values by the names of the fields."""
    values: dict[str, Any] = {name: record[name] for name in ("number", "form", "municipality_tile", "attendance_percent", "score_percent")}
    name = _object(record["name"])
    values |= {"name_ka": name["ka"], "name_latin": name["latin"]}
    for field in ("municipality", "post", "course_title", "place", "issuer"):
        values[f"{field}_ka"], values[f"{field}_en"] = _pair(record[field])
    for field in ("first_day", "last_day", "issued_on", "valid_until"):
        text = record[field]
        values[field] = None if text is None else date.fromisoformat(cast("str", text))
    for field in ("contact_hours", "independent_hours", "credits"):
        text = record[field]
        values[field] = None if text is None else Decimal(cast("str", text))
    for field in ("trainers", "projects"):
        values[field] = tuple(_pair(item) for item in _list(record[field]))
    values["signatories"] = tuple(
        Signatory(*_pair(item["name"]), *_pair(item["post"])) for item in map(_object, _list(record["signatories"]))
    )
    if record["format"] != 1:
        texts = _object(record["texts"])
        values["texts"] = Texts(**{field.name: _pair(texts[field.name]) for field in fields(Texts)})
    return values


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _pair(value: object) -> Pair:
    both = _object(value)
    return cast("str", both["ka"]), cast("str", both["en"])
