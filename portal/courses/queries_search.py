"""Search: which runs have the words that somebody typed, and what the vocabulary holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.courses.models import Course, CourseRun, CourseVersion, RunTrainer, RunWord, SearchGram, SearchWord, Topic, Venue
from portal.foundation import searching
from portal.foundation.database import db
from portal.municipalities.models import Municipality, Region
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from portal.foundation.searching import SearchTerm


def conditions_for(text: str) -> list[sa.ColumnElement[bool]]:
    """Conditions on ``CourseRun`` for what was typed into the search box; none when there is nothing to look for.

    Per word: runs with a word that begins so; when no run at all has one, without its ending; when that fails too, with a word that is alike.
    Costs one statement, and a second one for misspelt words.
    """
    terms = searching.parse_query(text)
    if not terms:
        return []
    by_prefix, by_stem = _which_occur(terms)
    alike = _alike([term for term, *occurs in zip(terms, by_prefix, by_stem, strict=True) if not any(occurs)])
    conditions: list[sa.ColumnElement[bool]] = []
    for term, prefix, stem in zip(terms, by_prefix, by_stem, strict=True):
        words = _begins_with(term.prefixes if prefix else term.stems) if prefix or stem else SearchWord.id.in_(alike[term])
        having = sa.select(RunWord.run_id).join(SearchWord, SearchWord.id == RunWord.word_id).where(words)
        conditions.append(CourseRun.id.in_(having))
    return conditions


def _begins_with(prefixes: Iterable[str]) -> sa.ColumnElement[bool]:
    ranges = (searching.prefix_range(prefix) for prefix in prefixes)
    return sa.or_(*(sa.and_(SearchWord.word >= low, SearchWord.word < high) for low, high in ranges))


def _which_occur(terms: Sequence[SearchTerm]) -> tuple[list[bool], list[bool]]:
    """For each term, whether some run has a word with one of its prefixes, and with one of its stems."""
    questions = [_occurs(term.prefixes) for term in terms] + [_occurs(term.stems) for term in terms]
    answers = [bool(answer) for answer in db.session.execute(sa.select(*questions)).one()]
    return answers[: len(terms)], answers[len(terms) :]


def _occurs(prefixes: Sequence[str]) -> sa.ColumnElement[bool]:
    if not prefixes:
        return sa.literal(0)
    words = sa.select(SearchWord.id).join(RunWord, RunWord.word_id == SearchWord.id).where(_begins_with(prefixes))
    return sa.case((words.exists(), 1), else_=0)


def _alike(terms: Sequence[SearchTerm]) -> dict[SearchTerm, list[int]]:
    """For each term, the ids of the words that are alike it, found by trigrams they share."""
    if not terms:
        return {}
    prefixes = {prefix for term in terms for prefix in term.prefixes}
    grams = set().union(*(searching.trigrams(prefix) for prefix in prefixes))
    candidates = db.session.execute(
        sa.select(SearchWord.id, SearchWord.word)
        .join(SearchGram, SearchGram.word_id == SearchWord.id)
        .where(SearchGram.gram.in_(sorted(grams)))
        .group_by(SearchWord.id, SearchWord.word)
        .having(sa.func.count() >= min(searching.least_shared(prefix) for prefix in prefixes))
        .order_by(SearchWord.id)
    ).all()
    return {
        term: [word_id for word_id, word in candidates if any(searching.is_alike(prefix, word) for prefix in term.prefixes)]
        for term in terms
    }


def texts_of_runs(run_ids: Sequence[int]) -> dict[int, list[str]]:
    """What a run is found by: titles, topic, place, trainers and code."""
    rows = db.session.execute(
        sa.select(
            CourseRun.id,
            CourseRun.code,
            CourseVersion.title_ka,
            CourseVersion.title_en,
            Topic.name_ka,
            Topic.name_en,
            Municipality.name_ka,
            Municipality.name_en,
            Region.name_ka,
            Region.name_en,
        )
        .join(CourseRun.version)
        .join(CourseRun.course)
        .join(Course.topic)
        .outerjoin(CourseRun.venue)
        .outerjoin(Venue.municipality)
        .outerjoin(Municipality.region)
        .where(CourseRun.id.in_(run_ids))
        .order_by(CourseRun.id)
    )
    texts = {row[0]: [text for text in row[1:] if text] for row in rows}
    trainers = db.session.execute(
        sa.select(RunTrainer.run_id, Person.given_name_ka, Person.family_name_ka, Person.given_name_latin, Person.family_name_latin)
        .join(RunTrainer.person)
        .where(RunTrainer.run_id.in_(run_ids))
        .order_by(RunTrainer.run_id, RunTrainer.position)
    )
    for run_id, *names in trainers:
        texts[run_id] += names
    return texts


def ids_of_words(words: Collection[str]) -> dict[str, int]:
    """The ids of those ``words`` that the vocabulary has."""
    statement = sa.select(SearchWord.word, SearchWord.id).where(SearchWord.word.in_(sorted(words))).order_by(SearchWord.id)
    rows = db.session.execute(statement) if words else ()
    return {row.word: row.id for row in rows}


def words_of_runs(run_ids: Sequence[int]) -> set[tuple[int, int]]:
    """The (word, run) pairs of these runs."""
    statement = sa.select(RunWord.word_id, RunWord.run_id).where(RunWord.run_id.in_(run_ids)).order_by(RunWord.run_id, RunWord.word_id)
    return {(row.word_id, row.run_id) for row in db.session.execute(statement)}
