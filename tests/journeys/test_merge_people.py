"""Two records of one person become one, and two again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import attendance, certificates, enrolment, journeys, people, tables
from portal.enrolment.models import Enrolment
from portal.foundation import clock, transaction
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow, broken_links, personal_values
from portal.foundation.transaction import commit
from portal.people.models import Account, Person, Post, Role
from portal.recognition.models import RecognitionRequest
from tests import factories
from tests.certificates.scenes import issued_run, numbers
from tests.enrolment.mailbox import calendar_after, mails_to
from tests.recognition.samples import sent

NOT_COMPARED = {"history", "history_key", "person_merge", "alembic_version"}


def snapshot():
    """Every row of every table but those that only grow."""
    db.session.flush()
    return {
        table.name: sorted(map(repr, db.session.execute(sa.select(table))))
        for table in tables.metadata.sorted_tables
        if table.name not in NOT_COMPARED
    }


@pytest.fixture
def double(cast):
    """A second record of Nino: without account, with another post, a phone and an enrolment of her own."""
    someone = factories.person("ნინო", "აბაშიძე", phone="+995555000111")
    factories.post(someone, "telavi", title_ka="უფროსი სპეციალისტი")
    return someone


def merged(cast, double, reason="ერთი და იგივე პირი"):
    merge = journeys.merge_people(cast.learner.id, double.id, reason, by=cast.staff.id)
    commit()
    return merge


def test_what_was_with_the_merged_record_is_with_the_kept_one(cast, double):
    past, coming = factories.run(state="completed"), factories.run()
    ids = [factories.enrolment(past, double, "completed").id, factories.enrolment(coming, double).id]
    merged(cast, double)
    assert [row.id for row in enrolment.enrolments_of_person(cast.learner.id)] == ids
    assert enrolment.enrolments_of_person(double.id) == []
    assert {post.title_ka for post in people.posts_of(cast.learner.id)} == {"მთავარი სპეციალისტი", "უფროსი სპეციალისტი"}
    assert (cast.learner.phone, cast.learner.email) == ("+995555000111", "nino@portal.test")


def test_the_merged_record_is_on_no_list_and_in_no_search(cast, double):
    run = factories.run()
    merged(cast, double)
    assert [row.person.id for row in people.people_page("აბაშიძე").rows] == [cast.learner.id]
    assert [one.person_id for one in attendance.candidates(run.id, "აბაშიძე")] == [cast.learner.id]
    own = enrolment.own_people([factories.municipality("telavi").id])
    assert double.id not in {post.person_id for post in own.posts}
    with pytest.raises(NotFoundError):
        people.get_listed_person(double.id)
    with pytest.raises(NotFoundError):
        enrolment.enrol(run.id, double.id, by=cast.staff.id)


def test_a_certificate_is_the_kept_persons_and_untouched(cast, double):
    issued_run(cast.staff, [double])
    (number,) = numbers()
    before = certificates.get_file(number, person_id=double.id).pdf
    merged(cast, double)
    assert [held.number for held in certificates.certificates_of_person(cast.learner.id)] == [number]
    assert certificates.get_file(number, person_id=cast.learner.id).pdf == before
    assert certificates.get_entry(number).person_id == double.id


def test_the_account_goes_over_and_still_signs_in(cast):
    plain = factories.person("გიორგი", "ქავთარაძე")
    other = factories.person_with_account("გიორგი", "ქავთარაძე", email="gio@portal.test")
    token = people.start_sign_in(people.get_account_of(other.id))
    merge = journeys.merge_people(plain.id, other.id, "ერთი პირი", by=cast.staff.id)
    commit()
    assert people.find_signed_in(token).person_id == plain.id
    assert people.find_account_of(other.id) is None
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    assert people.find_signed_in(token).person_id == other.id


def test_a_personal_number_finds_the_kept_person_and_the_merged_one_after_the_undoing(cast, double):
    people.set_personal_number(double, "01024056789", by=cast.staff.id)
    merge = merged(cast, double)
    assert people.find_person_by_personal_number("01024056789").id == cast.learner.id
    assert people.masked_personal_number(cast.learner).endswith("6789")
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    assert people.find_person_by_personal_number("01024056789").id == double.id
    assert people.masked_personal_number(cast.learner) is None


def test_of_two_numbers_each_finds_the_kept_person(cast, double):
    people.set_personal_number(cast.learner, "01024056788", by=cast.staff.id)
    people.set_personal_number(double, "01024056789", by=cast.staff.id)
    merged(cast, double)
    assert people.masked_personal_number(cast.learner).endswith("6788")
    assert people.find_person_by_personal_number("01024056789").id == cast.learner.id


def refused(kept, gone, cast):
    with pytest.raises(people.MergeRefusedError) as caught:
        journeys.merge_people(kept.id, gone.id, "ერთი პირი", by=cast.staff.id)
    transaction.abandon()
    return str(caught.value)


def test_nobody_is_merged_with_themselves(cast):
    assert "same record" in refused(cast.learner, cast.learner, cast)


def test_two_live_enrolments_in_one_run_stand_in_the_way_and_it_is_named(cast, double):
    run = factories.run(code="R-7")
    factories.enrolment(run, double, "waiting")
    factories.enrolment(run, cast.learner)
    commit()
    assert "R-7" in refused(cast.learner, double, cast)


def test_one_that_is_over_does_not(cast, double):
    run = factories.run()
    factories.enrolment(run, double, "withdrawn")
    factories.enrolment(run, cast.learner)
    merged(cast, double)
    assert len(enrolment.enrolments_in(run.id, cast.learner.id)) == 2


def test_two_active_accounts_stand_in_the_way(cast):
    assert "active account" in refused(cast.learner, cast.colleague, cast)


def test_the_active_account_is_kept(cast):
    people.deactivate_account(people.get_account_of(cast.colleague.id), by=cast.administrator.id)
    commit()
    assert "closed" in refused(cast.colleague, cast.learner, cast)
    journeys.merge_people(cast.learner.id, cast.colleague.id, "ერთი პირი", by=cast.staff.id)
    assert people.get_account_of(cast.learner.id).active


def test_roles_stand_in_the_way_and_no_account_goes_to_a_record_with_roles(cast, double):
    assert "has roles" in refused(cast.learner, cast.trainer, cast)
    boss = factories.person("ანა", "ბერიძე")
    factories.grant(boss, Role.ADMINISTRATOR)
    commit()
    assert "no account" in refused(boss, cast.learner, cast)


def test_who_taught_is_kept(cast, double):
    factories.run(trainers=(double,))
    commit()
    assert "trainer of runs" in refused(cast.learner, double, cast)


def test_a_merged_record_is_not_merged_again_and_what_took_one_in_stays(cast, double):
    third = factories.person("ნინო", "აბაშიძე")
    commit()
    merged(cast, double)
    assert "already" in refused(cast.learner, double, cast)
    assert "already" in refused(double, third, cast)
    assert "undo its merge" in refused(third, cast.learner, cast)
    journeys.merge_people(cast.learner.id, third.id, "მესამე ჩანაწერი", by=cast.staff.id)
    assert people.ids_of([cast.learner.id]) == {cast.learner.id, double.id, third.id}


def test_undone_twice_it_is_undone_once(cast, double):
    merge = merged(cast, double)
    for _ in range(2):
        journeys.undo_merge(merge, by=cast.staff.id)
        commit()
    undone = sa.select(HistoryRow).where(HistoryRow.action == "person:undo_merge")
    assert len(db.session.scalars(undone).all()) == 1
    merged(cast, double)


def test_what_came_since_stays_with_the_kept_person(cast, double):
    old = factories.enrolment(factories.run(), double)
    merge = merged(cast, double)
    new = enrolment.enrol(factories.run(starts_at=clock.now() + timedelta(days=40)).id, cast.learner.id, by=cast.learner.id)
    cast.learner.phone = "+995555999999"
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    assert [row.id for row in enrolment.enrolments_of_person(cast.learner.id)] == [new.id]
    assert [row.id for row in enrolment.enrolments_of_person(double.id)] == [old.id]
    assert cast.learner.phone == "+995555999999"


def test_it_is_not_undone_when_somebody_else_has_the_number_by_now(cast, double):
    people.set_personal_number(double, "01024056789", by=cast.staff.id)
    merge = merged(cast, double)
    people.set_personal_number(cast.learner, "01024056780", by=cast.staff.id)
    people.set_personal_number(cast.colleague, "01024056789", by=cast.staff.id)
    commit()
    with pytest.raises(people.MergeRefusedError, match="another person"):
        journeys.undo_merge(merge, by=cast.staff.id)
    transaction.abandon()
    assert people.find_kept_id(double.id) == cast.learner.id


def test_the_history_says_it_seals_the_reason_and_stays_whole(cast, double):
    factories.enrolment(factories.run(), double)
    merge = merged(cast, double, "გვარი შეეცვალა")
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    rows = db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)).all()
    assert [row.action for row in rows] == ["person:merge", "person:undo_merge"]
    assert list(broken_links(rows)) == []
    assert rows[0].person_id == double.id
    assert personal_values(rows[0]) == {"why": "გვარი შეეცვალა"}
    assert "გვარი" not in str(rows[0].change)


def test_a_calendar_follows_the_enrolment_through_a_merge(cast, double):
    double.email = "double@portal.test"
    run = factories.run()
    enrolment.enrol(run.id, double.id, by=cast.staff.id)
    commit()
    before = mails_to(double)
    merged(cast, double)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    events = calendar_after([*before, *mails_to(cast.learner)])
    assert len(events) == 2
    assert {str(event["status"]) for event in events.values()} == {"CANCELLED"}


ENTRIES = st.lists(st.sampled_from(["waiting", "confirmed", "withdrawn", "completed", None]), min_size=3, max_size=3)


def _double_of(number, data):
    """A record as the ``data`` has it, without rows that stand in each other's way."""
    someone = factories.person("თეა", f"ყიფიანი{number}", email=data["email"], phone=data["phone"], sex=data["sex"])
    for index in range(data["posts"]):
        factories.post(someone, "kutaisi", title_ka=f"პოსტი {index}")
    if data["number"]:
        people.set_personal_number(someone, f"0102405{number:04}", by=someone.id)
    if data["account"]:
        factories.account(someone, f"tea{number}@portal.test")
    for index in range(data["requests"]):
        sent(someone, title=f"ტრენინგი {index}")
    return someone


RECORD = st.fixed_dictionaries(
    {
        "email": st.sampled_from([None, "tea@portal.test"]),
        "phone": st.sampled_from([None, "+995555123456"]),
        "sex": st.sampled_from([None, "female"]),
        "posts": st.integers(0, 2),
        "number": st.booleans(),
        "account": st.booleans(),
        "requests": st.integers(0, 2),
        "states": ENTRIES,
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=RECORD, gone=RECORD)
def test_merging_and_undoing_leaves_every_table_as_it_was(cast, kept, gone):
    try:
        first, second = (_double_of(number, data) for number, data in enumerate((kept, gone), 1))
        for state, other in zip(kept["states"], gone["states"], strict=True):
            run = factories.run()
            if state:
                factories.enrolment(run, first, state)
            if other and (not state or "withdrawn" in {state, other}):
                factories.enrolment(run, second, other)
        _merge_and_undo(first.id, second.id, by=cast.staff.id, both_have_accounts=kept["account"] and gone["account"])
    finally:
        transaction.abandon()


def _merge_and_undo(first, second, *, by, both_have_accounts):
    before = snapshot()
    if both_have_accounts:
        with pytest.raises(people.MergeRefusedError):
            journeys.merge_people(first, second, "ერთი პირი", by=by)
    else:
        merge = journeys.merge_people(first, second, "ერთი პირი", by=by)
        for table in (Enrolment, Post, Account, RecognitionRequest):
            assert db.session.scalars(sa.select(table).where(table.person_id == second)).all() == []
        assert len(db.session.scalars(sa.select(Person).where(people.not_merged())).all()) == len(before["person"]) - 1
        journeys.undo_merge(merge, by=by)
    assert snapshot() == before
