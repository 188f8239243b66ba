"""Spreadsheets for tests. The people in them are invented."""

from __future__ import annotations

import csv
import io

import xlsxwriter

HEADINGS = ("სახელი", "გვარი", "პირადი ნომერი", "თანამდებობა", "სტრუქტურული ერთეული", "კატეგორია", "ელფოსტა", "ტელეფონი")
GIVEN = ("ნინო", "გიორგი", "მარიამ", "დავით", "თამარ", "ლუკა", "ქეთევან", "ირაკლი", "ელენე", "ზურაბ")
FAMILY = ("ბერიძე", "კაპანაძე", "გელაშვილი", "მაისურაძე", "წიკლაური", "ხუციშვილი", "ჯაფარიძე", "ყიფიანი", "ღლონტი", "ჭანტურია")
SYLLABLES = ("ბა", "გო", "დე", "ვი", "ზუ", "თა", "კო", "ლე", "მი", "ნუ")


def nominee(number: int, **changes: str) -> list[str]:
    """An invented person, another for each number."""
    family = FAMILY[number % 10] + "".join(SYLLABLES[int(digit)] for digit in str(number // 100)) if number >= 100 else FAMILY[number % 10]
    row = dict(
        zip(
            HEADINGS,
            (
                GIVEN[number // 10 % 10],
                family,
                f"{1_000_000_000 + number:011}",
                "მთავარი სპეციალისტი",
                "ფინანსური სამსახური",
                "პროფესიული საჯარო მოხელე",
                f"nominee{number}@portal.test",
                f"+99555500{number:04}",
            ),
            strict=True,
        )
    )
    return list((row | changes).values())


def as_csv(rows, *, separator=";", encoding="utf-8-sig", headings=HEADINGS) -> bytes:
    """The rows below the headings, as a program would save them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(rows, *, headings=HEADINGS) -> bytes:
    """The same as XLSX; numbers stay numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return out.getvalue()
