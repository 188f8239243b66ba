"""Drawing a letter, A4 portrait in one language: facts in, the bytes of a PDF out; no database and no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from portal.attendance import hours
from portal.foundation import formats
from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue
from portal.foundation.papers import Cell, Issue, Row, draw_paper, letterhead, space, text
from portal.foundation.sheets import BRAND, LEFT, MUTED, RIGHT
from portal.letters.models import LetterKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

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


def draw_letter(facts: LetterFacts, issue: Issue) -> bytes:
    """Return the letter as a PDF file; the same facts give the same bytes. Raises UndrawableTextError."""
    letter = _Letter(facts, issue)
    title = letter.words(_TITLES[LetterKind(facts.kind)])
    return draw_paper(letter.rows(), issue, title=title, subject=facts.title.said(issue.language), issuer=facts.issuer)


class _Letter:
    """One letter in its language."""

    def __init__(self, facts: LetterFacts, issue: Issue) -> None:
        self.facts, self.issue = facts, issue
        self.words: Callable[[str], str] = catalogue(issue.language).gettext

    def rows(self) -> Iterator[Row]:
        """Give all of it."""
        yield from self._opening()
        yield self._table_head()
        yield from self._days()

    def _opening(self) -> Iterator[Row]:
        """Give the letterhead, whom it is for, what is confirmed, and of whom."""
        facts, language, width = self.facts, self.issue.language, RIGHT - LEFT
        whom = facts.municipality.said(language)
        addressee = self.words(N_("To be presented to: %(whom)s")) % {"whom": whom} if whom else self.words(N_("To whom it may concern"))
        kind = LetterKind(facts.kind)
        yield from letterhead(self.issue, facts.issuer)
        yield Row((Cell(text(addressee, width, 10.5)),), 12 * mm)
        yield Row((Cell(text(self.words(_TITLES[kind]), width, 19, BRAND, bold=True)),), 4 * mm)
        yield Row((Cell(text(self.words(_SENTENCES[kind]), width, 10.5)),), 7 * mm)
        for label, value in self._facts():
            if value:
                bold = label == self.words("Participant")
                yield Row((Cell(text(label, 45 * mm, 10.5, MUTED)), Cell(text(value, RIGHT - _VALUES, 10.5, bold=bold), _VALUES)), 1.8 * mm)
        yield space(4 * mm)

    def _facts(self) -> Iterator[tuple[str, str]]:
        facts, language, words = self.facts, self.issue.language, self.words
        yield words("Participant"), facts.name.both(language)
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

    def _table_head(self) -> Row:
        heads = [(N_("Training day"), LEFT), (N_("Time"), _TIMES)]
        cells = [Cell(text(self.words(words), 60 * mm, 9, MUTED), x) for words, x in heads]
        if self.facts.kind == LetterKind.ATTENDANCE:
            cells.append(Cell(text(self.words("Hours attended"), 60 * mm, 9, MUTED), RIGHT, is_right=True))
        return Row(tuple(cells), 2 * mm, is_ruled=True, of_table=True, opens=True)

    def _days(self) -> Iterator[Row]:
        for day in self.facts.days:
            date = formats.format_date(day.starts_at, self.issue.language)
            cells = [Cell(text(date, 88 * mm, 10)), Cell(text(formats.format_times(day.starts_at, day.ends_at), 60 * mm, 10), _TIMES)]
            if self.facts.kind == LetterKind.ATTENDANCE:
                cells.append(Cell(text(self._attended(day), 60 * mm, 10), RIGHT, is_right=True))
            yield Row(tuple(cells), 2.6 * mm, is_ruled=True, of_table=True)

    def _attended(self, day: Day) -> str:
        if day.attended is None:
            return self.words("Not marked")
        return self._of(hours(day.attended), hours(day.minutes))
