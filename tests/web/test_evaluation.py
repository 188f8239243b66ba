"""The pages of evaluation: the questionnaire of a participant, the results for staff and trainers, and what is asked."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import evaluation
from portal.courses.models import CourseVersion
from portal.evaluation import Round
from portal.evaluation.models import EvaluationEdition, EvaluationReceipt
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes
from tests.evaluation.scenes import LATER, answer, answer_all, closed, over
from tests.page_client import PageClient, words
from tests.statements import counting

PATH = "/runs/RUN-X/evaluation"
STAFF = "/staff/runs/RUN-X/evaluation"
TEACHING = "/teaching/runs/RUN-X/evaluation"


@pytest.fixture
def scene(cast):
    return over(cast.staff, 6, code="RUN-X", trainers=(cast.trainer, cast.other_trainer))


@pytest.fixture
def place(cast, scene):
    mine = factories.enrolment(scene[0], cast.learner, "completed")
    scenes.attend(scene[0], mine, cast.staff)
    commit()
    return mine


@pytest.fixture
def mine(app, cast, place):
    return PageClient(app, "en").sign_in(cast.learner)


@pytest.fixture
def office(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


def receipts():
    return db.session.scalar(sa.select(sa.func.count()).select_from(EvaluationReceipt))


def test_the_questionnaire_asks_about_each_trainer_and_says_what_happens_with_the_answers(cast, mine):
    asked = mine.get(PATH)
    assert asked.status == 200
    legends = asked.texts("legend")
    assert sum(cast.trainer.name("en") in one or cast.other_trainer.name("en") in one for one in legends) == 2
    for said in ("voluntary", "Your name is not kept", "at least 5 people", "neither changed nor taken back"):
        assert said in asked.text


def test_it_is_in_georgian_too(app, cast, place):
    shown = PageClient(app, "ka").sign_in(cast.learner).get(PATH)
    assert "ტრენინგის შეფასება" in shown.texts("h1")
    assert "სარგებლიანობა თქვენი სამსახურისთვის" in shown.texts("legend")


def test_answering_leads_to_thanks_and_again_changes_nothing(mine):
    for _click in range(2):
        sent = mine.post(PATH, {"content": "5", "best": "Exercises"})
        assert (sent.status, sent.location) == (303, f"/en{PATH}")
    assert receipts() == 1
    assert "Thank you for your answers" in mine.get(PATH).texts("h1")


def test_a_refused_form_keeps_what_was_typed(mine):
    refused = mine.post(PATH, {"content": "9", "useful": "4", "best": "Exercises"})
    assert refused.status == 422
    assert "Choose “Content of the training” from the list." in " ".join(refused.texts(".summary li"))
    assert refused.all("input[name=useful][value='4']")[0].get("checked") is not None
    assert refused.all("textarea[name=best]")[0].text.strip() == "Exercises"
    assert receipts() == 0


def test_nothing_answered_is_told(mine):
    refused = mine.post(PATH, {})
    assert (refused.status, refused.texts(".summary li")) == (422, ["Answer at least one question."])
    assert refused.all(".summary a")[0].get("href") == "#content-0"


def test_links_lead_there_while_it_is_open(app, cast, mine, scene):
    for page in ("/my", "/runs/RUN-X/enrolment"):
        assert [link.get("href") for link in mine.get(page).all("a[href$='/evaluation']")] == [f"/en{PATH}"]
    mine.post(PATH, {"content": "5"})
    for page in ("/my", "/runs/RUN-X/enrolment"):
        assert mine.get(page).all("a[href$='/evaluation']") == []
    with clock.frozen(scene[0].ends_at + LATER):
        later = PageClient(app, "en").sign_in(cast.learner)
        assert "What has come of it?" in " ".join(later.get("/my").texts("a[href$='/evaluation']"))


@pytest.mark.parametrize(("days", "said"), [(-8, "not open yet"), (31, "is closed")])
def test_before_and_afterwards_a_bookmark_says_why_not(cast, app, place, scene, days, said):
    with clock.frozen(scene[0].ends_at + timedelta(days=days)):
        later = PageClient(app, "en").sign_in(cast.learner)
        assert said in later.get(PATH).texts("h1")[0]
        assert later.post(PATH, {"content": "5"}).status == 303
    assert receipts() == 0


def test_whoever_never_came_is_told(app, cast, scene):
    factories.enrolment(scene[0], cast.colleague, "not_completed")
    commit()
    told = PageClient(app, "en").sign_in(cast.colleague).get(PATH)
    assert (told.status, told.texts("h1")) == (200, ["Nothing is asked of you here"])


def test_without_a_place_there_is_no_such_page(app, cast, scene):
    stranger = PageClient(app).sign_in(cast.colleague)
    assert stranger.get(PATH).status == stranger.post(PATH, {"content": "5"}).status == 404


def test_a_form_drawn_before_the_questions_changed_is_taken_as_it_was(cast, mine):
    with writing():
        evaluation.change_question(Round.AFTER, "content", evaluation.Change.ARCHIVE, seen=0, by=cast.staff.id)
    assert "Content of the training" not in mine.get(PATH).texts("legend")
    assert mine.post(PATH, {"edition": "0", "content": "5"}).status == 303
    assert db.session.scalar(sa.text("SELECT sum(waiting) FROM evaluation_count WHERE question = 'content'")) == 1


def test_staff_see_numbers_and_texts_from_five_on(office, scene):
    _run, places = scene
    answer_all(places[:4], content=4, texts={"best": "exercises"})
    few = office.get(STAFF)
    assert "Not shown: fewer than 5 answers." in few.text
    assert "exercises" not in few.text
    assert "4 / 6" in few.text
    answer(places[4], content=5, texts={"best": "examples"})
    shown = office.get(STAFF)
    assert "Mean: 4.2 of 5 · 5 answers" in shown.text
    assert shown.texts("li .as-typed").count("exercises") == 4
    assert "examples" in shown.texts("li .as-typed")


def test_bars_stand_in_tables_with_their_numbers(office, scene):
    answer_all(scene[1][:5], content=4)
    shown = office.get(STAFF)
    assert rows(shown, "after-content")[3] == ["Good", "5", "100"]
    table = shown.all("#after-content-caption")[0].getparent()
    assert [bar.get("aria-hidden") for bar in table.cssselect("progress")] == ["true"] * 5


def test_a_trainer_sees_the_numbers_and_their_own_but_no_text_and_no_colleagues(app, cast, scene):
    answer_all(scene[1], content=4, trainers={cast.trainer.id: 5, cast.other_trainer.id: 1}, texts={"best": "exercises"})
    shown = PageClient(app, "en").sign_in(cast.trainer).get(TEACHING)
    assert shown.status == 200
    assert cast.trainer.name("en") in " ".join(shown.texts("h3"))
    assert cast.other_trainer.name("en") not in " ".join(shown.texts("h3"))
    assert "exercises" not in shown.text


def test_a_trainer_of_another_run_finds_nothing(app, cast, scene):
    over(cast.staff, 1, code="RUN-Y", trainers=(cast.trainer,))
    assert PageClient(app).sign_in(cast.other_trainer).get("/teaching/runs/RUN-Y/evaluation").status == 404
    assert PageClient(app).sign_in(cast.trainer).get(STAFF).status == 403


def test_a_run_that_is_not_over_has_no_results(office, cast):
    factories.run(code="RUN-Z")
    commit()
    assert office.get("/staff/runs/RUN-Z/evaluation").status == office.get("/staff/runs/NONE/evaluation").status == 404


def rows(page, table):
    return [[words(cell) for cell in row] for row in page.all(f"#{table}-caption ~ tbody tr")]


def test_the_overview_compares_courses_and_halves_of_years(office, cast):
    for title, mark in (("Budget", 9), ("Ethics", 5)):
        _run, places = over(cast.staff, 5, version=factories.course(title_en=title))
        answer_all(places, recommend=mark, useful=4)
    shown = office.get("/staff/evaluation")
    assert {row[0]: row[2:5] for row in rows(shown, "rows")} == {"Budget": ["5 / 5", "9", "4"], "Ethics": ["5 / 5", "5", "4"]}
    assert [row[1:4] for row in rows(shown, "halves")] == [["2", "10 / 10", "7"]]


def test_the_overview_is_asked_in_the_address(office, cast, scene):
    answer_all(scene[1], recommend=9, trainers={cast.trainer.id: 5})
    course, day = scene[0].course_id, scene[0].ends_at
    over(cast.staff, 5, version=factories.course(title_en="Ethics"))
    assert len(rows(office.get("/staff/evaluation"), "rows")) == 2
    for asked in (f"course={course}", f"trainer={cast.trainer.id}", f"course={course}&trainer={cast.trainer.id}&from={day:%d.%m.%Y}"):
        assert len(rows(office.get(f"/staff/evaluation?{asked}"), "rows")) == 1, asked
    assert "No training ended in this choice" in office.get(f"/staff/evaluation?from={day + timedelta(days=2):%d.%m.%Y}").text
    by_run = office.get(f"/staff/evaluation?course={course}")
    assert "RUN-X" in rows(by_run, "rows")[0][0]
    assert rows(by_run, "trainers")[0][1:] == ["1", "5", "5"]


@pytest.mark.parametrize("asked", ["from=77", "course=999999", "trainer=x", "from=02.01.2026&to=01.01.2026"])
def test_an_address_that_makes_no_sense_is_refused_in_words(office, asked):
    refused = office.get(f"/staff/evaluation?{asked}")
    assert refused.status == 422
    assert refused.texts(".summary li")
    assert office.get(f"/staff/evaluation.csv?{asked}").status == 303


def test_a_run_that_too_few_evaluated_is_in_no_figure_and_that_is_said(app, cast, scene):
    answer_all(scene[1][:3], recommend=1)
    version = db.session.get_one(CourseVersion, scene[0].version_id)
    other, places = over(cast.staff, 5, version=version, code="RUN-Y")
    answer_all(places, recommend=9)
    with closed(other):
        shown = PageClient(app, "en").sign_in(cast.staff).get("/staff/evaluation")
        assert rows(shown, "rows")[0][1:4] == ["2", "8 / 11", "9"]
        assert "1 training with too few answers is in none of the figures." in shown.text


def read(page):
    return list(csv.reader(io.StringIO(page.response.get_data().decode("utf-8-sig")), delimiter=";"))


def test_figures_as_files(office, scene):
    answer_all(scene[1], content=4, recommend=9)
    assert read(office.get("/staff/evaluation.csv"))[1][1:5] == ["1", "6", "6", "9"]
    lines = read(office.get(f"{STAFF}.csv"))
    assert lines[0] == ["Round", "Question", "Answer", "Answers", "Share, %"]
    assert ["After the training", "Content of the training", "Good", "5", "100"] in lines


def test_a_text_is_taken_off_with_a_reason(office, scene):
    for number, place in enumerate(scene[1]):
        answer(place, texts={"improve": f"words {number}"})
    link = next(one for one in office.get(STAFF).all("a[href$='/redact']") if "words 3" in one.text_content())
    assert office.post(link.get("href"), {"reason": ""}).status == 422
    assert office.post(link.get("href"), {"reason": "Names a person"}).status == 303
    shown = office.get(STAFF)
    assert "words 3" not in shown.text
    assert "Taken off the pages: Names a person" in shown.text
    assert office.get(link.get("href")).status == 404


QUESTIONS = "/staff/evaluation/questionnaire"
NEW = f"{QUESTIONS}/after/new"


def asked_now():
    return [one.words.en for one in evaluation.questionnaire(Round.AFTER).asked]


def test_staff_add_a_question_and_it_is_asked(office, mine):
    typed = {"seen": "0", "kind": "choice", "ka": "როდის?", "en": "When?", "options_ka": "დილით\nსაღამოს", "options_en": "Morning\nEvening"}
    for _click in range(2):
        assert office.post(NEW, typed).status == 303
    assert asked_now().count("When?") == 1
    assert "When?" in mine.get(PATH).texts("legend")
    assert "Evening" in mine.page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"en": ""}, "“Question in English” is required."),
        ({"options_en": "Morning"}, "Write as many options in English as in Georgian."),
        ({"options_ka": "დილით", "options_en": "Morning"}, "A choice needs at least two options."),
        ({"kind": "zzz"}, "Choose “How it is answered” from the list."),
    ],
)
def test_a_question_that_lacks_something_is_refused(office, changed, said):
    typed = {"seen": "0", "kind": "choice", "ka": "როდის?", "en": "When?", "options_ka": "დილით\nსაღამოს", "options_en": "Morning\nEvening"}
    refused = office.post(NEW, typed | changed)
    assert (refused.status, refused.texts(".summary li")) == (422, [said])
    assert db.session.scalars(sa.select(EvaluationEdition)).all() == []


def test_questions_are_moved_archived_and_brought_back(office):
    before = asked_now()
    for number, (code, step) in enumerate((("useful", "up"), ("content", "archive"), ("content", "restore"), ("useful", "down"))):
        assert office.post(f"{QUESTIONS}/after/{code}/{step}", {"seen": str(number)}).status == 303
        if step == "archive":
            assert asked_now() == [before[1], *before[2:]]
    assert asked_now() == before
    assert db.session.scalar(sa.select(sa.func.max(EvaluationEdition.number))) == 4


def test_somebody_else_was_faster(office):
    office.post(f"{QUESTIONS}/after/useful/up", {"seen": "0"})
    office.post(f"{QUESTIONS}/after/pace/archive", {"seen": "0"})
    assert "Somebody has changed the questionnaire meanwhile." in office.get(QUESTIONS).text
    assert "Pace" in asked_now()
    assert office.post(f"{QUESTIONS}/after/none/up", {"seen": "1"}).status == 404


def test_results_keep_the_words_of_a_question_that_is_no_longer_asked(office, cast, scene):
    answer_all(scene[1], materials=2)
    with writing():
        evaluation.change_question(Round.AFTER, "materials", evaluation.Change.ARCHIVE, seen=0, by=cast.staff.id)
        evaluation.change_question(Round.AFTER, "venue", evaluation.Change.ARCHIVE, seen=1, by=cast.staff.id)
    titles = office.get(STAFF).texts("h3")
    assert "Materials" in titles
    assert not any("venue" in title for title in titles)


def test_pages_take_the_same_statements_for_one_run_and_for_many(office, cast, scene):
    def statements(path):
        with counting() as counted:
            assert office.get(path).status == 200
        return len(counted)

    paths = ("/staff/evaluation", f"/staff/evaluation?course={scene[0].course_id}", STAFF)
    answer_all(scene[1], content=4, texts={"best": "x"})
    before = [statements(path) for path in paths]
    version = db.session.get_one(CourseVersion, scene[0].version_id)
    for _number in range(3):
        _run, places = over(cast.staff, 5, version=version, trainers=(cast.trainer,))
        answer_all(places, content=4, texts={"best": "x"})
    assert [statements(path) for path in paths] == before
    assert max(before) <= 12
