"""Search without a stemmer: one key for every spelling of a word, prefixes and trigrams.

Georgian text and typed words become *search keys* in loose Latin letters, so that "შესყიდვები",
"shesqidvebi", "shesyidvebi" and "Sesyidvebi" (Georgian typed on Latin keys) meet. Three tables
are expected around this: the vocabulary of keys, the trigrams of each key, and which
subject holds which key. A typed word is looked up by prefix; only when no key begins like it,
by prefix without its ending; only when that fails too, by likeness. A subject is found when it
holds a match for every typed word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

from portal.foundation.georgian import (
    drop_invisible,
    fold_for_search,
    latin_layout_to_georgian,
    romanise,
)

# How alike two keys must be (shared trigrams among all of both) to be taken for each other.
LIKENESS: Final = 0.4
# Longer words are cut, in text and query alike; so many words of a query are looked at.
MAX_KEY_LENGTH: Final = 40
MAX_QUERY_WORDS: Final = 8

_STOP_WORDS: Final = frozenset({"და", "თუ", "the", "and", "of", "in", "on", "for", "to", "a", "an"})
# Spellings that people do not keep apart, longest first. Georgian goes the same way, through
# its romanisation, so whatever the rule merges, it merges on both sides. What only the Latin
# layout knows (y for ყ, w for წ) is found by trying the layout, see `variants`.
_LOOSE: Final = {
    "kh": "x", "ts": "c", "tz": "c", "zh": "j", "ph": "p", "th": "t",
    "f": "p", "q": "k", "w": "v",
}  # fmt: skip
_LOOSE_SPELLING: Final = re.compile("|".join(_LOOSE))
_APOSTROPHE: Final = "'"
_TYPED_LATIN: Final = re.compile("[A-Za-z0-9]+")
# Case endings and postpositions with and without the plural, as they look in keys; the three
# letters that must be left keep "ონში" from becoming everything that begins with "ონ".
_ENDING: Final = re.compile(
    "(?<=...)(?:eb)?(?:istvis|stvis|idan|dan|tan|shi|ze|is|it|ad|ma|s|i|a|e|o)$",
)
_DOUBLED_LETTER: Final = re.compile(r"([^\W\d_])\1+")


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """One typed word.

    A subject matches when one of its keys begins with one of `prefixes`. When no key of the
    vocabulary does: one of `stems`. When none does either: when a key is alike one of `prefixes`.
    """

    prefixes: tuple[str, ...]
    stems: tuple[str, ...]


def search_key(word: str) -> str:
    """Return the key of one word (folded or not), Georgian or Latin; others keep their letters."""
    latin = fold_for_search(romanise(word)).replace(" ", "")
    loose = _LOOSE_SPELLING.sub(lambda match: _LOOSE[match.group()], latin)
    return _DOUBLED_LETTER.sub(r"\1", loose)[:MAX_KEY_LENGTH]


def words_of(*texts: str) -> tuple[str, ...]:
    """Return the distinct search keys of all the texts together, in alphabetical order.

    Words such as "and" are left out. This is what the vocabulary holds.
    """
    folded = {word for text in texts for word in fold_for_search(text).split()}
    keys = {search_key(word) for word in folded - _STOP_WORDS}
    return tuple(sorted(keys - {""}))


def variants(query_word: str) -> tuple[str, ...]:
    """Return the keys that one typed word may stand for, the likeliest first.

    Hand over the word as typed: on the Latin layout, "S" and "s" are different letters.
    """
    candidates = [search_key(query_word)]
    if query_word.isascii():
        candidates.append(search_key(latin_layout_to_georgian(query_word)))
        # Phones begin words with a capital, and some people type in capitals only.
        candidates.append(search_key(latin_layout_to_georgian(query_word.casefold())))
    return tuple(dict.fromkeys(key for key in candidates if key))


def stems_of(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that have a common Georgian ending, without it: "gorshi" → "gor"."""
    return tuple(dict.fromkeys(stem for key in keys if (stem := _ENDING.sub("", key)) != key))


def parse_query(text: str) -> tuple[SearchTerm, ...]:
    """Return what was typed into the search box as terms; a subject must match all of them.

    Everything after the first eight words is ignored, and words such as "and" unless there is
    nothing else. Empty when there is nothing to look for: show everything then.
    """
    typed = _typed_words(text)
    telling = [word for word in typed if fold_for_search(word) not in _STOP_WORDS]
    distinct = dict.fromkeys(keys for word in telling or typed if (keys := variants(word)))
    return tuple(SearchTerm(keys, stems_of(keys)) for keys in list(distinct)[:MAX_QUERY_WORDS])


def _typed_words(text: str) -> list[str]:
    # Split as `fold_for_search` does, but keep the case of Latin letters: the layout needs it.
    words: list[str] = []
    for chunk in drop_invisible(text).split():
        if chunk.isascii():
            words += _TYPED_LATIN.findall(chunk.replace(_APOSTROPHE, ""))
        else:
            words += fold_for_search(chunk).split()
    return words


def prefix_range(prefix: str) -> tuple[str, str]:
    """Return (low, high): keys that begin with the prefix are those with low <= key < high.

    An index compared by code point (BINARY, COLLATE "C") answers this on both databases,
    and nothing in it needs escaping.
    """
    return prefix, f"{prefix}\U0010ffff"


def trigrams(word: str) -> frozenset[str]:
    """Return the word's triples of neighbouring letters, padded as PostgreSQL's pg_trgm does.

    Two blanks before and one after, so that the beginning of a word weighs more than its end.
    """
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2)) if word else frozenset()


def similarity(first: str, second: str) -> float:
    """Return how alike two words are, from 0 to 1: shared trigrams among all of both (Jaccard)."""
    ours, theirs = trigrams(first), trigrams(second)
    return similarity_of_counts(len(ours & theirs), len(ours), len(theirs))


def similarity_of_counts(shared: int, first: int, second: int) -> float:
    """Return the same from numbers of trigrams, for a database that has counted them."""
    return shared / (first + second - shared) if shared else 0.0


def least_shared(word: str) -> int:
    """Return how many trigrams any key alike enough to this word must share with it.

    A sieve for the database: HAVING count(*) >= this; `is_alike` then decides.
    """
    return max(1, ceil(LIKENESS * len(trigrams(word))))


def is_alike(first: str, second: str) -> bool:
    """Tell whether a key may be taken for the other, misspelt or with another ending."""
    return similarity(first, second) >= LIKENESS
