"""What a service is given to create or change something: plain values, as a form fills them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentMethod:
    """One way in which participants are assessed, with the fewest and most points it can bring."""

    name_ka: str
    name_en: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseValues:
    """Everything that staff say about a course: the fields of the state register of training programmes.

    An empty ``slug`` is made from the English title. ``learning_outcomes_*`` and ``curriculum_*`` hold one item per line. Hours and credits
    have at most two decimals. An empty ``attendance_percent`` or ``score_percent`` is not asked for. ``target_categories`` are post
    categories; none means everybody.
    """

    topic_id: int
    slug: str = ""
    title_ka: str
    title_en: str
    summary_ka: str = ""
    summary_en: str = ""
    goal_ka: str = ""
    goal_en: str = ""
    learning_outcomes_ka: str = ""
    learning_outcomes_en: str = ""
    curriculum_ka: str = ""
    curriculum_en: str = ""
    prerequisite_ka: str = ""
    prerequisite_en: str = ""
    teaching_method_ka: str = ""
    teaching_method_en: str = ""
    target_categories: tuple[str, ...] = ()
    assessment: tuple[AssessmentMethod, ...] = field(default=())
    contact_hours: Decimal
    independent_hours: Decimal = Decimal(0)
    credits: Decimal | None = None
    minimum_group: int
    maximum_group: int
    attendance_percent: int | None
    score_percent: int | None = None
    validity_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunValues:
    """What staff say about a run, but for its places and days. An empty ``code`` is made up. Moments are aware."""

    code: str = ""
    form: str
    venue_id: int | None = None
    language: str = "ka"
    enrolment_opens_at: datetime
    enrolment_closes_at: datetime
    cancel_until: datetime
    funding_project_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaValues:
    """Places kept for one municipality or one region: exactly one of the two is named."""

    municipality_id: int | None = None
    region_id: int | None = None
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRuleValues:
    """How the places of a run are given. ``decided_by`` is a word of ``DecidedBy``, ``freed_places`` one of ``FreedPlaces``; moments are aware.

    ``invited_ids`` are municipalities; they are asked for when the run is ``invited_only``. ``quotas_end_at`` is asked for when there are quotas.
    """

    decided_by: str = "at_once"
    decision_days: int = 5
    invited_only: bool = False
    invited_ids: tuple[int, ...] = ()
    quotas: tuple[QuotaValues, ...] = ()
    quotas_end_at: datetime | None = None
    freed_places: str = "given"
    offer_hours: int = 48


@dataclass(frozen=True, slots=True)
class AttendanceRuleValues:
    """How a run counts attendance; the default is how most do.

    ``attendance_base`` is a word of ``AttendanceBase``, ``excused_counts`` one of ``ExcusedCounts``. ``free_absences`` missed sessions are
    forgiven; who attended less than ``least_percent`` of a session has missed it.
    """

    attendance_base: str = "every"
    excused_counts: str = "missed"
    free_absences: int = 0
    least_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionValues:
    """A day or half-day of a run. Moments are aware; the link, if any, begins with https://."""

    starts_at: datetime
    ends_at: datetime
    title_ka: str = ""
    title_en: str = ""
    online_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueValues:
    """A place where runs are held."""

    name_ka: str
    name_en: str
    address_ka: str
    address_en: str
    municipality_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectValues:
    """A donor's project that pays for runs."""

    name_ka: str
    name_en: str
    donor_ka: str
    donor_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicValues:
    """A subject area of the catalogue. An empty ``slug`` is made from the English name."""

    name_ka: str
    name_en: str
    slug: str = ""
    position: int = 0
