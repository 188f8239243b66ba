"""What a report is asked for: a period, and a part of the whole. The answers stand in the address of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import courses, reports
from portal.foundation import clock, formats
from portal.web.fields import Day, KeyChoice
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from portal.courses.models import FundingProject, Topic
    from portal.municipalities.models import Municipality, Region


@dataclass(frozen=True, slots=True)
class Choices:
    """All that can be chosen, which is also all that a report has names for."""

    municipalities: Sequence[Municipality]
    topics: Sequence[Topic]
    projects: Sequence[FundingProject]

    within: frozenset[int] | None = None

    @classmethod
    def load(cls, within: frozenset[int] | None = None) -> Choices:
        """Read them, in three statements; of municipalities only those ``within``, for whoever may see no other."""
        places = [one for one in reports.regions_and_municipalities() if within is None or one.id in within]
        return cls(places, courses.topics_in_order(), courses.projects_in_order(with_archived=True), within)

    @property
    def regions(self) -> list[Region]:
        """The regions, in their order."""
        return sorted({one.region for one in self.municipalities}, key=lambda region: (region.position, region.id))


class ReportForm(FlaskForm):
    """The filters of the reports."""

    class Meta:
        """It only asks and changes nothing, so it needs no token."""

        csrf = False

    first = Day(_("Period from"), optional=True, name="from")
    last = Day(_("Period to"), optional=True, name="to")
    project = KeyChoice(_("Funding project"), optional=True)
    region = KeyChoice(_("Region"), optional=True)
    municipality = KeyChoice(_("Municipality"), optional=True)
    topic = KeyChoice(_("Topic"), optional=True)

    def __init__(self, asked: MultiDict[str, str], choices: Choices, *, project_id: int | None = None) -> None:
        """The filters as ``asked``; days that are not given are those of this year. All is about ``project_id``, if one is given."""
        year = clock.today().year
        given = asked.copy()
        for name, day in (("from", date(year, 1, 1)), ("to", date(year, 12, 31))):
            if not given.get(name, "").strip():
                given[name] = formats.format_date_short(day)
        self.within, self.project_id = choices.within, project_id
        self._offer(choices)
        super().__init__(given)
        if project_id is not None:
            del self.project
        if self.within is not None:
            del self.region
            if len(choices.municipalities) < 2:  # noqa: PLR2004  (one is no choice)
                del self.municipality

    def _offer(self, choices: Choices) -> None:
        """Fill the lists; they are the same rows for the fields and for the names in the tables."""
        lang = language()
        self.offered: dict[str, list[tuple[Any, str]]] = {
            "region": [(one.id, one.name(lang)) for one in choices.regions],
            "municipality": [(one.id, one.name(lang)) for one in choices.municipalities],
            "topic": [(one.id, one.name(lang)) for one in choices.topics],
            "project": [(one.id, f"{one.name(lang)} ({one.donor(lang)})") for one in choices.projects],
        }

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Give the lists to the fields before they read what was asked."""
        for name, rows in self.offered.items():
            self[name].choices = [("", gettext("All")), *rows]
        super().process(*args, **kwargs)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, and that the period ends after it begins."""
        sound: bool = super().validate(*args, **kwargs)
        if sound and self.last.data < self.first.data:
            self.last.errors = [gettext("The period ends before it begins.")]
            return False
        return sound

    @property
    def scope(self) -> reports.Scope:
        """What was asked for, once it is valid."""
        return reports.Scope(
            first=self.first.data,
            last=self.last.data,
            region_id=self._asked("region"),
            municipality_id=self._asked("municipality"),
            topic_id=self.topic.data,
            project_id=self.project_id or self._asked("project"),
            within=self.within,
        )

    def _asked(self, name: str) -> int | None:
        key: int | None = self[name].data if name in self else None
        return key

    @property
    def address(self) -> dict[str, Any]:
        """What was asked for, as the words of an address."""
        days = {day.name: formats.format_date_short(day.data) for day in (self.first, self.last)}
        return days | {name: self[name].data for name in self.offered if name in self and self[name].data}

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was asked for in words, label and value: for paper."""
        period = f"{formats.format_date_short(self.first.data)}\N{EN DASH}{formats.format_date_short(self.last.data)}"
        chosen = [
            (str(self[name].label.text), dict(rows)[self[name].data])
            for name, rows in self.offered.items()
            if name in self and self[name].data
        ]
        return [(gettext("Period"), period), *chosen]
