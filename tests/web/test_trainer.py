"""The pages of those who teach besides the roll: their home, materials, messages to the group, and another trainer."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from portal import attendance, courses, journeys
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall, many
from tests.attendance.test_trainer import PDF
from tests.enrolment.mailbox import kinds_to
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(app, cast):
    return PageClient(app, "en").sign_in(cast.trainer)


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


def mark(hall, cast, *marks, session: int = 0) -> None:
    wishes = [attendance.MarkWish(key, one) for key, one in zip(hall.keys, marks, strict=False)]
    attendance.record_marks(hall.sessions[session].id, wishes, by=cast.trainer.id, seen=10**9)


def numbers(page) -> dict[str, str]:
    return {place.get("data-count"): place.text_content() for place in page.all("[data-count]")}


class TestHome:
    def test_todays_session_says_when_where_and_how_many_are_on_the_list(self, trainer, hall):
        shown = trainer.get("/teaching")
        (today,) = shown.texts(".today")
        assert "10:00–18:00" in today
        assert "Hotel Alazani" in today
        assert "On the list: 3" in today
        assert len(shown.all(f".today a[href$='{hall.path}']")) == 3  # title, list, button

    def test_an_online_link_is_there_to_be_pressed(self, trainer, hall):
        hall.session.online_link = "https://meet.example/abc"
        assert trainer.get("/teaching").all(".today a[href='https://meet.example/abc']")

    def test_the_numbers_stand_there_without_javascript(self, trainer, hall, cast):
        mark(hall, cast, Mark.PRESENT, Mark.ABSENT)
        assert numbers(trainer.get("/teaching")) == {"present": "1", "absent": "1", "unmarked": "1"}

    def test_the_script_asks_for_the_same_numbers(self, trainer, hall, cast):
        mark(hall, cast, Mark.PRESENT, Mark.ABSENT)
        path = trainer.get("/teaching").all("[data-counts]")[0].get("data-counts")
        answer = trainer.get(path).response
        assert answer.json == {"expected": 3, "present": 1, "absent": 1, "unmarked": 1, "disputed": 0}
        assert answer.headers["Cache-Control"] == "no-store"

    def test_they_are_asked_for_in_three_statements(self, trainer, cast):
        # sign-in, session, counts
        hall = Hall(cast, names=many(40))
        trainer.get(f"{hall.path}/counts")
        with counting() as statements:
            trainer.get(f"{hall.path}/counts")
        assert len(statements) == 3, statements

    def test_nobody_elses_numbers_are_given(self, app, cast, hall):
        assert PageClient(app).sign_in(cast.other_trainer).get(f"{hall.path}/counts").status == 404

    def test_a_past_session_without_all_marks_is_left_to_do(self, trainer, cast):
        past = Hall(cast, day=-3)
        mark(past, cast, Mark.PRESENT)
        rows = [" ".join(row.split()) for row in trainer.get("/teaching").texts(".left-row")]
        assert len(rows) == 2
        assert "Not marked: 3" in rows[0]
        assert "Not marked: 2" in rows[1]
        assert "No scan of the signed sheet" in rows[1]

    def test_a_session_of_today_is_left_to_do_once_it_is_over(self, trainer, hall):
        with clock.frozen(hall.session.ends_at - timedelta(minutes=1)):
            assert trainer.get("/teaching").all(".left-row") == []
        with clock.frozen(hall.session.ends_at + timedelta(minutes=1)):
            (row,) = trainer.get("/teaching").all(".left-row")
        assert row.cssselect(f"a[href$='{hall.path}']")

    def test_what_phones_recorded_differently_is_left_to_do(self, trainer, cast):
        past = Hall(cast, day=-3, state="completed")
        for device, one in (("a", Mark.PRESENT), ("b", Mark.ABSENT)):
            sent = attendance.Operation(
                client_id=device,
                device=device,
                sequence=1,
                wish=attendance.MarkWish(past.keys[0], one),
                done_at=clock.now(),
                seen_id=0,
            )
            attendance.receive_marks(past.session.id, [sent], by=cast.trainer.id)
        (row,) = trainer.get("/teaching").texts(".left-row")
        assert "Different marks: 1" in row

    def test_a_completed_run_with_all_settled_is_left_in_peace(self, trainer, cast):
        Hall(cast, day=-3, state="completed")
        assert trainer.get("/teaching").all(".left-row") == []


class TestMaterials:
    def path(self, hall):
        return f"/teaching/runs/{hall.run.code}/materials"

    def add(self, trainer, hall, **values):
        trainer.get(self.path(hall))
        return trainer.submit(self.path(hall), **{"title": "Slides"} | values)

    def file(self, data=PDF, name="evil.html"):
        return {"file": (io.BytesIO(data), name, "text/html")}

    def test_a_file_is_added_and_saved_by_whoever_has_a_place_under_a_name_of_ours(self, app, trainer, hall):
        assert self.add(trainer, hall, **self.file()).status == 303
        assert "Slides" in trainer.follow().text
        learner = PageClient(app, "en").sign_in(hall.people[0])
        (link,) = learner.get(f"/runs/{hall.run.code}").all("#materials ~ ul a")
        answer = learner.get(link.get("href")).response
        assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="slides.pdf"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_link_leads_elsewhere_without_saying_where_from(self, app, trainer, hall):
        self.add(trainer, hall, link="https://video.example/1")
        (link,) = PageClient(app, "en").sign_in(hall.people[0]).get(f"/runs/{hall.run.code}").all("#materials ~ ul a")
        assert (link.get("href"), link.get("rel")) == ("https://video.example/1", "noopener noreferrer")

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"title": ""}, "“Title” is required."),
            ({}, "Give either a link or a file."),
            ({"link": "javascript:alert(1)"}, "Write the link as it stands in the browser; it must begin with https://."),
        ],
    )
    def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(self, trainer, hall, values, words):
        shown = self.add(trainer, hall, **values)
        assert shown.status == 422
        assert words in shown.texts(".summary li")
        assert any(words in beside for beside in shown.texts(".wrong"))
        assert shown.form(self.path(hall)).fields["title"] == values.get("title", "Slides")

    def test_a_file_that_is_something_else_is_refused_whatever_its_name(self, trainer, hall):
        shown = self.add(trainer, hall, file=(io.BytesIO(b"<script>"), "slides.pdf", "application/pdf"))
        assert shown.status == 422
        assert "Upload a PDF" in shown.texts(".summary li")[0]

    def test_my_training_says_how_many_there_are_and_where(self, app, trainer, hall):
        self.add(trainer, hall, link="https://video.example/1")
        shown = PageClient(app, "en").sign_in(hall.people[0]).get("/my")
        assert any("Materials: 1" in words for words in shown.texts(f"a[href$='/runs/{hall.run.code}#materials']"))

    @pytest.mark.parametrize("who", ["learner", "other_trainer", "coordinator", "waiting", "withdrawn", "visitor"])
    def test_nobody_else_can_open_them(self, app, cast, trainer, hall, who):
        self.add(trainer, hall, **self.file())
        (material,) = courses.materials_of(hall.run.id)
        address = f"/runs/{hall.run.code}/materials/{material.id}"
        client = PageClient(app, "en")
        if who == "visitor":
            assert client.get(address).location.startswith("/en/sign-in")
            return
        person = getattr(cast, who, None)
        if person is None:
            person = cast.learner
            factories.enrolment(hall.run, person, who)
        client.sign_in(person)
        assert client.get(address).status == 404
        assert client.get(f"/runs/{hall.run.code}").all("#materials") == []

    @pytest.mark.parametrize("who", ["trainer", "staff", "administrator"])
    def test_those_who_teach_and_staff_open_them(self, app, cast, trainer, hall, who):
        self.add(trainer, hall, **self.file())
        (material,) = courses.materials_of(hall.run.id)
        assert PageClient(app).sign_in(getattr(cast, who)).get(f"/runs/{hall.run.code}/materials/{material.id}").status == 200

    def test_what_was_taken_away_is_gone_for_everybody(self, app, trainer, hall):
        self.add(trainer, hall, **self.file())
        (material,) = courses.materials_of(hall.run.id)
        (link,) = trainer.get(self.path(hall)).all(f"a[href$='/{material.id}/remove']")
        asked = trainer.get(link.get("href"))
        assert (asked.texts("h1"), asked.texts("main .button")) == (["Take this material away?"], ["Take away"])
        assert courses.materials_of(hall.run.id) != []
        assert trainer.submit(f"{self.path(hall)}/{material.id}/remove").status == 303
        assert "Taken away: Slides" in trainer.follow().text
        for client in (trainer, PageClient(app).sign_in(hall.people[0])):
            assert client.get(f"/runs/{hall.run.code}/materials/{material.id}").status == 404

    def test_a_material_is_of_its_run_only(self, trainer, hall, cast):
        self.add(trainer, hall, **self.file())
        (material,) = courses.materials_of(hall.run.id)
        other = Hall(cast)
        assert trainer.get(f"/runs/{other.run.code}/materials/{material.id}").status == 404
        assert trainer.post(f"/teaching/runs/{other.run.code}/materials/{material.id}/remove").status == 404

    def test_another_trainer_adds_and_takes_away_nothing(self, app, cast, trainer, hall):
        self.add(trainer, hall, **self.file())
        (material,) = courses.materials_of(hall.run.id)
        other = PageClient(app).sign_in(cast.other_trainer)
        assert other.get(self.path(hall)).status == 404
        assert other.get(f"{self.path(hall)}/{material.id}/remove").status == 404
        assert other.post(f"{self.path(hall)}/{material.id}/remove").status == 404
        assert courses.materials_of(hall.run.id) != []

    def test_staff_reach_them_from_the_page_of_the_run(self, staff, hall):
        shown = staff.get(f"/staff/runs/{hall.run.code}")
        (link,) = shown.all(f"a[href$='{self.path(hall)}']")
        assert staff.get(link.get("href")).status == 200


class TestMessages:
    def path(self, hall):
        return f"/teaching/runs/{hall.run.code}/message"

    def write(self, trainer, hall, **values):
        trainer.get(self.path(hall))
        return trainer.submit(self.path(hall), **{"subject": "Tomorrow", "text": "We begin at 9.\n\nBring a laptop."} | values)

    def test_it_is_looked_at_before_it_leaves(self, trainer, hall):
        shown = self.write(trainer, hall)
        assert shown.status == 200
        assert "Send to 3 people" in shown.text
        assert "We begin at 9.\n\nBring a laptop." in shown.all(".as-typed")[0].text_content().replace("\r\n", "\n")
        assert kinds_to(hall.people[0]) == []

    def test_an_audience_of_nobody_cannot_be_chosen(self, trainer, hall, cast):
        marks = [attendance.MarkWish(key, Mark.PRESENT) for key in hall.keys]
        journeys.record_marks(hall.run.id, hall.session.id, marks, by=cast.trainer.id)
        commit()
        radios = trainer.get(self.path(hall)).all("input[name='audience']")
        assert {radio.get("value"): radio.get("disabled") is not None for radio in radios} == {"everybody": False, "unmarked": True}
        refused = self.write(trainer, hall, audience="unmarked")
        assert refused.status == 422
        assert "There is nobody to write to." in refused.texts(".summary li")

    def test_it_is_sent_to_each_and_listed_with_who_wrote_to_how_many(self, trainer, hall):
        self.write(trainer, hall)
        assert self.send(trainer, hall).status == 303
        shown = trainer.follow()
        assert "The message goes to 3 people." in shown.text
        (row,) = shown.texts("tbody tr")
        assert "Levan Maisuradze" in row
        assert row.endswith("3")
        assert [kinds_to(one) for one in hall.people] == [["group_message"]] * 3

    def send(self, client, hall, step="send"):
        fields = dict(client.page.form(self.path(hall)).fields)
        return client.post(self.path(hall), fields | {"step": step}, csrf=False)

    def test_sent_twice_it_leaves_once(self, trainer, hall):
        preview = self.write(trainer, hall)
        self.send(trainer, hall)
        trainer.page = preview
        assert self.send(trainer, hall).status == 303
        assert "This message was sent before." in trainer.follow().text
        assert kinds_to(hall.people[0]) == ["group_message"]

    def test_it_can_be_changed_again(self, trainer, hall):
        self.write(trainer, hall)
        shown = self.send(trainer, hall, step="change")
        assert shown.status == 200
        assert shown.form(self.path(hall)).fields["subject"] == "Tomorrow"
        assert kinds_to(hall.people[0]) == []

    @pytest.mark.parametrize(("field", "value"), [("subject", ""), ("text", ""), ("subject", "x" * 151), ("text", "x" * 4001)])
    def test_a_refusal_keeps_what_was_typed(self, trainer, hall, field, value):
        shown = self.write(trainer, hall, **{field: value})
        assert shown.status == 422
        assert len(shown.texts(".summary li")) == 1
        assert shown.form(self.path(hall)).fields["subject" if field == "text" else "text"] != ""

    def test_those_not_marked_can_be_chosen_on_a_day_of_the_run_only(self, trainer, hall, cast):
        mark(hall, cast, Mark.PRESENT)
        assert "Those not marked today (2)" in trainer.get(self.path(hall)).text
        self.write(trainer, hall, audience="unmarked")
        self.send(trainer, hall)
        assert [kinds_to(one) for one in hall.people] == [[], ["group_message"], ["group_message"]]
        assert "Those not marked" not in trainer.get(self.path(Hall(cast, day=2))).text

    def test_when_all_are_marked_there_is_nobody_to_write_to(self, trainer, hall, cast):
        mark(hall, cast, *[Mark.PRESENT] * 3)
        shown = self.write(trainer, hall, audience="unmarked")
        assert shown.status == 422
        assert "There is nobody to write to." in shown.texts(".summary li")

    def test_an_empty_run_has_no_form(self, trainer, cast):
        shown = trainer.get(self.path(Hall(cast, names=[])))
        assert shown.all(".empty")
        assert shown.all("textarea") == []

    def test_a_line_break_in_the_subject_does_not_reach_the_mail(self, trainer, hall):
        shown = self.write(trainer, hall, subject="Tomorrow\r\nBcc: all@portal.test")
        assert "Tomorrow Bcc: all@portal.test" in shown.text

    def test_nobody_sends_without_end_but_looking_is_free(self, trainer, hall):
        answers = []
        for number in range(12):
            self.write(trainer, hall, subject=f"No {number}")
            answers.append(self.send(trainer, hall).status)
        assert answers == [303] * 10 + [429] * 2

    @pytest.mark.parametrize(("who", "status"), [("other_trainer", 404), ("learner", 403), ("coordinator", 403), ("staff", 200)])
    def test_who_may_write(self, app, cast, hall, who, status):
        assert PageClient(app).sign_in(getattr(cast, who)).get(self.path(hall)).status == status


class TestAnotherTrainer:
    def test_the_former_reaches_nothing_of_the_run_and_the_new_one_all(self, app, cast, trainer, staff, hall):
        courses.add_material(hall.run.id, "Slides", data=PDF, by=cast.trainer.id)
        (material,) = courses.materials_of(hall.run.id)
        staff.get(f"/staff/runs/{hall.run.code}/trainers")
        assert "What they marked stays" in staff.page.text
        staff.submit(None, trainers=[str(cast.other_trainer.id)])
        new = PageClient(app, "en").sign_in(cast.other_trainer)
        run = hall.run.code
        for path in (
            hall.path,
            f"{hall.path}/counts",
            f"{hall.path}/history",
            f"{hall.path}/sheet.pdf",
            f"/teaching/runs/{run}/materials",
            f"/teaching/runs/{run}/message",
            f"/runs/{run}/materials/{material.id}",
        ):
            assert (path, trainer.get(path).status, new.get(path).status) == (path, 404, 200)
        assert trainer.get("/teaching").all(".today") == []
        assert new.get("/teaching").all(".today")

    def test_the_roll_and_the_corrections_name_both(self, app, cast, hall):
        mark(hall, cast, Mark.PRESENT, Mark.ABSENT)
        courses.set_trainers(hall.run, [cast.other_trainer.id], by=cast.staff.id)
        new = PageClient(app, "en").sign_in(cast.other_trainer)
        assert "Maisuradze" in new.get(hall.path).texts(".fine")[-1]
        new.submit(None, **{f"mark-{hall.keys[1]}": "present"})
        corrections = new.get(f"{hall.path}/history")
        assert "Beridze Eka" in corrections.text
        assert hall.marks() == [(hall.keys[0], "present"), (hall.keys[1], "absent"), (hall.keys[1], "present")]
        assert {fact.recorded_by for fact in hall.facts()} == {cast.trainer.id, cast.other_trainer.id}
