"""Drawing a letter, A4 portrait in one language: facts in, the bytes of a PDF out; no database and no clock.

Each page has the QR and the address that lead to its check. Long texts go on to further lines, many days to further pages; nothing is cut.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.units import mm

from portal.attendance import hours
from portal.foundation import formats, sheets, typeface
from portal.foundation.errors import N_
from portal.foundation.georgian import clean_text
from portal.foundation.mail_texts import catalogue
from portal.foundation.sheets import BOTTOM, BRAND, HAIRLINE, INK, LEFT, MUTED, RIGHT, TOP, Text
from portal.letters.models import LetterKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal

    from reportlab.pdfgen.canvas import Canvas

    from portal.letters.facts import Day, LetterFacts

_TITLES: Final = {LetterKind.PARTICIPATION: N_("Confirmation of participation"), LetterKind.ATTENDANCE: N_("Confirmation of attendance")}
_SENTENCES: Final = {
    LetterKind.PARTICIPATION: N_(
        "The association confirms that the person named below has a place in the training and takes part on the days named below."
    ),
    LetterKind.ATTENDANCE: N_(
        "The association confirms the attendance of the person named below at the training, as it was recorded on each training day."
    ),
}
_FORMS: Final = {"in_person": N_("In person"), "online": N_("Online"), "hybrid": N_("Hybrid")}
_VALUES: Final = LEFT + 48 * mm
_TIMES: Final = LEFT + 92 * mm
_QR_SIDE: Final = 26 * mm
_FOOT: Final = BOTTOM + _QR_SIDE
_CONTENT_TOP: Final = TOP - 8 * mm
_CONTENT_BOTTOM: Final = _FOOT + 8 * mm


class UndrawableTextError(ValueError):
    """A text has a letter that the typeface cannot print."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What a letter bears beside its facts: number, language, day of issue, where it is checked, and whom to ask."""

    number: str
    language: str
    issued_on: date
    verify_url: str
    contact: str


class _Cell(NamedTuple):
    text: Text
    x: float = LEFT
    is_right: bool = False


class _Row(NamedTuple):
    """Texts side by side, the air below them, and whether a line closes the row. One of a table is read under its head."""

    cells: tuple[_Cell, ...]
    air: float = 0.0
    is_ruled: bool = False
    of_table: bool = False

    @property
    def height(self) -> float:
        return max(cell.text.height for cell in self.cells) + self.air


def draw_letter(facts: LetterFacts, issue: Issue) -> bytes:
    """Return the letter as a PDF file; the same facts give the same bytes. Raises UndrawableTextError."""
    typeface.register()
    letter = _Letter(facts, issue)
    pages = letter.pages()
    buffer = io.BytesIO()
    title = letter.words(_TITLES[LetterKind(facts.kind)])
    canvas = sheets.new_canvas(
        buffer, issue.language, title=f"{title} № {issue.number}", subject=_printable(facts.title.said(issue.language))
    )
    canvas.setAuthor(facts.issuer.said(issue.language))
    for number, rows in enumerate(pages, start=1):
        sheets.mosaic(canvas)
        _draw_rows(canvas, rows)
        letter.draw_foot(canvas, number, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Letter:
    """One letter in its language."""

    def __init__(self, facts: LetterFacts, issue: Issue) -> None:
        self.facts, self.issue = facts, issue
        self.words: Callable[[str], str] = catalogue(issue.language).gettext

    def pages(self) -> list[list[_Row]]:
        """Divide the rows among pages; the table's head is repeated."""
        head = self._table_head()
        pages: list[list[_Row]] = [[]]
        room = _CONTENT_TOP - _CONTENT_BOTTOM
        for row in [*self._opening(), head, *self._days()]:
            needed = row.height if row is not head else row.height * 3
            if needed > room:
                pages.append([head] if row.of_table and row is not head else [])
                room = _CONTENT_TOP - _CONTENT_BOTTOM - sum(one.height for one in pages[-1])
            pages[-1].append(row)
            room -= row.height
        return pages

    def _opening(self) -> Iterator[_Row]:
        """Give the letterhead, whom it is for, what is confirmed, and of whom."""
        facts, language, width = self.facts, self.issue.language, RIGHT - LEFT
        issuer = facts.issuer if language == "ka" else facts.issuer[::-1]
        issued = f"{self.words('Date of issue')}: {formats.format_date(self.issue.issued_on, language)}"
        whom = facts.municipality.said(language)
        addressee = self.words(N_("To be presented to: %(whom)s")) % {"whom": whom} if whom else self.words(N_("To whom it may concern"))
        kind = LetterKind(facts.kind)
        number = _Cell(_text(f"№ {self.issue.number}", width / 2, 10.5, bold=True))
        yield _Row((_Cell(_text(issuer[0], width, 12.5, BRAND, bold=True)),), 0.6 * mm)
        yield _Row((_Cell(_text(issuer[1], width, 9.5, MUTED)),), 9 * mm)
        yield _Row((number, _Cell(_text(issued, width / 2, 10.5), RIGHT, is_right=True)), 2 * mm)
        yield _Row((_Cell(_text(addressee, width, 10.5)),), 12 * mm)
        yield _Row((_Cell(_text(self.words(_TITLES[kind]), width, 19, BRAND, bold=True)),), 4 * mm)
        yield _Row((_Cell(_text(self.words(_SENTENCES[kind]), width, 10.5)),), 7 * mm)
        for label, value in self._facts():
            if value:
                bold = label == self.words("Participant")
                yield _Row(
                    (_Cell(_text(label, 45 * mm, 10.5, MUTED)), _Cell(_text(value, RIGHT - _VALUES, 10.5, bold=bold), _VALUES)), 1.8 * mm
                )
        yield _Row((_Cell(Text((), typeface.REGULAR, 1)),), 4 * mm)

    def _facts(self) -> Iterator[tuple[str, str]]:
        facts, language, words = self.facts, self.issue.language, self.words
        yield words("Participant"), " · ".join(dict.fromkeys(facts.name if language == "ka" else facts.name[::-1]))
        yield words("Municipality"), facts.municipality.said(language)
        yield words("Position"), facts.post.said(language)
        yield words("Training"), facts.title.said(language)
        yield words("Code"), facts.code
        yield words("Mode of study"), words(_FORMS[facts.form])
        yield words("Place"), facts.place.said(language)
        yield words("Contact hours"), formats.format_decimal(facts.contact_hours, language)
        if facts.kind == LetterKind.ATTENDANCE:
            yield words("Hours attended"), f"{self._of(facts.attended, facts.total)} ({formats.format_percent(facts.percent, language)})"
            yield words("Certificate"), f"№ {facts.certificate}" if facts.certificate else words(N_("Not issued by this date"))

    def _of(self, attended: Decimal, total: Decimal) -> str:
        return " / ".join(formats.format_decimal(value, self.issue.language) for value in (attended, total))

    def _table_head(self) -> _Row:
        heads = [(N_("Training day"), LEFT), (N_("Time"), _TIMES)]
        cells = [_Cell(_text(self.words(words), 60 * mm, 9, MUTED), x) for words, x in heads]
        if self.facts.kind == LetterKind.ATTENDANCE:
            cells.append(_Cell(_text(self.words("Hours attended"), 60 * mm, 9, MUTED), RIGHT, is_right=True))
        return _Row(tuple(cells), 2 * mm, is_ruled=True, of_table=True)

    def _days(self) -> Iterator[_Row]:
        for day in self.facts.days:
            date = formats.format_date(day.starts_at, self.issue.language)
            cells = [_Cell(_text(date, 88 * mm, 10)), _Cell(_text(formats.format_times(day.starts_at, day.ends_at), 60 * mm, 10), _TIMES)]
            if self.facts.kind == LetterKind.ATTENDANCE:
                cells.append(_Cell(_text(self._attended(day), 60 * mm, 10), RIGHT, is_right=True))
            yield _Row(tuple(cells), 2.6 * mm, is_ruled=True, of_table=True)

    def _attended(self, day: Day) -> str:
        if day.attended is None:
            return self.words("Not marked")
        return self._of(hours(day.attended), hours(day.minutes))

    def draw_foot(self, canvas: Canvas, page: int, pages: int) -> None:
        """Draw what every page has at its foot: how it is checked, by whom it was made, and which page it is."""
        issue, left = self.issue, LEFT + _QR_SIDE + 6 * mm
        width = RIGHT - left
        sheets.rule(canvas, LEFT, _FOOT + 4 * mm, HAIRLINE, 0.5)
        sheets.qr(canvas, issue.verify_url, LEFT, BOTTOM, _QR_SIDE)
        canvas.linkURL(issue.verify_url, (LEFT, BOTTOM, RIGHT, _FOOT))
        told = self.words(
            N_(
                "Made by the learning portal of the association, without signature or stamp."
                " The code, or this address, shows whether it is genuine and still holds:"
            )
        )
        asked = self.words(N_("Questions: %(contact)s")) % {"contact": issue.contact}
        counted = self.words(N_("Page %(page)s of %(pages)s")) % {"page": page, "pages": pages}
        top = _FOOT
        for text in (
            _text(told, width, 8.5),
            _text(issue.verify_url, width, 8.5, BRAND, bold=True),
            _text(asked, width, 8.5, MUTED),
            _text(f"№ {issue.number} · {counted}", width, 8.5, MUTED),
        ):
            sheets.put(canvas, text, left, top)
            top -= text.height + 1.1 * mm


def _draw_rows(canvas: Canvas, rows: list[_Row]) -> None:
    y = _CONTENT_TOP
    for row in rows:
        for cell in row.cells:
            sheets.put(canvas, cell.text, cell.x, y, is_right=cell.is_right)
        y -= row.height
        if row.is_ruled:
            sheets.rule(canvas, LEFT, y + row.air / 2, HAIRLINE, 0.5)


def _text(text: str, width: float, size: float, colour: sheets.Colour = INK, *, bold: bool = False) -> Text:
    return sheets.fit(_printable(text), typeface.BOLD if bold else typeface.REGULAR, size, width, colour)


def _printable(text: str) -> str:
    """The text as it is printed: what a letter says must be whole, so a sign without glyph is refused."""
    clean = clean_text(text)
    if not all(map(typeface.is_drawable, clean)):
        raise UndrawableTextError
    return clean
