"""Every report, one row each: what it counts, and the tables that are made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from portal import reports
from portal.reports import OVERVIEW, Dimension, Scope, Table
from portal.web.reports import tables
from portal.web.reports.words import TWICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask_babel.speaklater import LazyString

    from portal.web.reports.tables import Names

OVERVIEW_CODE = "participation"


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report. ``count`` asks the database, ``tables`` puts what it found into words; ``codes`` are those of its tables.

    One with names of people is ``for_staff`` only.
    """

    code: str
    title: LazyString
    intro: LazyString
    codes: tuple[str, ...]
    count: Callable[[Scope], Any]
    tables: Callable[[Any, Names], list[Table]]
    note: LazyString | str = ""
    for_staff: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows."""

    found: dict[Dimension, dict[int | str | None, reports.Figures]]
    runs: reports.Runs
    demand: list[reports.Demand]


def count_overview(scope: Scope) -> Overview:
    """Everything of the first page."""
    return Overview(reports.participation(scope), reports.runs_held(scope), reports.unmet_demand(scope))


def overview_tables(counted: Overview, names: Names) -> list[Table]:
    """Each way of telling people apart, and what is wanted."""
    return [*(tables.by_group(dimension, counted.found, names) for dimension in OVERVIEW), tables.of_demand(counted.demand, names)]


@dataclass(frozen=True, slots=True)
class Named:
    """What was counted, with names that only this report needs."""

    found: Any
    names: dict[int, Any]


def _count_courses(scope: Scope) -> tuple[Named, Named]:
    found = reports.participation(scope, (Dimension.SEX, Dimension.COURSE, Dimension.RUN))
    courses, runs = ([key for key in found.get(one, {}) if isinstance(key, int)] for one in (Dimension.COURSE, Dimension.RUN))
    return Named(found, reports.names_of_courses(courses)), Named(found, reports.names_of_runs(runs))


def _course_tables(counted: tuple[Named, Named], names: Names) -> list[Table]:
    by_course, by_run = (
        tables.by_group(dimension, one.found, replace(names, found=one.names))
        for dimension, one in zip((Dimension.COURSE, Dimension.RUN), counted, strict=True)
    )
    in_order = tuple(sorted(by_run.rows, key=lambda row: row.name))
    return [replace(by_course, charted=6), replace(by_run, rows=in_order, charted=5)]


@dataclass(frozen=True, slots=True)
class ForDonor:
    """What the donor of a project is told."""

    found: dict[Dimension, dict[int | str | None, reports.Figures]]
    runs: reports.Runs
    names: dict[int, Any]

    @property
    def municipalities(self) -> int:
        """How many municipalities were reached."""
        return len(self.found.get(Dimension.MUNICIPALITY, {}).keys() - {None})


FOR_DONOR = (Dimension.SEX, Dimension.CATEGORY, Dimension.REGION, Dimension.MUNICIPALITY, Dimension.RUN)


def _count_for_donor(scope: Scope) -> ForDonor:
    found = reports.participation(scope, FOR_DONOR)
    runs = [key for key in found.get(Dimension.RUN, {}) if isinstance(key, int)]
    return ForDonor(found, reports.runs_held(scope), reports.names_of_runs(runs))


def _donor_tables(counted: ForDonor, names: Names) -> list[Table]:
    names = replace(names, found=counted.names)
    return [tables.by_group(dimension, counted.found, names) for dimension in FOR_DONOR]


def _time_tables(found: Any, names: Names) -> list[Table]:
    return [tables.by_group(dimension, found, names) for dimension in (Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR)]


def _count_trainers(scope: Scope) -> Named:
    loads = reports.trainers_load(scope)
    people = reports.names_of_people(load.person_id for load in loads)
    return Named(loads, {known: reports.Named(known, person.name("ka"), person.name("en")) for known, person in people.items()})


def _count_demand(scope: Scope) -> tuple[Any, Any]:
    return reports.unmet_demand(scope), reports.waiting_by_municipality(scope)


KINDS = {
    kind.code: kind
    for kind in (
        ReportKind(
            OVERVIEW_CODE,
            _("Participation"),
            _("People who held a place in trainings that began in the period."),
            (*OVERVIEW, "demand"),
            count_overview,
            overview_tables,
            TWICE,
        ),
        ReportKind(
            "time",
            _("Over time"),
            _("Participation by the month, quarter and year in which the training began."),
            ("month", "quarter", "year"),
            partial(reports.participation, dimensions=(Dimension.SEX, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR)),
            _time_tables,
            TWICE,
        ),
        ReportKind(
            "categories",
            _("Women and men"),
            _("People of each category of post, women and men side by side."),
            ("category_sex",),
            partial(reports.by_sex, dimension=Dimension.CATEGORY),
            lambda found, names: [tables.by_category_and_sex(found, names)],
        ),
        ReportKind(
            "courses",
            _("Attendance and completion"),
            _("What was attended and completed in each course and each run."),
            ("course", "run"),
            _count_courses,
            _course_tables,
            TWICE,
        ),
        ReportKind(
            "certificates",
            _("Certificates"),
            _("What happened to certificates in the period, whenever the training was."),
            ("certificate_month", "certificate_year"),
            reports.register_by_month,
            lambda found, names: list(tables.of_register(found, names)),
        ),
        ReportKind(
            "demand",
            _("Waiting lists"),
            _("People on the waiting lists of this period, and those of them who have no place in any run of the course."),
            ("demand", "demand_municipality"),
            _count_demand,
            lambda found, names: [tables.of_demand(found[0], names), tables.of_waiting(found[1], names)],
        ),
        ReportKind(
            "trainers",
            _("Trainers"),
            _("What trainers taught in trainings that began in the period."),
            ("trainer",),
            _count_trainers,
            lambda one, names: [tables.of_trainers(one.found, one.names, names)],
            for_staff=True,
        ),
    )
}
PROJECT = ReportKind(
    "project",
    _("Report on a project"),
    _("Who took part in the trainings of the project that began in the period."),
    FOR_DONOR,
    _count_for_donor,
    _donor_tables,
    TWICE,
)
OF_TABLE = {code: kind.code for kind in reversed(KINDS.values()) for code in kind.codes}
"""In which report a table stands; one that stands in two, in the first."""
