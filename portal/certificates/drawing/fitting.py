"""Text into a given width: first smaller, then on more lines, never cut and never over the edge."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.certificates.drawing.face import Face

# Kerning across the spaces is not counted while breaking lines; this leaves room for it.
_SLACK: Final = 0.995
_SHRINK: Final = 0.95
# Below this share of its wished size a word is rather broken between letters than made smaller.
_SMALLEST_UNBROKEN: Final = 0.4
_BALANCING_STEPS: Final = 7
# Most texts of a run are the same for all.
_REMEMBERED: Final = 4096


class Sizes(NamedTuple):
    """The wished size, and the smallest one that still looks well before another line is begun; points."""

    best: float
    good: float


class Fitted(NamedTuple):
    """Lines that fit at this size (points)."""

    lines: tuple[str, ...]
    size: float


class Room(NamedTuple):
    """Where a text goes: the face it is set in, and the width it may take (points)."""

    face: Face
    width: float


@lru_cache(maxsize=_REMEMBERED)
def fit(text: str, face: Face, width: float, sizes: Sizes, most_lines: int) -> Fitted:
    """Set the text into `most_lines` lines of at most `width` points, as large as it goes."""
    one_line = min(sizes.best, width / (face.line(text).units or 1) * 1000)
    if one_line >= sizes.good or (" " not in text and one_line >= sizes.best * _SMALLEST_UNBROKEN):
        return Fitted((text,), one_line)
    for count in range(2, most_lines + 1):
        size = sizes.best
        while size >= sizes.good:
            fitted = _break_at(text, Room(face, width), size, count, may_split=False)
            if fitted:
                return fitted
            size *= _SHRINK
    return _squeeze(text, Room(face, width), sizes, most_lines)


def spoken(text: str, lines: tuple[str, ...]) -> Iterator[str]:
    """Give the lines of a text back with the spaces at which it was broken: without them, a reader would hear two words as one."""
    end = 0
    for line in lines:
        end += len(line)
        broken_at = text[end : end + 1]
        yield line + " " if broken_at == " " else line
        end += broken_at == " "


def _squeeze(text: str, room: Room, sizes: Sizes, most_lines: int) -> Fitted:
    """Nothing comfortable fits: go on shrinking, at last between letters."""
    size = sizes.good
    while True:
        size *= _SHRINK
        may_split = size < sizes.best * _SMALLEST_UNBROKEN
        fitted = _break_at(text, room, size, most_lines, may_split=may_split)
        if fitted:
            return fitted


def _break_at(text: str, room: Room, size: float, most_lines: int, *, may_split: bool) -> Fitted | None:
    face, width = room
    limit = width * _SLACK / size * 1000
    words = text.split(" ")
    if max(face.line(word).units for word in words) > limit:
        if not may_split:
            return None
        words = [piece for word in words for piece in _split(word, face, limit)]
    lines = _wrap(words, face, limit)
    return Fitted(_balance(words, face, limit, len(lines)), size) if len(lines) <= most_lines else None


def _split(word: str, face: Face, limit: float) -> list[str]:
    """Cut a word that is wider than a whole line between its letters."""
    pieces = [""]
    for letter in word:
        longer = pieces[-1] + letter
        if pieces[-1] and sum(face.advances[a] for a in longer) > limit:
            pieces.append(letter)
        else:
            pieces[-1] = longer
    return pieces


def _wrap(words: list[str], face: Face, limit: float) -> tuple[str, ...]:
    space = face.advances[" "]
    lines = [words[0]]
    used = face.line(words[0]).units
    for word in words[1:]:
        units = face.line(word).units
        if used + space + units <= limit:
            lines[-1] += " " + word
            used += space + units
        else:
            lines.append(word)
            used = units
    return tuple(lines)


def _balance(words: list[str], face: Face, limit: float, count: int) -> tuple[str, ...]:
    """Keep the number of lines, and make them as even as they can be: a last line of one word looks like a slip."""
    narrowest, widest = float(max(face.line(word).units for word in words)), limit
    best = _wrap(words, face, widest)
    for _ in range(_BALANCING_STEPS if count > 1 else 0):
        middle = (narrowest + widest) / 2
        lines = _wrap(words, face, middle)
        if len(lines) <= count:
            best, widest = lines, middle
        else:
            narrowest = middle
    return best
