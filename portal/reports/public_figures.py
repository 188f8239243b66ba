"""The public figures of an edition: what was counted, less what must not be known. Pure.

Each table tells the same people apart in one way; a row has people, participations, minutes attended and certificates. A row of too few people
is withheld whole, a small number of certificates by itself; beside each goes what it could be worked out from. A row that moved by too few
people since the edition before stays as it stood there, so that no two editions tell of one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.reports.figures import Dimension, Figures
from portal.reports.suppression import FEWEST, Cell, Sum, withheld

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    Found = Mapping[Dimension, Mapping["Key", Figures]]

Key = int | str | None
Line = dict[str, Any]

WAYS = (Dimension.REGION, Dimension.MUNICIPALITY, Dimension.TOPIC, Dimension.SEX, Dimension.YEAR)
TOTAL: Cell = ("total", None)
OF_PEOPLE = ("people", "participations", "minutes")
MEASURES = (*OF_PEOPLE, "certificates")


def public_figures(found: Found, regions: Mapping[Key, Key], before: Mapping[str, list[Line]] | None = None) -> dict[str, list[Line]]:
    """Lines by table, those of ``before`` where too few moved; ``regions`` tells of each municipality its region. None is what is withheld."""
    groups: dict[Cell, Figures] = {(way, key): figures for way in WAYS for key, figures in found.get(way, {}).items()}
    groups[TOTAL] = sum(found.get(Dimension.SEX, {}).values(), Figures())
    sums = list(_sums(groups, regions))
    few = withheld({cell: figures.people for cell, figures in groups.items()}, sums)
    # the certificates of a municipality are not published
    told = [one for one in sums if all(cell[0] != Dimension.MUNICIPALITY for cell in one.parts)]
    uncertain = withheld({cell: one.certificates for cell, one in groups.items() if cell[0] != Dimension.MUNICIPALITY}, told)
    earlier = {(way, line["key"]): line for way, lines in (before or {}).items() for line in lines}
    lines: dict[str, list[Line]] = {way: [] for way in (*WAYS, TOTAL[0])}
    for cell, figures in groups.items():
        lines[cell[0]].append(_steady(_line(cell, figures, few, uncertain), figures, earlier.get(cell)))
    return lines


def _sums(groups: Collection[Cell], regions: Mapping[Key, Key]) -> Iterable[Sum]:
    """What adds up: each way to all, and the municipalities of a region to it."""
    for way in WAYS:
        if way != Dimension.MUNICIPALITY:
            yield Sum(TOTAL, tuple(cell for cell in groups if cell[0] == way))
    for region in (cell for cell in groups if cell[0] == Dimension.REGION):
        parts = tuple(cell for cell in groups if cell[0] == Dimension.MUNICIPALITY and regions.get(_key(cell)) == region[1])
        yield Sum(region, parts)


def _key(cell: Cell) -> Key:
    key = cell[1]
    return key if isinstance(key, int | str) else None


def _line(cell: Cell, figures: Figures, few: Collection[Cell], uncertain: Collection[Cell]) -> Line:
    values: Line = {
        "people": figures.people,
        "participations": figures.participations,
        "minutes": figures.attended_minutes,
        "certificates": figures.certificates,
    }
    if cell in few:
        values = dict.fromkeys(MEASURES)
    elif cell in uncertain or cell[0] == Dimension.MUNICIPALITY:
        values["certificates"] = None
    return {"key": cell[1]} | values


def _steady(line: Line, figures: Figures, earlier: Line | None) -> Line:
    """``line``, or what stood in the edition before while it has moved by too few; what either withholds stays withheld."""
    if earlier is None or earlier["people"] is None:
        return line
    moved = (figures.people - earlier["people"], figures.participations - earlier["participations"])
    certified = figures.certificates - (earlier["certificates"] if earlier["certificates"] is not None else figures.certificates)
    if not any(0 < abs(by) < FEWEST for by in (*moved, certified)):
        return line
    return {"key": line["key"]} | {name: None if line[name] is None else earlier[name] for name in MEASURES}
