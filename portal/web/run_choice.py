"""A field that offers the runs in which somebody can get a place now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import courses, enrolment
from portal.foundation import clock, formats
from portal.web.fields import KeyChoice, line
from portal.web.language import language

if TYPE_CHECKING:
    from portal.courses.models import CourseRun


class RunChoiceForm(FlaskForm):
    """One of the published runs that are not over, those of ``first`` (a course's id) before the others, without the run ``but``."""

    run = KeyChoice(_("Training"))

    def __init__(self, *, first: int | None = None, but: int | None = None, **kwargs: Any) -> None:
        self.runs = {run.id: run for run in courses.runs_taking_people(clock.now(), first=first) if run.id != but}
        super().__init__(**kwargs)
        places = enrolment.places_of(self.runs) if self.runs else {}
        offered = [(str(run.id), _words(run, places[run.id].free)) for run in self.runs.values()]
        self.run.choices = [("", gettext("Choose")), *offered]

    @property
    def chosen(self) -> CourseRun:
        """The run that was chosen, once the form is valid."""
        return self.runs[self.run.data]


class MoveForm(RunChoiceForm):
    """Where somebody is moved, and why."""

    reason = line(_("Reason"), limit=500)


def _words(run: CourseRun, free: int) -> str:
    days = formats.format_dates(run.starts_at, run.ends_at, language()) if run.starts_at and run.ends_at else ""
    room = gettext("free places: %(free)s", free=free) if free else gettext("no free places")
    return " · ".join(part for part in (run.version.title(language()), days, run.code, room) if part)
