"""Keeping the search vocabulary: which word stands in the texts of which run.

The words are the search keys of ``foundation.searching``. They are only ever added, so that two transactions never wait for each other to
remove one; a word that no run has any more finds nothing, and counts for nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.courses import queries_search as queries
from portal.courses.models import RunWord, SearchGram, SearchWord
from portal.foundation import searching
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.foundation.database import Base

BATCH = 400


def index_runs(run_ids: Iterable[int]) -> None:
    """Bring the search words of many runs up to date; a few statements for every 400 of them."""
    db.session.flush()
    ids = sorted(run_ids)
    for start in range(0, len(ids), BATCH):
        _index(ids[start : start + BATCH])


def _index(run_ids: Sequence[int]) -> None:
    words_of = cache(searching.words_of)  # courses, places and trainers come again and again
    wanted = {run_id: {word for text in texts for word in words_of(text)} for run_id, texts in queries.texts_of_runs(run_ids).items()}
    word_ids = _words({word for words in wanted.values() for word in words})
    pairs = {(word_ids[word], run_id) for run_id, words in wanted.items() for word in words}
    present = queries.words_of_runs(run_ids)
    gone: dict[int, list[int]] = {}
    for word_id, run_id in present - pairs:
        gone.setdefault(run_id, []).append(word_id)
    for run_id, words in gone.items():
        db.session.execute(sa.delete(RunWord).where(RunWord.run_id == run_id, RunWord.word_id.in_(words)))
    _insert(RunWord, [{"word_id": word_id, "run_id": run_id} for word_id, run_id in sorted(pairs - present)])


def _words(words: set[str]) -> dict[str, int]:
    """The ids of ``words``; those that the vocabulary lacks are added with their trigrams."""
    known = queries.ids_of_words(words)
    new = sorted(words - known.keys())  # in one order everywhere, so that two transactions cannot lock each other out
    if not new:
        return known
    grams = {word: sorted(searching.trigrams(word)) for word in new}
    _insert(SearchWord, [{"word": word, "gram_count": len(grams[word])} for word in new])
    added = queries.ids_of_words(set(new))
    _insert(SearchGram, [{"gram": gram, "word_id": added[word]} for word in new for gram in grams[word]])
    return known | added


def _insert(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert ``rows``, passing over those that another transaction was faster with."""
    if not rows:
        return
    if db.session().get_bind().dialect.name == "postgresql":
        # asked to return something, the rows go in by the thousand instead of one by one
        db.session.execute(postgresql.insert(table).on_conflict_do_nothing().returning(sa.literal(1)), rows)
    else:
        db.session.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
