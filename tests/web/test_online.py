"""The report of an online meeting becomes marks: upload, preview, questions, confirmation; nothing is saved before, and never twice."""

from __future__ import annotations

import io
import time
from datetime import timedelta

import pytest

from portal import attendance
from portal.attendance.models import Mark
from portal.foundation.database import db
from portal.web.attendance import online_form
from tests import factories
from tests.attendance import meetings
from tests.attendance.hall import Hall, many
from tests.imports import hostile, sheets
from tests.statements import counting


@pytest.fixture
def hall(cast) -> Hall:
    return Hall(cast, day=-1)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def moment(hall, minutes: float) -> str:
    """So many minutes after the start of the session, as a program writes it."""
    return f"{hall.session.starts_at + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def row(hall, name: str, start: float, end: float, email: str = "") -> list[str]:
    return [name, email, moment(hall, start), moment(hall, end)]


def upload(page, hall, data: bytes, name: str = "report.csv"):
    """Choose the file and press the button."""
    page.get(f"{hall.path}/online")
    return page.submit(None, file=(io.BytesIO(data), name))


def pressed(page, step: str, **answers):
    """Send the form of the preview by one of its buttons."""
    form = page.page.form("/online/check")
    data = dict(form.form_values())
    for name, value in answers.items():
        assert name in form.fields, f"no field {name} in {sorted(form.fields.keys())}"
        data[name] = value
    return page.post(
        form.get("action"), {name: value for name, value in data.items() if value is not None and name != "csrf_token"} | {"step": step}
    )


def facts(hall) -> list[tuple]:
    return [(fact.enrolment_id, fact.mark, fact.from_minute, fact.to_minute, fact.reason, fact.source) for fact in hall.facts()]


def test_the_way_is_upload_look_record(trainer, hall):
    first, second, third = hall.keys
    assert trainer.get(hall.path).all(f"a[href$='{hall.path}/online']")
    data = meetings.own(
        row(hall, "აბულაძე ნანა", 2, 480),
        row(hall, "Giorgi Arveladze", -10, 60),
        row(hall, "Giorgi Arveladze", 90, 480),
        row(hall, "iPhone", 0, 480),
    )
    shown = upload(trainer, hall, data)
    assert shown.status == 200
    assert hall.facts() == []
    said = " ".join(shown.text.split())
    assert "478" in said
    assert "450" in said
    assert "ბაქრაძე მაია" in shown.texts(".roll .roll-who")
    assert pressed(trainer, "save").status == 303
    assert facts(hall) == [(first, "present", 2, 480, "", "online"), (second, "present", 0, 450, "10:00–11:00, 11:30–18:00", "online")]
    assert trainer.follow().status == 200
    assert third not in [fact.enrolment_id for fact in hall.facts()]


def test_an_address_is_enough(trainer, hall):
    email = hall.people[2].email
    upload(trainer, hall, meetings.own(["", email.replace("person", "PERSON"), moment(hall, 0), moment(hall, 480)]))
    pressed(trainer, "save")
    assert hall.marks() == [(hall.keys[2], "present")]


def test_a_second_upload_of_the_same_file_changes_nothing(trainer, cast, hall):
    data = meetings.own(row(hall, "Nana Abuladze", 0, 100), row(hall, "Nana Abuladze", 200, 480), row(hall, "Arveladze Giorgi", 0, 470))
    upload(trainer, hall, data)
    pressed(trainer, "save", absent="mark")
    before = facts(hall)
    assert len(before) == 3
    shown = upload(trainer, hall, data)
    assert not shown.all("#reason")
    assert pressed(trainer, "save").status == 303
    assert facts(hall) == before
    # what somebody corrected since stays corrected
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[1], Mark.ABSENT)], by=cast.staff.id, seen=10**9)
    assert not upload(trainer, hall, data).all("button[value=save]")
    pressed(trainer, "save")
    assert len(facts(hall)) == 4


def test_a_double_click_records_once(trainer, hall):
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    form = trainer.page
    assert pressed(trainer, "save").status == 303
    trainer.page = form
    assert pressed(trainer, "save").status == 303
    assert len(hall.facts()) == 1


def test_who_is_not_in_the_report_is_marked_absent_only_when_asked_for(trainer, hall):
    data = meetings.own(row(hall, "Nana Abuladze", 0, 480), row(hall, "Giorgi Arveladze", -60, -1))
    upload(trainer, hall, data)
    pressed(trainer, "save")
    assert hall.marks() == [(hall.keys[0], "present")]
    upload(trainer, hall, data)
    assert pressed(trainer, "save", absent="mark").status == 303
    assert hall.marks() == [(hall.keys[0], "present"), (hall.keys[1], "absent"), (hall.keys[2], "absent")]


def test_what_somebody_saw_is_not_made_absent_by_a_list(trainer, cast, hall):
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[2], Mark.PRESENT)], by=cast.trainer.id)
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    pressed(trainer, "save", absent="mark")
    assert hall.marks() == [(hall.keys[2], "present"), (hall.keys[0], "present"), (hall.keys[1], "absent")]


def test_a_mark_that_would_change_is_shown_and_can_be_kept(trainer, cast, hall):
    first, second, third = hall.keys
    wishes = [
        attendance.MarkWish(first, Mark.PRESENT),
        attendance.MarkWish(second, Mark.ABSENT),
        attendance.MarkWish(third, Mark.EXCUSED, reason="ავად არის"),
    ]
    attendance.record_marks(hall.session.id, wishes, by=cast.trainer.id)
    data = meetings.own(*(row(hall, name, 30, 480) for name in ("Nana Abuladze", "Giorgi Arveladze", "Maia Bakradze")))
    shown = upload(trainer, hall, data)
    assert len(shown.all(".tag-warn")) == 3
    assert [box.get("name") for box in shown.all("input[type=checkbox][checked]")] == [
        f"take-{first}",
        f"take-{second}",
    ]  # an excuse stays unless asked for
    pressed(trainer, "save", **{f"take-{first}": None})
    assert facts(hall)[3:] == [(second, "present", 30, 480, "", "online")]


def test_an_unticked_box_stays_unticked_when_looking_again(trainer, hall):
    first = hall.keys[0]
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480), row(hall, "iPhone", 0, 480)))
    shown = pressed(trainer, "look", **{f"take-{first}": None, "guest-3": str(hall.keys[1])})
    assert [box.get("name") for box in shown.all("input[type=checkbox][checked]")] == [f"take-{hall.keys[1]}"]


def test_a_stranger_can_be_said_to_be_somebody_and_is_looked_at_before_it_is_saved(trainer, hall):
    upload(trainer, hall, meetings.own(row(hall, "iPhone", 0, 240), row(hall, "Nana Abuladze", 120, 480)))
    answer = pressed(trainer, "save", **{"guest-2": str(hall.keys[0])})
    assert answer.status == 200
    assert hall.facts() == []
    assert "480" in answer.text
    assert answer.all(f"#guest-2 option[value='{hall.keys[0]}'][selected]")
    assert pressed(trainer, "save").status == 303
    assert facts(hall) == [(hall.keys[0], "present", 0, 480, "", "online")]  # two devices count once


def test_namesakes_have_to_be_told_apart(trainer, cast):
    hall = Hall(cast, names=[("ნინო", "ბერიძე"), ("ნინო", "ბერიძე"), ("გია", "ლომიძე")], day=-1)
    upload(trainer, hall, meetings.own(row(hall, "Nino Beridze", 0, 480), row(hall, "Gia Lomidze", 0, 480)))
    refused = pressed(trainer, "save")
    assert refused.status == 422
    assert refused.all(".summary a[href='#guest-2']")
    assert refused.all("#guest-2[aria-invalid]")
    assert hall.facts() == []
    pressed(trainer, "look", **{"guest-2": str(hall.keys[1])})
    assert pressed(trainer, "save").status == 303
    assert sorted(hall.marks()) == [(hall.keys[1], "present"), (hall.keys[2], "present")]


def test_what_others_recorded_meanwhile_is_not_overwritten_unseen(trainer, cast, hall):
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480), row(hall, "Maia Bakradze", 0, 480)))
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.ABSENT)], by=cast.staff.id)
    refused = pressed(trainer, "save")
    assert refused.status == 422
    assert refused.all(f".summary a[href='#person-{hall.keys[0]}']")
    assert hall.marks() == [(hall.keys[0], "absent")]  # all or nothing
    assert pressed(trainer, "save").status == 303
    assert hall.marks()[1:] == [(hall.keys[0], "present"), (hall.keys[2], "present")]


def test_a_correction_long_after_the_day_needs_its_reason(trainer, cast):
    hall = Hall(cast, day=-5)
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.ABSENT)], by=cast.trainer.id)
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 100), row(hall, "Nana Abuladze", 200, 480)))
    refused = pressed(trainer, "save")
    assert refused.status == 422
    assert refused.all("#reason[aria-invalid]")
    assert pressed(trainer, "save", reason="ონლაინ იყო").status == 303
    assert facts(hall)[1][1:5] == ("present", 0, 380, "10:00–11:40, 13:20–18:00; ონლაინ იყო")
    before = facts(hall)
    shown = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 100), row(hall, "Nana Abuladze", 200, 480)))
    assert not shown.all("#reason")
    assert pressed(trainer, "save").status == 303
    assert facts(hall) == before


def test_first_marks_need_no_reason_however_late(trainer, cast):
    hall = Hall(cast, day=-50)
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    assert not trainer.page.all("#reason")
    assert pressed(trainer, "save").status == 303
    assert len(hall.facts()) == 1


def test_the_report_of_another_meeting_makes_nobody_absent(trainer, hall):
    shown = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", -5000, -4000)))
    assert not shown.all("button[value=save]")
    assert not shown.all("input[name=absent]")
    pressed(trainer, "save")
    trainer.post(f"{hall.path}/online/check", {"report": shown.all("input[name=report]")[0].get("value"), "absent": "mark", "step": "save"})
    assert hall.facts() == []


def test_columns_that_no_heading_names_can_be_chosen(trainer, hall):
    data = meetings.as_csv([["Wer", "Von", "Bis"], row(hall, "Nana Abuladze", 0, 480)[:1] + row(hall, "", 0, 480)[2:]])
    shown = upload(trainer, hall, data)
    assert shown.all("details[open] #column-0")
    assert not shown.all("button[value=save]")
    pressed(trainer, "look", **{"column-0": "name", "column-1": "joined", "column-2": "left"})
    assert pressed(trainer, "save").status == 303
    assert hall.marks() == [(hall.keys[0], "present")]


def test_two_columns_with_one_meaning_are_refused(trainer, hall):
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    refused = pressed(trainer, "look", **{"column-2": "left"})
    assert refused.status == 422
    assert refused.all(".summary li")


def test_staff_record_what_the_trainer_could_not(page, cast, hall):
    page.sign_in(cast.staff)
    upload(page, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    assert pressed(page, "save").status == 303
    assert hall.facts()[0].recorded_by == cast.staff.id


def test_a_session_to_come_records_nothing(trainer, cast):
    hall = Hall(cast, day=2)
    upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480)))
    refused = pressed(trainer, "save")
    assert (refused.status, len(refused.all(".summary li"))) == (422, 1)
    assert hall.facts() == []


def test_neither_addresses_nor_forms_show_what_stood_in_the_file(trainer, hall):
    shown = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480, hall.people[0].email), row(hall, "iPhone", 0, 480)))
    assert hall.people[0].email not in shown.response.get_data(as_text=True)
    assert "Nana" not in " ".join(field.get("value") or "" for field in shown.all("input"))
    assert "Nana" not in str(shown.response.headers)
    assert "no-store" in shown.response.headers["Cache-Control"]


def test_a_sealed_report_opens_for_its_session_and_person_only(trainer, page, cast, hall):
    report = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480))).all("input[name=report]")[0].get("value")
    other = Hall(cast, day=-1)
    answer = trainer.post(f"{other.path}/online/check", {"report": report, "step": "save"})
    assert answer.status == 303
    assert answer.location.endswith(f"{other.path}/online")
    page.sign_in(cast.staff)
    assert page.post(f"{hall.path}/online/check", {"report": report, "step": "save"}).location.endswith("/online")
    assert (hall.facts(), other.facts()) == ([], [])


@pytest.mark.parametrize("report", ["", "x", "===", "ა" * 50, "A" * 4000, "\x00"])
def test_a_form_without_a_report_leads_back(trainer, hall, report):
    assert trainer.post(f"{hall.path}/online/check", {"report": report, "step": "save"}).status == 303
    assert trainer.follow().status == 200
    assert hall.facts() == []


@pytest.mark.parametrize(
    "answers",
    [
        {"guest-3": "999999"}, {"guest-3": "x"}, {"guest-99": "1"}, {"guest-²": "1"}, {"take-99999999999999999": "1"}, {"shown": "a,b,,²"},
        {"seen": "-1"}, {"column-99": "name"}, {"column-0": "secret"}, {"absent": "perhaps"}, {"step": "jump"}, {"guest-3": "0" * 99},
    ],
)  # fmt: skip
def test_answers_that_make_no_sense_change_nothing(trainer, hall, answers):
    shown = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480), row(hall, "iPhone", 0, 480)))
    report = shown.all("input[name=report]")[0].get("value")
    assert trainer.post(f"{hall.path}/online/check", {"report": report, "step": "save"} | answers).status in {200, 422}
    assert hall.facts() == []


def test_an_address_made_by_hand_leads_to_the_upload(trainer, hall):
    assert trainer.get(f"{hall.path}/online/check").status == 303
    assert trainer.follow().all("input[type=file]")


@pytest.mark.parametrize("name", sorted(hostile.refused()))
def test_a_hostile_file_is_refused_in_words(trainer, hall, name):
    data, started = hostile.refused()[name], time.monotonic()
    assert len(data) < 6_000_000
    refused = upload(trainer, hall, data, "report.xlsx")
    assert refused.status == 422
    assert refused.all("#file-error")
    assert time.monotonic() - started < 15  # five seconds of a processor of its own; this one is shared


@pytest.mark.parametrize("data", [b"", b"\x00\x01", "ნინო".encode("cp1251", "replace"), b"name", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_table_is_refused(trainer, hall, data):
    assert upload(trainer, hall, data).status == 422


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.test")', "<script>alert(1)</script>", "{{ 7*7 }}", "%(n)s", "+1", "@SUM(A1)"])
def test_formulas_and_markup_are_words(trainer, hall, name):
    shown = upload(trainer, hall, meetings.own(row(hall, name, 0, 480), row(hall, "Nana Abuladze", 0, 480)))
    assert shown.status == 200
    assert name in " ".join(shown.texts("label"))


def test_ten_thousand_rows_are_answered(trainer, cast):
    hall = Hall(cast, names=many(60), day=-1)
    rows = [row(hall, f"ნინო {hall.people[number % 60].family_name_ka}", number % 400, number % 400 + 30) for number in range(9_999)]
    started = time.monotonic()
    shown = upload(trainer, hall, meetings.own(*rows))
    assert shown.status == 200
    assert len(shown.all("tbody tr")) == 60
    assert time.monotonic() - started < 15
    assert len(shown.all("input[name=report]")[0].get("value")) < online_form.MOST_SEALED
    assert pressed(trainer, "save").status == 303
    assert len(hall.facts()) == 60


def test_ten_thousand_different_people_are_refused_in_words(trainer, hall):
    refused = upload(trainer, hall, sheets.as_csv([[f"Guest {number}", moment(hall, 0), moment(hall, 9)] for number in range(9_999)],
                                                  headings=["name", "joined", "left"]))  # fmt: skip
    assert refused.status == 422
    assert refused.all(".summary li")


def test_a_page_never_offers_a_hundred_thousand_names(trainer, cast):
    hall = Hall(cast, names=many(300), day=-1)
    shown = upload(trainer, hall, meetings.own(*(row(hall, f"Guest {number}", 0, 9) for number in range(1_000))))
    assert len(shown.all("option")) < 15_000


def test_the_number_of_statements_does_not_grow(trainer, cast):
    # sign-in, session in scope, roll, addresses, what the file recorded before
    counted = []
    for names in (many(2), many(40)):
        hall = Hall(cast, names=names, day=-1)
        data = meetings.own(*(row(hall, f"ნინო {person.family_name_ka}", 0, 480) for person in hall.people))
        trainer.get(f"{hall.path}/online")
        with counting() as statements:
            trainer.submit(None, file=(io.BytesIO(data), "report.csv"))
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 6, statements


@pytest.mark.parametrize(("who", "status"), [("other_trainer", 404), ("learner", 403), ("coordinator", 403)])
def test_others_have_no_way_in(page, cast, hall, who, status):
    page.sign_in(getattr(cast, who))
    for path in ("/online", "/online/check"):
        assert page.get(hall.path + path).status == status
        assert page.post(hall.path + path).status == status


def test_somebody_without_a_place_is_not_matched(trainer, cast, hall):
    hall.enrolments[0].state = "withdrawn"
    db.session.flush()
    factories.enrolment(hall.run, cast.learner, "waiting")
    shown = upload(trainer, hall, meetings.own(row(hall, "Nana Abuladze", 0, 480, hall.people[0].email)))
    assert not shown.all("tbody tr")
    assert shown.all("select[name='guest-2']")
