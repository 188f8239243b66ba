"""What a page shows of a goal's progress: figures in words, a line to be drawn, a tile and a row for each municipality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from portal import reports
from portal.foundation import formats
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portal.municipalities.models import Municipality
    from portal.qualifications import GoalProgress, GoalReport
    from portal.qualifications.models import Goal

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """The progress in one municipality; ``href`` leads to who is missing there."""

    name: str
    progress: GoalProgress
    href: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines in a square of a hundred by a hundred, from the first day of the goal to its last, 100 percent at the top; and the day of today in it."""

    counted: str
    line: str
    forecast: str
    today: float


def drawing_of(progress: GoalProgress, goal: Goal) -> Drawing:
    """What was counted, the straight line to the goal, and the forecast."""

    def point(day: date, share: float) -> str:
        across = (day - goal.starts_on).days * WHOLE / (goal.due_on - goal.starts_on).days
        return f"{across:.2f},{WHOLE - share:.2f}"

    start, last = progress.shares[0], progress.shares[-1]
    ahead = "" if progress.forecast is None else f"{point(*last)} {point(goal.due_on, progress.forecast)}"
    return Drawing(
        counted=" ".join(point(day, share) for day, share in progress.shares),
        line=f"{point(*start)} {point(goal.due_on, max(progress.percent, 0))}",
        forecast=ahead,
        today=(last[0] - goal.starts_on).days * WHOLE / (goal.due_on - goal.starts_on).days,
    )


def percent(share: float, lang: str) -> str:
    """A share in full percent, rounded down: who lacks one person has not reached the goal."""
    return formats.format_percent(int(share), lang, places=0)


def rows_of(report: GoalReport, places: Sequence[Municipality], endpoint: str, goal: Goal) -> list[Row]:
    """The municipalities that the goal concerns, in their order."""
    lang = language()
    stem = url_for(endpoint, goal_id=goal.id)
    return [
        Row(one.name(lang), report.municipalities[one.id], f"{stem}?municipality={one.id}")
        for one in places
        if one.id in report.municipalities
    ]


def tiles_of(report: GoalReport, places: Sequence[Municipality]) -> list[dict[str, object]]:
    """The map: a tile is the deeper, the larger the share of holders in its municipality."""
    lang = language()
    tiles: list[dict[str, object]] = []
    for one in places:
        if one.tile is not None:
            progress = report.municipalities.get(one.id)
            share = progress.count.share if progress else 0
            tiles.append(
                {"name": one.name(lang), "value": percent(share, lang) if progress else "–", "depth": reports.depth(int(share), WHOLE)}
            )
    return tiles
