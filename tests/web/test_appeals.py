"""Pages of appeals: one's own attendance, disputing it, the trainers' answer, the staff's queue and decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import attendance, journeys
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import format_date, format_day
from portal.foundation.transaction import commit
from tests.attendance.hall import Hall
from tests.page_client import PageClient
from tests.statements import counting

WORDS = "დილიდან ვესწრებოდი"


@pytest.fixture
def hall(cast):
    """A run of yesterday and today, with the learner of the cast among its people; she was marked absent yesterday."""
    hall = Hall(cast, day=-2)
    hall.enrolments[0].person_id = cast.learner.id
    db.session.flush()
    mark(hall, cast, Mark.ABSENT)
    return hall


def mark(hall, cast, kind, **values):
    wish = attendance.MarkWish(hall.keys[0], kind, **values)
    journeys.record_marks(hall.run.id, hall.session.id, [wish], by=cast.trainer.id, seen=10**9, reason="გადამოწმდა")


def browser(app, person):
    return PageClient(app, "en").sign_in(person)


def own(hall):
    return f"/my/runs/{hall.run.code}/attendance"


def disputed(app, hall, cast):
    """The address of the appeal that the learner has made, below the queue of whoever asks."""
    learner = browser(app, cast.learner)
    learner.post(f"{own(hall)}/{hall.session.id}/dispute", {"words": WORDS})
    return attendance.open_appeals(taught_by=None, limit=1)[0].id


def test_ones_attendance_says_each_day_the_hours_and_what_is_still_needed(app, hall, cast):
    mark(hall, cast, Mark.PRESENT, late=60)
    page = browser(app, cast.learner).get(own(hall))
    assert page.texts("h2")[0].startswith(format_date(hall.session.starts_at, "en"))
    assert "7 of 16 hours" in page.text
    assert "420 / 480" in page.text
    assert "Absent → Present, late: 60 min. Reason: გადამოწმდა" in page.text
    assert f"until {format_date(clock.today() + timedelta(days=14), 'en')}" in page.text
    assert len(page.all("a[href$='/dispute']")) == 2


def test_my_training_shows_the_hours_of_a_run_under_way_and_leads_there(app, cast):
    hall = Hall(cast, day=-1)
    hall.enrolments[0].person_id = cast.learner.id
    hall.run.version.attendance_percent = 90
    db.session.flush()
    with clock.frozen(hall.session.ends_at + timedelta(hours=1)):
        mark(hall, cast, Mark.PRESENT, late=60)
        learner = browser(app, cast.learner)
        page = learner.get("/my")
        assert "7 of 16 hours. You can still qualify: 7.4 of the 8 remaining hours needed." in page.text
        (link,) = page.all("a[href$='/attendance']")
        shown = learner.get(link.get("href"))
    assert (shown.h1, "Still to come" in shown.text) == ("My attendance", True)


def test_marks_that_contradict_each_other_are_said_to_be_unsettled(app, hall, cast):
    operations = [
        attendance.Operation(
            client_id=device, device=device, sequence=1, wish=attendance.MarkWish(hall.keys[0], kind), done_at=hall.session.starts_at
        )
        for device, kind in (("a", Mark.PRESENT), ("b", Mark.ABSENT))
    ]
    attendance.receive_marks(hall.session.id, operations, by=cast.trainer.id)
    page = browser(app, cast.learner).get(own(hall))
    assert "it is not settled yet which is right" in page.text


def test_a_learner_disputes_a_day_and_takes_it_back(app, hall, cast):
    learner = browser(app, cast.learner)
    learner.get(f"{own(hall)}/{hall.session.id}/dispute")
    assert learner.submit(words=WORDS).status == 303
    page = learner.follow()
    assert WORDS in page.text
    assert "Sent." in page.text
    assert len(page.all("a[href$='/dispute']")) == 1
    learner.submit(f"{hall.session.id}/take-back")
    assert "Taken back" in learner.follow().text
    assert len(learner.page.all("a[href$='/dispute']")) == 2


def test_an_appeal_needs_words_and_keeps_what_was_typed(app, hall, cast):
    learner = browser(app, cast.learner)
    refused = learner.post(f"{own(hall)}/{hall.session.id}/dispute", {"words": " "})
    assert (refused.status, refused.texts(".summary li")) == (422, ["“What is wrong, and how it was” is required."])
    long = "ა" * 1_001
    refused = learner.post(f"{own(hall)}/{hall.session.id}/dispute", {"words": long})
    assert (refused.status, refused.all("textarea")[0].text.strip()) == (422, long)


def test_after_the_time_the_page_says_until_when_it_was(app, hall, cast):
    learner = browser(app, cast.learner)
    with clock.frozen(clock.now() + timedelta(days=16)):
        learner.sign_in(cast.learner)
        page = learner.get(own(hall))
        assert page.all("a[href$='/dispute']") == []
        assert "could be disputed until" in page.text
        assert learner.get(f"{own(hall)}/{hall.session.id}/dispute").status == 303
        refused = learner.post(f"{own(hall)}/{hall.session.id}/dispute", {"words": WORDS})
        assert (refused.status, "The time in which this session could be disputed is over." in refused.text) == (422, True)


def test_nobody_sees_or_disputes_the_attendance_of_another(app, hall, cast):
    colleague = browser(app, cast.colleague)
    for path in (own(hall), f"{own(hall)}/{hall.session.id}/dispute"):
        assert colleague.get(path).status == 404
    assert colleague.post(f"{own(hall)}/{hall.session.id}/take-back").status == 404
    elsewhere = Hall(cast, [("ნინო", "დოლიძე")], day=-2)
    assert browser(app, cast.learner).get(f"{own(hall)}/{elsewhere.session.id}/dispute").status == 404


def test_a_trainer_finds_the_appeal_and_answers_it_once(app, hall, cast):
    key = disputed(app, hall, cast)
    trainer = browser(app, cast.trainer)
    trainer.get("/teaching")
    queue = trainer.get(trainer.page.all("a[href$='/teaching/appeals']")[0].get("href"))
    assert "No answer yet" in queue.texts("tbody tr")[0]
    page = trainer.get(f"/teaching/appeals/{key}")
    assert WORDS in page.text
    assert page.texts("#recorded-caption ~ tbody th") == ["Absent"]
    assert trainer.submit(words="არ მინახავს").status == 303
    assert "Answered" in trainer.follow().texts("tbody tr")[0]
    assert trainer.get(f"/teaching/appeals/{key}").all("main form") == []
    assert "არ მინახავს" in browser(app, cast.learner).get(own(hall)).text


def test_a_trainer_of_another_run_and_a_learner_find_no_appeal(app, hall, cast):
    key = disputed(app, hall, cast)
    other = browser(app, cast.other_trainer)
    assert (other.get(f"/teaching/appeals/{key}").status, other.get("/teaching/appeals").texts("tbody tr")) == (404, [])
    assert other.get(f"/staff/appeals/{key}").status == browser(app, cast.learner).get(f"/staff/appeals/{key}").status == 403


def test_staff_correct_the_mark(app, hall, cast):
    key = disputed(app, hall, cast)
    staff = browser(app, cast.staff)
    assert "Nino" in staff.get("/staff/appeals").texts("tbody tr")[0]
    page = staff.get(f"/staff/appeals/{key}")
    assert "The trainer has not answered yet." in page.text
    assert staff.submit(verdict="present", late="30", words="ფურცელზეა").status == 303
    done = staff.follow()
    assert "Corrected by the association" in done.texts("#decided-caption ~ tbody tr")[0]
    assert [(fact.mark, fact.source) for fact in hall.facts()] == [("absent", "roll"), ("present", "appeal")]
    mine = browser(app, cast.learner).get(own(hall))
    assert "7.5 of 16 hours" in mine.text
    assert "ფურცელზეა" in mine.text
    assert staff.get(f"/staff/appeals/{key}").all("main form") == []


def test_the_roll_call_saved_as_it_is_shows_no_correction_of_what_was_decided(app, hall, cast):
    key = disputed(app, hall, cast)
    staff = browser(app, cast.staff)
    staff.get(f"/staff/appeals/{key}")
    staff.submit(verdict="present", late="30", words="ფურცელზე\nხელმოწერაა " + "ა" * 270)
    trainer = browser(app, cast.trainer)
    trainer.get(hall.path)
    assert trainer.submit(hall.path).status == 303
    assert [fact.source for fact in hall.facts()] == ["roll", "appeal"]


def test_staff_dismiss_and_the_learner_reads_why(app, hall, cast):
    key = disputed(app, hall, cast)
    staff = browser(app, cast.staff)
    staff.get(f"/staff/appeals/{key}")
    staff.submit(verdict="dismissed", words="ხელმოწერა არ არის")
    assert "Stays as recorded" in staff.follow().text
    mine = browser(app, cast.learner).get(own(hall))
    assert "ხელმოწერა არ არის" in mine.text
    assert f"/{hall.session.id}/dispute" not in "".join(link.get("href") for link in mine.all("main a"))


def test_a_decision_needs_a_choice_and_a_reason(app, hall, cast):
    key = disputed(app, hall, cast)
    staff = browser(app, cast.staff)
    refused = staff.post(f"/staff/appeals/{key}", {"late": "x"})
    assert refused.status == 422
    assert len(refused.texts(".summary li")) == 3
    refused = staff.post(f"/staff/appeals/{key}", {"verdict": "present", "late": "480", "words": "ასე იყო"})
    assert refused.status == 422
    assert refused.all("#late")[0].get("value") == "480"


def test_what_changed_meanwhile_is_shown_before_it_can_be_decided(app, hall, cast):
    key = disputed(app, hall, cast)
    staff = browser(app, cast.staff)
    staff.get(f"/staff/appeals/{key}")
    form = staff.page.form()
    seen = form.fields["seen"]
    mark(hall, cast, Mark.PRESENT, late=400)
    refused = staff.post(f"/staff/appeals/{key}", {"verdict": "present", "words": "იყო", "seen": seen})
    assert (refused.status, "Something else was recorded meanwhile." in refused.text) == (422, True)
    assert refused.texts("#recorded-caption ~ tbody th") == ["Absent", "Present, late: 400 min"]
    assert staff.submit().status == 303


def test_of_two_staff_the_second_reads_that_it_is_decided(app, hall, cast):
    key = disputed(app, hall, cast)
    first, second = browser(app, cast.staff), browser(app, cast.administrator)
    first.get(f"/staff/appeals/{key}")
    second.get(f"/staff/appeals/{key}")
    first.submit(verdict="dismissed", words="არ დასტურდება")
    late = second.submit(verdict="present", words="იყო")
    assert late.status == 422
    assert "it was decided or taken back meanwhile" in late.text
    assert len(hall.facts()) == 1


def test_staff_do_not_decide_on_their_own(app, hall, cast):
    key = disputed(app, hall, cast)
    hall.enrolments[0].person_id = cast.staff.id
    page = browser(app, cast.staff).get(f"/staff/appeals/{key}")
    assert "This is your own appeal" in page.text
    assert page.all("main form") == []


def test_the_queue_says_age_and_deadline(app, hall, cast):
    made = clock.now()
    disputed(app, hall, cast)
    with clock.frozen(made + timedelta(days=11)):
        (row,) = browser(app, cast.staff).get("/staff/appeals").texts("tbody tr")
    assert "11 days ago" in row
    assert "Overdue" in row
    assert format_day((made + timedelta(days=10)).astimezone(clock.TBILISI).date(), "en") in row


def test_an_empty_queue_says_so(app, cast):
    assert browser(app, cast.staff).get("/staff/appeals").texts(".empty h2") == ["No appeals"]
    assert browser(app, cast.trainer).get("/teaching/appeals").texts(".empty h2") == ["No appeals"]


def test_the_queue_takes_as_many_statements_for_many_as_for_few(app, cast):
    hall = Hall(cast, [("ნინო", "აბ" + "ა" * number) for number in range(9)], day=-2)
    staff = browser(app, cast.staff)

    def fill(indices):
        for index in indices:
            attendance.make_appeal(hall.session.id, hall.enrolments[index], WORDS, by=hall.people[index].id)
        commit()
        with counting() as statements:
            staff.get("/staff/appeals")
        return len(statements)

    few, many = fill([0]), fill(range(1, 9))
    # signed in · open appeals and their steps · those that ended (none)
    assert few == many == 4
