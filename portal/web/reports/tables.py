"""From what was counted to tables in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from portal.foundation import formats, georgian
from portal.reports import Chart, Column, Dimension, Figures, Kind, Row, Table
from portal.web.labels import LABELS, labels_in
from portal.web.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portal.reports import Demand, Load, Named, Register, Waiting
    from portal.web.reports.forms import Choices

Key = int | str | None
OF_CODES = {Dimension.SEX: "sex", Dimension.CATEGORY: "category", Dimension.FORM: "form"}
OF_TIME = {Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}
MONTHS, QUARTERS = 12, 4


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of groups are called in the language of the page; ``found`` are names that only this report needs."""

    choices: Choices
    lang: str
    found: Mapping[int, Named] | None = None

    def of(self, dimension: Dimension) -> dict[Key, str]:
        """The words for the keys of ``dimension``, in its order."""
        if dimension in OF_CODES:
            kind = OF_CODES[dimension]
            return {code: labels_in(self.lang)(kind, code) for code in LABELS[kind] if code}
        rows: Iterable[Any] = {
            Dimension.REGION: self.choices.regions,
            Dimension.MUNICIPALITY: self.choices.municipalities,
            Dimension.TOPIC: self.choices.topics,
            Dimension.PROJECT: self.choices.projects,
        }.get(dimension, (self.found or {}).values())
        return {row.id: row.name(self.lang) for row in rows}


def columns() -> tuple[Column, ...]:
    """What is told of each group."""
    return (
        Column(gettext("People")),
        Column(gettext("Women")),
        Column(gettext("Men")),
        Column(gettext("Participations")),
        Column(gettext("Contact hours"), Kind.HOURS),
        Column(gettext("Attendance"), Kind.PERCENT),
        Column(gettext("Completion"), Kind.PERCENT),
        Column(gettext("Certificates")),
    )


def values_of(figures: Figures) -> tuple[Any, ...]:
    """The values of these columns."""
    return (
        figures.people,
        figures.women,
        figures.men,
        figures.participations,
        figures.hours,
        figures.attendance_percent,
        figures.completion_percent,
        figures.certificates,
    )


def by_group(dimension: Dimension, found: Mapping[Dimension, Mapping[Key, Figures]], names: Names) -> Table:
    """The groups of ``dimension`` that have anybody, and all of them together."""
    groups = found.get(dimension, {})
    total = sum(found.get(Dimension.SEX, {}).values(), Figures())
    return Table(
        code=dimension,
        title=str(words.TITLES[dimension]),
        head=str(words.HEADINGS[dimension]),
        columns=columns(),
        rows=tuple(_rows(dimension, groups, names)),
        total=Row(gettext("Total"), values_of(total)) if groups else None,
        chart=Chart.TIME if dimension in OF_TIME else Chart.NONE if dimension == Dimension.MUNICIPALITY else Chart.BARS,
    )


def _rows(dimension: Dimension, groups: Mapping[Key, Figures], names: Names) -> Iterator[Row]:
    if dimension in OF_TIME:
        for key in _without_gaps(dimension, [str(key) for key in groups]):
            yield Row(period_name(key, names.lang), values_of(groups.get(key, Figures())), key)
        return
    said = names.of(dimension)
    rows = [Row(said.get(key) or str(words.UNKNOWN.get(dimension, key)), values_of(groups[key]), key) for key in groups]
    if dimension in OF_CODES:
        order = [*said, None]
        yield from sorted(rows, key=lambda row: order.index(row.key) if row.key in order else len(order))
    else:
        yield from sorted(rows, key=lambda row: (row.key is None, -(row.values[0] or 0), georgian.collation_key(row.name)))


def _without_gaps(dimension: Dimension, keys: Sequence[str]) -> list[str]:
    """All months, quarters or years from the first of ``keys`` to the last."""
    if not keys:
        return []
    parts = {Dimension.MONTH: MONTHS, Dimension.QUARTER: QUARTERS, Dimension.YEAR: 1}[dimension]
    first, last = (int(key[:4]) * parts + int(key[5:] or 1) - 1 for key in (min(keys), max(keys)))
    if dimension == Dimension.YEAR:
        return [str(number) for number in range(first, last + 1)]
    width = 2 if dimension == Dimension.MONTH else 1
    return [f"{number // parts}-{number % parts + 1:0{width}}" for number in range(first, last + 1)]


def period_name(key: str, lang: str) -> str:
    """What a month ("2026-03"), a quarter ("2026-1") or a year is called."""
    year, _dash, part = key.partition("-")
    if not part:
        return year
    if len(part) == 1:
        return str(gettext("%(year)s, quarter %(number)s", year=year, number=part))
    return formats.format_month(date(int(year), int(part), 1), lang, with_year=True)


def by_category_and_sex(groups: Mapping[Key, Mapping[Key, Figures]], names: Names) -> Table:
    """People and hours of each category, women and men side by side."""
    total: dict[Key, Figures] = {}
    for sexes in groups.values():
        total = {sex: total.get(sex, Figures()) + sexes.get(sex, Figures()) for sex in {*total, *sexes}}
    said = names.of(Dimension.CATEGORY)
    order = [*said, None]
    keys = sorted(groups, key=lambda key: order.index(key) if key in order else len(order))
    return Table(
        code=words.CROSSED,
        title=str(words.TITLES[words.CROSSED]),
        head=str(words.HEADINGS[words.CROSSED]),
        columns=(
            Column(gettext("Women")),
            Column(gettext("Men")),
            Column(gettext("Sex not stated")),
            Column(gettext("Share of women"), Kind.PERCENT),
            Column(gettext("Hours of women"), Kind.HOURS),
            Column(gettext("Hours of men"), Kind.HOURS),
        ),
        rows=tuple(Row(said.get(key) or str(words.UNKNOWN[Dimension.CATEGORY]), _crossed(groups[key]), key) for key in keys),
        # somebody may have taken part in two categories: of people there is no total by adding up
        total=Row(gettext("Participations in all"), _participations(total)) if groups else None,
        charted=3,
        note=gettext("The last row counts participations, the others people. The share is that of women among women and men."),
    )


def _crossed(sexes: Mapping[Key, Figures]) -> tuple[Any, ...]:
    women, men, unknown = (sexes.get(sex, Figures()) for sex in ("female", "male", None))
    return women.people, men.people, unknown.people, _share(women.people, men.people), women.hours, men.hours


def _participations(sexes: Mapping[Key, Figures]) -> tuple[Any, ...]:
    women, men, unknown = (sexes.get(sex, Figures()) for sex in ("female", "male", None))
    share = _share(women.participations, men.participations)
    return women.participations, men.participations, unknown.participations, share, women.hours, men.hours


def _share(women: int, men: int) -> int | None:
    return women * 100 // (women + men) if women + men else None


def of_register(months: Mapping[str, Register], names: Names) -> Iterator[Table]:
    """Certificates by month and by year."""
    years: dict[str, Register] = {}
    for month, counts in months.items():
        years[month[:4]] = years[month[:4]] + counts if month[:4] in years else counts
    for code, groups in ((words.REGISTER, months), (words.REGISTER_YEARS, years)):
        everything = [_of_month(counts) for counts in groups.values()]
        yield Table(
            code=code,
            title=str(words.TITLES[code]),
            head=str(words.HEADINGS[code]),
            columns=(
                Column(gettext("Issued")),
                Column(gettext("Of these corrections")),
                Column(gettext("Superseded")),
                Column(gettext("Revoked")),
                Column(gettext("Validity ends")),
            ),
            rows=tuple(Row(period_name(key, names.lang), _of_month(counts), key) for key, counts in groups.items()),
            total=Row(gettext("Total"), tuple(map(sum, zip(*everything, strict=True)))) if everything else None,
            chart=Chart.TIME,
        )


def _of_month(counts: Register) -> tuple[int, ...]:
    return counts.issued, counts.corrected, counts.superseded, counts.revoked, counts.ending


def of_demand(demand: Iterable[Demand], names: Names) -> Table:
    """The courses that people wait for."""
    return Table(
        code=words.DEMAND,
        title=str(words.TITLES[words.DEMAND]),
        head=str(words.HEADINGS[words.DEMAND]),
        columns=(Column(gettext("People waiting")), Column(gettext("Municipalities")), Column(gettext("Runs"))),
        rows=tuple(Row(one.course.name(names.lang), (one.people, one.municipalities, one.runs), one.course.id) for one in demand),
    )


def of_waiting(found: Mapping[int | None, Waiting], names: Names) -> Table:
    """Who waits, by municipality, those who have no place elsewhere first."""
    said = names.of(Dimension.MUNICIPALITY)
    unknown = str(words.UNKNOWN[Dimension.MUNICIPALITY])
    rows = [Row(said.get(key) or unknown, (one.people, one.unserved, one.requests), key) for key, one in found.items()]
    return Table(
        code=words.DEMAND_BY_MUNICIPALITY,
        title=str(words.TITLES[words.DEMAND_BY_MUNICIPALITY]),
        head=str(words.HEADINGS[words.DEMAND_BY_MUNICIPALITY]),
        columns=(Column(gettext("People waiting")), Column(gettext("Of these without a place")), Column(gettext("Requests"))),
        rows=tuple(sorted(rows, key=lambda row: (row.key is None, -(row.values[1] or 0), -(row.values[0] or 0), row.name))),
        chart=Chart.BARS,
        charted=1,
        note=gettext("One request is one person on the waiting list of one run."),
    )


def of_trainers(loads: Iterable[Load], people: Mapping[int, Named], names: Names) -> Table:
    """What each trainer taught."""
    return Table(
        code=words.TRAINERS,
        title=str(words.TITLES[words.TRAINERS]),
        head=str(words.HEADINGS[words.TRAINERS]),
        columns=(
            Column(gettext("Runs")),
            Column(gettext("Training days")),
            Column(gettext("Hours taught"), Kind.HOURS),
            Column(gettext("People")),
            Column(gettext("Participations")),
        ),
        rows=tuple(
            Row(people[one.person_id].name(names.lang), (one.runs, one.days, one.hours, one.people, one.participations), one.person_id)
            for one in loads
        ),
        charted=2,
        note=gettext("A run with two trainers counts in full for each of them."),
    )
