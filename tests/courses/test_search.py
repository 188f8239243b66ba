"""Search finds a run however its words are typed, and the same runs on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import courses
from portal.courses.models import RunWord, SearchGram, SearchWord
from portal.foundation import clock, searching
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.courses.values import course_values

COURSES = {
    "BUY": ("სახელმწიფო შესყიდვები მუნიციპალიტეტში", "State procurement"),
    "LAW": ("სამართალშემოქმედება", "Legal drafting"),
    "BUDGET": ("სამოქალაქო ბიუჯეტი", "Participatory budgeting"),
}


@pytest.fixture
def runs(app):
    topic = factories.topic(name_ka="მართვა", name_en="Management")
    levan = factories.person("ლევან", "მაისურაძე")
    made = [
        factories.run(
            factories.course(title_ka=ka, title_en=en, topic_id=topic.id),
            code=code,
            venue_id=factories.venue(place).id,
            trainers=trainers,
            days=1,
        )
        for (code, (ka, en)), place, trainers in zip(COURSES.items(), ("telavi", "zugdidi", "kutaisi"), ((levan,), (), ()), strict=True)
    ]
    courses.index_runs([run.id for run in made])
    commit()
    return made


def found(text):
    page = courses.list_public_runs(courses.RunFilter(text=text), at=clock.now())
    return sorted(run.code for run in page.runs)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("შესყიდვები", ["BUY"]),
        ("შესყიდვების", ["BUY"]),
        ("შესყ", ["BUY"]),
        ("shesyidvebi", ["BUY"]),
        ("shesqidvebi", ["BUY"]),
        ("Sesyidvebi", ["BUY"]),
        ("SESYIDVEBI", ["BUY"]),
        ("შესყიდვბი", ["BUY"]),
        ("shesqidebi", ["BUY"]),
        ("შესყიდვები თელავი", ["BUY"]),
        ("თელავში", ["BUY"]),
        ("შესყიდვები ქუთაისი", []),
        ("kutaisi", ["BUDGET"]),
        ("imereti", ["BUDGET"]),
        ("მაისურაძე", ["BUY"]),
        ("Levan Maisuradze", ["BUY"]),
        ("management", ["BUDGET", "BUY", "LAW"]),
        ("BUDGET", ["BUDGET"]),
        ("legal draft", ["LAW"]),
        ("ᲨᲔᲡᲧᲘᲓᲕᲔᲑᲘ", ["BUY"]),
        ("  ", ["BUDGET", "BUY", "LAW"]),
        ("და", []),
        ("%", ["BUDGET", "BUY", "LAW"]),
        ("xgzrtlpm", []),
    ],
)
def test_runs_are_found_by(runs, typed, codes):
    assert found(typed) == codes


def test_trainers_place_and_title_are_searchable_as_soon_as_they_change(runs):
    run = runs[1]
    courses.set_trainers(run, [factories.person("ეკატერინე", "წიკლაური").id], by=None)
    courses.change_course(run.course, course_values(run.course.topic_id, title_ka="კანონშემოქმედება", title_en="Law making"), by=None)
    assert found("წიკლაური") == ["LAW"]
    assert found("tsiklauri") == ["LAW"]
    courses.set_trainers(run, [], by=None)
    assert found("წიკლაური") == []


def test_indexing_again_changes_nothing(runs):
    count = sa.select(sa.func.count())
    before = [db.session.scalar(count.select_from(table)) for table in (SearchWord, SearchGram, RunWord)]
    courses.index_runs([run.id for run in runs])
    assert [db.session.scalar(count.select_from(table)) for table in (SearchWord, SearchGram, RunWord)] == before


def test_vocabulary_counts_the_trigrams_of_each_word(runs):
    for word, count in db.session.execute(sa.select(SearchWord.word, SearchWord.gram_count)):
        assert count == len(searching.trigrams(word))


def test_word_that_no_run_has_any_more_does_not_hide_words_that_are_alike(runs):
    # "wesyidvebi" stays in the vocabulary; a search for it must go on to what runs have
    run = runs[2]
    courses.change_course(run.course, course_values(run.course.topic_id, title_ka="შესყიდვბი"), by=None)
    courses.change_course(run.course, course_values(run.course.topic_id, title_ka="ბიუჯეტი", title_en="Budget"), by=None)
    assert found("შესყიდვბი") == ["BUY"]
