"""Forms of staff: runs, their training days and trainers."""

from __future__ import annotations

import string
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import courses
from portal.foundation import clock, formats
from portal.foundation.errors import N_
from portal.web.courses.staff_place_forms import venues_by_name
from portal.web.fields import Choice, Clock, Day, DrawnAt, KeyChoice, Moment, Ticks, Whole, key_of, line, moment, sentence
from portal.web.labels import choices
from portal.web.language import language

if TYPE_CHECKING:
    from portal.courses.models import CourseRun, CourseSession

ASCII_CAPITALS = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
OPENS, CLOSES = time(9), time(18)
CLOSES_BEFORE = timedelta(days=3)
CANCEL_BEFORE = timedelta(days=1)
MOST_DAYS = 14


def _code(text: str | None) -> str:
    """Codes are written in Latin capitals; Georgian letters have none and are refused later."""
    return (text or "").translate(ASCII_CAPITALS)


class RunForm(FlaskForm):
    """What staff say about a run, but for its days. ``kept_by_quotas`` says that quotas speak against the capacity."""

    kept_by_quotas = False
    code = line(_("Code"), optional=True, limit=30, description=_("Latin letters, digits and hyphens. Left empty, it is made up."))
    form = Choice(_("Mode of study"), choices=choices("form"))
    venue_id = KeyChoice(_("Venue"), optional=True)
    language = Choice(_("Language of instruction"), choices=choices("language"))
    capacity = Whole(_("Capacity"), low=1, high=2000)
    funding_project_id = KeyChoice(_("Project"), optional=True)
    enrolment_opens_at = Moment(_("Registration opens"), usual=OPENS)
    enrolment_closes_at = Moment(_("Registration deadline"), usual=CLOSES)
    cancel_until = Moment(_("Withdrawal deadline"), usual=CLOSES, description=_("Until then participants can withdraw by themselves."))

    def __init__(self, run: CourseRun | None = None, **values: Any) -> None:
        super().__init__(obj=run, **values)
        self.venue_id.choices = [("", _("Choose")), *_venues(run)]
        self.funding_project_id.choices = [("", _("No project")), *_projects(run)]

    def values(self) -> courses.RunValues:
        """What was typed, for the service."""
        return courses.RunValues(
            code=_code(self.code.data) if "code" in self else "",
            form=self.form.data,
            venue_id=self.venue_id.data,
            language=self.language.data,
            enrolment_opens_at=self.enrolment_opens_at.data,
            enrolment_closes_at=self.enrolment_closes_at.data,
            cancel_until=self.cancel_until.data,
            funding_project_id=self.funding_project_id.data,
        )


class NewRunForm(RunForm):
    """A run to be planned, with its training days in one go. Deadlines left empty follow from the first day."""

    course_id = KeyChoice(_("Course"))
    first_day = Day(_("First day"), optional=True)
    drawn_at = DrawnAt()
    days = Whole(_("Number of days"), low=1, high=MOST_DAYS, optional=True)
    starts_at = Clock(_("Begins at"), optional=True)
    ends_at = Clock(_("Ends at"), optional=True)
    enrolment_closes_at = Moment(
        _("Registration deadline"), usual=CLOSES, optional=True, description=_("Left empty: three days before the first day, 18:00.")
    )
    cancel_until = Moment(
        _("Withdrawal deadline"), usual=CLOSES, optional=True, description=_("Left empty: the day before the first day, 18:00.")
    )

    def __init__(self, like: CourseRun | None = None, course_id: int | None = None) -> None:
        super().__init__(data=_start_of(like, course_id))
        self.course_id.choices = [("", _("Choose")), *((one.course_id, one.title(language())) for one in courses.current_versions())]

    def validate(self, extra_validators: Any = None) -> bool:
        """Deadlines come from the first day; without one they must be typed."""
        sound: bool = super().validate(extra_validators)
        if self.first_day.data is None and not self.first_day.errors:
            for field in (self.enrolment_closes_at, self.cancel_until):
                if field.data is None and not field.errors:
                    field.errors = [sentence(field, N_("Fill in “%(field)s”, or the first day."))]
                    sound = False
        return sound

    def values(self) -> courses.RunValues:
        """What was typed, for the service, with the deadlines that follow from it."""
        first = self.first_day.data
        if first is not None:
            self.enrolment_closes_at.data = self.enrolment_closes_at.data or moment(first - CLOSES_BEFORE, CLOSES)
            self.cancel_until.data = self.cancel_until.data or moment(first - CANCEL_BEFORE, CLOSES)
        return super().values()

    def sessions(self) -> list[courses.SessionValues]:
        """The training days, one after the other; none when no first day was typed."""
        first = self.first_day.data
        if first is None:
            return []
        start, end = self.starts_at.data or time(10), self.ends_at.data or time(18)
        days = [first + timedelta(days=number) for number in range(self.days.data or 1)]
        return [courses.SessionValues(starts_at=moment(day, start), ends_at=moment(day, end)) for day in days]


class SessionForm(FlaskForm):
    """One training day."""

    day = Day(_("Day"))
    starts_at = Clock(_("Begins at"))
    ends_at = Clock(_("Ends at"))
    title_ka = line(_("Title in Georgian"), optional=True)
    title_en = line(_("Title in English"), optional=True)
    online_link = line(
        _("Online link"), optional=True, limit=500, description=_("Shown only to those with a place. It begins with https://.")
    )

    def __init__(self, session: CourseSession | None = None) -> None:
        super().__init__(data=_typed_of(session))

    def values(self) -> courses.SessionValues:
        """What was typed, for the service."""
        return courses.SessionValues(
            starts_at=moment(self.day.data, self.starts_at.data),
            ends_at=moment(self.day.data, self.ends_at.data),
            title_ka=self.title_ka.data,
            title_en=self.title_en.data,
            online_link=self.online_link.data,
        )


def _typed_of(session: CourseSession | None) -> dict[str, Any]:
    if session is None:
        return {"starts_at": time(10), "ends_at": time(18)}
    start, end = formats.to_tbilisi(session.starts_at), formats.to_tbilisi(session.ends_at)
    texts = {name: getattr(session, name) for name in ("title_ka", "title_en", "online_link")}
    return texts | {"day": start.date(), "starts_at": start.time(), "ends_at": end.time()}


def _start_of(like: CourseRun | None, course_id: int | None) -> dict[str, Any]:
    """What stands in the form of a new run: usual values, or those of the run that is repeated."""
    opens = datetime.combine(clock.today(), OPENS, formats.TBILISI)
    start: dict[str, Any] = {
        "course_id": course_id,
        "language": "ka",
        "days": 2,
        "starts_at": time(10),
        "ends_at": time(18),
        "enrolment_opens_at": opens,
    }
    if like is not None:
        same = ("course_id", "form", "venue_id", "language", "capacity", "funding_project_id")
        start |= {name: getattr(like, name) for name in same}
    return start


def _venues(run: CourseRun | None) -> list[tuple[int, str]]:
    known = courses.venues_in_order()
    if run is not None and run.venue is not None and run.venue.archived:
        known = [*known, run.venue]
    return [(one.id, f"{one.municipality.name(language())}: {one.name(language())}") for one in venues_by_name(known)]


def _projects(run: CourseRun | None) -> list[tuple[int, str]]:
    known = courses.projects_in_order()
    if run is not None and run.funding_project is not None and run.funding_project.archived:
        known = [*known, run.funding_project]
    return [(one.id, f"{one.donor(language())}: {one.name(language())}") for one in known]


class TrainersForm(FlaskForm):
    """Who trains in a run."""

    trainers = Ticks(_("Who teaches this run"), coerce=key_of)

    def __init__(self, known: dict[int, str], chosen: list[int]) -> None:
        super().__init__(data={"trainers": chosen})
        self.trainers.choices = list(known.items())
