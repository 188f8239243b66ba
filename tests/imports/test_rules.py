"""What headings and rows mean, whom they mean, and what is wrong with them: pure decisions."""

from __future__ import annotations

import pytest

from portal import imports
from portal.foundation.georgian import name_key
from portal.foundation.mail_texts import catalogue
from portal.imports.columns import Column, are_sound, guess_columns
from portal.imports.models import Verdict
from portal.imports.rules import Known, Matching, Reason, read_entry, with_standing
from portal.people.models import PostCategory
from portal.web.enrolment.import_templates import FIELDS
from portal.web.enrolment.import_words import COLUMNS, REASONS
from portal.web.labels import LABELS
from tests.imports import sheets

WHOLE = guess_columns(sheets.HEADINGS)


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["სახელი", "გვარი", "პ/ნ", "თანამდებობა"], ["given_name", "family_name", "personal_number", "title"]),
        (["№", "სახელი, გვარი", "პირადი №", "სამსახური"], ["", "name", "personal_number", "unit"]),
        (["გვარი, სახელი", "ელ.ფოსტა", "ტელ."], ["name_by_family", "email", "phone"]),
        (["LAST NAME", "First Name", "ID", "E-mail", "Mobile phone"], ["family_name", "given_name", "personal_number", "email", "phone"]),
        (["Name", "Surname"], ["name", "family_name"]),
        (["პირადი ნომერი (11 ციფრი)", "კატეგორია (აირჩიეთ)"], ["personal_number", "category"]),
        (["სტრუქტურული ერთეული", "დეპარტამენტი", "სახელი", "სახელი"], ["unit", "", "given_name", ""]),
        (["", "რაიმე", "Wage"], ["", "", ""]),
    ],
)
def test_headings_are_understood(headings, columns):
    assert guess_columns(headings) == columns


@pytest.mark.parametrize("language", ["ka", "en"])
def test_what_the_template_says_is_understood(language):
    texts = catalogue(language)
    in_language = [texts.gettext(COLUMNS[column]._args[0]) for column in FIELDS]
    assert guess_columns(in_language) == list(FIELDS)
    assert [imports.find_category(texts.gettext(words)) for words in LABELS["category"].values()] == list(PostCategory)


def test_every_reason_has_words():
    assert {"name_missing", "zero_lost", "twice", "same_name", "number_of_other", "not_for_category", "clash", "no_post"} <= set(REASONS)


def test_columns_are_named_once():
    assert are_sound(["name", "", ""], 3)
    assert not are_sound(["name"], 2)
    assert not are_sound(["name", "name"], 2)
    assert not are_sound(["secret"], 1)


def entry(number: int = 2, **changes: str):
    return read_entry(number, sheets.nominee(number, **changes), WHOLE)


def test_a_sound_row():
    sound = entry(3)
    assert (sound.family_name, sound.given_name, sound.personal_number) == ("მაისურაძე", "ნინო", "01000000003")
    assert sound.category == PostCategory.CIVIL_SERVANT
    assert (sound.wrong, sound.missing_person, sound.missing_post) == ((), (), ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"სახელი": ""}, "name_missing"),
        ({"გვარი": ""}, "name_missing"),
        ({"პირადი ნომერი": "1001012345"}, "zero_lost"),
        ({"პირადი ნომერი": "1.00101E+10"}, "number_wrong"),
        ({"პირადი ნომერი": "010010123456"}, "number_wrong"),
        ({"კატეგორია": "მეფე"}, "category_unknown"),
        ({"ელფოსტა": "nino(at)telavi"}, "email_wrong"),
        ({"ტელეფონი": "12"}, "phone_wrong"),
        ({"თანამდებობა": "ა" * 201}, "too_long"),
        ({"გვარი": "ა" * 81}, "too_long"),
    ],
)
def test_what_is_wrong_in_any_case(changes, code):
    assert entry(**changes).wrong == (Reason(code),)


@pytest.mark.parametrize(
    ("columns", "cells", "names"),
    [
        ([Column.NAME], ["ნინო ბერიძე კაპანაძე"], ("ნინო", "ბერიძე კაპანაძე")),
        ([Column.NAME_BY_FAMILY], ["ბერიძე კაპანაძე ნინო"], ("ნინო", "ბერიძე კაპანაძე")),
        ([Column.NAME], ["ნინო"], ("ნინო", "")),
        ([Column.NAME_BY_FAMILY], ["ბერიძე"], ("ბერიძე", "")),
        ([], [], ("", "")),
    ],
)
def test_names_in_one_column(columns, cells, names):
    read = read_entry(2, cells, columns)
    assert (read.given_name, read.family_name) == names


def known(person_id: int, *names: str, has_number: bool = False, post_id: int | None = 1) -> Known:
    return Known(person_id=person_id, keys=frozenset({name_key(*names)}), has_number=has_number, post_id=post_id)


def judge(*entries, by_number=None, here=(), answers=None):
    by_name: dict[str, list[Known]] = {}
    for one in here:
        for key in one.keys:
            by_name.setdefault(key, []).append(one)
    matching = Matching(by_number or {}, by_name, answers or {})
    return [matching.judge(one) for one in entries]


NINO = known(7, "მაისურაძე", "ნინო")


def test_nobody_known_is_new():
    (judged,) = judge(entry(3))
    assert (judged.verdict, judged.person_id, judged.rank) == (Verdict.NEW, None, 2)


def test_new_people_need_georgian_names_and_a_post():
    judged = judge(entry(3, სახელი="Nino", თანამდებობა="", კატეგორია=""))[0]
    assert [reason.code for reason in judged.reasons] == ["not_georgian", "title_missing", "category_missing"]
    assert judged.rank == 0


def test_known_by_number():
    by_number = {entry(3).personal_number: NINO}
    assert judge(entry(3, თანამდებობა=""), by_number=by_number)[0].verdict == Verdict.KNOWN
    assert judge(entry(3, სახელი="მაისურაძე", გვარი="ნინო"), by_number=by_number)[0].person_id == 7
    judged = judge(entry(3, სახელი="თამარ"), by_number=by_number)[0]
    assert (judged.verdict, judged.reasons, judged.person_id) == (Verdict.WRONG, (Reason("number_of_other"),), None)


def test_known_elsewhere_gets_a_post_here():
    elsewhere = known(7, "მაისურაძე", "ნინო", has_number=True, post_id=None)
    by_number = {entry(3).personal_number: elsewhere}
    assert judge(entry(3), by_number=by_number)[0].verdict == Verdict.MOVED
    assert judge(entry(3, თანამდებობა=""), by_number=by_number)[0].reasons == (Reason("title_missing"),)


def test_known_by_name_and_municipality():
    without = {"პირადი ნომერი": ""}
    assert judge(entry(3, **without), here=[NINO])[0].person_id == 7
    assert judge(entry(3), here=[NINO])[0].verdict == Verdict.ASK
    assert judge(entry(3), here=[known(7, "მაისურაძე", "ნინო", has_number=True)])[0].verdict == Verdict.NEW
    two = [NINO, known(8, "მაისურაძე", "ნინო")]
    asked = judge(entry(3, **without), here=two)[0]
    assert (asked.verdict, asked.candidates, asked.rank) == (Verdict.ASK, (7, 8), 1)
    assert judge(entry(3, **without), here=two, answers={3: 8})[0].person_id == 8
    assert judge(entry(3, **without), here=two, answers={3: 0})[0].verdict == Verdict.NEW
    assert judge(entry(3, **without), here=two, answers={3: 9})[0].verdict == Verdict.ASK


def test_twice_in_the_file():
    again = read_entry(9, sheets.nominee(3, სახელი="სხვა"), WHOLE)
    assert judge(entry(3), again)[1].reasons == (Reason("twice", 3),)
    namesake = read_entry(9, sheets.nominee(3, **{"პირადი ნომერი": ""}), WHOLE)
    assert judge(entry(3), namesake)[1].reasons == (Reason("same_name", 3),)
    other = read_entry(9, sheets.nominee(3, **{"პირადი ნომერი": "09000000001"}), WHOLE)
    assert judge(entry(3), other)[1].verdict == Verdict.NEW
    latin = read_entry(9, sheets.nominee(3, **{"სახელი": "Nino", "გვარი": "Maisuradze", "პირადი ნომერი": ""}), WHOLE)
    both = Known(person_id=7, keys=NINO.keys | {name_key("Maisuradze", "Nino")}, has_number=True, post_id=1)
    assert judge(entry(3), latin, by_number={entry(3).personal_number: both}, here=[both])[1].reasons == (Reason("twice", 3),)


def test_enrolled_people_and_those_who_may_not():
    (judged,) = judge(entry(3, **{"პირადი ნომერი": ""}), here=[NINO])
    assert with_standing(judged, enrolled=True, refusal="clash").verdict == Verdict.ENROLLED
    assert with_standing(judged, enrolled=False, refusal="clash").reasons == (Reason("clash"),)
    assert with_standing(judged, enrolled=False, refusal=None) == judged
    wrong = judge(entry(3, სახელი=""))[0]
    assert with_standing(wrong, enrolled=False, refusal="clash") == wrong
