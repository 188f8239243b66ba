"""What the headings of somebody's spreadsheet mean: people write them in many ways, and each table that is read knows its own words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from portal.foundation.georgian import fold_for_search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Kind = TypeVar("Kind", bound=StrEnum)

_SHORTEST_BEGINNING: Final = 5


class Headings(Generic[Kind]):
    """The words by which columns of each kind are known, however they are written."""

    def __init__(self, words: Mapping[Kind, Iterable[str]]) -> None:
        self._exact = {fold_for_search(word): kind for kind, known in words.items() for word in known}
        self._beginnings = [word for word in sorted(self._exact, key=len, reverse=True) if len(word) >= _SHORTEST_BEGINNING]

    def guess(self, headings: Sequence[str]) -> list[str]:
        """What each column seems to hold, "" for none; nothing is held by two columns.

        Headings that are known as they stand come first; the others may begin with known words, as "Personal number (11 digits)".
        """
        folded = [fold_for_search(heading) for heading in headings]
        guessed: list[str] = [""] * len(folded)
        for find in (self._exact.get, self._by_beginning):
            for position, heading in enumerate(folded):
                kind = find(heading)
                if kind and not guessed[position] and kind not in guessed:
                    guessed[position] = kind
        return guessed

    def _by_beginning(self, heading: str) -> Kind | None:
        return next((self._exact[word] for word in self._beginnings if heading.startswith(f"{word} ")), None)


def are_sound(columns: Sequence[str], width: int, kinds: type[StrEnum]) -> bool:
    """True for one known word, or none, for each of ``width`` columns, none of them twice."""
    named = [column for column in columns if column]
    return len(columns) == width and set(named) <= set(kinds) and len(named) == len(set(named))
