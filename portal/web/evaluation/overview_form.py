"""What the overview is asked for: a period, a course, a trainer. The answers stand in the address of the page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal.foundation import formats, georgian
from portal.web.fields import Day, KeyChoice
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from portal.evaluation import EvaluatedRun
    from portal.people.models import Person


class OverviewForm(FlaskForm):
    """The filters."""

    class Meta:
        """It only asks and changes nothing, so it needs no token."""

        csrf = False

    first = Day(_("Period from"), optional=True, name="from")
    last = Day(_("Period to"), optional=True, name="to")
    course = KeyChoice(_("Course"), optional=True)
    trainer = KeyChoice(_("Trainer"), optional=True)

    def __init__(self, asked: MultiDict[str, str], runs: Iterable[EvaluatedRun], trainers: Mapping[Person, set[int]]) -> None:
        """The filters as ``asked``; what can be chosen are the courses of ``runs``, and those who taught them."""
        lang = language()
        courses = {run.course_id: run.title(lang) for run in runs}
        self.offered: dict[str, list[tuple[int, str]]] = {
            "course": sorted(courses.items(), key=lambda one: (georgian.collation_key(one[1]), one[0])),
            "trainer": [(person.id, person.name_by_family(lang)) for person in trainers],
        }
        self.taught = {person.id: taught for person, taught in trainers.items()}
        super().__init__(asked)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Give the lists to the fields before they read what was asked."""
        for name, rows in self.offered.items():
            self[name].choices = [("", gettext("All")), *rows]
        super().process(*args, **kwargs)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, and that the period ends after it begins."""
        sound: bool = super().validate(*args, **kwargs)
        if sound and self.first.data and self.last.data and self.last.data < self.first.data:
            self.last.errors = [gettext("The period ends before it begins.")]
            return False
        return sound

    def wanted(self, runs: Iterable[EvaluatedRun]) -> list[EvaluatedRun]:
        """Those of the runs that ended in the period, are of the course and were taught by the trainer."""
        taught = self.taught.get(self.trainer.data) if self.trainer.data else None
        return [
            run
            for run in runs
            if (self.first.data or date.min) <= formats.to_tbilisi(run.ends_at).date() <= (self.last.data or date.max)
            and self.course.data in {None, run.course_id}
            and (taught is None or run.id in taught)
        ]

    @property
    def address(self) -> dict[str, Any]:
        """What was asked for, as the words of an address."""
        return {one.name: formats.format_date_short(one.data) if isinstance(one.data, date) else one.data for one in self if one.data}

    @property
    def fields(self) -> Sequence[Any]:
        """The fields, in order."""
        return list(self)
