"""Reports count people and participations, and the minutes that the ledger says, on both databases alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import attendance, reports
from portal.attendance.models import AttendanceFact
from portal.certificates.models import Certificate
from portal.courses import sessions_of
from portal.foundation import clock
from portal.reports import Dimension, Figures, Scope
from tests import factories
from tests.statements import counting

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
YEAR = Scope(first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _in_june():
    with clock.frozen(NOW):
        yield


def run_of(days_ago: int, **values):
    """A run of two days of eight hours that began so many days ago."""
    state = "completed" if days_ago > 2 else "running" if days_ago >= 0 else "open"
    return factories.run(starts_at=NOW - timedelta(days=days_ago, hours=6), **{"state": state} | values)


def present(enrolment, session, start=0, end=480, mark="present"):
    here = mark == "present"
    return factories.add(
        AttendanceFact(
            session_id=session.id,
            enrolment_id=enrolment.id,
            mark=mark,
            from_minute=start if here else None,
            to_minute=end if here else None,
            recorded_by=enrolment.person_id,
            recorded_at=NOW,
        )
    )


def someone(sex=None, code="telavi", category="civil_servant"):
    person = factories.person(sex=sex)
    factories.post(person, code, category)
    return person


def total(scope=YEAR) -> Figures:
    return sum(reports.participation(scope).get(Dimension.SEX, {}).values(), Figures())


def test_a_portal_without_runs_has_an_empty_report(app):
    assert reports.participation(YEAR) == {}
    assert reports.runs_held(YEAR) == reports.Runs(0, 0)
    assert reports.unmet_demand(YEAR) == []


def test_a_person_in_two_runs_is_one_person_and_two_participations(app):
    person = someone("female")
    for days in (30, 20):
        factories.enrolment(run_of(days), person, "completed")
    assert (total().people, total().women, total().participations, total().completed) == (1, 1, 2, 2)


@pytest.mark.parametrize("state", ["waiting", "withdrawn", "cancelled", "rejected"])
def test_only_who_held_a_place_is_counted(app, state):
    factories.enrolment(run_of(30), someone(), state)
    assert total().participations == 0


@pytest.mark.parametrize(
    ("days", "values", "counted"),
    [
        (30, {}, 1),
        (0, {}, 1),
        (-3, {}, 0),  # has not begun
        (400, {}, 0),  # began last year
        (30, {"state": "cancelled"}, 0),
        (30, {"state": "draft"}, 0),
    ],
)
def test_only_runs_that_began_in_the_period_are_counted(app, days, values, counted):
    factories.enrolment(run_of(days, **values), someone())
    assert total().participations == counted


def test_the_minutes_are_those_of_the_newest_facts(app):
    run, person = run_of(30), someone("male")
    first, second = sessions_of(run.id)
    place = factories.enrolment(run, person, "completed")
    present(place, first, mark="absent")
    present(place, first, 30, 480)
    present(place, second)
    present(place, second, mark="excused")
    counted = total()
    assert (counted.attended_minutes, counted.held_minutes, counted.attendance_percent) == (450, 960, 46)
    assert attendance.summaries_of_run(run.id)[place.id].attended_minutes == 450, "as the rule of attendance says"


def test_nobody_attends_more_than_the_session_lasts(app):
    run = run_of(30, days=1)
    [session] = sessions_of(run.id)
    place = factories.enrolment(run, someone())
    present(place, session, 60, 480)
    session.ends_at = session.starts_at + timedelta(hours=3)
    assert total().attended_minutes == 120
    session.ends_at = session.starts_at + timedelta(minutes=30)
    assert total().attended_minutes == 0


def test_a_cancelled_session_and_one_to_come_are_not_held(app):
    run = run_of(0)
    today, _tomorrow = sessions_of(run.id)
    place = factories.enrolment(run, someone())
    present(place, today)
    factories.session(run, NOW - timedelta(days=2), cancelled=True)
    assert (total().attended_minutes, total().held_minutes) == (480, 480)


def test_people_are_told_apart_in_seven_ways(app):
    topic, project = factories.topic(), factories.funding_project()
    run = run_of(30, version=factories.course(topic_id=topic.id), funding_project_id=project.id)
    telavi, kutaisi = factories.municipality("telavi"), factories.municipality("kutaisi")
    for person in (someone("female"), someone("female", "kutaisi", "sakrebulo_member"), someone("male"), factories.person(sex=None)):
        factories.enrolment(run, person, "completed")
    found = reports.participation(YEAR)
    people = {dimension: {key: figures.people for key, figures in groups.items()} for dimension, groups in found.items()}
    assert people == {
        Dimension.SEX: {"female": 2, "male": 1, None: 1},
        Dimension.MUNICIPALITY: {telavi.id: 2, kutaisi.id: 1, None: 1},
        Dimension.REGION: {telavi.region_id: 2, kutaisi.region_id: 1, None: 1},
        Dimension.CATEGORY: {"civil_servant": 2, "sakrebulo_member": 1, None: 1},
        Dimension.TOPIC: {topic.id: 4},
        Dimension.PROJECT: {project.id: 4},
        Dimension.FORM: {"in_person": 4},
    }
    assert (found[Dimension.TOPIC][topic.id].women, found[Dimension.TOPIC][topic.id].men) == (2, 1)


def test_a_report_can_be_about_a_part(app):
    topic, project, telavi = factories.topic(), factories.funding_project(), factories.municipality("telavi")
    wanted = run_of(30, version=factories.course(topic_id=topic.id), funding_project_id=project.id)
    other = run_of(30)
    for run in (wanted, other):
        factories.enrolment(run, someone())
        factories.enrolment(run, someone(code="kutaisi"))
    dates = {"first": YEAR.first, "last": YEAR.last}
    assert total().participations == 4
    for part, number in (
        ({"topic_id": topic.id}, 2),
        ({"project_id": project.id}, 2),
        ({"municipality_id": telavi.id}, 2),
        ({"region_id": telavi.region_id}, 2),
        ({"topic_id": topic.id, "municipality_id": telavi.id}, 1),
    ):
        assert total(Scope(**dates, **part)).participations == number
    assert reports.runs_held(YEAR) == reports.Runs(2, 40)
    assert reports.runs_held(Scope(**dates, topic_id=topic.id, region_id=telavi.region_id)) == reports.Runs(1, 20)


def certificate(place, sequence, **values) -> Certificate:
    return factories.add(
        Certificate(
            number=f"NALAG-2026-{sequence:06}",
            year=2026,
            sequence=sequence,
            secret=f"secret-{sequence}",
            enrolment_id=place.id,
            run_id=place.run_id,
            person_id=place.person_id,
            record=b"{}",
            record_sha256="",
            rule="attendance",
            surname_keys="",
            issued_by=place.person_id,
            issued_at=NOW,
            **values,
        )
    )


def test_a_certificate_that_was_replaced_counts_once(app):
    place = factories.enrolment(run_of(30), someone(), "completed")
    first = certificate(place, 1)
    certificate(place, 2, supersedes_id=first.id)
    assert (total().certificates, total().participations) == (1, 1)


def test_who_waits_and_has_no_place_elsewhere_is_unmet_demand(app):
    version = factories.course(title_en="Internal audit")
    full, later = run_of(30, version=version), run_of(-30, version=version)
    waiting, served = someone(), someone(code="kutaisi")
    for person in (waiting, served):
        factories.enrolment(full, person, "waiting")
    factories.enrolment(later, waiting, "waiting")
    factories.enrolment(later, served, "confirmed")
    factories.enrolment(run_of(20), waiting, "confirmed")
    [demand] = reports.unmet_demand(YEAR)
    assert (demand.course.name("en"), demand.people, demand.municipalities, demand.runs) == ("Internal audit", 1, 1, 2)


def test_demand_is_told_once_by_the_newest_title(app):
    version = factories.course(title_en="Old title")
    newer = factories.add(
        type(version)(
            **{column.key: getattr(version, column.key) for column in version.__table__.columns if column.key != "id"}
            | {"number": 2, "title_en": "New title"}
        )
    )
    for edition in (version, newer):
        factories.enrolment(run_of(30, version=edition), someone(), "waiting")
    assert [(demand.course.name_en, demand.people) for demand in reports.unmet_demand(YEAR)] == [("New title", 2)]


def test_each_question_is_one_statement_whatever_the_number_of_people(app):
    for run in (run_of(30), run_of(20), run_of(10)):
        for _ in range(20):
            factories.enrolment(run, someone(), "completed")
    for ask in (reports.participation, reports.runs_held, reports.unmet_demand):
        with counting() as statements:
            ask(YEAR)
        assert len(statements) == 1
