"""The catalogue as a page: the lines, the filters as links, the way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for
from flask_babel import gettext as _

from portal import courses, enrolment
from portal.foundation import clock, formats
from portal.web.courses import wanted as wishes
from portal.web.labels import choices
from portal.web.language import language
from portal.web.lines import Line, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import sqlalchemy as sa

    from portal.courses import Offer
    from portal.web.courses.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a link."""

    label: str
    href: str
    current: bool


Filter = tuple[str, list[Chip]]
"""The name of a filter, and its links."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything on the page. ``more_filters`` are folded away while none of them is chosen, so that the runs are in sight at once."""

    wanted: Wanted
    lines: list[Line]
    filters: list[Filter]
    more_filters: list[Filter]
    path: str
    earlier_url: str | None
    later_url: str | None


def read_catalogue() -> Catalogue:
    """The page that the address asks for: three statements, one or two more for a search."""
    now, lang, path = clock.now(), language(), url_for("courses.catalogue")
    offer = courses.read_offer(now)
    wanted = wishes.read(request.args, offer)
    page = courses.list_public_runs(wishes.filter_of(wanted, offer), at=now, only=_only(wanted))
    filters, more_filters = _filters(wanted, offer, path, lang)
    return Catalogue(
        wanted=wanted,
        lines=lines_of(page.runs, lang, at=now),
        filters=filters,
        more_filters=more_filters,
        path=path,
        earlier_url=wanted.address(path, before=str(page.earlier)) if page.earlier else None,
        later_url=wanted.address(path, after=str(page.later)) if page.later else None,
    )


def _only(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """A free place counts while one can still enrol."""
    return [enrolment.has_free_place(), courses.takes_enrolments()] if wanted.free else []


def _filters(wanted: Wanted, offer: Offer, path: str, lang: str) -> tuple[list[Filter], list[Filter]]:
    def chips(name: str, options: Iterable[tuple[str, str]]) -> list[Chip]:
        """``options`` are values as they stand in an address (they need no quoting there) with their words."""
        chosen, every = getattr(wanted, name), wanted.address(path, **{name: ""})
        stem = f"{every}{'&' if '?' in every else '?'}{name}="
        return [Chip(_("All"), every, not chosen), *(Chip(words, stem + value, value == chosen) for value, words in options)]

    months = wishes.months_until(clock.today(), formats.to_tbilisi(offer.last_start).date() if offer.last_start else None)
    return [
        (_("Topic"), chips("topic", ((topic.code, topic.name(lang)) for topic in offer.topics))),
        (_("Month"), chips("month", ((f"{month:%Y-%m}", _month(month, lang)) for month in months))),
    ], [
        (_("Region"), chips("region", ((region.code, region.name(lang)) for region in offer.regions))),
        (_("Mode of study"), chips("form", ((code, str(word)) for code, word in choices("form")))),
        (_("Places"), chips("free", [("1", _("With free places"))])),
    ]


def _month(month: date, lang: str) -> str:
    return formats.format_month(month, lang, with_year=month.year != clock.today().year)
