"""Words for periods, years and money of needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext

from portal import needs, reports
from portal.foundation import clock, formats

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

ROMAN = ("I", "II", "III", "IV")
FIRST_YEAR, LAST_YEAR = 2000, 2100
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def quarter_words(quarter: needs.Quarter) -> str:
    """A quarter, as offices write it."""
    return str(gettext("Quarter %(quarter)s, %(year)s", quarter=ROMAN[quarter.number - 1], year=quarter.year))


def period_words(first: date, last: date, lang: str) -> str:
    """A period: the quarter where it is one, else its days."""
    quarter = needs.find_quarter(first, last)
    return quarter_words(quarter) if quarter else formats.format_dates(first, last, lang)


def money(amount: Decimal, lang: str) -> str:
    """An amount of lari: "12 500 ₾", with its tetri where it has some."""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{reports.in_thousands(abs(amount), lang)}{NO_BREAK_SPACE}₾"


def year_to_plan() -> int:
    """The year that needs are about: that of the quarter that comes next."""
    return needs.Quarter.of(clock.today()).following.year


def asked_year(usual: int) -> int:
    """The year in the address; the ``usual`` one when there is none, or none that could be meant."""
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == len("2026") else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else usual


def years_to_choose(known: Iterable[int], chosen: int) -> list[int]:
    """The years to choose from: this one and the next, those that have something, and the chosen one."""
    this = clock.today().year
    return sorted({*known, this, this + 1, chosen})


def year_chips(known: Iterable[int], chosen: int, endpoint: str, **kept: Any) -> list[dict[str, Any]]:
    """The years as chips that lead to ``endpoint``, with what its address says besides."""
    years = years_to_choose(known, chosen)
    return [{"label": str(one), "href": url_for(endpoint, year=one, **kept), "current": one == chosen} for one in years]
