"""What a row says, whom it means, and why it cannot be taken: decisions on plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from portal import people
from portal.foundation.georgian import name_key
from portal.foundation.identifiers import parse_personal_number, parse_phone
from portal.imports.columns import Column, find_category
from portal.imports.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LONGEST_LINE: Final = 200
PARTS_OF_NAME: Final = 2
ZERO_LOST: Final = re.compile("[0-9]{8,10}")
TAKEN: Final = frozenset({Verdict.NEW, Verdict.MOVED, Verdict.KNOWN})
"""Rows that nominate somebody once they are confirmed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is wrong, as a code; ``row`` is the other row that it is about. Never a personal value: reasons are kept."""

    code: str
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row says of a person. ``wrong`` is wrong in any case, ``missing`` only for somebody who has to be entered, or given a post."""

    number: int
    given_name: str
    family_name: str
    personal_number: str | None = None
    title: str = ""
    unit: str = ""
    category: str | None = None
    email: str | None = None
    phone: str | None = None
    wrong: tuple[Reason, ...] = ()
    missing_person: tuple[Reason, ...] = ()
    missing_post: tuple[Reason, ...] = ()

    @property
    def key(self) -> str:
        """The name for comparing."""
        return name_key(self.family_name, self.given_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody whom the portal knows: the names in both alphabets for comparing, and the post here, if any."""

    person_id: int
    keys: frozenset[str]
    has_number: bool
    post_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of a row: the verdict, the reasons when it is wrong, the person meant, or those who may be meant."""

    number: int
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    person_id: int | None = None
    candidates: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """Where the row stands in the preview: what is wrong first, then what is asked."""
        if self.verdict == Verdict.WRONG:
            return 0
        return 1 if self.candidates else 2


def read_entry(number: int, cells: Sequence[str], columns: Sequence[str]) -> Entry:
    """Read the row ``number``, whose cells hold what ``columns`` say."""
    said = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    given, family = _names_of(said)
    wrong: list[Reason] = []
    values = {
        "personal_number": _parsed(said.get(Column.PERSONAL_NUMBER), parse_personal_number, "number_wrong", wrong),
        "email": _parsed(said.get(Column.EMAIL), people.parse_email, "email_wrong", wrong),
        "phone": _parsed(said.get(Column.PHONE), parse_phone, "phone_wrong", wrong),
        "category": _parsed(said.get(Column.CATEGORY), _category, "category_unknown", wrong),
    }
    if Reason("number_wrong") in wrong and ZERO_LOST.fullmatch(said[Column.PERSONAL_NUMBER]):
        wrong[wrong.index(Reason("number_wrong"))] = Reason("zero_lost")
    title, unit = said.get(Column.TITLE, ""), said.get(Column.UNIT, "")
    if not given or not family:
        wrong.insert(0, Reason("name_missing"))
    if max(len(given), len(family)) > people.LONGEST_NAME or max(len(title), len(unit)) > LONGEST_LINE:
        wrong.append(Reason("too_long"))
    georgian = people.is_georgian_name(given) and people.is_georgian_name(family)
    missing_post = [Reason("title_missing")] * (not title) + [Reason("category_missing")] * (not said.get(Column.CATEGORY))
    return Entry(
        number=number,
        given_name=given,
        family_name=family,
        title=title,
        unit=unit,
        wrong=tuple(wrong),
        missing_person=() if georgian or not (given and family) else (Reason("not_georgian"),),
        missing_post=tuple(missing_post),
        **values,
    )


def _parsed(text: str | None, parse: Any, code: str, wrong: list[Reason]) -> Any:
    """The value of ``text``, None for nothing; what cannot be read is noted as ``code``."""
    if not text:
        return None
    try:
        return parse(text)
    except ValueError:
        wrong.append(Reason(code))
        return None


def _category(text: str) -> str:
    found = find_category(text)
    if found is None:
        raise ValueError(text)
    return found


def _names_of(said: Mapping[str, str]) -> tuple[str, str]:
    """Given and family name. Of a name in one column the given name is one word; the rest is the family name."""
    given, family = said.get(Column.GIVEN_NAME, ""), said.get(Column.FAMILY_NAME, "")
    if given or family:
        return given, family
    if name := said.get(Column.NAME_BY_FAMILY):
        family, _space, given = name.rpartition(" ")
        return given, family
    given, _space, family = said.get(Column.NAME, "").partition(" ")
    return given, family


@dataclass(slots=True)
class Matching:
    """Finds whom each row of a file means. Rows are asked in their order: who was meant before is not meant again.

    ``by_number`` are people anywhere, by personal number; ``by_name`` those of the nominating municipality. ``answers`` say which of
    several people a row means (0: none of them).
    """

    by_number: Mapping[str, Known]
    by_name: Mapping[str, Sequence[Known]]
    answers: Mapping[int, int]
    _numbers: dict[str, int] = field(default_factory=dict)
    _names: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    _people: dict[int, int] = field(default_factory=dict)

    def judge(self, entry: Entry) -> Judgement:
        """Say whom ``entry`` means, and what is wrong with it."""
        twice = self._find_twice(entry)
        if entry.wrong or twice:
            return _wrong(entry, *entry.wrong, *([twice] if twice else []))
        found = self.by_number.get(entry.personal_number or "")
        if found is not None:
            return self._of_person(entry, found) if entry.key in found.keys else _wrong(entry, Reason("number_of_other"))
        # one who is known to have another number is somebody else
        namesakes = [one for one in self.by_name.get(entry.key, ()) if not (entry.personal_number and one.has_number)]
        if not namesakes:
            return self._as_new(entry)
        if len(namesakes) == 1 and entry.personal_number is None:
            return self._of_person(entry, namesakes[0])
        return self._asked(entry, namesakes)

    def _asked(self, entry: Entry, namesakes: Sequence[Known]) -> Judgement:
        answer = self.answers.get(entry.number)
        meant = next((one for one in namesakes if one.person_id == answer), None)
        candidates = tuple(one.person_id for one in namesakes)
        judged = Judgement(number=entry.number, verdict=Verdict.ASK)
        if meant is not None:
            judged = self._of_person(entry, meant)
        elif answer == 0:
            judged = self._as_new(entry)
        return replace(judged, candidates=candidates)

    def _of_person(self, entry: Entry, known: Known) -> Judgement:
        if known.person_id in self._people:
            return _wrong(entry, Reason("twice", self._people[known.person_id]))
        if known.post_id is None and entry.missing_post:
            return _wrong(entry, *entry.missing_post)
        self._people[known.person_id] = entry.number
        verdict = Verdict.MOVED if known.post_id is None else Verdict.KNOWN
        return Judgement(number=entry.number, verdict=verdict, person_id=known.person_id)

    def _as_new(self, entry: Entry) -> Judgement:
        if missing := entry.missing_person + entry.missing_post:
            return _wrong(entry, *missing)
        return Judgement(number=entry.number, verdict=Verdict.NEW)

    def _find_twice(self, entry: Entry) -> Reason | None:
        """Name the earlier row with the same person: the same number, or the same name unless both give different numbers."""
        number, row = entry.personal_number, entry.number
        if number and self._numbers.setdefault(number, row) != row:
            return Reason("twice", self._numbers[number])
        before, number_before = self._names.setdefault(entry.key, (row, number))
        if before == row or not entry.key or (number and number_before):
            return None
        return Reason("same_name", before)


def _wrong(entry: Entry, *reasons: Reason) -> Judgement:
    return Judgement(number=entry.number, verdict=Verdict.WRONG, reasons=reasons)


def with_standing(judged: Judgement, *, enrolled: bool, refusal: str | None) -> Judgement:
    """``judged``, now that it is known whether the person is enrolled already, and which rule of enrolment speaks against them."""
    if judged.verdict not in TAKEN:
        return judged
    if enrolled:
        return replace(judged, verdict=Verdict.ENROLLED)
    return replace(judged, verdict=Verdict.WRONG, reasons=(Reason(refusal),)) if refusal else judged


def differ(before: Iterable[tuple[int, str, int | None]], after: Iterable[Judgement]) -> bool:
    """True when rows turned out otherwise than they were shown: number, verdict and person of each."""
    shown = {number: (verdict, person) for number, verdict, person in before}
    return shown != {one.number: (one.verdict, one.person_id) for one in after}
