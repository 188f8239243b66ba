"""What those who teach have besides the roll: what is left to do, materials, messages to the group; and another trainer takes over."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from portal import attendance, courses, journeys
from portal.attendance.models import AttendanceDocument, Mark
from portal.courses.models import RunMaterial
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall
from tests.enrolment.mailbox import calendar_after, kinds_to, mails_to

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def hall(cast):
    return Hall(cast)


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def office(*names: str) -> bytes:
    return zipped(**dict.fromkeys(["[Content_Types].xml", *names], b"<x/>"))


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, form)
    return buffer.getvalue()


def left(**values):
    usual = {"state": "running", "form": "in_person", "expected": 3, "marked": 3, "disputed": 0, "scanned": True}
    return attendance.left_to_do(**usual | values)


class TestLeftToDo:
    def test_a_session_with_every_mark_and_its_scan_is_complete(self):
        assert left().nothing

    @pytest.mark.parametrize(
        ("values", "lacks"),
        [
            ({"marked": 1}, attendance.LeftToDo(unmarked=2)),
            ({"disputed": 1}, attendance.LeftToDo(disputed=1)),
            ({"scanned": False}, attendance.LeftToDo(scan=True)),
            ({"scanned": False, "form": "hybrid"}, attendance.LeftToDo(scan=True)),
        ],
    )
    def test_each_lack_is_named(self, values, lacks):
        assert left(**values) == lacks

    @pytest.mark.parametrize(
        "values",
        [
            {"scanned": False, "form": "online"},
            {"scanned": False, "expected": 0, "marked": 0},
            {"marked": 0, "scanned": False, "state": "completed"},
        ],
    )
    def test_nobody_signs_online_or_in_an_empty_hall_and_a_completed_run_is_settled(self, values):
        assert left(**values).nothing

    def test_a_contradiction_in_a_completed_run_still_waits_for_somebody(self):
        assert left(state="completed", disputed=1).disputed == 1

    def test_the_extras_know_the_link_and_the_scan(self, hall, cast):
        hall.session.online_link = "https://meet.example/1"
        sheet = {
            "kind": "sheet",
            "media_type": "application/pdf",
            "sha256": "0",
            "sealed": b"",
            "added_by": cast.staff.id,
            "added_at": clock.now(),
        }
        factories.add(AttendanceDocument(session_id=hall.sessions[1].id, **sheet))
        excuse = sheet | {"kind": "excuse", "enrolment_id": hall.keys[0]}
        factories.add(AttendanceDocument(session_id=hall.session.id, **excuse))
        extras = attendance.extras_of([one.id for one in hall.sessions])
        assert [(one.online_link, one.scanned) for one in extras.values()] == [("https://meet.example/1", False), ("", True)]


class TestUnmarkedToday:
    def test_those_without_any_record_in_todays_session(self, hall, cast):
        attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.ABSENT)], by=cast.trainer.id)
        assert attendance.unmarked_today(hall.run.id) == set(hall.keys[1:])

    def test_on_a_day_without_a_session_there_is_nobody_to_name(self, cast):
        assert attendance.unmarked_today(Hall(cast, day=1).run.id) is None

    def test_of_two_sessions_today_the_one_that_began_last_counts(self, hall, cast):
        factories.session(hall.run, hall.session.ends_at, hours=2)
        attendance.record_marks(hall.session.id, [attendance.MarkWish(key, Mark.PRESENT) for key in hall.keys], by=cast.trainer.id)
        with clock.frozen(hall.session.starts_at - timedelta(hours=1)):
            assert attendance.unmarked_today(hall.run.id) == set()
        with clock.frozen(hall.session.ends_at + timedelta(minutes=5)):
            assert attendance.unmarked_today(hall.run.id) == set(hall.keys)


class TestMaterials:
    @pytest.mark.parametrize(
        ("data", "ending"),
        [
            (PDF, "pdf"),
            (office("word/document.xml"), "docx"),
            (office("xl/workbook.xml"), "xlsx"),
            (office("ppt/presentation.xml"), "pptx"),
            (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
            (picture("PNG"), "png"),
            (picture("JPEG"), "jpg"),
            (picture("WEBP"), "webp"),
        ],
    )
    def test_a_file_is_known_by_its_content_and_gets_a_name_of_its_title(self, hall, cast, data, ending):
        made = courses.add_material(hall.run.id, "სლაიდები, 1-ლი დღე", data=data, by=cast.trainer.id)
        assert made.file_name == f"slaidebi-1-li-dghe.{ending}"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"MZ\x90\x00",
            b"<html><script>alert(1)</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"PK\x03\x04 broken",
            zipped(a=b"1"),
            office("word/document.xml", "word/vbaProject.bin"),
            zipped(mimetype=b"text/html"),
            picture("GIF"),
            picture("PNG")[:40],
            b"%PDF-" + b"0" * (7 * 1024 * 1024),
        ],
    )
    def test_anything_else_is_refused_and_nothing_is_kept(self, hall, cast, data):
        with pytest.raises(courses.WrongValuesError) as refused:
            courses.add_material(hall.run.id, "სლაიდები", data=data, by=cast.trainer.id)
        assert refused.value.problems[0].field == "file"
        assert courses.materials_of(hall.run.id) == []

    @pytest.mark.parametrize(
        "link",
        [
            "http://a.example",
            "javascript:alert(1)",
            "https://",
            "https:// a.example",
            "https://user@a.example/",
            "https://[",
            "https://a.example/" + "x" * 500,
            "",
        ],
    )
    def test_a_link_must_be_sound(self, hall, cast, link):
        with pytest.raises(courses.WrongValuesError):
            courses.add_material(hall.run.id, "ბმული", link=link, by=cast.trainer.id)

    def test_link_and_file_together_are_refused(self, hall, cast):
        with pytest.raises(courses.WrongValuesError):
            courses.add_material(hall.run.id, "ორივე", link="https://a.example", data=PDF, by=cast.trainer.id)

    def test_they_keep_the_order_in_which_they_were_added_and_the_one_taken_away_is_gone(self, hall, cast):
        first, second, third = (courses.add_material(hall.run.id, name, link="https://a.example", by=cast.trainer.id) for name in "ბაგ")
        courses.remove_material(second, by=cast.staff.id)
        courses.remove_material(second, by=cast.staff.id)
        assert courses.materials_of(hall.run.id) == [first, third]
        assert courses.numbers_of_materials([hall.run.id]) == {hall.run.id: 2}
        with pytest.raises(NotFoundError):
            courses.get_material(hall.run.code, second.id)
        assert db.session.get_one(RunMaterial, second.id).removed_at is not None
        commit()
        actions = db.session.scalars(sa.select(HistoryRow.action).where(HistoryRow.subject_kind == "run_material").order_by(HistoryRow.id))
        assert list(actions) == ["material:add"] * 3 + ["material:remove"]

    def test_a_run_has_no_more_than_forty(self, hall, cast):
        for number in range(40):
            courses.add_material(hall.run.id, f"მასალა {number}", link="https://a.example", by=cast.trainer.id)
        with pytest.raises(RefusedError):
            courses.add_material(hall.run.id, "კიდევ", link="https://a.example", by=cast.trainer.id)


def message(**values):
    return journeys.GroupMessage(**{"subject": "ხვალინდელი დღე", "text": "ვიწყებთ 9 საათზე.\n\nმოიტანეთ ლეპტოპი."} | values)


class TestMessages:
    def test_everybody_with_a_place_gets_one_mail_in_their_language(self, hall, cast):
        hall.people[1].language = "en"
        factories.enrolment(hall.run, cast.learner, "waiting")
        assert journeys.write_to_group(hall.run.id, message(), form_key="k", by=cast.trainer.id) == 3
        (georgian,), (english,) = mails_to(hall.people[0]), mails_to(hall.people[1])
        assert (georgian.kind, georgian.subject, english.subject) == ("group_message", "ხვალინდელი დღე", "ხვალინდელი დღე")
        assert "ვიწყებთ 9 საათზე.\n\nმოიტანეთ ლეპტოპი." in georgian.body
        assert "გამარჯობა" in georgian.body
        assert "Levan Maisuradze, trainer, writes" in english.body
        assert f"https://portal.test/en/runs/{hall.run.code}" in english.body
        assert "levan@portal.test" not in english.body
        assert kinds_to(cast.learner) == []

    def test_staff_write_for_the_association(self, hall, cast):
        hall.people[0].language = "en"
        journeys.write_to_group(hall.run.id, message(), form_key="k", by=cast.staff.id)
        body = mails_to(hall.people[0])[0].body
        assert "The association writes" in body
        assert "Tsereteli" not in body

    def test_a_form_sent_twice_sends_once_even_when_somebody_joined_meanwhile(self, hall, cast):
        journeys.write_to_group(hall.run.id, message(), form_key="k", by=cast.trainer.id)
        factories.enrolment(hall.run, factories.person_with_account("ახალი", "აბაკელია"))
        assert journeys.write_to_group(hall.run.id, message(), form_key="k", by=cast.trainer.id) == 0
        assert len(list(db.session.scalars(sa.select(OutboxMessage)))) == 3
        assert journeys.write_to_group(hall.run.id, message(), form_key="another", by=cast.trainer.id) == 4

    def test_those_not_marked_today_alone(self, hall, cast):
        attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[0], Mark.PRESENT)], by=cast.trainer.id)
        assert journeys.audiences_of(hall.run.id) == {"everybody": 3, "unmarked": 2}
        assert journeys.write_to_group(hall.run.id, message(audience="unmarked"), form_key="k", by=cast.trainer.id) == 2
        assert kinds_to(hall.people[0]) == []

    def test_who_has_no_address_is_not_counted(self, hall):
        hall.people[2].email = None
        assert journeys.audiences_of(hall.run.id)["everybody"] == 2

    def test_the_history_knows_to_how_many_and_nothing_of_what(self, hall, cast):
        journeys.write_to_group(hall.run.id, message(), form_key="k", by=cast.trainer.id)
        commit()
        row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "run:write_to_group")).one()
        assert (row.actor_id, row.change, row.personal) == (cast.trainer.id, {"audience": "everybody", "people": 3}, None)

    @pytest.mark.parametrize("values", [{"subject": ""}, {"text": ""}, {"subject": "ა" * 151}, {"text": "ა" * 4001}])
    def test_what_is_empty_or_too_long_is_refused(self, hall, cast, values):
        with pytest.raises(courses.WrongValuesError):
            journeys.write_to_group(hall.run.id, message(**values), form_key="k", by=cast.trainer.id)

    def test_to_nobody_nothing_is_sent(self, cast):
        with pytest.raises(RefusedError):
            journeys.write_to_group(Hall(cast, names=[]).run.id, message(), form_key="k", by=cast.trainer.id)


class TestAnotherTrainer:
    @pytest.fixture
    def taken_over(self, hall, cast):
        """Levan marked two people; then Eka teaches in his place."""
        wishes = [attendance.MarkWish(hall.keys[0], Mark.PRESENT), attendance.MarkWish(hall.keys[1], Mark.ABSENT)]
        attendance.record_marks(hall.session.id, wishes, by=cast.trainer.id)
        courses.set_trainers(hall.run, [cast.other_trainer.id], by=cast.staff.id)
        return hall

    def test_the_marks_stay_with_the_name_of_who_made_them(self, taken_over):
        rows = attendance.roll(taken_over.session.id)
        assert [row.recorder("en") for row in rows] == ["Levan Maisuradze", "Levan Maisuradze", ""]

    def test_whoever_takes_over_corrects_them_and_both_names_stay(self, taken_over, cast):
        seen = max(row.fact.id for row in attendance.roll(taken_over.session.id) if row.fact)
        wish = attendance.MarkWish(taken_over.keys[1], Mark.PRESENT)
        attendance.record_marks(taken_over.session.id, [wish], by=cast.other_trainer.id, seen=seen)
        rows = attendance.roll(taken_over.session.id)
        assert [row.recorder("en") for row in rows[:2]] == ["Levan Maisuradze", "Eka Beridze"]
        (correction,) = attendance.corrections_of(taken_over.session.id)
        assert correction.before.recorded_by == cast.trainer.id
        assert correction.by.written("en") == "Beridze Eka"

    def test_the_run_changes_hands(self, taken_over, cast):
        code, session = taken_over.run.code, taken_over.session.id
        assert attendance.get_taught_session(session, taught_by=cast.other_trainer.id).id == session
        for ask in (
            lambda: attendance.get_taught_session(session, taught_by=cast.trainer.id),
            lambda: attendance.get_taught_run(code, taught_by=cast.trainer.id),
        ):
            with pytest.raises(NotFoundError):
                ask()

    @pytest.mark.usefixtures("taken_over")
    def test_both_are_told_and_the_calendar_of_the_former_loses_the_days(self, cast):
        assert (kinds_to(cast.trainer), kinds_to(cast.other_trainer)) == (["trainer_taken_off"], ["trainer_given"])
        days = [calendar_after(mails_to(who)).values() for who in (cast.trainer, cast.other_trainer)]
        assert [[str(event["status"]) for event in those] for those in days] == [["CANCELLED"] * 2, ["CONFIRMED"] * 2]


class TestAttendanceRules:
    def test_they_are_set_and_noted(self, hall, cast):
        values = courses.AttendanceRuleValues(attendance_base="held", excused_counts="left_out", free_absences=1, least_percent=50)
        courses.set_attendance_rules(hall.run, values, by=cast.staff.id)
        commit()
        assert courses.attendance_rules_of(courses.get_run(hall.run.code)) == values
        row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "run:set_attendance_rules")).one()
        assert row.change == {
            "attendance_base": ["every", "held"], "excused_counts": ["missed", "left_out"], "free_absences": [0, 1], "least_percent": [0, 50],
        }  # fmt: skip

    def test_what_is_as_usual_is_not_worth_a_word(self, hall, cast):
        courses.set_attendance_rules(hall.run, courses.USUAL, by=cast.staff.id)
        commit()
        assert courses.unless_usual(courses.attendance_rules_of(courses.get_run(hall.run.code))) is None
        assert db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "run:set_attendance_rules")).first() is None

    @pytest.mark.parametrize("state", ["completed", "cancelled"])
    def test_a_run_that_is_over_keeps_them(self, cast, state):
        run = Hall(cast, state=state).run
        with pytest.raises(RefusedError):
            courses.set_attendance_rules(run, courses.AttendanceRuleValues(free_absences=1), by=cast.staff.id)
        assert courses.attendance_rules_of(courses.get_run(run.code)) == courses.USUAL

    @pytest.mark.parametrize(
        "values",
        [{"attendance_base": "none"}, {"excused_counts": "none"}, {"free_absences": 21}, {"free_absences": -1}, {"least_percent": 101}],
    )
    def test_what_makes_no_sense_is_refused(self, hall, cast, values):
        with pytest.raises(courses.WrongValuesError):
            courses.set_attendance_rules(hall.run, courses.AttendanceRuleValues(**values), by=cast.staff.id)
