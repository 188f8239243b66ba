"""An offered place, and a nomination: answered on the portal's pages, or by the link of a mail without signing in."""

import re
from datetime import timedelta

import pytest

from portal import enrolment
from portal.enrolment.models import EnrolmentState
from portal.foundation import clock
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.page_client import PageClient

CANARY = "აბაშიძე"


@pytest.fixture
def run(cast):
    """A run in which the learner is offered the only place, and the neighbour is next."""
    run = factories.run(code="RUN-O", capacity=1)
    factories.place_rules(run, freed_places="offered", offer_hours=48)
    for person in (cast.colleague, cast.learner, cast.neighbour):
        enrolment.enrol(run.id, person.id, by=person.id)
    enrolment.withdraw(run.id, cast.colleague.id, by=cast.colleague.id)
    return run


@pytest.fixture
def english(app, cast, run):
    return PageClient(app, "en").sign_in(cast.learner)


@pytest.fixture
def visitor(app):
    return PageClient(app, "en")


def state_of(run, person):
    return enrolment.enrolments_in(run.id, person.id)[-1].state


def link_to(person, kind):
    (mail,) = mails_to(person, kind)
    return re.search(r"/answers/\S+", mail.body).group()


@pytest.mark.parametrize("path", ["/runs/RUN-O", "/runs/RUN-O/enrolment", "/my"])
def test_an_offered_place_is_taken_where_it_is_shown(english, cast, run, path):
    assert "Take the place" in english.get(path).text
    assert english.post("/runs/RUN-O/offer", {"answer": "accept"}).status == 303
    assert english.follow().h1 == "You have a place"
    assert kinds_to(cast.learner)[-1] == "place_given"


def test_my_training_leads_to_declining_which_asks_first(english, cast, run):
    (link,) = english.get("/my").all("a[href$='/runs/RUN-O/withdraw']")
    assert english.get(link.get("href")).h1 == "Decline the place?"
    english.submit("/withdraw")
    assert english.follow().h1 == "You declined the place"
    assert state_of(run, cast.neighbour) == EnrolmentState.OFFERED


def test_declining_gives_the_place_to_the_next_and_a_double_click_is_one_answer(english, cast, run):
    form = dict(english.get("/runs/RUN-O").all("form[action$='/offer']")[1].form_values())
    for _ in range(2):
        assert english.post("/runs/RUN-O/offer", form | {"answer": "decline"}).status == 303
    assert english.follow().h1 == "You declined the place"
    assert state_of(run, cast.neighbour) == EnrolmentState.OFFERED
    assert kinds_to(cast.learner)[-2:] == ["place_offered", "waiting_list_left"]


def test_taking_it_twice_is_one_place_and_declining_afterwards_takes_nothing_away(english, cast, run):
    for _ in range(2):
        assert english.post("/runs/RUN-O/offer", {"answer": "accept"}).status == 303
    refused = english.post("/runs/RUN-O/offer", {"answer": "decline"})
    assert (refused.status, refused.h1) == (422, "This offer is no longer open.")
    assert state_of(run, cast.learner) == EnrolmentState.CONFIRMED
    assert kinds_to(cast.learner).count("place_given") == 1


def test_an_answer_that_is_none_changes_nothing(english, cast, run):
    assert english.post("/runs/RUN-O/offer", {"answer": "perhaps"}).status == 303
    assert state_of(run, cast.learner) == EnrolmentState.OFFERED


def test_an_offer_that_ended_cannot_be_taken(english, cast, run):
    with clock.frozen(clock.now() + timedelta(hours=49)):
        english.sign_in(cast.learner)
        assert english.post("/runs/RUN-O/offer", {"answer": "accept"}).status == 422
    assert state_of(run, cast.learner) == EnrolmentState.OFFERED  # until the portal lets it end


def test_nobody_answers_for_another(app, cast, run):
    other = PageClient(app, "en").sign_in(cast.neighbour)
    assert other.post("/runs/RUN-O/offer", {"answer": "accept"}).status == 422
    stranger = PageClient(app, "en").sign_in(cast.trainer)
    assert stranger.post("/runs/RUN-O/offer", {"answer": "accept"}).status == 404
    assert state_of(run, cast.learner) == EnrolmentState.OFFERED


def test_the_link_asks_and_a_scanner_that_opens_it_changes_nothing(visitor, cast, run):
    link = link_to(cast.learner, "place_offered")
    for _ in range(3):
        shown = visitor.get(link)
        assert (shown.status, shown.h1) == (200, "A place is offered to you")
    assert "Hotel Alazani" in shown.text
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert len(shown.all("main form")) == 2
    assert state_of(run, cast.learner) == EnrolmentState.OFFERED


@pytest.mark.parametrize(
    ("answer", "state", "heading"),
    [("accept", "confirmed", "You have a place"), ("decline", "withdrawn", "You declined the place")],
)
def test_the_link_answers_once_and_then_shows_what_was_answered(visitor, cast, run, answer, state, heading):
    link = link_to(cast.learner, "place_offered")
    for sent in (answer, "decline", "accept"):
        assert visitor.post(link, {"answer": sent}).status == 303
        shown = visitor.follow()
        assert (shown.status, shown.h1) == (200, heading)
        assert shown.all("main form") == []
    assert state_of(run, cast.learner) == state
    assert CANARY not in shown.text + shown.response.get_data(as_text=True)


def test_no_name_stands_behind_a_link(visitor, cast, run):
    page = visitor.get(link_to(cast.learner, "place_offered")).response.get_data(as_text=True)
    for words in (CANARY, "Abashidze", "nino@portal.test", run_reference(run, cast.learner)):
        assert words not in page


def run_reference(run, person):
    return enrolment.enrolments_in(run.id, person.id)[-1].reference


def test_a_link_whose_time_is_over_says_so_and_does_nothing(visitor, cast, run):
    link = link_to(cast.learner, "place_offered")
    with clock.frozen(clock.now() + timedelta(hours=49)):
        shown = visitor.get(link)
        assert (shown.status, shown.h1) == (410, "This question is no longer open")
        visitor.post(link, {"answer": "accept"})
        assert visitor.follow().status == 410
    assert state_of(run, cast.learner) == EnrolmentState.OFFERED


def test_a_link_of_an_offer_that_was_answered_on_the_portal_is_dead(visitor, cast, run):
    link = link_to(cast.learner, "place_offered")
    place = enrolment.find_live_enrolment(run.id, cast.learner.id)
    enrolment.decline_offer(place, by=cast.learner.id)
    assert visitor.get(link).status == 410
    visitor.post(link, {"answer": "accept"})
    assert state_of(run, cast.learner) == EnrolmentState.WITHDRAWN


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 3000, "ა", "' OR 1=1"])
def test_an_unknown_link_is_not_found_and_says_what_to_do(visitor, run, token):
    for send in (visitor.get, visitor.post):
        shown = send(f"/answers/{token}")
        assert (shown.status, shown.h1) == (404, "This link is not known")
        assert "My training" in shown.texts("main .actions a")[0]


def test_who_guesses_links_is_slowed_down_and_who_opens_their_own_is_not(visitor, cast, run):
    link = link_to(cast.learner, "place_offered")
    for _ in range(70):
        assert visitor.get(link).status == 200
    assert 429 in {visitor.get(f"/answers/guess-{number}").status for number in range(70)}


def test_a_clash_keeps_the_question_open_and_names_no_other_training(visitor, cast, run):
    secret = factories.course(title_en="Another subject altogether")
    factories.enrolment(factories.run(secret, code="ELSEWHERE"), cast.learner)
    link = link_to(cast.learner, "place_offered")
    shown = visitor.post(link, {"answer": "accept"})
    assert (shown.status, shown.h1) == (422, "You have another training at this time.")
    assert "Another subject" not in shown.text
    assert len(shown.all("main form")) == 2
    visitor.post(link, {"answer": "decline"})
    assert state_of(run, cast.learner) == EnrolmentState.WITHDRAWN


def test_somebody_nominated_says_by_link_that_they_cannot_come(visitor, cast):
    run = factories.run(code="NOM", capacity=1)
    telavi = factories.municipality("telavi").id
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=telavi)
    enrolment.enrol(run.id, cast.colleague.id, by=cast.colleague.id)
    link = link_to(cast.learner, "nominated")
    shown = visitor.get(link)
    assert shown.h1 == "Can you come?"
    assert shown.texts("main form button") == ["I cannot come"]
    visitor.post(link, {"answer": "accept"})  # nothing to be taken: they have the place
    assert visitor.follow().h1 == "Can you come?"
    visitor.get(link)
    visitor.submit(None, answer="decline")
    assert visitor.follow().h1 == "You said that you cannot come"
    assert state_of(run, cast.learner) == EnrolmentState.WITHDRAWN
    assert state_of(run, cast.colleague) == EnrolmentState.CONFIRMED


def test_whoever_had_no_place_yet_is_not_told_that_it_goes_to_somebody(app, visitor, cast):
    run = factories.run(code="NOM")
    factories.place_rules(run, decided_by="staff")
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=factories.municipality("telavi").id)
    visitor.get(link_to(cast.learner, "nominated"))
    visitor.submit(None, answer="decline")
    assert "If a place has become free by it, it goes to the next in line." in visitor.follow().text


def test_somebody_nominated_learns_that_it_is_too_late_by_now(visitor, cast):
    run = factories.run(code="NOM")
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=factories.municipality("telavi").id)
    link = link_to(cast.learner, "nominated")
    run.cancel_until = clock.now() - timedelta(hours=1)  # the deadline was moved after the mail
    shown = visitor.post(link, {"answer": "decline"})
    assert (shown.status, shown.h1) == (422, "The last day for withdrawing has passed.")
    assert "portal@portal.example" in shown.text
    assert state_of(run, cast.learner) == EnrolmentState.CONFIRMED
