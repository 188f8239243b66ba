"""Which figures must not be published, so that no small one can be had, neither read nor worked out from the others. Pure.

What is published is a system of linear equations: each total is the sum of its parts. Whoever reads it may solve it. So a small figure is
withheld, and others with it, until no small one follows: neither by itself, nor several of them together.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

FEWEST = 5
"""So many people at least stand behind a figure that is published; nobody stands behind a zero."""

Cell = tuple[str, object]
Row = dict[Cell, Fraction]


class Sum(NamedTuple):
    """A published total with its parts."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def members(self) -> tuple[Cell, ...]:
        """All of them, the total last: it is the last to be withheld."""
        return (*self.parts, self.total)


def is_small(number: int) -> bool:
    """Whether somebody stands behind ``number``, but too few."""
    return 0 < number < FEWEST


def withheld(values: Mapping[Cell, int], sums: Sequence[Sum]) -> frozenset[Cell]:
    """The cells of ``values`` that must not be published, where ``sums`` hold."""
    hidden = {cell for cell, number in values.items() if is_small(number)}
    while more := _alone(values, sums, hidden) or _exposed(values, sums, hidden):
        hidden |= more
    return frozenset(hidden)


def _alone(values: Mapping[Cell, int], sums: Iterable[Sum], hidden: Collection[Cell]) -> set[Cell]:
    """A cell to withhold beside those of a sum that nothing large hides; none when each sum has company enough."""
    for one in sums:
        kept = [cell for cell in one.members if cell in hidden]
        if kept and (len(kept) == 1 or all(is_small(values[cell]) for cell in kept)):
            more = _smallest(values, one.parts, hidden) or _smallest(values, [one.total], hidden)
            if more:
                return more
    return set()


def _smallest(values: Mapping[Cell, int], cells: Iterable[Cell], hidden: Collection[Cell]) -> set[Cell]:
    """The smallest of ``cells`` that is still shown and says something."""
    shown = [cell for cell in cells if cell not in hidden and values[cell]]
    return {min(shown, key=lambda cell: values[cell])} if shown else set()


def _exposed(values: Mapping[Cell, int], sums: Sequence[Sum], hidden: Collection[Cell]) -> set[Cell]:
    """A cell to withhold because something small follows from what is shown; none when nothing does."""
    for known in solved(sums, hidden):
        number = sum((share * values[cell] for cell, share in known.items()), Fraction(0))
        if 0 < abs(number) < FEWEST and (len(known) == 1 or len({share > 0 for share in known.values()}) == 1):
            concerned = [one for one in sums if not known.keys().isdisjoint(one.members)]
            more = _smallest(values, [cell for one in concerned for cell in one.members], hidden)
            if more:
                return more
    return set()


def solved(sums: Iterable[Sum], hidden: Collection[Cell]) -> list[Row]:
    """What the equations say of the ``hidden`` cells, each as simple as it gets (reduced row echelon form): shares of cells whose sum is known."""
    found: list[tuple[Cell, Row]] = []
    for one in sums:
        row: Row = {cell: Fraction(1) for cell in one.parts if cell in hidden}
        if one.total in hidden:
            row[one.total] = Fraction(-1)
        for lead, other in found:
            if lead in row:
                row = _less(row, other, row[lead])
        if not row:
            continue
        lead = next(iter(row))
        row = {cell: share / row[lead] for cell, share in row.items()}
        found = [(first, _less(other, row, other[lead]) if lead in other else other) for first, other in found]
        found.append((lead, row))
    return [row for _lead, row in found]


def _less(row: Row, other: Row, times: Fraction) -> Row:
    """``row`` less ``times`` the ``other``."""
    cells = {**row, **other}
    shares = {cell: row.get(cell, Fraction(0)) - times * other.get(cell, Fraction(0)) for cell in cells}
    return {cell: share for cell, share in shares.items() if share}
