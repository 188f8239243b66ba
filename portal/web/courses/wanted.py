"""What a visitor wants to see of the catalogue: read from the address, and written into the addresses of the filters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from portal import courses
from portal.courses.models import RunForm
from portal.foundation import georgian

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.courses import Offer, Position

LONGEST_SEARCH = 100
MOST_MONTHS = 12
_CARRIED = ("q", "topic", "month", "region", "form", "free")
_MONTH = re.compile("(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Search, filters and page, each in its words of the address; empty where nothing is asked for."""

    q: str = ""
    topic: str = ""
    month: str = ""
    region: str = ""
    form: str = ""
    free: str = ""
    after: str = ""
    before: str = ""

    @property
    def narrows(self) -> bool:
        """Whether a search or a filter leaves something out."""
        return self != Wanted(after=self.after, before=self.before)

    @property
    def narrows_more(self) -> bool:
        """Whether one of the filters is chosen that are folded away otherwise."""
        return bool(self.region or self.form or self.free)

    def address(self, path: str, **changes: str) -> str:
        """The address below ``path`` of the same wish with ``changes``, from its first page unless they name another."""
        values = {name: getattr(self, name) for name in _CARRIED} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path

    def fields(self) -> dict[str, str]:
        """The filters that the search form carries along."""
        return {name: getattr(self, name) for name in _CARRIED if name != "q" and getattr(self, name)}


def read(query: Mapping[str, str], offer: Offer) -> Wanted:
    """The wish in a query string. What does not exist is passed over, so that an old or mistyped address still shows the catalogue."""

    def among(name: str, known: Any) -> str:
        value = query.get(name, "")
        return value if value in known else ""

    return Wanted(
        q=georgian.clean_text(query.get("q", ""))[:LONGEST_SEARCH],
        topic=among("topic", {topic.code for topic in offer.topics}),
        month=query["month"] if _MONTH.fullmatch(query.get("month", "")) else "",
        region=among("region", {region.code for region in offer.regions}),
        form=among("form", {str(form) for form in RunForm}),
        free=among("free", {"1"}),
        after=_position_in(query, "after"),
        before="" if _position_in(query, "after") else _position_in(query, "before"),
    )


def filter_of(wanted: Wanted, offer: Offer) -> courses.RunFilter:
    """The same wish as the list of runs takes it."""
    return courses.RunFilter(
        text=wanted.q,
        topic_id=next((topic.id for topic in offer.topics if topic.code == wanted.topic), None),
        region_id=next((region.id for region in offer.regions if region.code == wanted.region), None),
        form=wanted.form or None,
        month=_first_of(wanted.month) if wanted.month else None,
        after=courses.find_position(wanted.after),
        before=courses.find_position(wanted.before),
    )


def months_until(today: date, last: date | None) -> list[date]:
    """The first days of the months from ``today`` to ``last``, a year at most; none when there is nothing to come."""
    if last is None:
        return []
    count = min((last.year - today.year) * 12 + last.month - today.month + 1, MOST_MONTHS)
    return [date(today.year + (today.month - 1 + step) // 12, (today.month - 1 + step) % 12 + 1, 1) for step in range(count)]


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _position_in(query: Mapping[str, str], name: str) -> str:
    found: Position | None = courses.find_position(query.get(name, ""))
    return str(found or "")
