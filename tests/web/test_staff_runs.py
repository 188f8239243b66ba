"""The staff home: which runs it lists, and in how many statements."""

from datetime import timedelta

import sqlalchemy as sa

from portal import attendance, courses, journeys
from portal.attendance.models import Mark
from portal.certificates.models import Certificate
from portal.foundation import clock, formats
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall
from tests.certificates import scenes
from tests.statements import counting


def titles(shown):
    return shown.texts("tbody th a")


def codes(shown):
    return shown.texts("tbody th .meta")


def home(page, cast, query=""):
    return page.sign_in(cast.staff).get(f"/staff/runs{query}")


def test_runs_under_way_and_to_come_are_listed_the_next_first(page, cast):
    now = clock.now()
    factories.run(code="LATER", starts_at=now + timedelta(days=30))
    factories.run(code="SOON", starts_at=now + timedelta(days=3), state="closed")
    factories.run(code="BEGUN", starts_at=now - timedelta(days=1), state="running", days=3)
    factories.run(code="DONE", starts_at=now - timedelta(days=40), state="completed")
    factories.run(code="OFF", starts_at=now + timedelta(days=4), state="cancelled")
    assert codes(home(page, cast)) == ["BEGUN", "SOON", "LATER"]


def test_a_draft_without_days_stands_before_all_others(page, cast):
    factories.run(code="SOON")
    bare = factories.run(code="BARE", state="draft", days=0)
    bare.starts_at = bare.ends_at = None
    shown = home(page, cast)
    assert codes(shown) == ["BARE", "SOON"]
    assert codes(page.get("/staff/runs?q=bar")) == ["BARE"]


def test_filters_by_state_month_project_and_text(page, cast):
    project = factories.funding_project()
    first = factories.run(code="OPEN-1", funding_project_id=project.id)
    other = factories.run(
        factories.course(title_ka="მონაწილეობითი ბიუჯეტირება", title_en="Participatory budgeting"), code="DONE-2", state="completed"
    )
    other.starts_at -= timedelta(days=100)
    other.ends_at -= timedelta(days=100)
    courses.index_runs([first.id, other.id])
    assert codes(home(page, cast, "?state=completed")) == ["DONE-2"]
    assert codes(page.get(f"/staff/runs?project={project.id}")) == ["OPEN-1"]
    assert codes(page.get(f"/staff/runs?state=all&month={other.starts_at:%Y-%m}")) == ["DONE-2"]
    assert codes(page.get("/staff/runs?state=all&q=ბიუჯეტ")) == ["DONE-2"]
    assert codes(page.get("/staff/runs?state=all&q=open-1")) == ["OPEN-1"]


def test_each_kind_of_work_leads_to_its_runs(page, cast):
    now = clock.now()
    factories.run(code="OVER", starts_at=now - timedelta(days=9), state="running")
    earned = factories.run(code="EARNED", starts_at=now - timedelta(days=20), state="completed")
    factories.enrolment(earned, cast.learner, "completed")
    waited = factories.run(code="WAITED", capacity=1)
    factories.enrolment(waited, cast.learner)
    factories.enrolment(waited, cast.colleague, "waiting")
    factories.run(code="DRAFT", state="draft")
    page.language = "en"
    assert home(page, cast).texts(".chips a") == ["To complete: 1", "Ready for certificates: 1", "With a waiting list: 1", "Drafts: 1"]
    found = {link.text_content(): codes(page.get(link.get("href"))) for link in page.page.all(".chips a")}
    assert list(found.values()) == [["OVER"], ["EARNED"], ["WAITED"], ["DRAFT"]]


def test_what_waits_for_a_decision_elsewhere_is_told_and_leads_there(page, cast):
    issued = scenes.issued_run(cast.staff, 2)
    hall = Hall(cast, day=-1, days=3)
    marks = [attendance.MarkWish(key, Mark.ABSENT) for key in hall.keys[:2]]
    journeys.record_marks(hall.run.id, hall.session.id, marks, by=cast.trainer.id)
    commit()
    page.language = "en"
    assert home(page, cast).texts(".chips a") == []
    scenes.correct(db.session.scalars(sa.select(Certificate).where(Certificate.run_id == issued.id)).first(), by=cast.trainer)
    first, _other = (attendance.make_appeal(hall.session.id, hall.enrolments[one], "ვიყავი", by=hall.people[one].id) for one in (0, 1))
    commit()
    told = {link.text_content(): link.get("href") for link in page.get("/staff/runs").all(".chips a")}
    assert told == {"Appeals: 2": "/en/staff/appeals", "Certificates to decide on: 1": "/en/staff/certificates/cases"}
    attendance.dismiss_appeal(first, "არ დადასტურდა", by=cast.staff.id)
    commit()
    assert page.get("/staff/runs").texts(".chips a")[0] == "Appeals: 1"


def test_work_is_counted_up_to_a_number_that_says_enough(page, cast):
    for _draft in range(100):
        factories.run(state="draft")
    page.language = "en"
    assert home(page, cast).texts(".chips a") == ["Drafts: 99+"]


def test_an_open_run_says_whether_registration_has_opened_and_is_not_over(page, cast):
    now = clock.now()
    factories.run(code="A-LATER", enrolment_opens_at=now + timedelta(days=2))
    factories.run(code="B-NOW")
    factories.run(code="C-OVER", enrolment_closes_at=now - timedelta(hours=1))
    page.language = "en"
    opens = f"Registration opens on {formats.format_day(now + timedelta(days=2), 'en')}"
    said = [opens, "Registration open", "Registration closed"]
    assert home(page, cast).texts("tbody .tag") == said
    assert [page.get(f"/staff/runs/{code}").texts("aside .tag")[0] for code in ("A-LATER", "B-NOW", "C-OVER")] == said


def test_the_list_shows_places_and_the_waiting_list(page, cast):
    run = factories.run(code="FULL", capacity=1)
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, cast.colleague, "waiting")
    assert home(page, cast).texts("tbody td.number") == ["1 / 1", "1"]


def test_an_empty_list_says_what_to_do(page, cast):
    page.language = "en"
    assert "No current runs" in home(page, cast).text
    assert "No run matches" in page.get("/staff/runs?q=nothing").text


def test_pages_of_fifty_lead_on_and_back(page, cast):
    version, now = factories.course(), clock.now()
    for number in range(60):
        factories.run(version, code=f"N-{number:02}", days=1, form="online", starts_at=now + timedelta(days=2, hours=number))
    first = codes(home(page, cast))
    second = codes(page.get(page.page.all("a[rel=next]")[0].get("href")))
    assert (len(first), first[0], second) == (50, "N-00", [f"N-{number}" for number in range(50, 60)])
    assert codes(page.get(page.page.all("a[rel=prev]")[0].get("href"))) == first
    assert not page.page.all("a[rel=prev]")


def test_many_runs_cost_as_many_statements_as_few(page, cast):
    version = factories.course()
    factories.run(version)
    commit()
    page.sign_in(cast.staff)
    with counting() as few:
        page.get("/staff/runs?state=all")
    for number in range(70):
        run = factories.run(version, days=1, form="online" if number % 2 else "in_person")
        factories.enrolment(run, cast.learner)
        factories.enrolment(run, cast.colleague, "waiting")
    with counting() as many:
        page.get("/staff/runs?state=all")
    # sign-in, the page, drafts without days, places, what is to do, appeals, recognition and certificates to decide on, projects
    assert (len(few), len(many)) == (9, 9), many


def test_a_search_costs_two_statements_more_at_most(page, cast):
    courses.index_runs([factories.run(factories.course(title_en="Budget")).id])
    page.sign_in(cast.staff)
    commit()
    with counting() as statements:
        page.get("/staff/runs?q=bugdet")
    assert len(statements) <= 11, statements


def test_a_strange_address_is_read_as_far_as_it_goes(page, cast):
    factories.run(code="HERE")
    for query in (
        "state=x",
        "month=2026-99",
        "project=99999999999999999999",
        "after=1-1-1",
        "after=99999999999999999-1",
        "show=y",
        "before=0-0",
        "q=%FF",
    ):
        assert home(page, cast, f"?{query}").status == 200, query
    assert codes(page.get("/staff/runs?state=nonsense")) == ["HERE"]


def test_only_staff_and_administrators_see_it(page, cast):
    for nosy in (cast.learner, cast.coordinator, cast.trainer):
        assert page.sign_in(nosy).get("/staff/runs").status == 403
    for allowed in (cast.staff, cast.administrator):
        assert page.sign_in(allowed).get("/staff/runs").status == 200


def test_the_row_of_staff_pages_marks_where_one_is(page, cast):
    home(page, cast)
    assert [link.get("href").rsplit("/", 1)[1] for link in page.page.all(".sub-nav a")] == [
        *("runs", "applications", "courses", "qualifications", "people", "certificates"),
        *("reports", "notices", "outbox", "history"),
    ]
    assert [link.get("href") for link in page.page.all(".sub-nav a[aria-current]")] == ["/ka/staff/runs"]


def test_what_courses_are_made_of_stands_in_a_second_row_on_their_pages(page, cast):
    home(page, cast)
    for path in ("courses", "questions", "topics", "venues", "projects"):
        page.get(f"/ka/staff/{path}")
        rows = [[link.get("href").rsplit("/", 1)[1] for link in row.cssselect("a")] for row in page.page.all(".sub-nav ul")]
        assert len(rows[0]) == 10, path
        assert rows[1:] == [["courses", "questions", "topics", "venues", "projects"]], path
        assert [link.get("href") for link in page.page.all(".sub-nav a[aria-current]")] == ["/ka/staff/courses", f"/ka/staff/{path}"]
