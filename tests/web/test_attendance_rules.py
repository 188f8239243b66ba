"""How a run counts attendance: staff set it, and whoever is concerned reads it in words."""

from __future__ import annotations

import pytest

from portal import courses
from tests.attendance.hall import Hall
from tests.page_client import PageClient


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


class TestAttendanceRules:
    def path(self, run):
        return f"/staff/runs/{run.code}/attendance-rules"

    def test_they_are_said_where_they_differ(self, app, cast, staff, hall):
        staff.get(self.path(hall.run))
        answer = staff.submit(None, attendance_base="held", excused_counts="left_out", free_absences="1", least_percent="50")
        assert answer.status == 303
        trainer = PageClient(app, "en").sign_in(cast.trainer)
        for client, path in (
            (staff, f"/staff/runs/{hall.run.code}"),
            (staff, f"/staff/runs/{hall.run.code}/attendance"),
            (trainer, hall.path),
            (PageClient(app, "en"), f"/runs/{hall.run.code}"),
        ):
            shown = client.get(path).text
            assert "An excused absence is left out of the count." in shown, path
            assert "1 missed session is forgiven." in shown, path
            assert "less than 50 % of a session" in shown, path

    def test_the_usual_ones_are_not_worth_a_word(self, app, cast, staff, hall):
        for client, path in ((PageClient(app, "en").sign_in(cast.trainer), hall.path), (PageClient(app, "en"), f"/runs/{hall.run.code}")):
            assert "How attendance is counted" not in client.get(path).text
        assert "As in most runs" in staff.get(f"/staff/runs/{hall.run.code}").text

    @pytest.mark.parametrize(
        ("field", "value"), [("free_absences", "x"), ("free_absences", "21"), ("least_percent", "101"), ("least_percent", "")]
    )
    def test_a_refusal_keeps_what_was_typed(self, staff, hall, field, value):
        staff.get(self.path(hall.run))
        shown = staff.submit(None, **{field: value, "excused_counts": "present"})
        assert shown.status == 422
        assert len(shown.texts(".summary li")) == 1
        assert (shown.form().fields[field], shown.form().fields["excused_counts"]) == (value, "present")

    def test_a_run_that_is_over_shows_them_and_refuses_another(self, staff, cast):
        run = Hall(cast, state="completed").run
        assert staff.get(self.path(run)).all("main form") == []
        values = {"attendance_base": "held", "excused_counts": "missed", "free_absences": "1", "least_percent": "0"}
        refused = staff.post(self.path(run), values)
        assert refused.status == 422
        assert courses.attendance_rules_of(courses.get_run(run.code)) == courses.USUAL

    @pytest.mark.parametrize("who", ["trainer", "learner", "coordinator"])
    def test_they_are_for_staff(self, app, cast, hall, who):
        assert PageClient(app).sign_in(getattr(cast, who)).get(self.path(hall.run)).status == 403


def test_the_day_of_the_matrix_and_its_button_stand_in_one_line(staff, hall):
    (beside,) = staff.get(f"/staff/runs/{hall.run.code}/attendance").all(".with-button")
    assert [one.tag for one in beside] == ["input", "button"]
