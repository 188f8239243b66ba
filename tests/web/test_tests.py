"""Taking a test, from the link to the result; the bank, the tests of a course, and marking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import assessment
from portal.assessment.models import Attempt, AttemptAnswer, Occasion, QuestionKind, QuestionVersion
from portal.assessment.rules_tests import GRACE
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.assessment.bank import ALL_RIGHT, Examined
from tests.attendance.hall import many
from tests.statements import counting


@pytest.fixture
def exam(cast):
    return Examined(cast, minutes=30, attempts=2)


@pytest.fixture
def learner(page, exam):
    return page.sign_in(exam.people[0])


def path_of(exam, number: int | None = None) -> str:
    return f"/runs/{exam.run.code}/test/{exam.occasion}{f'/{number}' if number else ''}"


def fields(exam, **given) -> dict[str, str]:
    """What a person fills in, by the kind of the question."""
    return {f"answer-{version.id}": given[version.kind] for version in exam.bank if version.kind in given}


def test_a_learner_takes_a_test_from_the_link_to_the_result(learner, exam):
    assert learner.get(f"/runs/{exam.run.code}/enrolment").all(f"a[href$='{path_of(exam)}']")
    assert learner.get("/my").all(f"a[href$='{path_of(exam)}']")
    start = learner.get(path_of(exam))
    assert all(words in start.text for words in ("30 წუთი", "60 %", "0 / 2"))
    assert learner.submit().status == 303
    questions = learner.follow()
    assert [len(questions.all(f"[name=answer-{version.id}]")) for version in exam.bank] == [2, 4, 1, 1]
    sent = learner.submit(**fields(exam, single="0", multiple="0", numeric="12,4", text="ჩემი\nპასუხი"))
    assert sent.status == 303
    result = learner.follow()
    assert "შეფასებას ელოდება" in result.h1
    assert "5 / 8" in result.text  # 2 + 1 + 2, and what waits counts nothing
    assert result.all(".as-typed")[-1].text_content() == "ჩემი\nპასუხი"


def test_save_and_go_on_later_keeps_what_was_filled_in(learner, exam):
    learner.get(path_of(exam))
    learner.submit()
    learner.follow()
    values = dict(learner.page.form().form_values())
    answer = learner.post(path_of(exam, 1), values | fields(exam, single="1", numeric="ათი") | {"action": "save"})
    assert answer.status == 303
    again = learner.follow()
    assert [field.get("value") for field in again.all("input[type=radio][checked]")] == ["1"]
    assert again.all("input[inputmode=decimal]")[0].get("value") == "ათი"
    assert db.session.scalars(sa.select(AttemptAnswer)).one().handed_in is False


def test_what_is_no_number_or_has_no_answer_is_refused_once_and_all_is_kept(learner, exam):
    learner.get(path_of(exam))
    learner.submit()
    learner.follow()
    refused = learner.submit(**fields(exam, single="0", numeric="ათი", text="ჩემი პასუხი"))
    assert refused.status == 422
    assert [link.get("href") for link in refused.all(".summary a")] == [f"#answer-{exam.bank[1].id}-0", f"#answer-{exam.bank[2].id}"]
    assert [field.get("value") for field in refused.all("input[type=radio][checked]")] == ["0"]
    assert learner.submit(**fields(exam, numeric="12")).status == 422
    assert learner.submit(sure="1").status == 303
    assert "4 / 8" in learner.follow().text


def test_an_answer_that_is_too_long_is_refused_and_kept(learner, exam):
    learner.get(path_of(exam))
    learner.submit()
    learner.follow()
    refused = learner.submit(**fields(exam, text="ა" * 4_001))
    assert refused.status == 422
    assert refused.all("textarea")[0].text_content().strip() == "ა" * 4_001


def test_options_that_were_never_offered_are_no_answer(learner, exam):
    learner.get(path_of(exam))
    learner.submit()
    learner.follow()
    single = exam.bank[0].id
    learner.post(path_of(exam, 1), {f"answer-{single}": "7", "answer-999999": "1", "action": "save", "form_key": "k" * 16})
    assert db.session.scalars(sa.select(AttemptAnswer)).one().answers == {}


def test_one_form_sent_twice_is_one_answer(learner, exam):
    learner.get(path_of(exam))
    learner.submit()
    form = learner.follow().form()
    values = dict(form.form_values()) | fields(exam, single="0") | {"action": "save"}
    assert [learner.post(path_of(exam, 1), values).status for _time in range(2)] == [303, 303]
    assert exam.rows(AttemptAnswer) == 1


def test_answers_that_come_too_late_say_so_and_what_was_saved_counts(learner, exam):
    attempt = exam.begin()
    commit()
    learner.get(path_of(exam, 1))
    learner.post(path_of(exam, 1), fields(exam, single="0") | {"action": "save", "form_key": "a" * 16})
    with clock.frozen(attempt.ends_at + GRACE + timedelta(minutes=1)):
        assert learner.post(path_of(exam, 1), fields(exam, **{**ALL_RIGHT, "single": "0", "multiple": "0"})).status == 303
        result = learner.follow()
    assert "2 / 8" in result.text
    assert "ვადის ამოწურვის შემდეგ" in result.text


def test_when_the_time_is_over_the_page_says_so(learner, exam):
    attempt = exam.begin()
    commit()
    with clock.frozen(attempt.ends_at + GRACE + timedelta(seconds=1)):
        over = learner.get(path_of(exam, 1))
    assert not over.all("main form")
    assert over.status == 200


def test_when_all_attempts_are_used_no_button_is_left_and_none_begins(learner, exam):
    for _time in range(2):
        exam.take(single=1)
    commit()
    page = learner.get(path_of(exam))
    assert not page.all("main form")
    assert learner.post(path_of(exam)).status == 303
    assert "warn" in learner.follow().all(".flash")[0].get("class")
    assert exam.rows(Attempt) == 2


def test_right_answers_are_shown_when_no_attempt_is_left(learner, exam):
    exam.take(single=1)
    commit()
    assert not learner.get(path_of(exam, 1)).all(".panel .tag-good")
    exam.take(single=1)
    commit()
    assert learner.get(path_of(exam, 1)).all(".panel .tag-good")
    exam.give(shows_answers=False)
    commit()
    assert not learner.get(path_of(exam, 1)).all(".panel .tag-good")


@pytest.mark.parametrize("state", ["waiting", "withdrawn", None])
def test_without_a_place_there_is_no_test(page, cast, exam, state):
    exam.take(single=1)
    someone = factories.person_with_account("ლია", "კობახიძე")
    if state:
        factories.enrolment(exam.run, someone, state)
    commit()
    page.sign_in(someone)
    for path in (path_of(exam), path_of(exam, 1)):
        assert (page.get(path).status, page.post(path, {}).status) == (404, 404)
    assert exam.rows(Attempt) == 1


def test_nobody_sees_the_attempt_of_another(page, exam):
    exam.take(single=1)
    commit()
    assert page.sign_in(exam.people[1]).get(path_of(exam, 1)).status == 404


@pytest.mark.parametrize("occasion", ["pre", "later", "post2"])
def test_a_test_that_is_not_given_is_not_found(learner, exam, occasion):
    assert learner.get(f"/runs/{exam.run.code}/test/{occasion}").status == 404


def test_the_english_page_falls_back_to_georgian_and_says_so(app, page, cast):
    exam = Examined(cast, kinds=(QuestionKind.SINGLE,))
    plain = (assessment.OptionValues("კი", right=True), assessment.OptionValues("არა"))
    exam.bank = [
        assessment.create_question(
            assessment.QuestionValues(course_id=exam.run.course_id, kind="single", text_ka="მხოლოდ ქართულად?", options=plain),
            by=cast.staff.id,
        )
    ]
    exam.give()
    exam.begin()
    commit()
    english = type(page)(app, "en").sign_in(exam.people[0]).get(path_of(exam, 1))
    assert english.all("legend [lang=ka]")[0].text_content() == "მხოლოდ ქართულად?"


NEW = {
    "kind": "single",
    "text_ka": "რომელია სწორი?",
    "text_en": "Which is right?",
    "points": "2",
    "options-0-ka": "ეს",
    "options-0-en": "This",
    "options-0-right": "y",
    "options-1-ka": "ის",
    "options-1-en": "That",
}


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def test_a_trainer_adds_a_question_to_a_course_of_theirs(trainer, exam):
    trainer.get("/staff/questions/new")
    assert trainer.submit(**NEW, home=f"course-{exam.run.course_id}").status == 303
    shown = trainer.follow()
    assert shown.texts(".panel .tag-good") == ["სწორია", "სწორია"]
    assert "რომელია სწორი?" in trainer.get("/staff/questions").text


@pytest.mark.parametrize("home", ["topic", "course"])
def test_a_trainer_adds_none_elsewhere(trainer, exam, home):
    elsewhere = factories.course()
    commit()
    trainer.get("/staff/questions/new")
    key = elsewhere.course_id if home == "course" else elsewhere.course.topic_id
    before = exam.rows(QuestionVersion)
    assert trainer.submit(**NEW, home=f"{home}-{key}").status == 422
    assert exam.rows(QuestionVersion) == before


def test_a_preview_shows_the_question_and_saves_nothing(page, cast, exam):
    page.sign_in(cast.staff).get("/staff/questions/new")
    before = exam.rows(QuestionVersion)
    values = dict(page.page.form().form_values()) | NEW | {"home": f"course-{exam.run.course_id}", "action": "preview"}
    shown = page.post("/staff/questions/new", values)
    assert (shown.status, exam.rows(QuestionVersion)) == (200, before)
    assert shown.texts(".panel .tag-good") == ["სწორია", "სწორია"]
    assert shown.form().fields["options-1-ka"] == "ის"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"options-1-right": "y"}, "options-0-ka"),
        ({"options-0-right": None}, "options-0-ka"),
        ({"options-1-ka": "", "options-1-en": ""}, "options-0-ka"),
        ({"options-1-en": ""}, "text_en"),
        ({"home": ""}, "home"),
        ({"text_ka": " "}, "text_ka"),
        ({"points": "0"}, "points"),
        ({"kind": "numeric", "answer": "ათი"}, "answer"),
        ({"kind": "numeric", "answer": "10", "tolerance": "-1"}, "tolerance"),
    ],
)
def test_a_question_that_is_not_sound_is_refused_and_kept(page, cast, exam, wrong, where):
    page.sign_in(cast.staff).get("/staff/questions/new")
    refused = page.submit(**{"home": f"course-{exam.run.course_id}"} | NEW | wrong)
    assert refused.status == 422
    assert [link.get("href") for link in refused.all(".summary a")] == [f"#{where}"]
    assert refused.form().fields["options-0-ka"] == "ეს"


def test_an_edit_makes_a_new_edition_and_an_archived_question_is_put_away(page, cast, exam):
    loose = assessment.create_question(
        assessment.QuestionValues(course_id=exam.run.course_id, kind="text", text_ka="ახსენით."), by=cast.staff.id
    )
    commit()
    path = f"/staff/questions/{loose.question_id}"
    page.sign_in(cast.staff).get(f"{path}/edit")
    assert page.submit(text_ka="ახსენით უკეთ.").status == 303
    assert page.follow().texts("tbody th") == ["2", "1"]
    assert page.submit("/archive").status == 303
    assert "ახსენით უკეთ." not in page.get("/staff/questions").text
    assert "ახსენით უკეთ." in page.get("/staff/questions?archived=1").text
    asked = exam.bank[0].question_id
    assert page.get(f"/staff/questions/{asked}").all("form[action$=archive]") == []
    page.post(f"/staff/questions/{asked}/archive")
    assert "bad" in page.follow().all(".flash")[0].get("class")


def test_the_bank_is_searched_by_words_topic_and_kind(page, cast, exam):
    topic = exam.run.version.course.topic_id
    page.sign_in(cast.staff)
    for asked, found in (
        ("", 4),
        ("?q=numeric", 1),
        (f"?topic={topic}", 4),
        ("?kind=text", 1),
        ("?topic=999", 0),
        ("?q=zzz", 0),
        ("?kind=x", 4),
    ):
        assert len(page.get(f"/staff/questions{asked}").all("tbody tr")) == found, asked


def test_a_test_is_made_of_questions_in_the_order_of_their_places(page, cast, exam):
    path = f"/staff/courses/{exam.run.course.slug}/tests"
    page.sign_in(cast.staff).get(f"{path}/pre")
    places = {f"place-{version.question_id}": str(9 - number) for number, version in enumerate(exam.bank)}
    assert page.submit(minutes="20", attempts="2", pass_percent="50", active="y", **places).status == 303
    page.follow()
    made = assessment.tests_of_course(exam.run.course_id)["pre"]
    assert [one.question_id for one in assessment.questions_of(made.id)] == [one.question_id for one in reversed(exam.bank)]
    assert (made.minutes, made.attempts, made.pass_percent, made.days_after, made.active) == (20, 2, 50, 0, True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"attempts": "0"}, "#attempts"),
        ({"draw": "9"}, "#draw"),
        ({"first": "ა"}, None),
        ({"all": ""}, None),
    ],
)
def test_a_test_that_is_not_sound_is_refused_and_kept(page, cast, exam, wrong, words):
    page.sign_in(cast.staff).get(f"/staff/courses/{exam.run.course.slug}/tests/post")
    places = {f"place-{version.question_id}": wrong.get("all", "1") for version in exam.bank}
    if "first" in wrong:
        places[f"place-{exam.bank[0].question_id}"] = wrong["first"]
    refused = page.submit(**{key: value for key, value in wrong.items() if key in {"attempts", "draw"}}, **places)
    assert refused.status == 422
    assert [link.get("href") for link in refused.all(".summary a")] == ([words] if words else [])
    assert [field.get("value") for field in refused.all("input[name^=place-]")] == list(places.values())


@pytest.mark.parametrize(
    ("who", "bank", "course", "run"),
    [
        ("trainer", 200, 200, 200),
        ("other_trainer", 200, 404, 404),
        ("staff", 200, 200, 200),
        ("learner", 403, 403, 403),
        ("coordinator", 403, 403, 403),
    ],
)
def test_who_sees_which_part(page, cast, exam, who, bank, course, run):
    page.sign_in(getattr(cast, who))
    assert page.get("/staff/questions").status == bank
    assert page.get(f"/staff/courses/{exam.run.course.slug}/tests").status == course
    for path in ("tests", "marking"):
        assert page.get(f"/teaching/runs/{exam.run.code}/{path}").status == run
    if who == "other_trainer":
        assert page.get(f"/staff/questions/{exam.bank[0].question_id}").status == 404
        assert page.get("/staff/questions").all("tbody tr") == []


def test_a_trainer_marks_answers_and_the_result_follows(trainer, cast, exam):
    attempt = exam.take(single=0, multiple=[0, 2], numeric="12,5", text="<b>ჩემი</b> პასუხი")
    commit()
    name = f"points-{attempt.id}-{exam.bank[-1].id}"
    assert "1" in trainer.get(f"/teaching/runs/{exam.run.code}/tests").texts("main .actions a")[0]
    page = trainer.get(f"/teaching/runs/{exam.run.code}/marking")
    assert page.texts(".as-typed") == ["<b>ჩემი</b> პასუხი"]
    for wrong in ("3", "-1", "ორი", "1,555"):
        refused = trainer.submit(**{name: wrong})
        assert refused.status == 422
        assert refused.form().fields[name] == wrong
    assert trainer.submit(**{name: "1,5"}).status == 303
    assert trainer.follow().form().fields[name] == "1,5"
    assert exam.percent(attempt) == 94


def test_the_page_of_a_run_shows_results_sources_and_the_gain(trainer, cast):
    exam = Examined(cast, Occasion.PRE, kinds=(QuestionKind.SINGLE, QuestionKind.NUMERIC), hall={"day": 3})
    for which, given in ((0, {"single": 1, "numeric": "1"}), (1, {"single": 0, "numeric": "1"})):
        exam.take(which, **given)
    exam.occasion = Occasion.POST
    exam.give()
    with clock.frozen(exam.run.ends_at):
        for which in range(2):
            exam.take(which, single=0, numeric="12,5")
    assessment.record_scores(exam.run.id, {exam.keys[2]: 55}, by=cast.trainer.id)
    commit()
    page = trainer.get(f"/teaching/runs/{exam.run.code}/tests")
    assert page.texts(".facts dd") == ["2", "25 %", "100 %", "100 %"]
    assert len(page.all("tbody tr")) == 3
    assert "55 %" in page.texts("tbody tr")[2]


def test_many_people_take_no_more_statements(trainer, cast):
    counted = []
    for names in (many(3), many(25)):
        exam = Examined(cast, names=names)
        for which in range(len(names)):
            exam.take(which, single=0, text="პასუხი")
        commit()
        for path in ("tests", "marking"):
            trainer.get(f"/teaching/runs/{exam.run.code}/{path}")
            with counting() as statements:
                trainer.get(f"/teaching/runs/{exam.run.code}/{path}")
            counted.append(len(statements))
    assert counted[:2] == counted[2:], counted
