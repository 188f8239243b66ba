"""The plan of a municipality as one table, for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from portal.foundation import formats
from portal.web.labels import label
from portal.web.needs.words import period_words

if TYPE_CHECKING:
    from portal.needs import Plan, PlannedRun, Posted

Cells = list[object]


def table_of(plan: Plan, lang: str) -> list[Cells]:
    """Headings, a row for each need and run, and the sums; what does not belong to a row is empty."""
    totals = plan.totals
    rows: list[Cells] = [
        [
            gettext("Part"),
            gettext("Training"),
            gettext("Code"),
            gettext("Time"),
            gettext("Status"),
            gettext("People asked for"),
            gettext("Places kept"),
            gettext("People"),
            gettext("Completed"),
            gettext("Hours attended"),
            gettext("Estimated cost, lari"),
        ]
    ]
    rows += [_of_need(one, lang) for one in plan.needs]
    rows += [_of_run(one, gettext("Trainings to come"), lang) for one in plan.coming]
    rows += [_of_run(one, gettext("Done"), lang) for one in plan.done]
    people = totals.to_come + totals.participations
    rows.append([gettext("All together"), "", "", "", "", totals.asked, totals.kept, people, totals.completed, totals.hours, totals.cost])
    if plan.budget is not None:
        rows.append([gettext("Money planned for training"), *[""] * 9, plan.budget])
        rows.append([gettext("Left"), *[""] * 9, plan.left])
    return rows


def _of_need(one: Posted, lang: str) -> Cells:
    need = one.need
    time, state = period_words(need.starts_on, need.ends_on, lang), label("need_state", one.state)
    cost = "" if need.cost is None else need.cost
    return [gettext("Needs"), one.title(lang), one.run.code if one.run else "", time, state, need.people, "", "", "", "", cost]


def _of_run(one: PlannedRun, part: str, lang: str) -> Cells:
    run = one.run
    dates = formats.format_dates(run.starts_at, run.ends_at, lang) if run.starts_at and run.ends_at else ""
    done: Cells = [one.completed, one.hours] if one.is_done else ["", ""]
    quota = "" if one.quota is None or one.is_done else one.quota
    return [part, one.version.title(lang), run.code, dates, label("run_state", run.state), "", quota, len(one.people), *done, ""]
