"""Staff read who did what; the rows are told in words, found by filters, and cost the same however many there are."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.certificates.models import Certificate
from portal.enrolment.models import EnrolmentState, InterestEnd
from portal.foundation import clock, history, history_queries
from portal.foundation.crypto import new_token
from portal.foundation.database import db
from portal.foundation.history import HistoryKey
from portal.foundation.history_queries import HistoryFilter
from portal.foundation.keyset import Place
from portal.foundation.transaction import commit
from portal.web.history.actions import ACTIONS, THINGS, thing_of
from tests import factories
from tests.plans import plan_of
from tests.statements import counting

ACTION = re.compile("[a-z_]+:[a-z_]+")
PORTAL = Path(__file__).resolve().parents[2] / "portal"


def rows_shown(seen) -> list[str]:
    return seen.texts("tbody th")


@pytest.fixture
def run(cast):
    made = factories.run(code="26-0042", trainers=(cast.trainer,))
    history.record("run:publish", made, by=cast.staff.id, change={"state": ["draft", "open"]}, public=True)
    commit()
    return made


def test_a_row_says_who_did_what_to_which_thing_and_what_changed(page, cast, run):
    seen = page.sign_in(cast.administrator).get("/en/staff/history?action=run:publish")
    assert rows_shown(seen) == ["Run published: 26-0042"]
    assert "Ana Tsereteli" in seen.text
    assert "Status: Draft → Registration open" in seen.text
    assert seen.all("tbody th a")[0].get("href") == "/en/staff/runs/26-0042"


def test_history_is_closed_to_others(page, cast):
    for person in (cast.learner, cast.coordinator, cast.trainer):
        assert page.sign_in(person).get("/staff/history").status == 403


def test_values_are_told_as_people_read_them(page, cast, run):
    hall, other = factories.venue(name_en="Hotel Alazani"), factories.venue(name_en="Town hall")
    change = {
        "venue_id": [hall.id, other.id],
        "starts_at": ["2026-12-12T06:00:00+00:00", "2026-12-13T06:00:00+00:00"],
        "form": ["in_person", "online"],
        "trainers": [[cast.trainer.id], [cast.other_trainer.id, cast.trainer.id]],
        "published": [False, True],
        "cancel_until": [None, "2026-12-11"],
        "unheard_of": "x",
        "run": run.id,
    }
    history.record("run:change", run, by=cast.staff.id, change=change)
    text = page.sign_in(cast.staff).get("/en/staff/history?action=run:change").text
    for words in (
        "Venue: Hotel Alazani → Town hall",
        "Start: 12 December 2026, 10:00 → 13 December 2026, 10:00",
        "Mode of study: In person → Online",
        "Trainers: Levan Maisuradze → Eka Beridze, Levan Maisuradze",
        "Published: No → Yes",
        "Withdrawal until: — → 11 December 2026",
        "unheard_of: x",
    ):
        assert words in text
    assert f"Run: {run.id}" not in text, "the row says it already"


def test_quotas_are_told_by_the_names_of_their_municipalities_and_regions(page, cast, run):
    telavi = factories.municipality("telavi")
    before = {"municipality_id": telavi.id, "region_id": None, "places": 3}
    after = {"municipality_id": None, "region_id": telavi.region_id, "places": 5}
    change = {"quotas": [[before], [before, after]], "invited": [[], []]}
    history.record("run:set_place_rules", run, by=cast.staff.id, change=change)
    text = page.sign_in(cast.staff).get("/en/staff/history?action=run:set_place_rules").text
    assert "Municipality: Telavi, Places: 3 → Municipality: Telavi, Places: 3; Region: Kakheti, Places: 5" in text
    assert "Invited municipalities: " not in text, "what stayed as it was is no change"


def test_what_the_portal_does_by_itself_has_no_name(page, cast, run):
    history.record("run:start", run, by=None)
    assert "The portal itself" in page.sign_in(cast.staff).get("/en/staff/history?action=run:start").text


def test_an_action_without_words_shows_its_code(page, cast, run):
    history.record("run:invented", run, by=cast.staff.id)
    seen = page.sign_in(cast.staff).get(f"/staff/history?reference={run.code}")
    assert rows_shown(seen)[0].startswith("run:invented")


def changed_phone(cast) -> None:
    history.record("person:change", cast.learner, by=cast.staff.id, person=cast.learner.id, personal={"phone": [None, "+995555123456"]})
    commit()


def test_personal_values_are_opened_for_an_administrator(page, cast):
    changed_phone(cast)
    assert "+995555123456" in page.sign_in(cast.administrator).get("/staff/history?action=person:change").text


def test_personal_values_stay_sealed_for_staff(page, cast):
    changed_phone(cast)
    seen = page.sign_in(cast.staff).get("/en/staff/history?action=person:change")
    assert "+995555123456" not in seen.response.get_data(as_text=True)
    assert "Nino Abashidze" in rows_shown(seen)[0]


def test_personal_values_of_an_erased_person_are_gone(page, cast):
    changed_phone(cast)
    db.session.execute(sa.delete(HistoryKey).where(HistoryKey.person_id == cast.learner.id))
    seen = page.sign_in(cast.administrator).get("/staff/history?action=person:change")
    assert seen.status == 200
    assert "+995555123456" not in seen.text


def certificate(cast, run) -> Certificate:
    enrolment = factories.enrolment(run, cast.learner, "completed")
    values = {
        "year": 2026,
        "sequence": 7,
        "number": "NALAG-2026-000007",
        "secret": new_token(),
        "rule": "attendance",
        "surname_keys": "abasize",
    }
    return factories.add(
        Certificate(
            **values,
            enrolment_id=enrolment.id,
            run_id=run.id,
            person_id=cast.learner.id,
            record=b"{}",
            record_sha256="",
            issued_by=cast.staff.id,
            issued_at=clock.now(),
        )
    )


def told(cast, run) -> None:
    """A few rows about a run, its people and something else."""
    place = factories.enrolment(run, cast.colleague)
    history.record("enrolment:confirmed", place, by=cast.colleague.id, person=cast.colleague.id, change={"state": [None, "confirmed"]})
    history.record("certificate:issue", certificate(cast, run), by=None, person=cast.learner.id)
    history.record("topic:create", factories.topic(name_en="Audit"), by=cast.administrator.id)
    commit()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("thing=run", ["Run published: 26-0042"]),
        ("thing=topic", ["Topic created: Audit"]),
        ("thing=run&action=topic:create", []),
        ("action=certificate:issue", ["Certificate issued: NALAG-2026-000007 Nino Abashidze"]),
        ("reference=26-0042", ["Certificate issued: NALAG-2026-000007 Nino Abashidze", "Place given: 26-0042", "Run published: 26-0042"]),
        ("reference=NALAG-2026-000007", ["Certificate issued: NALAG-2026-000007 Nino Abashidze"]),
        ("reference=26-9999", []),
        ("who=აბაშიძე&action=certificate:issue", ["Certificate issued: NALAG-2026-000007 Nino Abashidze"]),
        ("who=lomidze&thing=enrolment", ["Place given: 26-0042"]),
        ("who=ჯაფარიძე&thing=topic", ["Topic created: Audit"]),
        ("who=nobody", []),
        ("who=lomidze&reference=26-0042", ["Place given: 26-0042"]),
    ],
)
def test_rows_are_found_by_person_action_thing_and_reference(page, cast, run, query, expected):
    told(cast, run)
    assert rows_shown(page.sign_in(cast.staff).get(f"/en/staff/history?{query}")) == expected


def aged(days: int, action: str = "run:change") -> None:
    """A row of some days ago."""
    with clock.frozen(datetime(2026, 6, 30, 8, tzinfo=UTC) - timedelta(days=days)):
        history.record(action, factories.topic(name_en=f"{days} days ago"), by=None)
    commit()


def test_rows_are_found_by_day_both_days_included(page, cast):
    for days in (40, 30, 20, 10, 0):
        aged(days)
    page.sign_in(cast.staff)
    found = page.get("/en/staff/history?from=31.05.2026&to=2026-06-20&thing=run")
    assert rows_shown(found) == [f"Run changed: {days} days ago" for days in (10, 20, 30)]
    assert rows_shown(page.get("/en/staff/history?to=21.05.2026")) == ["Run changed: 40 days ago"]
    assert rows_shown(page.get("/en/staff/history?from=01.01.2090")) == []


def test_a_day_ends_at_midnight_in_georgia(page, cast):
    with clock.frozen(datetime(2026, 6, 1, 20, 30, tzinfo=UTC)):
        history.record("run:change", factories.topic(name_en="after midnight"), by=None)
    page.sign_in(cast.staff)
    assert rows_shown(page.get("/en/staff/history?to=01.06.2026")) == []
    assert rows_shown(page.get("/en/staff/history?from=02.06.2026&to=02.06.2026")) == ["Run changed: after midnight"]


@pytest.mark.parametrize(
    "query", ["from=77", "to=32.01.2026", "from=0001-01-01", "thing=x", "action=x", f"who={'a' * 200}", "reference=" + "x" * 99]
)
def test_a_filter_that_makes_no_sense_is_told_and_kept(page, cast, query):
    seen = page.sign_in(cast.staff).get(f"/staff/history?{query}")
    assert seen.status == 422
    assert seen.all(".summary a")


@pytest.mark.parametrize("query", ["who=%25", "who=☃", "reference='", "before=x", "after=-5", "before=" + "9" * 30])
def test_odd_questions_find_nothing_and_break_nothing(page, cast, query):
    assert page.sign_in(cast.staff).get(f"/staff/history?{query}").status == 200


def test_every_row_is_on_exactly_one_page(page, cast):
    for days in range(120, 0, -1):
        aged(days, "run:change" if days % 2 else "run:close")
    page.sign_in(cast.staff)
    seen, forwards = page.get("/en/staff/history?thing=run"), []
    forwards += rows_shown(seen)
    while seen.all("a[rel=next]"):
        seen = page.get(seen.all("a[rel=next]")[0].get("href"))
        forwards += rows_shown(seen)
    assert [words.split(": ")[1] for words in forwards] == [f"{days} days ago" for days in range(1, 121)]
    while seen.all("a[rel=prev]"):
        seen = page.get(seen.all("a[rel=prev]")[0].get("href"))
    assert rows_shown(seen) == forwards[:50]


def selects(statements: list[str]) -> int:
    return sum(statement.startswith("SELECT") for statement in statements)


def test_as_many_queries_for_three_rows_as_for_three_hundred(page, cast, run):
    page.sign_in(cast.administrator)

    def more(number: int) -> None:
        with factories.together():
            places = [factories.enrolment(run, factories.person("ნინო", "აბაშიძე")) for _ in range(number)]
        for place in places:
            history.record("enrolment:confirmed", place, by=cast.staff.id, person=place.person_id, personal={"words": "მადლობა"})
        commit()

    def asked(query: str) -> int:
        with counting() as statements:
            page.get(f"/staff/history{query}")
        return selects(statements)

    queries = ("", "?who=აბაშიძე", "?reference=26-0042", "?thing=enrolment&from=01.01.2020")
    more(3)
    few = [asked(query) for query in queries]
    more(297)
    assert [asked(query) for query in queries] == few
    assert max(few) <= 7, (
        "who is signed in, (who is meant, and what was merged into them,) the page, people, things, keys of personal values"
    )


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (HistoryFilter(actions=frozenset({"run:publish"})), "ix_history_action"),
        (HistoryFilter(actions=frozenset({"run:publish", "run:close"})), "ix_history_action"),
        (HistoryFilter(people=frozenset({1, 2})), "ix_history_actor"),
        (HistoryFilter(people=frozenset({1, 2})), "ix_history_person"),
        (HistoryFilter(subjects={"course_run": [1], "enrolment": [1, 2]}), "ix_history_subject"),
        (HistoryFilter(since=datetime(2026, 1, 1, tzinfo=UTC)), "ix_history_at"),
    ],
)
def test_each_filter_walks_its_index(app, wanted, index):
    assert index in plan_of(lambda: history_queries.history_page(wanted, Place()))


def recorded_actions() -> set[str]:
    """Every action that stands in the code that writes, and those that are made from a state."""
    writes = [path for path in PORTAL.rglob("*.py") if path.stem.startswith("services") or path.parent.name in {"foundation", "journeys"}]
    found = {f"enrolment:{state}" for state in EnrolmentState} | {f"mail:{state}" for state in ("sent", "failed", "waiting", "stopped")}
    found |= {f"interest:{reason}" for reason in InterestEnd}
    for path in writes:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value):
                found.add(node.value)
    return found


def test_every_action_and_every_thing_has_words():
    assert len(recorded_actions()) > 40
    assert recorded_actions() - set(ACTIONS) == set()
    assert {thing_of(action) for action in ACTIONS} == set(THINGS)
