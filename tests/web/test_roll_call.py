"""The roll call: one page, big rows, saved without JavaScript; what others recorded meanwhile is never silently lost."""

from __future__ import annotations

import io

import pikepdf
import pytest
import sqlalchemy as sa

from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from tests import factories
from tests.attendance.hall import Hall, many
from tests.statements import counting


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def all_present(hall) -> dict[str, str]:
    return {f"mark-{key}": "present" for key in hall.keys}


def test_the_roll_shows_family_names_in_georgian_order_with_their_municipality(trainer, hall):
    shown = trainer.get(hall.path)
    assert shown.texts(".roll-who") == ["აბულაძე ნანა", "არველაძე გიორგი", "ბაქრაძე მაია"]
    assert shown.texts(".roll-who + span") == ["თელავი"] * 3


def test_there_is_one_radio_group_for_each_person_and_nobody_is_marked_at_first(trainer, hall):
    shown = trainer.get(hall.path)
    assert len(shown.all("[role=radiogroup]")) == 3
    assert {field.get("name") for field in shown.all("input[type=radio]")} == {f"mark-{key}" for key in hall.keys}
    assert shown.all("input[type=radio][checked]") == []


def test_marks_are_saved_and_shown_again(trainer, hall):
    trainer.get(hall.path)
    first, second, _third = hall.keys
    answer = trainer.submit(**{f"mark-{first}": "present", f"mark-{second}": "absent"})
    assert answer.status == 303
    shown = trainer.follow()
    assert hall.marks() == [(first, "present"), (second, "absent")]
    checked = {(field.get("name"), field.get("value")) for field in shown.all("input[type=radio][checked]")}
    assert checked == {(f"mark-{first}", "present"), (f"mark-{second}", "absent")}
    assert shown.texts(".bar [data-roll-present]") == ["1"]
    assert shown.texts(".bar [data-roll-unmarked]") == ["1"]
    assert "ლევან მაისურაძე" in shown.text


def test_everyone_present_is_a_link_that_saves_nothing(trainer, hall):
    trainer.get(hall.path)
    shown = trainer.get(f"{hall.path}?all=present")
    assert len(shown.all("input[value=present][checked]")) == 3
    assert hall.marks() == []
    trainer.submit(**{f"mark-{hall.keys[2]}": "absent"})
    assert hall.marks() == [(hall.keys[0], "present"), (hall.keys[1], "present"), (hall.keys[2], "absent")]


def test_everyone_present_leaves_what_was_marked_before(trainer, hall):
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{hall.keys[1]}": "absent"})
    shown = trainer.get(f"{hall.path}?all=present")
    assert len(shown.all("input[value=present][checked]")) == 2
    assert len(shown.all("input[value=absent][checked]")) == 1


def test_late_and_left_early_are_kept_in_minutes(trainer, hall):
    trainer.get(hall.path)
    key = hall.keys[0]
    trainer.submit(**{f"mark-{key}": "other", f"late-{key}": " 20 ", f"left-{key}": "45"})
    (fact,) = hall.facts()
    assert (fact.mark, fact.from_minute, fact.to_minute) == ("present", 20, 435)
    shown = trainer.follow()
    assert shown.all(f"#late-{key}")[0].get("value") == "20"
    assert shown.all(f"#left-{key}")[0].get("value") == "45"
    assert shown.texts(".bar [data-roll-present]") == ["1"]


def test_excused_is_kept_with_its_reason_and_is_not_present(trainer, hall):
    trainer.get(hall.path)
    key = hall.keys[0]
    trainer.submit(**{f"mark-{key}": "other", f"excused-{key}": "1", f"reason-{key}": "ავად არის"})
    (fact,) = hall.facts()
    assert (fact.mark, fact.from_minute, fact.reason) == ("excused", None, "ავად არის")
    assert trainer.follow().texts(".bar [data-roll-present]") == ["0"]


def test_saving_again_without_a_change_writes_nothing(trainer, hall):
    trainer.get(hall.path)
    trainer.submit(**all_present(hall))
    trainer.follow()
    trainer.submit()
    assert len(hall.marks()) == 3


def test_a_form_sent_twice_writes_once(trainer, hall):
    shown = trainer.get(hall.path)
    data = dict(shown.form(hall.path).form_values()) | all_present(hall)
    assert [trainer.post(hall.path, data).status for _ in range(2)] == [303, 303]
    assert len(hall.marks()) == 3


def test_a_form_sent_twice_does_not_undo_the_correction_between(trainer, page, cast, hall):
    shown = trainer.get(hall.path)
    data = dict(shown.form(hall.path).form_values()) | all_present(hall)
    trainer.post(hall.path, data)
    key = hall.keys[0]
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{key}": "absent"})
    trainer.post(hall.path, data)
    assert hall.marks()[-1] == (key, "absent")
    assert len(hall.marks()) == 4


def test_back_and_another_mark_is_a_correction_of_ones_own(trainer, hall):
    shown = trainer.get(hall.path)
    data = dict(shown.form(hall.path).form_values()) | all_present(hall)
    trainer.post(hall.path, data)
    key = hall.keys[0]
    assert trainer.post(hall.path, data | {f"mark-{key}": "absent"}).status == 303
    assert hall.marks()[-1] == (key, "absent")


def test_a_contradiction_is_shown_and_nothing_is_lost(trainer, app, cast, hall):
    trainer.get(hall.path)
    staff = type(trainer)(app).sign_in(cast.staff)
    key, other = hall.keys[:2]
    staff.get(hall.path)
    assert staff.submit(**{f"mark-{key}": "absent", f"mark-{other}": "present"}).status == 303

    answer = trainer.submit(**{f"mark-{key}": "present", f"mark-{hall.keys[2]}": "present"})
    assert answer.status == 422
    assert len(hall.marks()) == 2
    assert [line for line in answer.texts(".roll-name .wrong") if "ანა წერეთელი" in line]
    checked = {(field.get("name"), field.get("value")) for field in answer.all("input[type=radio][checked]")}
    assert checked == {(f"mark-{key}", "present"), (f"mark-{other}", "present"), (f"mark-{hall.keys[2]}", "present")}

    assert trainer.submit().status == 303
    assert hall.marks()[2:] == [(key, "present"), (hall.keys[2], "present")]


def test_what_others_recorded_stays_where_the_form_was_left_alone(trainer, app, cast, hall):
    trainer.get(hall.path)
    staff = type(trainer)(app).sign_in(cast.staff)
    staff.get(hall.path)
    staff.submit(**{f"mark-{hall.keys[0]}": "absent"})
    assert trainer.submit(**{f"mark-{hall.keys[1]}": "present"}).status == 303
    assert hall.marks() == [(hall.keys[0], "absent"), (hall.keys[1], "present")]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"late": "ოცი"}, "late"),
        ({"late": "²"}, "late"),
        ({"late": "٣"}, "late"),
        ({"late": "-5"}, "late"),
        ({"late": "99999999999999999999"}, "late"),
        ({"late": "480"}, "late"),
        ({"late": "300", "left": "180"}, "left"),
        ({}, "late"),
        ({"excused": "1", "reason": " \u200b "}, "reason"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_beside_the_person_and_the_form_comes_back(trainer, hall, fields, place):
    key, other = hall.keys[:2]
    trainer.get(hall.path)
    sent = {f"mark-{key}": "other", f"mark-{other}": "absent"} | {f"{name}-{key}": value for name, value in fields.items()}
    answer = trainer.submit(**sent)
    assert answer.status == 422
    assert len(answer.texts(".roll-name .wrong")) == 1
    assert answer.all(f".summary a[href='#person-{key}']")
    assert answer.all(f"input[name='mark-{other}'][value=absent][checked]")
    assert answer.tree.findtext(".//title").startswith("შეცდომა") or answer.tree.findtext(".//title").startswith("Error")
    if place in fields and place != "reason":
        assert answer.all(f"#{place}-{key}")[0].get("value") == fields[place].strip()
    assert hall.marks() == []


@pytest.mark.parametrize(
    "data",
    [
        {"mark-999999": "absent", "seen": "x" * 500},
        {"mark-²": "present"},
        {"mark-99999999999999999999999": "present"},
        {"mark-": "present", "late-": "1"},
        {"seen": "-1", "client": "ა" * 3000, "reason": "\ud7ff" * 9000},
        {},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(trainer, hall, data):
    assert trainer.post(hall.path, data).status == 303
    assert hall.marks() == []


def test_one_person_under_two_spellings_of_a_number_is_marked_once(trainer, hall):
    key = hall.keys[0]
    answer = trainer.post(hall.path, {f"mark-{key}": "present", f"mark-0{key}": "absent", "client": "abc", "seen": "0"})
    assert answer.status == 303
    assert len(hall.marks()) == 1


def test_an_unknown_mark_is_refused(trainer, hall):
    assert trainer.post(hall.path, {f"mark-{hall.keys[0]}": "sleeping"}).status == 422
    assert hall.marks() == []


def test_a_person_of_another_run_cannot_be_marked_here(trainer, cast, hall):
    elsewhere = factories.enrolment(factories.run(), cast.colleague)
    trainer.post(hall.path, {f"mark-{elsewhere.id}": "present"})
    assert hall.marks() == []
    assert trainer.follow().all(".tone-warn")


def test_an_older_mark_is_corrected_only_with_a_reason_when_the_day_is_long_over(trainer, cast):
    hall = Hall(cast, day=-5)
    key = hall.keys[0]
    trainer.get(hall.path)
    assert trainer.submit(**{f"mark-{key}": "present"}).status == 303
    trainer.follow()
    refused = trainer.submit(**{f"mark-{key}": "absent"})
    assert refused.status == 422
    assert refused.all("#reason[aria-invalid]")
    assert trainer.submit(reason="ხელმოწერა არ არის").status == 303
    assert [(fact.mark, fact.reason) for fact in hall.facts()] == [("present", ""), ("absent", "ხელმოწერა არ არის")]


def test_corrections_are_listed_with_who_when_and_why(trainer, hall):
    key = hall.keys[0]
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{key}": "present"})
    trainer.follow()
    trainer.submit(**{f"mark-{key}": "other", f"excused-{key}": "1", f"reason-{key}": "ავად არის"})
    shown = trainer.get(f"{hall.path}/history")
    (row,) = shown.all("tbody tr")
    said = row.text_content()
    assert "აბულაძე ნანა" in said
    assert "მაისურაძე ლევან" in said
    assert "ავად არის" in said


def test_a_session_without_corrections_says_so(trainer, hall):
    assert trainer.get(f"{hall.path}/history").all(".empty")


def test_a_roll_call_leaves_one_history_row_with_counts_and_no_names(trainer, hall):
    trainer.get(hall.path)
    first, second, third = hall.keys
    trainer.submit(**{f"mark-{first}": "present", f"mark-{second}": "present", f"mark-{third}": "absent"})
    (row,) = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "attendance:mark"))
    assert row.change == {"first": 3, "corrected": 0, "present": 2, "absent": 1}
    assert (row.subject_kind, row.subject_id, row.personal) == ("course_session", str(hall.session.id), None)


def test_people_without_a_place_are_not_on_the_roll(trainer, cast, hall):
    hall.enrolments[0].state = "withdrawn"
    factories.enrolment(hall.run, cast.learner, "waiting")
    assert trainer.get(hall.path).texts(".roll-who") == ["არველაძე გიორგი", "ბაქრაძე მაია"]


def test_a_run_without_participants_says_what_to_do(trainer, cast):
    hall = Hall(cast, names=[])
    shown = trainer.get(hall.path)
    assert shown.all(".empty")
    assert shown.all(f"a[href$='{hall.path}/walk-in']")


def test_a_session_that_has_not_begun_says_so(trainer, cast):
    shown = trainer.get(Hall(cast, day=3).path)
    assert shown.all(".verdict")
    assert shown.texts(".roll-who") == ["აბულაძე ნანა", "არველაძე გიორგი", "ბაქრაძე მაია"]
    assert not shown.all("input[type=radio]")


def test_marks_for_a_later_day_are_refused_and_stay_as_they_were_set(trainer, cast):
    hall = Hall(cast, day=1)
    first, second, _third = hall.keys
    sent = {f"mark-{first}": "present", f"mark-{second}": "other", f"late-{second}": "20"}
    refused = trainer.post(hall.path, sent)
    assert (refused.status, len(refused.all(".summary li"))) == (422, 1)
    assert {field.get("name") for field in refused.all("input[type=radio][checked]")} == {f"mark-{first}", f"mark-{second}"}
    assert refused.tree.get_element_by_id(f"late-{second}").get("value") == "20"
    assert hall.marks() == []


def test_another_trainer_does_not_know_of_the_session(page, cast, hall):
    page.sign_in(cast.other_trainer)
    for path in ("", "/history", "/sheet.pdf", "/walk-in", "/walk-in/new"):
        assert page.get(hall.path + path).status == 404
    assert page.post(hall.path, all_present(hall)).status == 404
    assert hall.marks() == []


@pytest.mark.parametrize("who", ["learner", "coordinator"])
def test_who_does_not_teach_may_not_open_a_roll_call(page, cast, hall, who):
    page.sign_in(getattr(cast, who))
    assert page.get(hall.path).status == 403
    assert page.post(hall.path, all_present(hall)).status == 403


def test_a_cancelled_session_has_no_roll_call(trainer, hall):
    hall.session.cancelled = True
    assert trainer.get(hall.path).status == 404
    assert trainer.post(hall.path, all_present(hall)).status == 404


def test_the_sheet_comes_as_a_pdf_of_one_or_two_pages(trainer, cast):
    hall = Hall(cast, names=many(30))
    answer = trainer.get(f"{hall.path}/sheet.pdf")
    body = answer.response.get_data()
    assert answer.response.mimetype == "application/pdf"
    assert body.startswith(b"%PDF-")
    assert len(body) <= 100_000
    with pikepdf.open(io.BytesIO(body)) as pdf:
        assert len(pdf.pages) <= 2
    assert f"sheet-{hall.run.code}-" in answer.response.headers["Content-Disposition"]


def test_the_roll_of_a_large_run_takes_no_more_statements(trainer, cast):
    # sign-in, session in scope, roll, newest head count, files kept with the session, how the run counts attendance
    small, large = Hall(cast), Hall(cast, names=many(40))
    counted = []
    for hall in (small, large):
        trainer.get(hall.path)
        with counting() as statements:
            trainer.get(hall.path)
        counted.append(len(statements))
    assert counted == [5, 5], statements


def test_a_saved_roll_call_writes_all_facts_in_one_statement(trainer, cast):
    hall = Hall(cast, names=many(30))
    trainer.get(hall.path)
    with counting() as statements:
        assert trainer.submit(**all_present(hall)).status == 303
    assert len([statement for statement in statements if "INSERT INTO attendance_fact" in statement]) == 1
    assert len(hall.marks()) == 30


def test_the_english_page_names_people_in_latin_letters(trainer, hall):
    assert trainer.get(f"/en{hall.path}").texts(".roll-who") == ["Abuladze Nana", "Arveladze Giorgi", "Bakradze Maia"]


def test_marks_belong_to_the_enrolment_even_after_it_is_completed(trainer, hall):
    db.session.execute(sa.update(Enrolment).where(Enrolment.run_id == hall.run.id).values(state="completed"))
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{hall.keys[0]}": "present"})
    assert hall.marks() == [(hall.keys[0], "present")]
