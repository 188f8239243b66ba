"""Attendance typed in from the signed sheet: the same rows under the same numbers, and who signed in the blank ones."""

from __future__ import annotations

import pytest

from portal import attendance, enrolment
from portal.attendance import MarkWish
from portal.attendance.models import Mark
from tests import factories
from tests.attendance.hall import Hall, many
from tests.statements import counting


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def paper(hall):
    return f"{hall.path}/from-paper"


def checked(shown):
    return {(field.get("name"), field.get("value")) for field in shown.all("input[type=radio][checked]")}


def test_the_rows_stand_as_on_the_sheet_under_their_numbers_and_the_blank_ones_follow(trainer, cast, hall):
    enrolment.admit_on_the_day(hall.run.id, factories.person_with_account("ანა", "აბაშიძე").id, by=cast.trainer.id)
    shown = trainer.get(paper(hall))
    assert shown.texts(".roll-who") == ["აბულაძე ნანა", "არველაძე გიორგი", "ბაქრაძე მაია", "აბაშიძე ანა"]
    assert shown.texts(".roll-number") == ["1", "2", "3", "4", "5", "6", "7"]
    sheet = attendance.sheet_to_print(attendance.get_taught_session(hall.session.id, taught_by=None))
    assert [row.name_ka for row in sheet.rows] == shown.texts(".roll-who")


def test_the_focus_begins_in_the_first_row_without_a_mark(trainer, hall):
    (focused,) = trainer.get(paper(hall)).all("[autofocus]")
    assert (focused.get("name"), focused.get("value")) == (f"mark-{hall.keys[0]}", "present")
    trainer.submit(**{f"mark-{hall.keys[0]}": "present"})
    (focused,) = trainer.follow().all("[autofocus]")
    assert focused.get("name") == f"mark-{hall.keys[1]}"


def test_marks_are_saved_as_from_paper_and_shown_again(trainer, hall):
    first, second, third = hall.keys
    trainer.get(paper(hall))
    assert (
        trainer.submit(**{f"mark-{first}": "present", f"mark-{second}": "absent", f"mark-{third}": "other", f"late-{third}": "20"}).status
        == 303
    )
    shown = trainer.follow()
    assert [(fact.mark, fact.from_minute, fact.source) for fact in hall.facts()] == [
        ("present", 0, "paper"),
        ("absent", None, "paper"),
        ("present", 20, "paper"),
    ]
    assert checked(shown) == {(f"mark-{first}", "present"), (f"mark-{second}", "absent"), (f"mark-{third}", "other")}
    assert shown.all(f"#late-{third}")[0].get("value") == "20"


def test_what_the_sheet_cannot_say_stays_as_it_was_recorded(trainer, cast, hall):
    first, second, third = hall.keys
    wishes = [
        MarkWish(first, Mark.EXCUSED, reason="ავად არის"),
        MarkWish(second, Mark.PRESENT, left=45, reason=""),
        MarkWish(third, Mark.PRESENT, late=10, reason="თოვლი"),
    ]
    attendance.record_marks(hall.session.id, wishes, by=cast.staff.id)
    shown = trainer.get(paper(hall))
    assert "ავად არის" in shown.text
    assert trainer.submit().status == 303
    assert len(hall.facts()) == 3
    trainer.follow()
    trainer.submit(**{f"mark-{first}": "present"})
    assert [(fact.enrolment_id, fact.mark, fact.source) for fact in hall.facts()[3:]] == [(first, "present", "paper")]


@pytest.mark.parametrize("minutes", ["", "ოცი", "480", "²"])
def test_minutes_that_cannot_be_are_refused_beside_the_person_and_all_that_was_typed_stays(trainer, hall, minutes):
    key, other = hall.keys[:2]
    trainer.get(paper(hall))
    answer = trainer.submit(**{f"mark-{key}": "other", f"late-{key}": minutes, f"mark-{other}": "absent", "name": ["ლომიძე", "", ""]})
    assert answer.status == 422
    assert len(answer.texts(".roll-name .wrong")) == 1
    assert answer.all(f".summary a[href='#person-{key}']")
    assert checked(answer) == {(f"mark-{key}", "other"), (f"mark-{other}", "absent")}
    assert answer.all(f"#late-{key}")[0].get("value") == minutes
    assert answer.all("#name-1")[0].get("value") == "ლომიძე"
    assert answer.texts(".roll-number") == ["1", "2", "3", "4", "5", "6"]
    assert answer.all("[autofocus]") == []
    assert hall.marks() == []


def test_what_others_recorded_meanwhile_is_shown_and_saving_again_decides(trainer, cast, hall):
    key = hall.keys[0]
    trainer.get(paper(hall))
    attendance.record_marks(hall.session.id, [MarkWish(key, Mark.ABSENT)], by=cast.staff.id)
    answer = trainer.submit(**{f"mark-{key}": "present"})
    assert answer.status == 422
    assert "წერეთელი" in answer.texts(".roll-name .wrong")[0]
    assert checked(answer) == {(f"mark-{key}", "present")}
    assert trainer.submit().status == 303
    assert hall.marks() == [(key, "absent"), (key, "present")]


def test_a_form_sent_twice_writes_once(trainer, hall):
    shown = trainer.get(paper(hall))
    data = dict(shown.form().form_values()) | {f"mark-{key}": "present" for key in hall.keys}
    assert [trainer.post(paper(hall), data).status for _ in range(2)] == [303, 303]
    assert len(hall.marks()) == 3


def test_a_mark_is_corrected_only_with_a_reason_when_the_day_is_long_over(trainer, cast):
    hall = Hall(cast, day=-5)
    key = hall.keys[0]
    trainer.get(paper(hall))
    assert trainer.submit(**{f"mark-{key}": "present"}).status == 303
    trainer.follow()
    refused = trainer.submit(**{f"mark-{key}": "absent"})
    assert (refused.status, len(refused.all("#reason[aria-invalid]"))) == (422, 1)
    assert trainer.submit(reason="ხელმოწერა არ არის").status == 303
    assert hall.facts()[-1].reason == "ხელმოწერა არ არის"


def test_who_signed_in_a_blank_row_is_found_added_and_marked_and_the_other_names_wait(trainer, cast, hall):
    trainer.get(paper(hall))
    assert trainer.submit(**{f"mark-{hall.keys[0]}": "present", "name": ["ლომიძე", " ახალაია ", ""]}).status == 303
    shown = trainer.follow()
    assert hall.marks() == [(hall.keys[0], "present")]
    assert [field.get("value") for field in shown.all("input[name=name]")] == ["ლომიძე", "ახალაია", ""]
    first, _second = shown.all("main a[href*='walk-in']")
    assert trainer.get(first.get("href")).all("#q")[0].get("value") == "ლომიძე"
    assert trainer.submit().status == 303
    shown = trainer.follow()
    assert shown.texts(".roll-who")[-1] == "ლომიძე დავით"
    assert [field.get("value") for field in shown.all("input[name=name]")] == ["ახალაია", "", ""]
    (link,) = shown.all("main a[href*='walk-in']")
    shown = trainer.get(link.get("href"))
    shown = trainer.get(shown.all("main a[href*='/walk-in/new']")[0].get("href"))
    new = {"family_name": "ახალაია", "given_name": "ზაზა", "municipality": "kutaisi", "category": "other", "title": "სპეციალისტი"}
    form = dict(shown.form().form_values()) | new
    assert trainer.post(shown.response.request.full_path.removeprefix("/ka"), form).status == 303
    shown = trainer.follow()
    assert shown.texts(".roll-who")[-2:] == ["ლომიძე დავით", "ახალაია ზაზა"]
    assert [field.get("value") for field in shown.all("input[name=name]")] == ["", "", ""]
    assert len(shown.all("[autofocus]")) == 1


def test_somebody_added_from_the_roll_call_comes_back_to_the_roll_call(trainer, cast, hall):
    trainer.get(f"{hall.path}/walk-in?q=ლომიძე")
    trainer.submit()
    assert "from-paper" not in trainer.page.location


def test_a_trainer_cannot_add_people_after_the_day_and_is_told_whom_to_ask(trainer, page, app, cast):
    hall = Hall(cast, day=-5)
    assert trainer.get(paper(hall)).all("input[name=name]") == []
    assert len(type(page)(app).sign_in(cast.staff).get(paper(hall)).all("input[name=name]")) == 3


@pytest.mark.parametrize("names", [["x" * 5000] * 50, ["\u200b", "  "], ['"><script>']])
def test_names_of_any_kind_do_no_harm(trainer, hall, names):
    answer = trainer.post(paper(hall), {"name": names})
    assert answer.status == 303
    shown = trainer.follow()
    assert len(shown.all("input[name=name]")) == 3


def test_a_session_of_a_later_day_cannot_be_typed_in(trainer, cast):
    hall = Hall(cast, day=1)
    assert trainer.get(paper(hall)).all("input[type=radio]") == []
    refused = trainer.post(paper(hall), {f"mark-{hall.keys[0]}": "present"})
    assert (refused.status, checked(refused)) == (422, {(f"mark-{hall.keys[0]}", "present")})
    assert hall.marks() == []


def test_a_run_without_participants_says_what_to_do(trainer, cast):
    assert trainer.get(paper(Hall(cast, names=[]))).all(".empty a[href$='/walk-in']")


def test_another_trainer_does_not_know_of_it(page, cast, hall):
    page.sign_in(cast.other_trainer)
    assert page.get(paper(hall)).status == 404
    assert page.post(paper(hall), {f"mark-{hall.keys[0]}": "present"}).status == 404
    assert hall.marks() == []


def test_who_lost_the_place_meanwhile_is_told(trainer, hall):
    trainer.get(paper(hall))
    hall.enrolments[0].state = "withdrawn"
    assert trainer.submit(**{f"mark-{hall.keys[0]}": "present"}).status == 303
    assert trainer.follow().all(".tone-warn")


def test_a_large_run_takes_no_more_statements(trainer, cast):
    # sign-in, session in scope, roll, who was added on the day
    counted = []
    for hall in (Hall(cast), Hall(cast, names=many(40))):
        trainer.get(paper(hall))
        with counting() as statements:
            trainer.get(paper(hall))
        counted.append(len(statements))
    assert counted == [4, 4], statements


def test_the_roll_call_leads_to_it_and_both_show_the_same_marks(trainer, hall):
    (link,) = trainer.get(hall.path).all("a[href$='/from-paper']")
    trainer.get(link.get("href"))
    trainer.submit(**{f"mark-{hall.keys[1]}": "absent"})
    assert checked(trainer.get(hall.path)) == {(f"mark-{hall.keys[1]}", "absent")}
