"""The demo content and the list of municipalities: complete, in both languages, in clean Georgian."""

from __future__ import annotations

import csv
import itertools
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portal.foundation import georgian

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTAL = Path(__file__).parents[2] / "portal"
CATEGORIES = {
    "political_official",
    "sakrebulo_member",
    "civil_servant",
    "public_contract",
    "employment_contract",
    "municipal_entity",
    "other",
}
LATIN_ABBREVIATIONS = {"GIZ", "KS", "SALAR", "SDC", "UNDP", "UNICEF"}
COURSE_TEXTS = ("title", "short_description", "goal", "prerequisite", "teaching_method")


def read_content(name: str) -> Any:
    return json.loads((PORTAL / "demo" / "content" / f"{name}.json").read_text(encoding="utf-8"))


def read_municipalities(name: str = "municipalities") -> list[dict[str, str]]:
    text = (PORTAL / "municipalities" / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


TOPICS, COURSES, VENUES, PROJECTS, POSTS, TRAINERS, NAMES = map(
    read_content, ("topics", "courses", "venues", "projects", "posts", "trainers", "names")
)
LISTS = {"topics": TOPICS, "courses": COURSES, "venues": VENUES, "projects": PROJECTS, "trainers": TRAINERS, "units": POSTS["units"]}
TOPIC_CODES = {topic["code"] for topic in TOPICS}

each_course = pytest.mark.parametrize("course", COURSES, ids=lambda course: course["code"])


def walk_texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield (field, text) of every text inside, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk_texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from walk_texts(inner, field)
    elif isinstance(value, str):
        yield field, value


EVERYTHING = [*walk_texts([*LISTS.values(), POSTS["titles"], read_municipalities(), read_municipalities("municipalities_occupied")])]
GEORGIAN = [text for field, text in EVERYTHING if field.endswith("_ka")] + [text for _, text in walk_texts(NAMES)]
ENGLISH = [text for field, text in EVERYTHING if field.endswith("_en")]


def test_every_text_is_clean_and_has_no_mtavruli() -> None:
    texts = [text for _, text in EVERYTHING] + GEORGIAN
    assert [text for text in texts if text != georgian.clean_text(text)] == []


def test_georgian_texts_are_georgian_but_for_abbreviations() -> None:
    foreign = {word for text in GEORGIAN for word in re.findall(r"[^\W\d_]+", text) if not georgian.is_georgian(word)}
    assert foreign == LATIN_ABBREVIATIONS
    assert all(re.search("[ა-ჰ]", text) for text in GEORGIAN)


def test_english_texts_hold_no_georgian() -> None:
    assert [text for text in ENGLISH if not text.isascii()] == []
    assert all(ENGLISH)


def test_georgian_texts_use_georgian_quotes_and_no_double_marks() -> None:
    assert [text for text in GEORGIAN if re.search(r"[\"'«»]|\.\.|,,| [,.:;]", text)] == []
    assert [text for text in GEORGIAN if text.count("„") != text.count("“")] == []


@pytest.mark.parametrize("name", LISTS)
def test_codes_and_names_are_unique(name: str) -> None:
    rows = LISTS[name]
    for field in ("code", "name_ka", "name_en", "title_ka", "title_en"):
        values = [row[field] for row in rows if field in row]
        assert len(values) == len(set(values))


def test_both_languages_stand_side_by_side() -> None:
    for rows in (*LISTS.values(), POSTS["titles"], *(course["sessions"] for course in COURSES)):
        for row in rows:
            fields = {name.removesuffix("_ka") for name in row if name.endswith("_ka")}
            assert fields == {name.removesuffix("_en") for name in row if name.endswith("_en")}


# --- courses ---


@each_course
def test_a_course_holds_every_field_of_the_state_register(course: dict[str, Any]) -> None:
    assert all(course[f"{text}_{lang}"] for text in COURSE_TEXTS for lang in ("ka", "en"))
    assert len(course["learning_outcomes_ka"]) == len(course["learning_outcomes_en"]) >= 2
    assert course["topic"] in TOPIC_CODES
    assert course["target_categories"]
    assert set(course["target_categories"]) <= CATEGORIES
    assert 0 < course["min_group"] < course["max_group"]
    assert course["independent_hours"] >= 0
    assert course["validity_months"] is None or course["validity_months"] > 0


@each_course
def test_the_days_of_a_course_add_up_to_its_contact_hours(course: dict[str, Any]) -> None:
    assert sum(day["hours"] for day in course["sessions"]) == course["contact_hours"]
    assert all(0 < day["hours"] <= 8 for day in course["sessions"])


@each_course
def test_the_certificate_rule_can_be_met(course: dict[str, Any]) -> None:
    rule, methods = course["certificate"], course["assessment_methods"]
    assert 0 < rule["attendance_percent"] <= 100
    assert all(0 < method["min_points"] <= method["max_points"] for method in methods)
    if rule["score_percent"] is None:
        assert methods == []
    else:
        assert sum(method["max_points"] for method in methods) == 100
        assert sum(method["min_points"] for method in methods) <= rule["score_percent"] <= 100


@each_course
def test_a_credit_stands_for_at_least_twenty_five_hours(course: dict[str, Any]) -> None:
    assert course["contact_hours"] + course["independent_hours"] >= 25 * (course["credits"] or 0)


def test_no_course_is_called_basic() -> None:
    texts = [text for _, text in walk_texts(COURSES)]
    assert [text for text in texts if re.search(r"ძირითად|საბაზის|\bbasics?\b", text.casefold())] == []


def test_there_are_enough_courses_and_every_topic_has_one() -> None:
    assert len(COURSES) >= 21
    assert {course["topic"] for course in COURSES} == TOPIC_CODES


def test_every_category_of_post_has_courses() -> None:
    assert {category for course in COURSES for category in course["target_categories"]} == CATEGORIES


# --- places, projects, people ---


def test_venues_stand_in_municipalities_and_one_is_online() -> None:
    codes = {row["code"] for row in read_municipalities()}
    assert [venue["code"] for venue in VENUES if venue["kind"] == "online"] == ["online"]
    assert all(venue["municipality"] in codes for venue in VENUES if venue["kind"] == "in_person")
    assert all(venue["capacity"] > 0 for venue in VENUES)


def test_projects_end_after_they_start() -> None:
    assert len(PROJECTS) == 6
    assert all(date.fromisoformat(row["starts"]) < date.fromisoformat(row["ends"]) for row in PROJECTS)


def test_posts_cover_every_category_and_only_civil_servants_have_a_rank() -> None:
    titles, units = POSTS["titles"], {unit["code"] for unit in POSTS["units"]}
    assert {title["category"] for title in titles} == CATEGORIES
    assert {title["rank"] for title in titles if title["category"] == "civil_servant"} == {"I", "II", "III", "IV"}
    assert all(title["rank"] is None for title in titles if title["category"] != "civil_servant")
    assert all(title["units"] and set(title["units"]) <= units for title in titles)
    keys = [(title["category"], title["title_ka"]) for title in titles]
    assert len(keys) == len(set(keys))


def test_sakrebulo_members_have_each_role() -> None:
    roles = {title["sakrebulo_role"] for title in POSTS["titles"] if title["category"] == "sakrebulo_member"}
    assert roles == {"chair", "deputy_chair", "commission_chair", "faction_chair", "member"}


def test_trainers_teach_known_topics_and_every_topic_has_a_trainer() -> None:
    assert {topic for trainer in TRAINERS for topic in trainer["topics"]} == TOPIC_CODES
    for trainer in TRAINERS:
        assert trainer["sex"] in {"female", "male"}
        assert trainer["first_name_en"] == georgian.romanise_name(trainer["first_name_ka"])
        assert trainer["last_name_en"] == georgian.romanise_name(trainer["last_name_ka"])


def test_there_are_names_enough_for_a_crowd() -> None:
    lists = [NAMES["first_names"]["female"], NAMES["first_names"]["male"], NAMES["surnames"]]
    assert [len(names) >= least for names, least in zip(lists, (60, 60, 150), strict=True)] == [True] * 3
    assert all(len(names) == len(set(names)) for names in lists)
    assert not set(lists[0]) & set(lists[1])


# --- municipalities ---


def test_sixty_four_municipalities_have_a_tile_each_in_the_order_of_the_file() -> None:
    rows = read_municipalities()
    assert [int(row["tile"]) for row in rows] == list(range(64))
    assert sum(row["kind"] == "city" for row in rows) == 5
    assert {row["kind"] for row in rows} == {"city", "community"}


def test_tiles_of_a_region_lie_side_by_side() -> None:
    regions = [row["region_iso"] for row in read_municipalities()]
    changes = 1 + sum(one != other for one, other in itertools.pairwise(regions))
    assert changes == len(set(regions)) == 11


def test_occupied_municipalities_stand_apart_without_a_tile() -> None:
    occupied = read_municipalities("municipalities_occupied")
    assert len(occupied) == 5
    assert all(row["tile"] == "" for row in occupied)
    assert not {row["code"] for row in occupied} & {row["code"] for row in read_municipalities()}


def test_full_names_end_with_the_word_for_municipality() -> None:
    for row in read_municipalities() + read_municipalities("municipalities_occupied"):
        assert row["full_name_ka"].endswith(" მუნიციპალიტეტი")
        assert row["full_name_en"].endswith(" Municipality")
        assert (row["kind"] == "city") == row["full_name_ka"].startswith("ქალაქ ")
