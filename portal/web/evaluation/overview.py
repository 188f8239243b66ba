"""The results of many runs: by course or by run, over time, by trainer, and all answers of the choice together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal import evaluation, reports
from portal.access import Permission
from portal.evaluation import RECOMMEND, TRAINER, USED, USEFUL, Distribution, Round
from portal.foundation import formats
from portal.web.evaluation import pages
from portal.web.evaluation.items import items_of, written_of
from portal.web.evaluation.overview_form import OverviewForm
from portal.web.evaluation.run_results import RoundResults
from portal.web.guard import requires
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from werkzeug.wrappers import Response as Answer

    from portal.evaluation import Cell, EvaluatedRun
    from portal.people.models import Person

MONTHS_OF_A_HALF = 6
AT_WORK = (0, 1)
"""The options of the question on use at work that say yes: often, sometimes."""
COLUMNS = (_("Trainings"), _("Answered"), _("Recommended, 0–10"), _("Usefulness, 1–5"), _("Trainers, 1–5"), _("Used at work, %"))


@dataclass(frozen=True, slots=True)
class Row:
    """One course, run or half-year; what is None was answered by too few."""

    name: str
    href: str
    runs: int
    asked: int
    answered: int
    recommend: Decimal | None
    useful: Decimal | None
    trainers: Decimal | None
    used: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that was asked for: the runs, and the cells that lie wholly among them."""

    form: OverviewForm
    runs: list[EvaluatedRun]
    cells: list[Cell]
    trainers: Mapping[Person, set[int]]

    @classmethod
    def read(cls) -> Overview:
        """Read what the address asks for, in three statements; without runs when it makes no sense."""
        every = evaluation.evaluated_runs()
        trainers = evaluation.trainers_of(run.id for run in every)
        form = OverviewForm(request.args, every, trainers)
        runs = form.wanted(every) if form.validate() else []
        cells = evaluation.cells_of(run.course_id for run in runs) if runs else []
        return cls(form, runs, evaluation.within(cells, [run.id for run in runs]), trainers)

    @property
    def rows(self) -> list[Row]:
        """By course; of one course by run, the latest first."""
        lang, address = language(), self.form.address
        if self.form.course.data:
            groups = self._by({run.id: run.id for run in self.runs})
            return [_row(_run_words(run), url_for("evaluation.staff_run", code=run.code), *groups[run.id]) for run in reversed(self.runs)]
        groups = self._by({run.id: run.course_id for run in self.runs})
        return [
            _row(groups[course][0][-1].title(lang), url_for("evaluation.overview", **address | {"course": course}), *groups[course])
            for course, _words in self.form.offered["course"]
            if course in groups
        ]

    @property
    def halves(self) -> list[Row]:
        """Over time, the latest first."""
        groups = self._by({run.id: _half_of(run) for run in self.runs})
        return [_row(_half_words(*half), "", *groups[half]) for half in sorted(groups, reverse=True)]

    @property
    def by_trainer(self) -> list[tuple[str, str, int, Distribution]]:
        """Each trainer about whom enough have answered: name, address of the choice, runs, and what was answered."""
        about = evaluation.of_trainers(self.cells)
        chosen = {run.id for run in self.runs}
        return [
            (
                person.name_by_family(language()),
                url_for("evaluation.overview", **self.form.address | {"trainer": person.id}),
                len(taught & chosen),
                about[person.id][TRAINER],
            )
            for person, taught in self.trainers.items()
            if TRAINER in about.get(person.id, {})
        ]

    @property
    def left_out(self) -> int:
        """How many of the runs with answers are in no figure, as too few have answered."""
        counted: set[int] = set().union(*(cell.run_ids for cell in self.cells))
        return sum(run.answered > 0 and run.id not in counted for run in self.runs)

    def rounds(self) -> list[RoundResults]:
        """All answers of the choice together; of one course also what was written. Two statements at most."""
        course, chosen = self.form.course.data, {run.id for run in self.runs}
        texts = [text for text, cell in evaluation.texts_of_course(course) if cell <= chosen] if course else []
        found = evaluation.distributions(self.cells)
        return [
            RoundResults(
                round_,
                sum(run.asked(round_) for run in self.runs),
                sum(run.answers(round_) for run in self.runs),
                items_of(questions, round_, found),
                written_of(questions, round_, texts) if course else [],
            )
            for round_, questions in evaluation.questions_ever().items()
        ]

    def _by(self, group_of: Mapping[int, Any]) -> dict[Any, tuple[list[EvaluatedRun], list[Cell]]]:
        """The runs and the cells of each group; a cell that reaches into two groups is in neither."""
        cells = evaluation.grouped(self.cells, group_of)
        found: dict[Any, tuple[list[EvaluatedRun], list[Cell]]] = {}
        for run in self.runs:
            group = group_of[run.id]
            found.setdefault(group, ([], cells.get(group, [])))[0].append(run)
        return found


def _row(name: str, href: str, runs: Sequence[EvaluatedRun], cells: Iterable[Cell]) -> Row:
    found = evaluation.distributions(cells)
    after, nobody = Round.AFTER, Distribution({})
    used = found.get((Round.LATER, USED))
    return Row(
        name=name,
        href=href,
        runs=len(runs),
        asked=sum(run.asked(after) for run in runs),
        answered=sum(run.answers(after) for run in runs),
        recommend=found.get((after, RECOMMEND), nobody).mean,
        useful=found.get((after, USEFUL), nobody).mean,
        trainers=found.get((after, TRAINER), nobody).mean,
        used=sum(used.percent(value) for value in AT_WORK) if used else None,
    )


def _run_words(run: EvaluatedRun) -> str:
    return f"{formats.format_dates(run.starts_at, run.ends_at, language())}, {run.code}"


def _half_of(run: EvaluatedRun) -> tuple[int, int]:
    day = formats.to_tbilisi(run.ends_at)
    return day.year, (day.month - 1) // MONTHS_OF_A_HALF


def _half_words(year: int, half: int) -> str:
    words = gettext("%(year)s, second half", year=year) if half else gettext("%(year)s, first half", year=year)
    return str(words)


@pages.get("/staff/evaluation")
@requires(Permission.EVALUATION_MANAGE)
def overview() -> str | tuple[str, int]:
    """Scores by course, over time and by trainer."""
    shown = Overview.read()
    if shown.form.errors:
        return render_template("evaluation/refused.html", form=shown.form), 422
    return render_template("evaluation/overview.html", shown=shown, form=shown.form, columns=COLUMNS)


@pages.get("/staff/evaluation.csv")
@requires(Permission.EVALUATION_MANAGE)
def overview_file() -> Answer:
    """The first table as a file."""
    shown = Overview.read()
    if shown.form.errors:
        return redirect(f"{url_for('evaluation.overview')}?{request.query_string.decode('ascii', 'replace')}", 303)
    heads = [gettext("Training"), COLUMNS[0], gettext("Asked"), *COLUMNS[1:]]
    rows = [
        [row.name, row.runs, row.asked, row.answered, *(_cell(value) for value in (row.recommend, row.useful, row.trainers)), row.used]
        for row in shown.rows
    ]
    headers = {"Content-Disposition": "attachment; filename=evaluation.csv"}
    return Response(reports.as_csv([[str(head) for head in heads], *rows]), mimetype="text/csv", headers=headers)


def _cell(value: Decimal | None) -> str | None:
    return None if value is None else formats.format_decimal(value, language())
