"""Getting a place, or a place on the waiting list."""

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment import queries, rules
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.statements import counting

pytestmark = pytest.mark.usefixtures("cast")


def enrolled(run, person, **values):
    return enrolment.enrol(run.id, person.id, by=person.id, **values)


def test_a_run_with_free_places_gives_one(cast):
    run = factories.run()
    place = enrolled(run, cast.learner)
    assert place.state == "confirmed"
    assert place.state_reason == "at_once"
    assert enrolment.places_of([run.id])[run.id] == enrolment.Places(capacity=20, taken=1, waiting=0)
    assert kinds_to(cast.learner) == ["place_given"]


def test_full_run_puts_the_learner_on_the_waiting_list(cast):
    run = factories.run(capacity=1)
    enrolled(run, cast.colleague)
    waiting = enrolled(run, cast.learner)
    assert waiting.state == "waiting"
    assert enrolment.waiting_positions([run.id]) == {waiting.id: 1}
    assert kinds_to(cast.learner) == ["waiting_list_joined"]
    assert enrolment.places_of([run.id])[run.id].free == 0


def test_the_waiting_list_is_in_the_order_of_arrival(cast):
    run = factories.run(capacity=0)
    first, second = enrolled(run, cast.colleague), enrolled(run, cast.learner)
    assert [place.id for place in enrolment.waiting_list(run.id)] == [first.id, second.id]
    assert enrolment.waiting_positions([run.id]) == {first.id: 1, second.id: 2}


def test_the_post_of_the_day_is_kept(cast):
    place = enrolled(factories.run(), cast.learner)
    assert (place.municipality.code, place.post_title_ka, place.post_category, place.post_rank) == (
        "telavi",
        "მთავარი სპეციალისტი",
        "civil_servant",
        3,
    )


def test_the_newest_of_two_posts_counts(cast):
    factories.add(
        factories.Post(
            person_id=cast.learner.id,
            person_sort_key=cast.learner.sort_key,
            municipality_id=factories.municipality("batumi").id,
            title_ka="მერი",
            category="political_official",
            starts_on=clock.today(),
        )
    )
    assert enrolled(factories.run(), cast.learner).municipality.code == "batumi"


def test_of_two_posts_the_one_counts_that_the_run_is_for(cast):
    factories.post(cast.learner, "batumi", "political_official")
    for_civil_servants = factories.run(factories.course(target_categories=["civil_servant"]))
    assert enrolled(for_civil_servants, cast.learner).municipality.code == "telavi"


def test_whoever_a_municipality_enrols_is_enrolled_with_a_post_there(cast):
    """Only that post counts, though another would do, and though it is not the newest."""
    factories.post(cast.learner, "batumi", "political_official")
    telavi = factories.municipality("telavi").id
    assert enrolled(factories.run(), cast.learner, municipality_id=telavi).municipality.code == "telavi"
    for_politicians = factories.run(factories.course(target_categories=["political_official"]), starts_at=clock.now() + timedelta(days=90))
    with pytest.raises(rules.NotForCategoryError):
        enrolled(for_politicians, cast.learner, municipality_id=telavi)


def test_whoever_waits_with_two_posts_is_promoted_though_the_newest_is_not_meant(cast):
    run = factories.run(factories.course(target_categories=["civil_servant"]), capacity=1)
    enrolled(run, cast.coordinator)
    waiting = enrolled(run, cast.learner)
    factories.post(cast.learner, "batumi", "political_official")
    enrolment.withdraw(run.id, cast.coordinator.id, by=cast.coordinator.id)
    assert waiting.state == "confirmed"


def test_the_reference_is_easy_to_read_aloud(cast):
    reference = enrolled(factories.run(), cast.learner).reference
    assert reference.startswith("E-")
    assert len(reference) == 8
    assert not set(reference[2:]) & set("0O1IL5S8B")


def test_a_form_sent_twice_is_one_enrolment_and_one_mail(cast):
    run = factories.run()
    first = enrolled(run, cast.learner, form_key="abc")
    assert enrolled(run, cast.learner, form_key="abc").id == first.id
    assert kinds_to(cast.learner) == ["place_given"]


def test_a_form_key_is_each_persons_own(cast):
    run = factories.run()
    first = enrolled(run, cast.learner, form_key="abc")
    assert enrolled(run, cast.colleague, form_key="abc").id != first.id


def test_somebody_who_has_a_place_is_told_so(cast):
    run = factories.run()
    enrolled(run, cast.learner, form_key="abc")
    with pytest.raises(rules.AlreadyEnrolledError):
        enrolled(run, cast.learner, form_key="other")


def test_after_withdrawing_one_can_enrol_again(cast):
    run = factories.run()
    enrolled(run, cast.learner)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    assert enrolled(run, cast.learner).state == "confirmed"


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"state": "closed"}, rules.DeadlinePassedError),
        ({"state": "cancelled"}, rules.RunCancelledError),
        ({"state": "completed"}, rules.DeadlinePassedError),
        ({"enrolment_opens_at": timedelta(hours=1)}, rules.NotOpenYetError),
        ({"enrolment_closes_at": timedelta(seconds=-1)}, rules.DeadlinePassedError),
    ],
)
def test_outside_the_window_nobody_enrols(cast, values, refusal):
    values = {name: clock.now() + value if isinstance(value, timedelta) else value for name, value in values.items()}
    with pytest.raises(refusal):
        enrolled(factories.run(**values), cast.learner)


def test_a_draft_is_not_known_of(cast):
    with pytest.raises(NotFoundError):
        enrolled(factories.run(state="draft"), cast.learner)
    with pytest.raises(NotFoundError):
        enrolment.enrol(987654321, cast.learner.id, by=None)


def test_a_course_for_other_posts_refuses_the_learner(cast):
    run = factories.run(factories.course(target_categories=["sakrebulo_member"]))
    with pytest.raises(rules.NotForCategoryError):
        enrolled(run, cast.learner)
    assert enrolled(run, cast.colleague).state == "confirmed"


def test_without_a_post_nobody_enrols(cast):
    stranger = factories.person_with_account("ია", "ქურდაძე", municipality=None)
    with pytest.raises(rules.NoPostError):
        enrolled(factories.run(), stranger)


def test_a_post_that_has_ended_is_no_post(cast):
    gone = factories.person("ია", "ქურდაძე")
    factories.post(gone, ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(rules.NoPostError):
        enrolled(factories.run(), gone)


def test_another_training_at_the_same_time_is_named(cast):
    held = factories.run(code="HELD")
    enrolled(held, cast.learner)
    late = factories.run(starts_at=held.starts_at + timedelta(hours=7), days=1)
    with pytest.raises(rules.ClashError) as refused:
        enrolled(late, cast.learner)
    assert refused.value.clash.code == "HELD"


def test_trainings_that_follow_each_other_do_not_clash(cast):
    held = factories.run(days=1)
    enrolled(held, cast.learner)
    assert enrolled(factories.run(starts_at=held.starts_at + timedelta(hours=8), days=1), cast.learner).state == "confirmed"


def test_a_waiting_place_or_a_struck_day_elsewhere_is_no_clash(cast):
    enrolled(factories.run(capacity=0), cast.learner)
    struck = factories.run(days=0)
    factories.session(struck, starts_at=struck.starts_at, cancelled=True)
    enrolled(struck, cast.learner)
    assert enrolled(factories.run(), cast.learner).state == "confirmed"


def test_free_places_found_beside_a_waiting_list_go_to_those_who_wait_first(cast):
    run = factories.run(capacity=0)
    first = enrolled(run, cast.colleague)
    run.capacity = 1  # by hand, past the journey that would have filled it
    db.session.flush()
    second = enrolled(run, cast.learner)
    assert (first.state, second.state) == ("confirmed", "waiting")


def test_the_condition_for_the_catalogue_finds_runs_with_free_places(cast):
    run, full = factories.run(), factories.run(capacity=1)
    enrolled(full, cast.learner)
    found = db.session.scalars(sa.select(factories.CourseRun.id).where(enrolment.has_free_place())).all()
    assert found == [run.id]


def test_the_roster_is_in_georgian_order_and_holds_no_waiting(cast):
    run = factories.run(capacity=2)
    for person in (cast.colleague, cast.learner, cast.trainer):
        enrolled(run, person)
    assert [place.person.family_name_ka for place in enrolment.roster(run.id)] == ["აბაშიძე", "ლომიძე"]


def test_the_history_says_who_did_what_and_holds_no_name(cast):
    run = factories.run()
    place = enrolled(run, cast.learner)
    commit()
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.subject_kind == "enrolment")).one()
    assert (row.action, row.subject_id, row.actor_id, row.person_id, row.public) == (
        "enrolment:confirmed",
        str(place.id),
        cast.learner.id,
        cast.learner.id,
        True,
    )
    assert row.change == {"state": [None, "confirmed"], "reason": "at_once", "run": run.id}


def test_whoever_was_enrolled_by_somebody_else_is_told_of_a_nomination(cast):
    run = factories.run()
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id)
    assert kinds_to(cast.learner) == ["nominated"]
    assert kinds_to(cast.coordinator) == []


def test_somebody_without_an_address_gets_a_place_and_no_mail(cast):
    quiet = factories.person("ია", "ქურდაძე")
    factories.post(quiet)
    assert enrolled(factories.run(), quiet).state == "confirmed"
    assert mails_to(quiet) == []


def test_the_index_is_the_last_guard_should_a_lock_be_missing(cast, monkeypatch):
    run = factories.run()
    first = enrolled(run, cast.learner)
    read = queries.get_applicants

    def overlooking(*ids, **new):
        return {person_id: dataclasses.replace(one, live_id=None) for person_id, one in read(*ids, **new).items()}

    monkeypatch.setattr(queries, "get_applicants", overlooking)
    with pytest.raises(rules.AlreadyEnrolledError):
        enrolled(run, cast.learner)
    assert db.session.scalars(sa.select(Enrolment.id)).all() == [first.id]


def test_a_reference_that_somebody_has_is_drawn_again(cast, monkeypatch):
    factories.enrolment(factories.run(), cast.colleague, reference="E-222222")
    drawn = iter("222222" + "333333")
    monkeypatch.setattr("portal.enrolment.services_steps.secrets.choice", lambda _letters: next(drawn))
    assert enrolled(factories.run(), cast.learner).reference == "E-333333"


def test_enrolling_takes_four_statements_and_the_mail_and_history(cast):
    run = factories.run()
    commit()
    db.session.expunge_all()
    with counting() as statements:
        enrolled(run, cast.learner)
        commit()
    # lock the run · the person, how full it is, a clash · insert · days
    # · how staff word the mail · the mail · on PostgreSQL the turn to append to the history · its last row · its new row
    assert len(statements) == 8 + (db.engine.dialect.name == "postgresql")
