"""My sessions: what a trainer sees first in the morning; and the same people by sessions, for staff."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import attendance
from portal.attendance.models import Mark
from portal.foundation import clock
from tests import factories
from tests.attendance.hall import Hall, many, morning
from tests.statements import counting


def wish(hall, index: int, mark: Mark = Mark.PRESENT, **values) -> attendance.MarkWish:
    return attendance.MarkWish(hall.keys[index], mark, **values)


def record(hall, cast, *wishes, session: int = 0, reason: str = "") -> None:
    attendance.record_marks(hall.sessions[session].id, wishes, by=cast.trainer.id, seen=10**9, reason=reason)


def test_todays_sessions_come_first_then_those_to_come_then_the_past(page, cast):
    hall, past = Hall(cast), Hall(cast, day=-10)
    shown = page.sign_in(cast.trainer).get("/teaching")
    assert shown.texts("h2")[0] == "დღეს"
    links = [link.get("href").rsplit("/", 1)[1] for link in shown.all(".run-title a")]
    assert links == [str(session.id) for session in (*hall.sessions, *reversed(past.sessions))]


def test_each_session_says_how_many_are_expected_and_how_many_came(page, cast):
    hall = Hall(cast)
    record(hall, cast, wish(hall, 0), wish(hall, 1, Mark.ABSENT))
    record(hall, cast, wish(hall, 1))
    shown = page.sign_in(cast.trainer).get("/teaching")
    assert [place.text_content() for place in shown.all("[data-count]")] == ["2", "0", "1"]
    assert "3" in shown.texts(".run .tag")[0]


def test_the_sheet_is_one_click_away(page, cast):
    hall = Hall(cast)
    shown = page.sign_in(cast.trainer).get("/teaching")
    assert shown.all(f"a[href$='{hall.path}/sheet.pdf']")


def test_a_trainer_sees_the_own_runs_only(page, cast):
    Hall(cast)
    shown = page.sign_in(cast.other_trainer).get("/teaching")
    assert shown.all(".run") == []
    assert shown.all(".empty")


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_runs_that_do_not_take_place_are_left_out(page, cast, state):
    hall = Hall(cast, state=state)
    page.sign_in(cast.trainer)
    assert page.get("/teaching").all(".run") == []
    assert page.get(hall.path).status == 404


def test_older_sessions_are_on_further_pages(page, cast):
    run = factories.run(trainers=(cast.trainer,), starts_at=morning(-60), days=23)
    page.sign_in(cast.trainer)
    first = page.get("/teaching")
    assert len(first.all(".run")) == 20
    older = page.get(first.all("a[rel=next]")[0].get("href"))
    assert len(older.all(".run")) == 3
    assert run.code in older.text
    assert older.all("a[rel=prev]")


@pytest.mark.parametrize("older", ["x", "-1", "²", "9" * 40, "", "0"])
def test_an_address_made_by_hand_breaks_nothing(page, cast, older):
    assert page.sign_in(cast.trainer).get(f"/teaching?older={older}").status == 200


def test_the_number_of_statements_does_not_grow(page, cast):
    # sign-in, sessions from today on, past sessions, counts, links and scans, materials
    page.sign_in(cast.trainer)
    counted = []
    for size in (1, 30):
        for _ in range(size):
            Hall(cast, names=many(2))
        page.get("/teaching")
        with counting() as statements:
            page.get("/teaching")
        counted.append(len(statements))
    assert counted == [6, 6], statements


@pytest.mark.parametrize("who", ["learner", "coordinator", "staff"])
def test_who_does_not_teach_has_no_sessions_of_their_own(page, cast, who):
    assert page.sign_in(getattr(cast, who)).get("/teaching").status == 403


def test_staff_see_people_by_sessions_with_hours_and_percent(page, cast):
    hall = Hall(cast, day=-1)
    record(hall, cast, wish(hall, 0), wish(hall, 1, late=60), wish(hall, 2, Mark.EXCUSED, reason="ავად არის"))
    record(hall, cast, wish(hall, 0), session=1)
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{hall.run.code}/attendance")
    rows = [row.text_content() for row in shown.all("tbody tr")]
    assert "აბულაძე ნანა" in rows[0]
    assert "16 / 16" in rows[0]
    assert "100" in rows[0]
    assert "7 / 16" in rows[1]
    assert "0 / 16" in rows[2]
    assert len(shown.all(f"a[href*='/teaching/sessions/{hall.session.id}']")) == 1


def test_staff_are_told_what_is_still_needed_for_the_certificate(page, cast):
    hall = Hall(cast, day=1)
    with clock.frozen(hall.session.starts_at):
        record(hall, cast, wish(hall, 0, Mark.ABSENT), wish(hall, 1, late=60))
    shown = page.sign_in(cast.staff).get(f"/en/staff/runs/{hall.run.code}/attendance")
    rows = [row.text_content() for row in shown.all("tbody tr")]
    assert "Not enough" in rows[0]
    assert "5.8 of the 8 remaining hours needed" in rows[1]
    assert "12.8 of the 16 remaining hours needed" in rows[2]


def test_a_run_of_nobody_says_so(page, cast):
    hall = Hall(cast, names=[])
    assert page.sign_in(cast.staff).get(f"/staff/runs/{hall.run.code}/attendance").all(".empty")


def test_the_matrix_takes_as_many_statements_for_three_as_for_many(page, cast):
    # sign-in, run, sessions, people with their facts
    page.sign_in(cast.staff)
    counted = []
    for names in (many(3), many(40)):
        hall = Hall(cast, names=names)
        record(hall, cast, *(wish(hall, index) for index in range(len(names))))
        path = f"/staff/runs/{hall.run.code}/attendance"
        page.get(path)
        with counting() as statements:
            page.get(path)
        counted.append(len(statements))
    assert counted == [4, 4], statements


@pytest.mark.parametrize(("who", "status"), [("trainer", 403), ("learner", 403), ("administrator", 200)])
def test_the_matrix_is_for_staff(page, cast, who, status):
    hall = Hall(cast)
    assert page.sign_in(getattr(cast, who)).get(f"/staff/runs/{hall.run.code}/attendance").status == status


def test_a_run_that_does_not_exist_is_not_found(page, cast):
    assert page.sign_in(cast.staff).get("/staff/runs/NOTHING/attendance").status == 404


def test_staff_mark_the_roll_of_any_run(page, cast):
    hall = Hall(cast)
    page.sign_in(cast.staff).get(hall.path)
    assert page.submit(**{f"mark-{hall.keys[0]}": "present"}).status == 303
    assert hall.marks() == [(hall.keys[0], "present")]


def test_midnight_in_tbilisi_decides_what_is_today(page, cast):
    with clock.frozen(morning().replace(hour=0, minute=30)):
        hall = Hall(cast)
        shown = page.sign_in(cast.trainer).get("/en/teaching")
    assert shown.texts("h2")[0] == "Today"
    assert shown.all(f"a[href$='{hall.path}']")


def test_staff_see_what_was_known_on_a_day(page, cast):
    hall, now = Hall(cast, day=-3), clock.now()
    with clock.frozen(now - timedelta(days=2)):
        record(hall, cast, wish(hall, 0))
    record(hall, cast, wish(hall, 0, Mark.ABSENT), reason="ფურცლის მიხედვით")
    staff, path = page.sign_in(cast.staff), f"/staff/runs/{hall.run.code}/attendance"

    def hours(day):
        return staff.get(f"{path}?on={day}").texts("tbody td.number")[0]

    before, between = ((now.astimezone(clock.TBILISI) - timedelta(days=days)).strftime("%d.%m.%Y") for days in (3, 1))
    assert (hours(before), hours(between), hours("")) == ("0 / 16", "8 / 16", "0 / 16")
    refused = staff.get(f"{path}?on=tomorrow")
    assert refused.status == 422
    assert refused.all("input[name=on]")[0].get("value") == "tomorrow"
