"""The spreadsheet to fill in, as XLSX with choices to pick from, and as CSV."""

from __future__ import annotations

import io
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext

from portal import reports
from portal.foundation import spreadsheets
from portal.imports import Column
from portal.web.enrolment.import_words import COLUMNS
from portal.web.labels import choices

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS: Final = {Column.CATEGORY: 44, Column.TITLE: 36, Column.UNIT: 36, Column.EMAIL: 30}
USUAL_WIDTH: Final = 20
FIELDS: Final = (
    Column.FAMILY_NAME,
    Column.GIVEN_NAME,
    Column.PERSONAL_NUMBER,
    Column.TITLE,
    Column.UNIT,
    Column.CATEGORY,
    Column.EMAIL,
    Column.PHONE,
)


def as_csv() -> bytes:
    """The headings, for a program that writes CSV."""
    return reports.as_csv([_headings()])


def _headings() -> list[str]:
    return [str(COLUMNS[column]) for column in FIELDS]


def _advice() -> list[str]:
    return [
        gettext(
            "One person in each row of the first sheet, at most %(most)s. Leave the headings as they are.", most=spreadsheets.MOST_ROWS
        ),
        gettext("First and last name in Georgian letters, as in the identity document."),
        gettext(
            "The personal number is optional. With it the person is found, and nobody stands in the portal twice. All 11 digits, zeros included."
        ),
        gettext("Position and category are needed for people who are not in the portal yet."),
        gettext("What the portal knows of a person already is not changed by this file."),
        gettext("Before anything is saved you see each row, and what is wrong with it."),
    ]


def as_xlsx() -> bytes:
    """A sheet with headings, every cell of it text so that no zero is lost, categories to pick from, and a second sheet with advice."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        sheet = book.add_worksheet(gettext("People"))
        for position, column in enumerate(FIELDS):
            sheet.set_column(position, position, WIDTHS.get(column, USUAL_WIDTH), text)
            sheet.write_string(0, position, str(COLUMNS[column]), head)
        sheet.freeze_panes(1, 0)
        _offer_categories(book, sheet)
        advice = book.add_worksheet(gettext("How to fill it in"))
        advice.set_column(0, 0, 110, book.add_format({"text_wrap": True}))
        for row, line in enumerate(_advice()):
            advice.write_string(row, 0, line)
    return out.getvalue()


def _offer_categories(book: Any, sheet: Any) -> None:
    """Let the categories be picked; they stand in a sheet of their own, since a list within the cell may have 255 characters only."""
    names = [str(words) for _code, words in choices("category")]
    listed = book.add_worksheet("categories")
    listed.write_column(0, 0, names)
    listed.hide()
    place = FIELDS.index(Column.CATEGORY)
    source = f"=categories!$A$1:$A${len(names)}"
    sheet.data_validation(1, place, spreadsheets.MOST_ROWS, place, {"validate": "list", "source": source, "error_type": "warning"})
