"""Uploads become rows of text with the numbers that the spreadsheet shows, or are refused in words, at little cost."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from portal.foundation import spreadsheets
from portal.foundation.errors import RefusedError
from tests.imports import hostile, sheets

ROWS = [sheets.nominee(1), sheets.nominee(2, თანამდებობა="მთავარი; „პირველი“, უფროსი")]


@pytest.mark.parametrize("separator", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_as_programs_write_it(separator, encoding):
    table = spreadsheets.read(sheets.as_csv(ROWS, separator=separator, encoding=encoding))
    assert table.headings == list(sheets.HEADINGS)
    assert [(row.number, row.cells) for row in table.rows] == [(2, ROWS[0]), (3, ROWS[1])]


def test_xlsx_is_read_with_the_numbers_of_its_rows():
    table = spreadsheets.read(sheets.as_xlsx([ROWS[0], [], ROWS[1]]))
    assert [(row.number, row.cells) for row in table.rows] == [(2, ROWS[0]), (4, ROWS[1])]


def test_a_table_need_not_begin_in_the_corner():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        hidden = book.add_worksheet("hidden")
        hidden.write(0, 0, "no")
        sheet = book.add_worksheet("people")
        sheet.activate()
        sheet.set_first_sheet()
        hidden.hide()
        sheet.write_row(4, 2, ["სახელი", "ნომერი"])
        sheet.write_row(6, 2, ["ნინო", 12345678901])
    table = spreadsheets.read(out.getvalue())
    assert [cell for cell in table.headings if cell] == ["სახელი", "ნომერი"]
    assert [(row.number, [cell for cell in row.cells if cell]) for row in table.rows] == [(7, ["ნინო", "12345678901"])]


def test_zeros_at_the_beginning_are_kept_and_none_is_made_up():
    rows = [["01001012345"], [1001012345]]
    assert [row.cells[0] for row in spreadsheets.read(sheets.as_xlsx(rows, headings=["a"])).rows] == ["01001012345", "1001012345"]
    assert spreadsheets.read(sheets.as_csv(rows[:1], headings=["a"])).rows[0].cells == ["01001012345"]


def test_blank_lines_count_as_the_spreadsheet_counts_them():
    table = spreadsheets.read('sep=;\r\nა;ბ\r\n\r\n1;"ორ\r\nსტრიქონად"\r\n;\r\n2;3\r\n'.encode())
    assert [(row.number, row.cells) for row in table.rows] == [(4, ["1", "ორ სტრიქონად"]), (6, ["2", "3"])]


def test_georgian_letters_come_out_as_they_went_in():
    letters = "".join(chr(code) for code in range(0x10D0, 0x10F1)) + " „“ « » № – ₾"
    for data in (sheets.as_csv([[letters]], headings=["ა"]), sheets.as_xlsx([[letters]], headings=["ა"])):
        assert spreadsheets.read(data).rows[0].cells == [letters]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", spreadsheets.EMPTY),
        (b"a;b\n", spreadsheets.EMPTY),
        ("სახელი;გვარი\nნინო;ბერიძე".encode() + b"\xe1", spreadsheets.NOT_UNICODE),
        ("ი;ნ\nა;ბ".encode() + b"\xff", spreadsheets.NOT_UNICODE),
        (b'a;b\n"never closed;1', spreadsheets.NO_TABLE),
        (b"a;b\x00\n1;2\x00\n", spreadsheets.NO_TABLE),
        (b"\xd0\xcf\x11\xe0 old", spreadsheets.OLD_EXCEL),
        (b"PK\x03\x04 broken", spreadsheets.NO_TABLE),
        (b"a;b\n" + b"1;2\n" * 10_001, spreadsheets.TOO_LONG),
        (b"a" + b";a" * 50 + b"\n1\n", spreadsheets.TOO_LONG),
        (b"a" * 200_000 + b"\n1\n", spreadsheets.NO_TABLE),
        (b"x" * (5 * 1024 * 1024 + 1), spreadsheets.TOO_LARGE),
    ],
)
def test_the_rest_is_refused(data, message):
    with pytest.raises(RefusedError) as refusal:
        spreadsheets.read(data)
    assert refusal.value.message == message


def measured(tmp_path, data: bytes) -> object:
    """What came of reading ``data`` in a process of its own, which may take neither 5 s nor 150 MB."""
    path = tmp_path / "upload.xlsx"
    path.write_bytes(data)
    answer, seconds, megabytes = hostile.read_apart(path)
    assert seconds < 5, f"{seconds:.1f} s"
    assert megabytes < 150, f"{megabytes:.0f} MB"
    return answer


def test_hostile_files_are_refused_at_little_cost(tmp_path):
    for name, data in hostile.refused().items():
        assert isinstance(measured(tmp_path, data), str), name


def test_odd_files_are_read_at_little_cost(tmp_path):
    for name, data in hostile.read_well().items():
        assert isinstance(measured(tmp_path, data), int), name


def test_a_few_kilobytes_are_enough_to_be_hostile():
    assert len(hostile.book(hostile.data(hostile.ONE + hostile.CORNER))) < 5_000
