"""What the demo promises to those who try the portal: accounts, and runs by their codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import attendance, certificates, courses, demo, enrolment, letters, notices, people
from portal.courses.models import CourseRun, FundingProject, RunState, Topic
from portal.enrolment.models import DecisionStage, Enrolment, EnrolmentState, Nomination
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.people.models import Account, Person, Post, PostCategory, Role
from tests.demo.conftest import trying

pytestmark = pytest.mark.usefixtures("seeded")

ROLES = {
    "learner": set(),
    "coordinator": {Role.COORDINATOR},
    "coordinator2": {Role.COORDINATOR},
    "trainer": {Role.TRAINER},
    "staff": {Role.STAFF},
    "admin": {Role.ADMINISTRATOR},
}


def someone(account: str) -> Person:
    return db.session.scalars(sa.select(Person).join(Account).where(Account.email == f"{account}@portal.example")).one()


def learners() -> list[Person]:
    names = [f"learner{number:03}@portal.example" for number in range(1, 201)]
    return list(db.session.scalars(sa.select(Person).join(Account).where(Account.email.in_(names)).order_by(Account.email)))


def run(code: str) -> CourseRun:
    return courses.get_run(code)


def places(code: str) -> enrolment.Places:
    one = run(code).id
    return enrolment.places_of([one])[one]


def posts_of(persons: list[Person]) -> list[Post]:
    return list(db.session.scalars(sa.select(Post).where(Post.person_id.in_([person.id for person in persons]))))


@pytest.mark.parametrize(("account", "roles"), ROLES.items())
def test_there_is_an_account_for_each_role_with_the_demo_password(account, roles):
    person = someone(account)
    assert people.password_fits(demo.PASSWORD, people.get_account_of(person.id).password_hash)
    assert {grant.role for grant in people.grants_of(person.id)} == roles


def test_the_coordinators_are_those_of_telavi_and_kutaisi():
    for account, code in (("coordinator", "telavi"), ("coordinator2", "kutaisi")):
        (grant,) = people.grants_of(someone(account).id)
        assert grant.municipality.code == code


def test_two_hundred_learners_have_accounts_with_the_same_password():
    persons = learners()
    hashes = set(db.session.scalars(sa.select(Account.password_hash).where(Account.person_id.in_([person.id for person in persons]))))
    assert len(persons) == 200
    assert len(hashes) == 1
    assert people.password_fits(demo.PASSWORD, hashes.pop())


def test_the_learners_come_from_every_municipality_and_category():
    posts = posts_of(learners())
    assert len({post.municipality_id for post in posts}) == 64
    assert {post.category for post in posts} == set(PostCategory)
    assert {post.rank for post in posts} == {None, 1, 2, 3, 4}


@pytest.mark.parametrize("code", ["telavi", "kutaisi"])
def test_each_coordinator_has_people_among_the_learners(code):
    assert sum(post.municipality.code == code for post in posts_of(learners())) >= 8


def test_the_learners_are_enrolled_in_nothing_that_is_still_to_come():
    for person in learners():
        for each in enrolment.enrolments_of_person(person.id):
            assert each.run.ends_at < clock.now()


def test_some_learners_have_a_past():
    assert any(each.state == EnrolmentState.COMPLETED for person in learners() for each in enrolment.enrolments_of_person(person.id))


def test_demo_open_takes_enrolments_and_has_free_places():
    assert courses.enrolment_window(run("DEMO-OPEN"), clock.now()) == "open"
    assert places("DEMO-OPEN").free > 0
    assert places("DEMO-OPEN").taken > 0


def test_the_demo_learner_is_not_in_demo_open_and_gets_a_place_there():
    learner, one = someone("learner"), run("DEMO-OPEN")
    assert enrolment.enrolments_in(one.id, learner.id) == []
    with trying():
        assert enrolment.enrol(one.id, learner.id, by=learner.id).state == EnrolmentState.CONFIRMED


def test_demo_full_is_full_with_a_waiting_list_that_the_demo_learner_can_join():
    learner, full = someone("learner"), places("DEMO-FULL")
    assert (full.capacity, full.taken, full.waiting) == (20, 20, 9)
    with trying():
        joined = enrolment.enrol(run("DEMO-FULL").id, learner.id, by=learner.id)
        assert joined.state == EnrolmentState.WAITING
        assert enrolment.waiting_positions([joined.run_id])[joined.id] == 10


def test_somebody_of_demo_full_has_an_account_and_may_still_withdraw():
    one = run("DEMO-FULL")
    assert one.cancel_until > clock.now()
    first = enrolment.waiting_list(one.id)[0]
    leaver = next(place for place in enrolment.roster(one.id) if people.find_account_of(place.person_id))
    with trying():
        enrolment.withdraw(one.id, leaver.person_id, by=leaver.person_id)
        assert enrolment.find_live_enrolment(one.id, first.person_id).state == EnrolmentState.CONFIRMED


def test_demo_now_is_under_way_today_with_the_demo_trainer_and_thirty_people():
    now = run("DEMO-NOW")
    assert now.state == RunState.RUNNING
    assert [trainer.id for trainer in courses.trainers_of(now.id)] == [someone("trainer").id]
    assert places("DEMO-NOW").taken == 30
    assert clock.today() in {to_tbilisi(day.starts_at).date() for day in courses.sessions_of(now.id)}


def test_the_first_day_of_demo_now_is_marked_and_today_is_not():
    yesterday, today, tomorrow = courses.sessions_of(run("DEMO-NOW").id)
    assert all(row.fact for row in attendance.roll(yesterday.id))
    assert not any(row.fact for row in attendance.roll(today.id) + attendance.roll(tomorrow.id))


def test_a_walk_in_finds_room_in_demo_now():
    newcomer = learners()[0]
    with trying():
        admitted = enrolment.admit_on_the_day(run("DEMO-NOW").id, newcomer.id, by=someone("trainer").id)
        assert admitted.state == EnrolmentState.CONFIRMED


def test_demo_done_is_completed_and_thirty_of_its_people_are_due_a_certificate():
    candidates = certificates.candidates_of_run(run("DEMO-DONE"))
    assert run("DEMO-DONE").state == RunState.COMPLETED
    assert sum(candidate.can_be_issued for candidate in candidates) == 30
    assert sum(not candidate.verdict.ok for candidate in candidates) == 3
    assert not any(candidate.number for candidate in candidates)


def test_demo_cert_has_certificates_and_the_demo_learner_holds_one():
    learner, one = someone("learner"), run("DEMO-CERT")
    numbers = {candidate.enrolment.person_id: candidate.number for candidate in certificates.candidates_of_run(one)}
    assert numbers[learner.id]
    assert sum(number is not None for number in numbers.values()) == 19
    assert certificates.get_file(numbers[learner.id], person_id=learner.id).pdf.startswith(b"%PDF")


def test_demo_race_is_open_to_every_learner_and_nobody_is_in_it():
    race = run("DEMO-RACE")
    assert courses.enrolment_window(race, clock.now()) == "open"
    assert (places("DEMO-RACE").capacity, places("DEMO-RACE").taken, places("DEMO-RACE").waiting) == (20, 0, 0)
    ids = [person.id for person in [*learners(), someone("learner")]]
    standings = enrolment.standings_of(race.id, ids)
    assert [enrolment.find_person_refusal(standings[each], race.version.target_categories) for each in ids] == [None] * 201


def test_demo_quota_keeps_places_that_are_partly_used_and_a_few_wait():
    seats, line = enrolment.seats_of(run("DEMO-QUOTA").id), enrolment.lines_of([run("DEMO-QUOTA").id])[run("DEMO-QUOTA").id]
    assert (len(seats.municipality_quotas), len(seats.region_quotas)) == (4, 1)
    assert 0 < seats.unused() <= seats.free
    assert {seats.find_block(rank.place.home) for rank in line} == {enrolment.Blocked.QUOTA_USED, enrolment.Blocked.KEPT_FOR_OTHERS}


def test_the_coordinators_have_quotas_in_demo_soon_and_are_told_that_it_closes():
    soon = run("DEMO-SOON")
    seats, to_come = enrolment.seats_of(soon.id), notices.notices_to_come(clock.now() + timedelta(days=1))
    homes = [seats.home_of(people.find_current_post(someone(account).id).municipality_id) for account in ("coordinator", "coordinator2")]
    assert [(seats.quota_of(home), seats.left_of_quota(home)) for home in homes] == [((5, 2), 3), ((3, 0), 3)]
    assert [one.people for one in to_come if one.kind == "deadline_near" and one.run.id == soon.id] == [2]


def test_the_quotas_of_demo_freed_were_released_and_demo_offer_offers_what_was_given_back():
    released = run("DEMO-FREED")
    assert released.quotas_released_at == released.quotas_end_at
    assert places("DEMO-FREED").free > 0
    offers = [each for each in enrolment.live_enrolments_of_run(run("DEMO-OFFER").id) if each.state == EnrolmentState.OFFERED]
    assert len(offers) == 3
    assert all(each.offer_ends_at > clock.now() for each in offers)


@pytest.mark.parametrize("code", ["DEMO-OPEN", "DEMO-FULL", "DEMO-RACE"])
def test_the_open_demo_runs_are_for_every_category(code):
    assert set(run(code).version.target_categories) == set(PostCategory)


def test_the_demo_learner_has_a_personal_number_to_be_masked():
    assert people.masked_personal_number(someone("learner"))


def test_the_demo_learner_has_something_to_come_and_waits_for_something():
    states = {each.state for each in enrolment.enrolments_of_person(someone("learner").id) if each.run.ends_at > clock.now()}
    assert states == {EnrolmentState.CONFIRMED, EnrolmentState.WAITING}


def test_people_of_many_regions_ask_for_four_courses_and_so_does_the_demo_learner():
    (own,) = enrolment.interests_of_person(someone("learner").id)
    wanted = enrolment.demand_by_course()
    assert (own.published, len(wanted)) == (True, 4)
    assert len(enrolment.demand_by_region(max(wanted, key=wanted.__getitem__))) > 5
    assert not any(enrolment.is_offered(course_id) for course_id in wanted)


def test_there_are_runs_in_every_state_over_two_years_and_four_months():
    rows = db.session.execute(sa.select(CourseRun.state, CourseRun.starts_at, CourseRun.form)).all()
    assert {row.state for row in rows} == set(RunState)
    assert {row.form for row in rows} == {"in_person", "online", "hybrid"}
    assert min(row.starts_at for row in rows) < clock.now() - timedelta(days=600)
    assert clock.now() + timedelta(days=90) < max(row.starts_at for row in rows) < clock.now() + timedelta(days=130)


def test_every_topic_has_a_run_and_every_project_a_logo():
    taught = db.session.scalars(sa.select(Topic.slug).join(courses.models.Course).join(CourseRun).distinct()).all()
    assert len(taught) == 10
    assert all(project.logo.startswith(b"\x89PNG") for project in db.session.scalars(sa.select(FundingProject)))


def test_notices_of_several_kinds_are_to_come_and_somebody_gets_them():
    to_come = notices.notices_to_come(clock.now() + timedelta(days=14))
    assert {one.kind for one in to_come} >= {"reminder_week", "reminder_day"}
    assert any(one.people for one in to_come)


def test_the_learner_has_a_letter_of_attendance_that_holds():
    one = someone("learner")
    [place] = enrolment.enrolments_in(run("DEMO-CERT").id, one.id)
    [letter] = letters.offer_of(place).letters
    checked = letters.find_checked(letter.secret)
    assert (checked.letter.kind, checked.standing) == ("attendance", letters.Standing.CURRENT)
    assert checked.facts.certificate.startswith("NALAG-")


def test_the_coordinator_has_a_list_that_waits_to_be_sent_and_everybody_on_it_can_be_nominated():
    telavi = people.find_current_post(someone("coordinator").id).municipality_id
    (waiting,) = [each for each in enrolment.nomination_lists([telavi]) if each.waiting]
    nominees = enrolment.waiting_of(enrolment.nominees_of(waiting.run_id, [telavi]))
    assert len(nominees) == 3
    with trying():
        for one in nominees:
            assert enrolment.enrol(waiting.run_id, one.post.person_id, by=someone("coordinator").id, municipality_id=telavi)


def test_whom_a_coordinator_enrolled_stands_on_the_list_as_sent():
    sent = db.session.scalars(sa.select(Nomination).where(Nomination.enrolment_id.is_not(None))).all()
    assert {each.sent_by for each in sent} == {someone("coordinator").id, someone("coordinator2").id}
    for each in sent:
        place = db.session.get_one(Enrolment, each.enrolment_id)
        assert (place.run_id, place.person_id, place.enrolled_by) == (each.run_id, each.person_id, each.sent_by)


def test_staff_and_the_coordinator_of_telavi_have_applications_to_decide_on_and_decisions_to_undo():
    telavi = {grant.municipality_id for grant in people.grants_of(someone("coordinator").id)}
    for stage, of, overdue in ((DecisionStage.STAFF, None, True), (DecisionStage.EMPLOYER, telavi, False)):
        queue = enrolment.queue_of(stage, clock.now(), municipality_ids=of)
        assert queue.number >= 4
        assert bool(queue.overdue) == overdue
        decided = enrolment.recently_decided(stage, clock.now() - timedelta(days=30), municipality_ids=of)
        assert enrolment.decisions_to_undo(decided, stage, clock.now())
    with trying():
        asked = enrolment.applications(DecisionStage.STAFF)
        outcomes = enrolment.decide_many(asked, DecisionStage.STAFF, approve=True, by=someone("staff").id)
        assert [one.enrolment.state for one in outcomes] == [EnrolmentState.CONFIRMED] * len(asked)
