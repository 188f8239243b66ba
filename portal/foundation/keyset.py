"""Pages of long lists, newest first. A page begins where the one before ended, so the last costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa
    from sqlalchemy.orm import InstrumentedAttribute


class Numbered(Protocol):
    """A row with its id."""

    @property
    def id(self) -> Any:
        """The id."""


Row = TypeVar("Row", bound=Numbered)
Rows = TypeVar("Rows", bound="sa.Select[Any]")


@dataclass(frozen=True, slots=True)
class Place:
    """Which page: the rows older than ``before``, or newer than ``after``; the newest when both are empty."""

    before: int | None = None
    after: int | None = None

    @property
    def forwards(self) -> bool:
        """True when the page is found by going towards the newest row."""
        return self.after is not None and self.before is None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, newest first. ``newer`` is the ``after`` of the page of newer rows, ``older`` the ``before`` of the older one; None at the ends."""

    rows: tuple[Row, ...]
    newer: int | None
    older: int | None


def bounded(statement: Rows, key: InstrumentedAttribute[int], place: Place, length: int) -> Rows:
    """``statement`` cut to the page at ``place``, in the order in which it is found, and one row more that tells whether it goes on."""
    if place.forwards:
        return statement.where(key > place.after).order_by(key).limit(length + 1)
    if place.before is not None:
        statement = statement.where(key < place.before)
    return statement.order_by(key.desc()).limit(length + 1)


def page_of(found: Sequence[Row], place: Place, length: int) -> Page[Row]:
    """The page made of what a ``bounded`` statement found."""
    more, rows = len(found) > length, tuple(found[:length])
    if place.forwards:
        rows = rows[::-1]
    if not rows:
        return Page(rows, None, None)
    newer = more if place.forwards else place.before is not None
    older = True if place.forwards else more
    return Page(rows, rows[0].id if newer else None, rows[-1].id if older else None)
