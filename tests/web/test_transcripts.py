"""Hours by year and the transcript: mine, those of a coordinator's people, those of anybody for staff; and anyone checks a transcript."""

from __future__ import annotations

import hashlib
import re

import pytest

from portal import courses
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Person
from tests import factories
from tests.certificates import scenes
from tests.certificates.pages import text_of
from tests.page_client import PageClient
from tests.statements import counting
from tests.transcripts.samples import completed, issue


@pytest.fixture
def place(cast):
    return completed(cast.learner, cast.staff)


@pytest.fixture
def english(app):
    return PageClient(app, "en")


@pytest.fixture
def mine(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


def check(client, transcript):
    return client.get(f"/{client.language}/verify/{transcript.secret}")


def test_my_hours_stand_by_year_with_their_sums(mine, place):
    shown = mine.get("/my/hours")
    year = place.run.ends_at.astimezone().year
    assert shown.texts("h2")[0] == str(year)
    assert shown.texts("dl.facts dd") == ["12", "10", "1.5"]
    assert shown.texts("tbody tr:last-child td.number") == ["12", "10", "1.5"]
    assert mine.get("/my").all("a[href='/en/my/hours']")


def test_without_a_completed_training_the_page_says_so_and_the_form_is_refused(mine):
    assert "You have not completed a training yet" in mine.get("/my/hours").text
    assert mine.post("/my/hours", {"language": "ka"}).location == "/en/my/hours"
    assert "nothing to confirm" in mine.follow().text


def test_asking_leads_to_the_file_and_the_page_then_lists_it(mine, place):
    asked = mine.post("/my/hours", {"language": "en"})
    assert re.fullmatch("/en/my/transcripts/T-[0-9A-Z]{8}.pdf", asked.location)
    file = mine.get(asked.location)
    assert (file.status, file.response.mimetype) == (200, "application/pdf")
    assert "no-store" in file.response.headers["Cache-Control"]
    assert "Nino Abashidze" in text_of(file.response.data)
    shown = mine.get("/my/hours")
    assert [link.get("href") for link in shown.all("a[href$='.pdf']")] == [asked.location]


@pytest.mark.parametrize("language", ["", "fr"])
def test_another_language_is_not_found(mine, place, language):
    assert mine.post("/my/hours", {"language": language}).status == 404


def test_nobody_else_finds_my_transcript(app, cast, place):
    path = f"/my/transcripts/{issue(cast.learner).number}.pdf"
    assert PageClient(app).sign_in(cast.learner).get(f"/ka{path}").status == 200
    for other in (cast.colleague, cast.coordinator, cast.staff):
        assert PageClient(app).sign_in(other).get(f"/ka{path}").status == 404


def test_the_coordinator_sees_the_hours_of_the_municipality_and_the_neighbour_nothing(app, cast, place):
    elsewhere = completed(cast.learner, cast.staff, hours=8)
    elsewhere.municipality_id = factories.municipality("kutaisi").id
    commit()
    path = f"/en/municipality/people/{cast.learner.id}/hours"
    shown = PageClient(app, "en").sign_in(cast.coordinator).get(path)
    assert shown.texts("dl.facts dd") == ["12", "10", "1.5"]
    assert PageClient(app, "en").sign_in(cast.neighbour).get(path).status == 404
    assert PageClient(app, "en").sign_in(cast.staff).get(path).status == 403


def test_staff_see_the_hours_of_everybody_and_issue_the_transcript(app, cast, place):
    staff = PageClient(app, "en").sign_in(cast.staff)
    path = f"/staff/people/{cast.learner.id}/hours"
    assert staff.get(f"/staff/people/{cast.learner.id}").all(f"a[href='/en{path}']")
    assert staff.get(path).texts("dl.facts dd") == ["12", "10", "1.5"]
    asked = staff.post(path, {"language": "ka"})
    assert "ნინო აბაშიძე" in text_of(staff.get(asked.location).response.data)
    other = asked.location.replace(f"/{cast.learner.id}/", f"/{cast.colleague.id}/")
    assert staff.get(other).status == 404


def test_a_transcript_that_is_complete_says_so_with_every_line(english, cast, place):
    made = issue(cast.learner)
    shown = check(english, made)
    assert shown.all(".verdict.tone-good")
    for words in ("authentic and complete today", made.number, "ნინო აბაშიძე", "Telavi Municipality", "Construction permits", "1.5"):
        assert words in shown.text
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert "noindex" in shown.response.headers["X-Robots-Tag"]
    assert not shown.all("script")


def test_trainings_added_since_are_counted_and_not_shown(english, cast, place):
    made = issue(cast.learner)
    completed(cast.learner, cast.staff, title_en="Something new")
    commit()
    shown = check(english, made)
    assert shown.all(".verdict.tone-good")
    assert "1 training was added since." in shown.text
    assert "Something new" not in shown.text


def test_a_training_that_was_taken_away_is_told(english, cast, place):
    made = issue(cast.learner)
    db.session.get_one(Enrolment, place.id).state = "not_completed"
    commit()
    shown = check(english, made)
    assert shown.all(".verdict.tone-warn")
    assert "1 training no longer counts." in shown.text


def test_hours_that_were_corrected_and_a_name_that_was_changed_are_told(english, cast, place):
    code, made = place.run.code, issue(cast.learner)
    scenes.attend(courses.get_run(code), place, cast.staff, hours=8)
    db.session.get_one(Person, cast.learner.id).family_name_ka = "ბერიძე"
    commit()
    shown = check(english, made)
    assert "1 training is recorded differently now." in shown.text
    assert "The person has another name now." in shown.text
    assert "ბერიძე" not in shown.text


def test_the_file_itself_is_checked_and_one_that_was_tampered_with_is_not_known(english, mine, cast, place):
    pdf = mine.get(mine.post("/my/hours", {"language": "ka"}).location).response.data
    for data, status in ((pdf, 303), (pdf.replace(b"%%EOF", b"%%EOX"), 404)):
        answer = english.post("/en/verify/file", {"sha256": hashlib.sha256(data).hexdigest()})
        assert answer.status == status
    made = issue(cast.learner)
    assert english.get(f"/en/verify/{made.secret[:-1]}{'A' if made.secret[-1] != 'A' else 'B'}").status == 404


def test_a_check_takes_as_many_statements_however_long_the_ledger_is(english, cast, place):
    counts = set()
    for _training in range(2):
        completed(cast.learner, cast.staff)
        made = issue(cast.learner)
        with counting() as statements:
            check(english, made)
        counts.add(len(statements))
    # no certificate · no letter · the transcript · not merged · person · post · sessions · facts · completed · recognised
    assert counts == {10}, statements
