"""Words about the rows of an uploaded spreadsheet: what columns hold, what became of a row, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.imports import Column
from portal.imports.models import Verdict
from portal.web.enrolment.words import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = {
    Column.FAMILY_NAME: _("Last name"),
    Column.GIVEN_NAME: _("First name"),
    Column.NAME: _("First and last name"),
    Column.NAME_BY_FAMILY: _("Last and first name"),
    Column.PERSONAL_NUMBER: _("Personal number"),
    Column.TITLE: _("Position"),
    Column.UNIT: _("Structural unit"),
    Column.CATEGORY: _("Category"),
    Column.EMAIL: _("E-mail"),
    Column.PHONE: _("Phone number"),
}

VERDICTS = {
    Verdict.WRONG: (_("Wrong"), "bad"),
    Verdict.ASK: (_("Perhaps known already"), "warn"),
    Verdict.NEW: (_("New person"), "info"),
    Verdict.MOVED: (_("Known, new in your municipality"), "info"),
    Verdict.KNOWN: (_("Known person"), "good"),
    Verdict.ENROLLED: (_("Already enrolled"), "neutral"),
}

REASONS = REFUSALS | {
    "name_missing": _("The first or the last name is missing."),
    "not_georgian": _("Write the first and the last name in Georgian letters."),
    "number_wrong": _("A personal number must have 11 digits."),
    "zero_lost": _(
        "The personal number is too short: the spreadsheet may have dropped zeros at its beginning. Write it as text, with all 11 digits."
    ),
    "category_missing": _("The person is new in your municipality, and the category is missing."),
    "category_unknown": _("There is no such category. Choose one from the template."),
    "title_missing": _("The person is new in your municipality, and the position is missing."),
    "email_wrong": _("The e-mail address is not valid."),
    "phone_wrong": _("Write the phone number as +995 5XX XX XX XX."),
    "too_long": _("A name can have at most 80 characters, a position or unit 200."),
    "number_of_other": _("The personal number and the name do not belong together. Check both, or write to the association."),
    "twice": _("The same person stands in row %(row)s already."),
    "same_name": _("The same name stands in row %(row)s. If these are two people, write the personal numbers of both."),
}


def reason_words(reasons: Iterable[tuple[str, int | None]]) -> str:
    """What is wrong with a row, in sentences."""
    return " ".join(str(REASONS[code]) % {"row": row} if row else str(REASONS[code]) for code, row in reasons)


def column_choices(headings: list[Any]) -> list[tuple[str, str]]:
    """What stands above each column; those without a heading by their position."""
    return [
        (f"column-{position}", heading or gettext("Column %(number)s", number=position + 1)) for position, heading in enumerate(headings)
    ]
