"""What a report counts, as plain values, and how it is written down for a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.reports import Figures, Scope, as_csv, depth, depth_ranges
from portal.reports.figures import of_one_sex


def test_a_period_is_made_of_whole_days_in_georgia():
    scope = Scope(first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert (scope.since, scope.until) == (datetime(2025, 12, 31, 20, tzinfo=UTC), datetime(2026, 12, 31, 20, tzinfo=UTC))


def test_groups_add_up():
    women, unstated = of_one_sex("female", (2, 3, 960, 1920, 1, 2, 1)), of_one_sex(None, (1, 1, 480, 480, 1, 1, 1))
    both = women + unstated
    assert (both.people, both.women, both.men, both.participations) == (3, 2, 0, 4)
    assert (both.hours, both.attendance_percent, both.completion_percent, both.certificates) == (Decimal(24), 60, 66, 2)


def test_nothing_held_is_no_attendance_of_zero():
    assert (Figures().attendance_percent, Figures().completion_percent) == (None, None)


@pytest.mark.parametrize(
    ("value", "most", "deep"), [(0, 9, 0), (1, 9, 1), (2, 9, 1), (3, 9, 2), (9, 9, 4), (1, 1, 4), (0, 0, 0), (1, 1000, 1)]
)
def test_a_tile_is_deeper_with_more_people_and_empty_only_with_none(value, most, deep):
    assert depth(value, most) == deep


@pytest.mark.parametrize("most", range(1, 30))
def test_the_key_of_the_map_says_what_the_depths_are(most):
    ranges = depth_ranges(most)
    for value in range(most + 1):
        low, _dash, high = ranges[depth(value, most)].partition("–")
        assert int(low) <= value <= int(high or low)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_georgian_goes_into_a_spreadsheet_unchanged():
    rows = [["მუნიციპალიტეტი", "სულ"], ["„თელავი“; კახეთი", 12]]
    assert read(as_csv(rows)) == [["მუნიციპალიტეტი", "სულ"], ["„თელავი“; კახეთი", "12"]]


@pytest.mark.parametrize("text", ["=1+1", "+995", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", '=HYPERLINK("http://x")'])
def test_what_looks_like_a_formula_is_written_as_text(text):
    assert read(as_csv([[text]])) == [[f"'{text}"]]


@pytest.mark.parametrize("cell", [-5, 12.5, "12,5", "თელავი", "", None, "a=b"])
def test_numbers_and_other_texts_stay_as_they_are(cell):
    assert read(as_csv([[cell, "x"]])) == [["" if cell is None else str(cell), "x"]]
