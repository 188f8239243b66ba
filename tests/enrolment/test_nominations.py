"""The list of a municipality for a run: who is on it, in which order, what sending and taking back do."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment, journeys, people
from portal.enrolment.models import EnrolmentState, Nomination
from portal.enrolment.rules import DeadlinePassedError, NotEnrolledError, TooLateToWithdrawError
from portal.enrolment.rules_nominations import AlreadySentError, ListChangedError, ListFullError, NobodyToSendError, find_neighbour
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import events_of, kinds_to, mails_to
from tests.statements import counting


@pytest.fixture
def telavi(app):
    return factories.municipality("telavi").id


@pytest.fixture
def run(cast):
    return factories.run(capacity=2)


def officials(number, municipality="telavi", **values):
    posts = []
    for index in range(number):
        someone = factories.person(f"სახელი{'აბგდევზთიკ'[index % 10]}", "გვარი", email=f"{municipality}{index}@portal.test", **values)
        posts.append(factories.post(someone, municipality))
    return posts


def listed(run, *municipality_ids):
    return enrolment.nominees_of(run.id, municipality_ids)


def people_on(run, *municipality_ids):
    return [one.post.person_id for one in listed(run, *municipality_ids)]


def version(run, *municipality_ids):
    return enrolment.version_of(one.nomination for one in listed(run, *municipality_ids))


def send(run, by, telavi, **values):
    return journeys.nominate_list(run, [telavi], version=values.pop("version", None) or version(run, telavi), by=by.id, **values)


def actions(start="nomination"):
    commit()
    return list(db.session.scalars(sa.select(HistoryRow.action).where(HistoryRow.action.startswith(start)).order_by(HistoryRow.id)))


def test_people_stand_on_the_list_in_the_order_in_which_they_were_put_there(cast, run, telavi):
    first, second, third = officials(3)
    enrolment.add_to_list(run.id, [third, first], by=cast.coordinator.id)
    enrolment.add_to_list(run.id, [first, second], by=cast.coordinator.id)
    assert people_on(run, telavi) == [third.person_id, first.person_id, second.person_id]
    assert actions() == ["nomination:add"] * 3
    assert enrolment.places_of([run.id])[run.id].taken == 0


def test_each_municipality_has_its_own_list(cast, run, telavi):
    here, there = officials(1)[0], officials(1, "kutaisi")[0]
    enrolment.add_to_list(run.id, [here], by=cast.coordinator.id)
    enrolment.add_to_list(run.id, [there], by=cast.neighbour.id)
    kutaisi = factories.municipality("kutaisi").id
    assert people_on(run, telavi) == [here.person_id]
    assert people_on(run, kutaisi) == [there.person_id]
    assert [(one.waiting, one.sent) for one in enrolment.nomination_lists([telavi])] == [(1, 0)]
    theirs = listed(run, kutaisi)[0].nomination.id
    for change in (
        lambda: enrolment.take_off_list(run.id, [telavi], theirs, by=cast.coordinator.id),
        lambda: enrolment.take_back(run.id, [telavi], theirs, by=cast.coordinator.id, reason="x"),
        lambda: enrolment.move_on_list(run.id, [telavi], theirs, up=True, version=version(run, telavi), by=cast.coordinator.id),
    ):
        with pytest.raises(NotFoundError):
            change()


def test_whoever_left_the_municipality_is_neither_on_the_list_nor_sent(cast, run, telavi):
    stays, leaves = officials(2)
    enrolment.add_to_list(run.id, [leaves, stays], by=cast.coordinator.id)
    leaves.ends_on = clock.today() - timedelta(days=1)
    assert people_on(run, telavi) == [stays.person_id]
    assert [one.waiting for one in enrolment.nomination_lists([telavi])] == [1]
    assert [one.person_id for one in send(run, cast.coordinator, telavi)] == [stays.person_id]
    assert enrolment.find_live_enrolment(run.id, leaves.person_id) is None


@pytest.mark.parametrize(
    ("moved", "up", "after"), [(0, False, [1, 0, 2]), (2, True, [0, 2, 1]), (0, True, [0, 1, 2]), (2, False, [0, 1, 2])]
)
def test_somebody_changes_places_with_the_one_beside_them(cast, run, telavi, moved, up, after):
    posts = officials(3)
    enrolment.add_to_list(run.id, posts, by=cast.coordinator.id)
    one = listed(run, telavi)[moved].nomination.id
    enrolment.move_on_list(run.id, [telavi], one, up=up, version=version(run, telavi), by=cast.coordinator.id)
    assert people_on(run, telavi) == [posts[number].person_id for number in after]


def test_the_end_of_a_list_has_no_neighbour():
    assert [find_neighbour([7, 8], one, up=up) for one in (7, 8) for up in (True, False)] == [None, 8, 7, None]


def test_a_list_that_a_colleague_changed_is_neither_ordered_nor_sent_by_an_older_form(cast, run, telavi):
    first, second, third = officials(3)
    enrolment.add_to_list(run.id, [first, second], by=cast.coordinator.id)
    older = version(run, telavi)
    enrolment.add_to_list(run.id, [third], by=cast.staff.id)
    one = listed(run, telavi)[0].nomination.id
    with pytest.raises(ListChangedError):
        enrolment.move_on_list(run.id, [telavi], one, up=False, version=older, by=cast.coordinator.id)
    with pytest.raises(ListChangedError):
        send(run, cast.coordinator, telavi, version=older)
    assert people_on(run, telavi) == [first.person_id, second.person_id, third.person_id]
    assert enrolment.places_of([run.id])[run.id].taken == 0


def test_taking_off_twice_is_taking_off_once(cast, run, telavi):
    enrolment.add_to_list(run.id, officials(1), by=cast.coordinator.id)
    one = listed(run, telavi)[0].nomination
    for _ in range(2):
        enrolment.take_off_list(run.id, [telavi], one.id, by=cast.coordinator.id)
    assert listed(run, telavi) == []
    assert (one.drop_reason, one.dropped_at is not None) == ("removed", True)
    assert actions() == ["nomination:add", "nomination:drop"]


def test_places_are_given_in_the_order_of_preference_though_all_come_at_one_moment(cast, run, telavi):
    posts = officials(5)
    wanted = [posts[number] for number in (3, 1, 4, 0, 2)]
    enrolment.add_to_list(run.id, wanted, by=cast.coordinator.id)
    with clock.frozen(clock.now()):
        outcomes = send(run, cast.coordinator, telavi)
    assert [one.person_id for one in outcomes] == [post.person_id for post in wanted]
    assert [one.enrolment.state for one in outcomes] == ["confirmed", "confirmed", "waiting", "waiting", "waiting"]
    assert [one.person_id for one in enrolment.waiting_list(run.id)] == [post.person_id for post in wanted[2:]]
    assert {kind for post in posts for kind in kinds_to(post.person)} == {"nominated"}


def test_whoever_is_refused_stays_on_the_list_and_the_others_are_sent(cast, telavi):
    run = factories.run(factories.course(target_categories=["civil_servant"]))
    fits = officials(1)[0]
    member = factories.post(factories.person("ია", "აბულაძე"), category="sakrebulo_member")
    enrolment.add_to_list(run.id, [member, fits], by=cast.coordinator.id)
    refused, sent = send(run, cast.coordinator, telavi)
    assert (refused.refusal.code, sent.enrolment.state) == ("not_for_category", "confirmed")
    assert [one.nomination.sent_at is None for one in listed(run, telavi)] == [True, False]
    assert actions()[-1] == "nomination:send"


def test_a_form_sent_twice_nominates_once(cast, run, telavi):
    enrolment.add_to_list(run.id, officials(2), by=cast.coordinator.id)
    seen = version(run, telavi)
    assert len(send(run, cast.coordinator, telavi, version=seen, form_key="once")) == 2
    assert send(run, cast.coordinator, telavi, version=seen, form_key="once") == []
    with pytest.raises(ListChangedError):
        send(run, cast.coordinator, telavi, version=seen, form_key="another")
    assert actions().count("nomination:send") == 2


def test_an_empty_list_is_not_sent(cast, run, telavi):
    with pytest.raises(NobodyToSendError):
        send(run, cast.coordinator, telavi)


def test_a_list_can_be_made_before_registration_opens_and_not_after_it_closed(cast, telavi):
    early = factories.run(enrolment_opens_at=clock.now() + timedelta(days=1))
    enrolment.add_to_list(early.id, officials(1), by=cast.coordinator.id)
    assert [one.refusal.code for one in send(early, cast.coordinator, telavi)] == ["not_open_yet"]
    late = factories.run(state="closed")
    with pytest.raises(DeadlinePassedError):
        enrolment.add_to_list(late.id, officials(1), by=cast.coordinator.id)


def test_no_more_wait_on_a_list_than_can_be_sent_at_once(cast, run, telavi):
    with factories.together():
        posts = officials(101)
    with pytest.raises(ListFullError):
        enrolment.add_to_list(run.id, posts, by=cast.coordinator.id)


def test_somebody_nominated_at_once_stands_on_the_list_as_sent(cast, run, telavi):
    posts = officials(2)
    enrolment.add_to_list(run.id, posts[:1], by=cast.coordinator.id)
    journeys.nominate(run, posts, by=cast.coordinator.id, form_key="once")
    journeys.nominate(run, posts, by=cast.coordinator.id, form_key="once")
    assert [(one.post.person_id, one.enrolment.state) for one in listed(run, telavi)] == [(post.person_id, "confirmed") for post in posts]
    assert [(one.waiting, one.sent) for one in enrolment.nomination_lists([telavi])] == [(0, 2)]
    with pytest.raises(AlreadySentError):
        enrolment.take_off_list(run.id, [telavi], listed(run, telavi)[0].nomination.id, by=cast.coordinator.id)


def test_taking_back_tells_the_person_and_gives_the_place_to_the_next(cast, run, telavi):
    posts = officials(3)
    journeys.nominate(run, posts, by=cast.coordinator.id)
    one = listed(run, telavi)[0].nomination
    for _ in range(2):
        enrolment.take_back(run.id, [telavi], one.id, by=cast.coordinator.id, reason="შვებულებაშია")
    assert enrolment.find_live_enrolment(run.id, posts[0].person_id) is None
    assert enrolment.find_live_enrolment(run.id, posts[2].person_id).state == EnrolmentState.CONFIRMED
    assert kinds_to(posts[0].person) == ["nominated", "nomination_withdrawn"]
    assert kinds_to(posts[2].person) == ["nominated", "place_freed"]
    told = mails_to(posts[0].person, "nomination_withdrawn")[0]
    assert "შვებულებაშია" in told.body
    assert [str(event["status"]) for event in events_of(told.calendar)] == ["CANCELLED"] * 2
    assert people_on(run, telavi) == [post.person_id for post in posts[1:]]
    assert (one.drop_reason, actions("nomination:take_back")) == ("taken_back", ["nomination:take_back"])


def test_somebody_who_waits_is_taken_back_even_after_the_deadline_and_somebody_with_a_place_is_not(cast, run, telavi):
    posts = officials(3)
    journeys.nominate(run, posts, by=cast.coordinator.id)
    run.cancel_until = clock.now() - timedelta(minutes=1)
    holds, _holds, waits = (one.nomination.id for one in listed(run, telavi))
    with pytest.raises(TooLateToWithdrawError):
        enrolment.take_back(run.id, [telavi], holds, by=cast.coordinator.id, reason="x")
    enrolment.take_back(run.id, [telavi], waits, by=cast.coordinator.id, reason="x")
    assert kinds_to(posts[2].person) == ["nominated", "nomination_withdrawn"]
    assert mails_to(posts[2].person, "nomination_withdrawn")[0].calendar is None


def test_a_place_that_somebody_took_by_themselves_is_not_taken_back(cast, run, telavi):
    post = people.find_current_post(cast.learner.id)
    journeys.nominate(run, [post], by=cast.coordinator.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    with pytest.raises(NotEnrolledError):
        enrolment.take_back(run.id, [telavi], listed(run, telavi)[0].nomination.id, by=cast.coordinator.id, reason="x")
    assert enrolment.find_live_enrolment(run.id, cast.learner.id).state == EnrolmentState.CONFIRMED


def test_somebody_who_withdrew_can_be_nominated_anew(cast, run, telavi):
    post = people.find_current_post(cast.learner.id)
    journeys.nominate(run, [post], by=cast.coordinator.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    assert [one.enrolment.state for one in listed(run, telavi)] == ["withdrawn"]
    enrolment.add_to_list(run.id, [post], by=cast.coordinator.id)
    assert [one.nomination.sent_at for one in listed(run, telavi)] == [None]
    send(run, cast.coordinator, telavi)
    assert [one.enrolment.state for one in listed(run, telavi)] == ["confirmed"]
    assert db.session.scalar(sa.select(sa.func.count(Nomination.id))) == 2


def test_a_person_stands_on_a_list_once_whatever_the_code_does(cast, run, telavi):
    post = officials(1)[0]
    enrolment.add_to_list(run.id, [post], by=cast.coordinator.id)
    known = {"run_id": run.id, "municipality_id": telavi, "person_id": post.person_id, "position": 9, "added_at": clock.now()}
    db.session.add(Nomination(**known))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def asked_to_nominate(number, cast):
    """What the database is asked to send ``number`` people, of whom half get a place; rows are written one by one on SQLite."""
    run, posts = factories.run(capacity=number // 2), officials(number)
    commit()
    with counting() as statements:
        nominated = journeys.nominate(run, posts, by=cast.coordinator.id)
        commit()
    assert [one.enrolment.state for one in nominated] == ["confirmed"] * (number // 2) + ["waiting"] * (number // 2)
    return [statement for statement in statements if not statement.startswith("INSERT")]


def test_sending_many_asks_the_database_as_little_as_sending_a_few(cast):
    assert len(asked_to_nominate(40, cast)) == len(asked_to_nominate(4, cast)) < 12


def test_those_sent_together_stand_in_the_waiting_list_in_the_order_in_which_they_were_sent(cast):
    run, posts = factories.run(capacity=1), officials(40)
    shuffled = posts[::3] + posts[1::3] + posts[2::3]
    nominated = journeys.nominate(run, shuffled, by=cast.coordinator.id)
    line = enrolment.waiting_positions([run.id])
    assert [line.get(one.enrolment.id) for one in nominated] == [None, *range(1, 40)]


def test_of_two_posts_of_one_person_the_first_is_nominated(cast, telavi):
    run = factories.run()
    first = factories.post(cast.colleague, "telavi")
    second = factories.post(cast.colleague, "batumi")
    one, same = journeys.nominate(run, [first, second], by=cast.coordinator.id)
    assert one.enrolment is same.enrolment
    assert one.enrolment.municipality_id == telavi
    assert people_on(run, telavi) == [cast.colleague.id]
    assert not people_on(run, second.municipality_id)


def test_who_is_sent_behind_somebody_whose_quota_is_used_passes_them_with_the_reason_in_the_log(cast):
    """Both are sent at once: the first waits, since their municipality has what it can have; the second gets a place, and the log says past whom."""
    run = factories.run(capacity=3)
    factories.place_rules(run, {"telavi": 1})
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    posts = [*officials(1), *officials(1, "batumi")]
    first, second = journeys.nominate(run, posts, by=cast.coordinator.id)
    assert (first.enrolment.state_reason, second.enrolment.state) == ("quota_used", "confirmed")
    commit()
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "enrolment:confirmed").order_by(HistoryRow.id.desc())).first()
    assert row.change["passed"] == [[first.enrolment.id, "quota_used"]]
    assert not enrolment.replay_of(run.id).disagreements
