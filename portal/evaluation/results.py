"""Results from counts: pure. Cells first (``rules``), then whatever is asked for as a sum over whole cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from portal.evaluation import rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portal.evaluation.models import Round

K = TypeVar("K")
TENTH = Decimal("0.1")


class Count(NamedTuple):
    """How often a value was the answer to a question in a run, as far as it may be counted."""

    run_id: int
    course_id: int
    round: Round
    question: str
    trainer_id: int | None
    value: int
    number: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers to one question that are only counted together: of a run, or of small runs of a course."""

    round: Round
    question: str
    trainer_id: int | None
    run_ids: frozenset[int]
    values: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each value was answered."""

    values: Mapping[int, int]

    @property
    def number(self) -> int:
        """How many answered."""
        return sum(self.values.values())

    @property
    def mean(self) -> Decimal | None:
        """The mean, to a tenth; None when nobody answered."""
        if not self.number:
            return None
        return (Decimal(sum(value * times for value, times in self.values.items())) / self.number).quantize(TENTH, ROUND_HALF_UP)

    def percent(self, value: int) -> int:
        """The share of those who answered ``value``."""
        return round(100 * self.values.get(value, 0) / self.number) if self.number else 0


Key = tuple["Round", str]


def cells_of(counts: Iterable[Count]) -> list[Cell]:
    """The cells of the counts, whose runs come in the order of their ends: the only things that any page adds up."""
    by_item: defaultdict[tuple[int, Round, str, int | None], dict[int, dict[int, int]]] = defaultdict(dict)
    for one in counts:
        of_run = by_item[one.course_id, one.round, one.question, one.trainer_id].setdefault(one.run_id, {})
        of_run[one.value] = one.number
    found = []
    for (_course, round_, question, trainer_id), runs in by_item.items():
        for run_ids in rules.cells((run_id, sum(values.values())) for run_id, values in runs.items()):
            values: Counter[int] = Counter()
            for run_id in run_ids:
                values.update(runs[run_id])
            found.append(Cell(round_, question, trainer_id, frozenset(run_ids), values))
    return found


def within(cells: Iterable[Cell], run_ids: Collection[int]) -> list[Cell]:
    """The cells that lie wholly in these runs."""
    wanted = frozenset(run_ids)
    return [cell for cell in cells if cell.run_ids <= wanted]


def grouped(cells: Iterable[Cell], group_of: Mapping[int, K]) -> dict[K, list[Cell]]:
    """The cells whose runs are all of one group, by it; ``group_of`` names the group of a run."""
    found: defaultdict[K, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups = {group_of[run_id] for run_id in cell.run_ids}
        if len(groups) == 1:
            found[groups.pop()].append(cell)
    return found


def distributions(cells: Iterable[Cell]) -> dict[Key, Distribution]:
    """What was answered in the cells, question by question; all trainers together."""
    found: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    for cell in cells:
        found[cell.round, cell.question].update(cell.values)
    return {key: Distribution(values) for key, values in found.items()}


def of_trainers(cells: Iterable[Cell]) -> dict[int, dict[str, Distribution]]:
    """What was answered about each trainer in the cells, question by question."""
    found: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.trainer_id is not None:
            found[cell.trainer_id].append(cell)
    return {trainer_id: {code: one for (_round, code), one in distributions(those).items()} for trainer_id, those in found.items()}
