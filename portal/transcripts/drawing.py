"""Drawing a transcript, A4 portrait in one language: facts in, the bytes of a PDF out; no database and no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from portal.foundation import formats
from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue
from portal.foundation.papers import Cell, Issue, Row, draw_paper, letterhead, space, text
from portal.foundation.sheets import BRAND, INK, LEFT, MUTED, RIGHT
from portal.transcripts.rules import by_year, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from portal.foundation.sheets import Colour
    from portal.transcripts.facts import TranscriptFacts
    from portal.transcripts.rules import Entry, Hours

TITLE: Final = N_("Transcript of training")
_SENTENCE: Final = N_(
    "The association confirms that the person named below has completed the trainings below. Contact hours are those that were attended."
)
_OUTSIDE: Final = N_("Taken elsewhere, recognised")
_VALUES: Final = LEFT + 48 * mm
_TITLES: Final = LEFT + 22 * mm
_NUMBERS: Final = ((RIGHT - 48 * mm, 20 * mm), (RIGHT - 19 * mm, 28 * mm), (RIGHT, 18 * mm))
"""Where each column of numbers ends, and how wide it is: the longest Georgian word of its head fits."""
_WIDTH: Final = RIGHT - 69 * mm - _TITLES
_SIZE: Final = 8


def draw_transcript(facts: TranscriptFacts, issue: Issue) -> bytes:
    """Return the transcript as a PDF file; the same facts give the same bytes. Raises UndrawableTextError."""
    transcript = _Transcript(facts, issue)
    subject = facts.name.said(issue.language)
    return draw_paper(transcript.rows(), issue, title=transcript.words(TITLE), subject=subject, issuer=facts.issuer)


class _Transcript:
    """One transcript in its language."""

    def __init__(self, facts: TranscriptFacts, issue: Issue) -> None:
        self.facts, self.issue = facts, issue
        self.words: Callable[[str], str] = catalogue(issue.language).gettext

    def rows(self) -> Iterator[Row]:
        """Give all of it: the years with their sums, the latest first."""
        yield from self._opening()
        heads = (N_("Completed on"), N_("Training"), N_("Contact hours"), N_("Independent study"), N_("Credits"))
        date, training, *numbers = (self.words(one) for one in heads)
        yield self._line((date, training, *numbers), colour=MUTED, opens=True)
        for year in by_year(self.facts.entries):
            yield self._line((str(year.year), "", *self._sums(year.hours)), bold=True, opens=True)
            yield from map(self._entry, year.entries)
        yield self._line((self.words(N_("Total")), "", *self._sums(total(self.facts.entries))), bold=True)

    def _opening(self) -> Iterator[Row]:
        """Give the letterhead, what is confirmed, and of whom."""
        facts, language, width = self.facts, self.issue.language, RIGHT - LEFT
        yield from letterhead(self.issue, facts.issuer)
        yield space(4 * mm)
        yield Row((Cell(text(self.words(TITLE), width, 19, BRAND, bold=True)),), 3 * mm)
        yield Row((Cell(text(self.words(_SENTENCE), width, 10)),), 4 * mm)
        about = (
            ("Name", facts.name.both(language)),
            ("Municipality", facts.municipality.said(language)),
            ("Position", facts.post.said(language)),
        )
        for label, value in about:
            if value:
                shown = text(value, RIGHT - _VALUES, 10, bold=label == "Name")
                yield Row((Cell(text(self.words(label), 45 * mm, 10, MUTED)), Cell(shown, _VALUES)), 1.2 * mm)
        yield space(3 * mm)

    def _entry(self, one: Entry) -> Row:
        title = one.title.said(self.issue.language)
        if one.outside:
            title = f"{title} · {self.words(_OUTSIDE)}"
        numbers = (one.contact, one.independent, one.credits)
        return self._line((formats.format_date_short(one.completed_on), title, *(self._number(value) for value in numbers)))

    def _sums(self, hours: Hours) -> tuple[str, ...]:
        return tuple(self._number(value) for value in hours)

    def _number(self, value: Decimal | None) -> str:
        return formats.format_decimal(value, self.issue.language) if value else "–"

    @staticmethod
    def _line(texts: tuple[str, ...], *, bold: bool = False, colour: Colour = INK, opens: bool = False) -> Row:
        """One row of the table."""
        date, title, *numbers = texts
        cells = [Cell(text(date, _TITLES - LEFT, _SIZE, colour, bold=bold))]
        if title:
            cells.append(Cell(text(title, _WIDTH, _SIZE, colour, bold=bold), _TITLES))
        for number, (x, width) in zip(numbers, _NUMBERS, strict=True):
            cells.append(Cell(text(number, width, _SIZE, colour, bold=bold), x, is_right=True))
        return Row(tuple(cells), 1.4 * mm, is_ruled=True, of_table=True, opens=opens)
