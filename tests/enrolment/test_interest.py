"""Hearing when a course runs again: asked for once, told once, and nobody is written to who need not be."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import courses, enrolment, journeys, people
from portal.courses.models import CourseRun
from portal.enrolment.models import CourseInterest
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.statements import counting


@pytest.fixture
def version(cast):
    return factories.course(title_en="Legal drafting")


def ask(version, person):
    return enrolment.express_interest(version, person.id, by=person.id)


def publish(version, cast, **values):
    run = factories.run(version, state="draft", **values)
    return journeys.publish_run(run, by=cast.staff.id)


def ends_of(person):
    rows = db.session.scalars(sa.select(CourseInterest).where(CourseInterest.person_id == person.id).order_by(CourseInterest.id))
    return [row.end_reason for row in rows]


def regions(version):
    return [(row.region.name_en if row.region else None, row.people) for row in enrolment.demand_by_region(version.course_id)]


def test_somebody_who_asks_twice_asked_once(version, cast):
    assert ask(version, cast.learner) is ask(version, cast.learner)
    assert enrolment.demand_by_course() == {version.course_id: 1}


def test_the_database_takes_one_live_wish_for_a_course_and_person(version, cast):
    ask(version, cast.learner)
    db.session.add(CourseInterest(course_id=version.course_id, person_id=cast.learner.id, asked_at=clock.now()))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


def test_whoever_asked_gets_one_mail_when_a_run_is_published_and_none_for_the_next(version, cast):
    ask(version, cast.learner)
    assert publish(version, cast, code="AGAIN") == 1
    assert publish(version, cast) == 0
    (mail,) = mails_to(cast.learner)
    assert (mail.kind, mail.language, mail.calendar) == ("course_runs_again", "ka", None)
    assert "https://portal.test/ka/runs/AGAIN" in mail.body
    assert ends_of(cast.learner) == ["told"]
    assert enrolment.demand_by_course() == {}


def test_the_mail_is_in_the_language_of_the_person_and_says_when_and_where(version, cast):
    cast.learner.language = "en"
    ask(version, cast.learner)
    publish(version, cast)
    (mail,) = mails_to(cast.learner)
    assert mail.subject == "The course runs again: Legal drafting"
    for words in ("10:00–18:00", "Hotel Alazani, 1 Erekle II St, Telavi", "Registration deadline: "):
        assert words in mail.body
    assert "Registration opens" not in mail.body


def test_the_mail_says_when_registration_opens_if_it_has_not(version, cast):
    cast.learner.language = "en"
    ask(version, cast.learner)
    publish(version, cast, enrolment_opens_at=clock.now() + timedelta(days=2))
    assert "Registration opens: " in mails_to(cast.learner)[0].body


def test_the_mail_promises_no_order_that_quotas_or_decisions_could_break(version, cast):
    cast.learner.language = "en"
    ask(version, cast.learner)
    run = factories.run(version, state="draft")
    factories.place_rules(run, {"telavi": 2}, decided_by="staff")
    journeys.publish_run(run, by=cast.staff.id)
    (mail,) = mails_to(cast.learner)
    assert "order of registration" not in mail.body
    assert "You register on the training's page. It says how places are given." in mail.body


def test_a_run_of_another_course_tells_nobody(version, cast):
    ask(version, cast.learner)
    assert publish(factories.course(), cast) == 0
    assert kinds_to(cast.learner) == []


def test_a_run_that_cannot_be_published_tells_nobody(version, cast):
    ask(version, cast.learner)
    with pytest.raises(courses.WrongValuesError):
        publish(version, cast, venue_id=None)
    assert (kinds_to(cast.learner), ends_of(cast.learner)) == ([], [None])


def test_whoever_takes_the_wish_back_is_not_told_and_may_ask_again(version, cast):
    ask(version, cast.learner)
    for _twice in range(2):
        enrolment.withdraw_interest(version.course, cast.learner.id, by=cast.learner.id)
    assert (ends_of(cast.learner), enrolment.demand_by_course()) == (["withdrawn"], {})
    assert publish(version, cast) == 0
    assert kinds_to(cast.learner) == []
    courses.close_run(db.session.scalars(sa.select(CourseRun)).one(), by=cast.staff.id)
    ask(version, cast.learner)
    assert ends_of(cast.learner) == ["withdrawn", None]


def test_whoever_has_a_place_by_now_or_completed_the_course_since_is_served_and_not_told(version, cast):
    for person in (cast.learner, cast.colleague):
        ask(version, person)
    factories.enrolment(factories.run(version), cast.learner)
    past = factories.run(version, starts_at=clock.now() - timedelta(days=9), state="completed")
    factories.enrolment(past, cast.colleague, "completed")
    assert enrolment.demand_by_course() == {}
    assert publish(version, cast) == 0
    assert (kinds_to(cast.learner), kinds_to(cast.colleague)) == ([], [])
    assert ends_of(cast.learner) == ends_of(cast.colleague) == ["served"]


@pytest.mark.parametrize("state", ["waiting", "withdrawn", "cancelled", "rejected", "not_completed"])
def test_whoever_has_no_place_after_all_is_told(version, cast, state):
    ask(version, cast.learner)
    factories.enrolment(factories.run(version, state="closed"), cast.learner, state)
    assert publish(version, cast) == 1


def test_whoever_completed_the_course_before_asking_is_told(version, cast):
    past = factories.run(version, starts_at=clock.now() - timedelta(days=900), state="completed")
    factories.enrolment(past, cast.learner, "completed", changed_at=clock.now() - timedelta(days=890))
    ask(version, cast.learner)
    assert publish(version, cast) == 1


def test_whoever_completed_the_course_may_ask_again_and_is_told(version, cast):
    with clock.frozen(clock.now() - timedelta(days=60)):
        ask(version, cast.learner)
    past = factories.run(version, starts_at=clock.now() - timedelta(days=9), state="completed")
    factories.enrolment(past, cast.learner, "completed", changed_at=clock.now() - timedelta(days=5))
    assert enrolment.interests_of_person(cast.learner.id) == []
    ask(version, cast.learner)
    assert ends_of(cast.learner) == ["served", None]
    assert publish(version, cast) == 1


def test_a_wish_rests_while_somebody_has_a_place_and_is_there_again_when_they_gave_it_back(version, cast):
    ask(version, cast.learner)
    run = factories.run(version)
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    assert enrolment.interests_of_person(cast.learner.id) == []
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    assert [own.slug for own in enrolment.interests_of_person(cast.learner.id)] == [version.course.slug]


def test_whoever_the_run_is_not_for_is_not_told_and_stays_on_the_list(version, cast):
    for person in (cast.learner, cast.colleague):
        ask(version, person)
    newer = factories.course(course_id=version.course_id, number=2, target_categories=["sakrebulo_member"])
    assert publish(newer, cast) == 1
    assert (kinds_to(cast.learner), kinds_to(cast.colleague)) == ([], ["course_runs_again"])
    assert ends_of(cast.learner) == [None]


def test_whoever_has_no_address_stays_on_the_list(version, cast):
    ask(version, cast.learner)
    cast.learner.email = None
    assert publish(version, cast) == 0
    assert ends_of(cast.learner) == [None]


def test_nobody_asks_for_what_is_there_or_not_for_them(version, cast):
    run = factories.run(version)
    with pytest.raises(enrolment.OfferedError):
        ask(version, cast.learner)
    run.state = "closed"
    factories.enrolment(run, cast.learner)
    with pytest.raises(enrolment.EnrolmentRefusedError, match="have a place"):
        ask(version, cast.learner)
    version.target_categories = ["civil_servant"]
    with pytest.raises(enrolment.EnrolmentRefusedError, match="not meant"):
        ask(version, cast.colleague)
    with pytest.raises(enrolment.EnrolmentRefusedError, match="no current post"):
        ask(version, factories.person_with_account(municipality=None))


@pytest.mark.parametrize(
    "values", [{"capacity": 0}, {"state": "closed"}, {"state": "draft"}, {"enrolment_closes_at": clock.now() - timedelta(minutes=1)}]
)
def test_a_run_that_is_full_closed_or_unknown_is_no_offer(version, cast, values):
    factories.run(version, **values)
    assert not enrolment.is_offered(version.course_id)
    assert ask(version, cast.learner).ended_at is None


def test_a_run_whose_registration_opens_later_is_an_offer(version):
    factories.run(version, enrolment_opens_at=clock.now() + timedelta(days=2))
    assert enrolment.is_offered(version.course_id)


def test_demand_is_counted_by_region_the_most_first_and_those_without_a_post_last(version, cast):
    askers = [factories.person_with_account(municipality=code) for code in ("kutaisi", "kutaisi", "zestaponi", "gurjaani", None)]
    for person in (cast.learner, *askers):
        ask(version, person)
    with counting() as statements:
        assert regions(version) == [("Imereti", 3), ("Kakheti", 2), (None, 1)]
    assert len(statements) == 1
    with counting() as statements:
        assert enrolment.demand_by_course() == {version.course_id: 6}
    assert len(statements) == 1


def test_the_region_is_that_of_the_day_of_asking(version, cast):
    ask(version, cast.learner)
    people.find_current_post(cast.learner.id).municipality_id = factories.municipality("kutaisi").id
    assert regions(version) == [("Kakheti", 1)]


def test_everything_is_noted(version, cast):
    ask(version, cast.learner)
    publish(version, cast)
    commit()
    rows = db.session.execute(
        sa.select(HistoryRow.action, HistoryRow.actor_id, HistoryRow.person_id, HistoryRow.public)
        .where(HistoryRow.subject_kind == "course_interest")
        .order_by(HistoryRow.id)
    )
    assert [tuple(row) for row in rows] == [
        ("interest:express", cast.learner.id, cast.learner.id, False),
        ("interest:told", cast.staff.id, cast.learner.id, False),
    ]


def test_a_course_that_somebody_never_asked_for_is_not_theirs_to_take_back(version, cast):
    ask(version, cast.learner)
    assert enrolment.get_course_of_interest(version.course.slug, cast.learner.id) is version.course
    with pytest.raises(NotFoundError):
        enrolment.get_course_of_interest(version.course.slug, cast.colleague.id)
