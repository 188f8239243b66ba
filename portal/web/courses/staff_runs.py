"""The staff home: the runs with their places, and what waits to be done first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import gettext

from portal import attendance, certificates, courses, enrolment, recognition, reports
from portal.access import Permission, can
from portal.courses.models import RunState
from portal.foundation import clock, formats, georgian
from portal.web.courses import pages
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.labels import choices, labels_in, tone
from portal.web.language import language
from portal.web.lines import standing_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from portal.enrolment import Places

MONTH = re.compile("20[0-9]{2}-(?:0[1-9]|1[0-2])")
MONTHS_BACK, MONTHS_AHEAD = 12, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the address asks for. ``state`` "" means the current runs: planned, open or under way."""

    text: str
    state: str
    month: date | None
    project_id: int | None
    work: reports.Work | None

    @property
    def narrowed(self) -> bool:
        """True when anything is left out on purpose."""
        return bool(self.text or self.state or self.month or self.project_id or self.work)

    @property
    def next_first(self) -> bool:
        """Current runs begin with what comes first, all others with the newest."""
        return not self.state or self.work is not None

    @property
    def with_undated(self) -> bool:
        """Drafts without a day belong to the list."""
        return (
            not self.month
            and not self.project_id
            and (self.work == reports.Work.DRAFT if self.work else self.state in {"", "all", "draft"})
        )

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What the filter of the list cannot say by itself."""
        return reports.runs_with(self.work) if self.work else []

    def address(self, **changes: str | None) -> str:
        """The address of this list with some things changed."""
        values: dict[str, Any] = {
            "q": self.text or None,
            "state": self.state or None,
            "month": f"{self.month:%Y-%m}" if self.month else None,
            "project": self.project_id,
            "show": self.work,
        }
        return url_for("courses.staff_runs", **values | changes)


@pages.get("/staff/runs")
@requires(Permission.RUN_MANAGE)
def staff_runs() -> str:
    """List the runs: those with work to do one click away, then by state, month, project and text."""
    wish = _wish()
    page = courses.list_staff_runs(_filter(wish), only=wish.conditions(), newest_first=not wish.next_first)
    undated = courses.list_undated_runs(code=wish.text) if wish.with_undated and page.earlier is None else []
    places = enrolment.places_of([*(run.id for run in undated), *(run.id for run in page.runs)])
    lang, words = language(), {code: str(word) for code, word in choices("form")}
    rows = [_undated_row(run, places[run.id], lang, words) for run in undated]
    rows += [_row(run, places[run.id], lang, words) for run in page.runs]
    return render_template(
        "courses/staff/runs.html",
        rows=rows,
        newer_url=wish.address(before=str(page.earlier)) if page.earlier else None,
        older_url=wish.address(after=str(page.later)) if page.later else None,
        work=[*_work(wish), *_decisions()],
        wish=wish,
        selects=_selects(wish),
    )


def _filter(wish: Wish) -> courses.RunFilter:
    after, before = (courses.find_position(request.args.get(name, "")) for name in ("after", "before"))
    return courses.RunFilter(
        text=wish.text,
        state=wish.state if wish.state not in {"", "all"} and not wish.work else None,
        month=wish.month,
        current=not wish.state and not wish.work,
        funding_project_id=wish.project_id,
        after=after,
        before=None if after else before,
    )


def _wish() -> Wish:
    values = request.args
    month, project, state, work = (values.get(name, "") for name in ("month", "project", "state", "show"))
    return Wish(
        text=georgian.clean_text(values.get("q", ""))[:100],
        state=state if state == "all" or state in set(RunState) else "",
        month=date(int(month[:4]), int(month[5:]), 1) if MONTH.fullmatch(month) else None,
        project_id=find_id(project),
        work=reports.Work(work) if work in set(reports.Work) else None,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, ready to be written; ``standing`` is its state in words, and their tone."""

    code: str
    title: str
    dates: str
    place: str
    standing: tuple[str, str]
    taken: int
    capacity: int
    waiting: int


def _row(run: courses.ListedRun, places: Places, lang: str, words: dict[str, str]) -> Row:
    first, last = formats.to_tbilisi(run.starts_at).date(), formats.to_tbilisi(run.ends_at).date()
    overdue = run.ends_at < clock.now() and run.state in {RunState.OPEN, RunState.CLOSED, RunState.RUNNING}
    standing = (gettext("To complete"), "warn") if overdue else standing_of(run, lang, clock.now())
    place = run.place(lang) or words[run.form]
    dates = formats.format_dates(first, last, lang)
    return Row(run.code, run.title(lang), dates, place, standing, places.taken, places.capacity, places.waiting)


def _undated_row(run: courses.UndatedRun, places: Places, lang: str, words: dict[str, str]) -> Row:
    standing = labels_in(lang)("run_state", RunState.DRAFT), tone("run_state", RunState.DRAFT)
    return Row(run.code, run.title(lang), "", words[run.form], standing, places.taken, places.capacity, places.waiting)


def _work(wish: Wish) -> list[dict[str, Any]]:
    """What waits to be done, each a link to its runs; what nobody waits for is left out."""
    words = {
        reports.Work.TO_COMPLETE: gettext("To complete"),
        reports.Work.CERTIFICATES: gettext("Ready for certificates"),
        reports.Work.WAITING: gettext("With a waiting list"),
        reports.Work.DRAFT: gettext("Drafts"),
    }
    found = reports.work_to_do()
    return [
        {"label": f"{words[work]}: {_counted(number)}", "href": url_for("courses.staff_runs", show=work), "current": wish.work == work}
        for work, number in found.items()
        if number or wish.work == work
    ]


def _decisions() -> list[dict[str, Any]]:
    """What waits to be decided on elsewhere, for those who may."""
    who, found = actor(), []
    if can(who, Permission.APPEAL_DECIDE):
        found.append((gettext("Appeals"), attendance.number_of_open_appeals(reports.MOST_COUNTED), "attendance.staff_appeals"))
    if can(who, Permission.RECOGNITION_DECIDE):
        waiting = recognition.number_waiting(clock.now(), reports.MOST_COUNTED)
        found.append((gettext("Recognition"), waiting, "recognition.staff_queue"))
    if can(who, Permission.REGISTER_VIEW):
        found.append((gettext("Certificates to decide on"), certificates.number_of_open_cases(), "certificates.cases"))
    return [{"label": f"{words}: {_counted(number)}", "href": url_for(page), "current": False} for words, number, page in found if number]


def _counted(number: int) -> str:
    return str(number) if number < reports.MOST_COUNTED else f"{reports.MOST_COUNTED - 1}+"


def _selects(wish: Wish) -> list[tuple[str, str, list[tuple[object, object]], object]]:
    """The drop-down filters: name, words, options, and what is chosen."""
    states = [("", gettext("Current")), ("all", gettext("All")), *choices("run_state")]
    months = [
        ("", gettext("All")),
        *((f"{day:%Y-%m}", formats.format_month(day, language(), with_year=True)) for day in _months(wish.month)),
    ]
    projects = courses.projects_in_order(with_archived=True)
    names = [("", gettext("All")), *((one.id, f"{one.donor(language())}: {one.name(language())}") for one in projects)]
    month = f"{wish.month:%Y-%m}" if wish.month else ""
    return [
        ("state", gettext("Status"), list(states), wish.state),
        ("month", gettext("Month"), list(months), month),
        ("project", gettext("Project"), list(names), wish.project_id or ""),
    ]


def _months(chosen: date | None) -> list[date]:
    today = clock.today()
    number = today.year * 12 + today.month - 1
    days = [date(month // 12, month % 12 + 1, 1) for month in range(number - MONTHS_BACK, number + MONTHS_AHEAD + 1)]
    return days if chosen is None or chosen in days else sorted([*days, chosen])
