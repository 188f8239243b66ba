"""The page of a run, enrolling and withdrawing on it (journeys J2, J4, J5)."""

from datetime import timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.foundation import clock
from tests import factories
from tests.enrolment.mailbox import calendar_after, events_of, kinds_to, mails_to
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-X", trainers=(cast.trainer,), funding_project_id=factories.funding_project().id)


def fill(run, *people):
    for person in people:
        enrolment.enrol(run.id, person.id, by=person.id)


@pytest.fixture
def english(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


def test_the_page_answers_at_once_whether_there_is_a_place_until_when_and_for_what(page, run):
    shown = page.get("/runs/RUN-X")
    assert shown.status == 200
    assert shown.h1 == "სამშენებლო ნებართვები და სამართლებრივი რეგულირება"
    panel = shown.texts(".panel")[0]
    assert "20 / 20" in panel
    assert "80" in panel
    assert "სასტუმრო „ალაზანი“" in shown.text
    assert "ლევან მაისურაძე" in shown.text
    assert "მუნიციპალური მმართველობის გაძლიერება" in shown.text


def test_a_visitor_gets_no_form_and_nothing_of_their_own(page, run):
    shown = page.get("/runs/RUN-X")
    assert shown.all("main form") == []
    assert "csrf" not in shown.response.get_data(as_text=True)
    assert "Set-Cookie" not in shown.response.headers
    (link,) = shown.all(".panel a.button")
    assert link.get("href").endswith("/ka/sign-in?next=/ka/runs/RUN-X")


def test_two_visitors_get_the_same_bytes(app, run):
    first, second = (PageClient(app).get("/runs/RUN-X").response.get_data() for _ in range(2))
    assert first == second


def test_j2_enrolling_takes_one_click_and_types_nothing(page, cast, run):
    page.sign_in(cast.learner).get("/runs/RUN-X")
    assert page.submit("/enrol").status == 303
    confirmed = page.follow()
    place = enrolment.find_live_enrolment(run.id, cast.learner.id)
    assert place.state == "confirmed"
    assert place.reference in confirmed.text
    (mail,) = mails_to(cast.learner)
    assert len(events_of(mail.calendar)) == 2


def test_the_confirmation_says_what_happens_next_and_whom_to_ask_and_answers_from_a_bookmark(english, cast, run):
    fill(run, cast.learner)
    for _ in range(2):
        shown = english.get("/runs/RUN-X/enrolment")
        assert shown.h1 == "You have a place"
        assert "nino@portal.test" in shown.text
        assert "portal@portal.example" in shown.text
        assert "withdraw until" in shown.text


def test_a_double_click_is_one_enrolment_one_mail_and_the_same_page(page, cast, run):
    form = page.sign_in(cast.learner).get("/runs/RUN-X").form("/enrol")
    sent = dict(form.form_values())
    first, second = page.post("/runs/RUN-X/enrol", sent), page.post("/runs/RUN-X/enrol", sent)
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert kinds_to(cast.learner) == ["place_given"]


def test_going_back_and_sending_again_leads_to_the_same_page(page, cast, run):
    page.sign_in(cast.learner).get("/runs/RUN-X")
    page.submit("/enrol")
    again = page.post("/runs/RUN-X/enrol", {"form_key": "another-form"})
    assert again.location.endswith("/runs/RUN-X/enrolment")
    assert kinds_to(cast.learner) == ["place_given"]


@pytest.mark.parametrize("key", ["", "x" * 4000, "\x00", "ა", "' OR 1=1"])
def test_a_form_key_that_is_none_of_ours_does_no_harm(page, cast, run, key):
    page.sign_in(cast.learner)
    assert page.post("/runs/RUN-X/enrol", {"form_key": key}).status == 303
    assert page.post("/runs/RUN-X/enrol", {"form_key": key}).status == 303
    assert kinds_to(cast.learner) == ["place_given"]


def test_j4_full_then_waiting_then_promoted(english, cast):
    run = factories.run(code="FULL", capacity=1)
    fill(run, cast.colleague, cast.neighbour)
    assert "0 / 1" in english.get("/runs/FULL").text
    english.submit("/enrol")
    assert english.follow().h1 == "You are on the waiting list"
    place = enrolment.find_live_enrolment(run.id, cast.learner.id)
    assert place.state == "waiting"
    assert enrolment.waiting_positions([place.run_id])[place.id] == 2
    enrolment.withdraw(run.id, cast.colleague.id, by=cast.colleague.id)
    enrolment.withdraw(run.id, cast.neighbour.id, by=cast.neighbour.id)
    assert english.get("/runs/FULL/enrolment").h1 == "You have a place"
    assert kinds_to(cast.learner) == ["waiting_list_joined", "place_freed"]


def test_the_waiting_see_where_they_stand_and_why(english, cast):
    run = factories.run(code="FULL", capacity=0)
    fill(run, cast.colleague, cast.learner)
    for path in ("/runs/FULL", "/runs/FULL/enrolment"):
        shown = english.get(path)
        assert "Your position in the waiting list: 2" in shown.text
        assert "in the order of registration" in shown.text


def test_a_waiting_place_is_called_by_its_name_in_georgian(page, cast):
    run = factories.run(code="FULL", capacity=0)
    fill(run, cast.learner)
    page.sign_in(cast.learner)
    for path in ("/runs/FULL", "/runs/FULL/enrolment", "/my"):
        assert "მოლოდინის სია" in page.get(path).text


def test_j5_the_calendar_file_and_a_run_moved_by_staff(page, cast, run):
    fill(run, cast.learner)
    answer = page.sign_in(cast.learner).get("/runs/RUN-X/calendar.ics")
    assert answer.response.mimetype == "text/calendar"
    before = {str(event["uid"]): event.decoded("dtstart") for event in events_of(answer.response.get_data())}
    (first, _second) = courses.sessions_of(run.id)
    moved = first.starts_at + timedelta(hours=3)
    journeys.move_session(first, moved, moved + timedelta(hours=5), by=cast.staff.id)
    after = calendar_after(mails_to(cast.learner))
    assert set(after) == set(before)
    assert moved in {event.decoded("dtstart") for event in after.values()}
    again = {str(event["uid"]): event.decoded("dtstart") for event in events_of(page.get("/runs/RUN-X/calendar.ics").response.get_data())}
    assert moved in again.values()


def test_the_links_to_calendars_on_the_web_carry_the_time_in_utc(english, cast, run):
    fill(run, cast.learner)
    links = [link.get("href") for link in english.get("/runs/RUN-X/enrolment").all("main a[rel=noreferrer]")]
    start = courses.sessions_of(run.id)[0].starts_at
    assert f"dates={start:%Y%m%dT%H%M}" in links[0]
    assert "outlook.office.com" in links[1]


def test_the_calendar_and_the_letter_are_only_for_those_with_a_place(page, cast, run):
    page.sign_in(cast.learner)
    for path in ("/runs/RUN-X/calendar.ics", "/runs/RUN-X/participation", "/runs/RUN-X/enrolment", "/runs/RUN-X/withdraw"):
        assert page.get(path).status == 404
    run.capacity = 0
    fill(run, cast.learner)
    for path in ("/runs/RUN-X/calendar.ics", "/runs/RUN-X/participation"):
        assert page.get(path).status == 404


def test_the_link_to_an_online_day_is_shown_only_to_those_with_a_place(page, cast):
    run = factories.run(code="WEB", form="online", days=0)
    factories.session(run, starts_at=run.starts_at, online_link="https://meet.example/abc")
    page.sign_in(cast.learner)
    assert "meet.example" not in page.get("/runs/WEB").response.get_data(as_text=True)
    fill(run, cast.learner)
    for path in ("/runs/WEB", "/runs/WEB/enrolment", "/my"):
        assert "meet.example" in page.get(path).response.get_data(as_text=True)


def test_a_bookmark_of_the_page_once_printed_for_the_employer_leads_to_the_letters(page, cast, run):
    fill(run, cast.learner)
    page.sign_in(cast.learner).get("/runs/RUN-X/participation")
    assert page.page.location == "/ka/runs/RUN-X/enrolment#employer"
    assert page.follow().all("#employer")


def test_withdrawing_asks_first_and_frees_the_place(english, cast, run):
    fill(run, cast.learner)
    asked = english.get("/runs/RUN-X/withdraw")
    assert asked.h1 == "Withdraw from the training?"
    english.submit("/withdraw", reason="ავად ვარ")
    assert english.follow().h1 == "You no longer have a place"
    assert enrolment.find_live_enrolment(run.id, cast.learner.id) is None
    assert english.get("/runs/RUN-X/withdraw").status == 303


def test_the_runs_page_carries_the_form_to_withdraw(page, cast, run):
    fill(run, cast.learner)
    page.sign_in(cast.learner).get("/runs/RUN-X")
    page.submit("/withdraw")
    assert page.page.location.endswith("/runs/RUN-X/enrolment")
    assert enrolment.find_live_enrolment(run.id, cast.learner.id) is None


def test_withdrawing_twice_is_one_mail(page, cast, run):
    fill(run, cast.learner)
    page.sign_in(cast.learner)
    assert [page.post("/runs/RUN-X/withdraw").status for _ in range(2)] == [303, 303]
    assert kinds_to(cast.learner) == ["place_given", "withdrawn"]


def test_a_reason_that_is_too_long_is_a_field_error_and_kept(page, cast, run):
    fill(run, cast.learner)
    page.sign_in(cast.learner).get("/runs/RUN-X/withdraw")
    shown = page.submit("/withdraw", reason="ა" * 301)
    assert shown.status == 422
    assert shown.all("#reason")[0].get("value") == "ა" * 301
    assert enrolment.find_live_enrolment(run.id, cast.learner.id) is not None


def test_too_late_to_withdraw_is_a_page_that_says_what_to_do(english, cast, run):
    run.cancel_until = clock.now() - timedelta(minutes=1)
    fill(run, cast.learner)
    assert english.get("/runs/RUN-X").all("form[action$='/withdraw']") == []
    for shown in (english.get("/runs/RUN-X/withdraw"), english.post("/runs/RUN-X/withdraw")):
        assert shown.h1 == "The last day for withdrawing has passed."
        assert "portal@portal.example" in shown.text
    assert english.page.status == 422


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "closed"}, "The registration deadline has passed."),
        ({"state": "cancelled"}, "This training was cancelled."),
        ({"enrolment_opens_at": timedelta(hours=2)}, "Registration has not opened yet."),
    ],
)
def test_what_is_refused_is_a_page_that_says_what_to_do_next(english, cast, run, change, words):
    for name, value in change.items():
        setattr(run, name, clock.now() + value if isinstance(value, timedelta) else value)
    shown = english.post("/runs/RUN-X/enrol")
    assert (shown.status, shown.h1) == (422, words)
    assert shown.all("main .actions a")
    assert enrolment.find_live_enrolment(run.id, cast.learner.id) is None
    assert mails_to(cast.learner) == []


def test_a_clash_names_the_other_training_on_the_page_and_in_the_refusal(english, cast, run):
    other = factories.run(factories.course(title_en="Asset management"), code="OTHER", starts_at=run.starts_at)
    fill(other, cast.learner)
    shown = english.get("/runs/RUN-X")
    assert "Asset management" in shown.text
    assert shown.all("form[action$='/enrol']") == []
    assert "Asset management" in english.post("/runs/RUN-X/enrol").text


def test_without_a_post_the_page_leads_to_the_profile(app, run):
    stranger = factories.person_with_account("ია", "ქურდაძე", municipality=None)
    page = PageClient(app, "en").sign_in(stranger)
    assert page.get("/runs/RUN-X").all(".panel a.button")[0].text == "Add my post"
    refused = page.post("/runs/RUN-X/enrol")
    assert refused.status == 422
    assert page.get(refused.all("main .actions a.button")[0].get("href")).status == 200


def test_whoever_is_not_invited_is_promised_no_waiting_list_and_led_to_the_other_dates(english, cast):
    run = factories.run(code="INVITED", capacity=1)
    factories.place_rules(run, invited=("kutaisi",))
    elsewhere = f"a[href='/en/courses/{run.course.slug}']"
    shown = english.get("/runs/INVITED")
    assert "for the municipalities that are invited" in shown.text
    assert any("See the other dates" in link.text_content() for link in shown.all(elsewhere))
    fill(run, factories.person_with_account("გელა", "გელაძე", municipality="kutaisi"))
    assert "You can join the waiting list" not in english.get("/runs/INVITED").text


def test_a_training_for_other_posts_says_for_whom_it_is(app, cast):
    factories.run(factories.course(target_categories=["sakrebulo_member"]), code="FOR-MEMBERS")
    page = PageClient(app, "en").sign_in(cast.learner)
    assert "not meant for your position" in page.get("/runs/FOR-MEMBERS").text
    assert "Sakrebulo member" in page.post("/runs/FOR-MEMBERS/enrol").text


@pytest.mark.parametrize("state", ["closed", "running", "completed", "cancelled"])
def test_a_run_that_takes_nobody_still_answers(page, cast, run, state):
    run.state = state
    assert page.get("/runs/RUN-X").status == 200
    assert page.page.all("main form") == []
    page.sign_in(cast.learner)
    assert page.get("/runs/RUN-X").status == 200


@pytest.mark.parametrize("state", ["completed", "not_completed", "cancelled", "rejected", "withdrawn", "waiting"])
def test_the_confirmation_answers_in_every_state(page, cast, run, state):
    factories.enrolment(run, cast.learner, state)
    page.sign_in(cast.learner)
    for path in ("/runs/RUN-X/enrolment", "/runs/RUN-X", "/my"):
        assert page.get(path).status == 200


def test_leaving_the_waiting_list_has_words_of_its_own(app, cast, run):
    run.capacity = 0
    fill(run, cast.learner)
    english = PageClient(app, "en").sign_in(cast.learner)
    english.post("/runs/RUN-X/withdraw")
    shown = english.follow()
    assert shown.h1 == "You are no longer on the waiting list"
    assert "Your place is free" not in shown.text
    assert "Your earlier enrolment: Left the waiting list" in english.get("/runs/RUN-X").text
    assert "Left the waiting list" in english.get("/my").texts("#dropped-caption ~ tbody tr")[0]


def test_only_staff_know_of_a_draft(app, page, cast, run):
    run.state = "draft"
    assert page.get("/runs/RUN-X").status == 404
    assert page.sign_in(cast.learner).get("/runs/RUN-X").status == 404
    assert page.post("/runs/RUN-X/enrol").status == 404
    assert PageClient(app).sign_in(cast.staff).get("/runs/RUN-X").status == 200


@pytest.mark.parametrize("code", ["NOTHING", "ა", "x" * 500, "'--"])
def test_a_code_that_is_none_is_not_found(page, cast, code):
    page.sign_in(cast.learner)
    for path in (f"/runs/{code}", f"/runs/{code}/enrolment", f"/municipality/nominate/{code}"):
        assert page.get(path).status in {400, 403, 404}
    assert page.post(f"/runs/{code}/enrol").status in {400, 404}


def test_a_visitor_who_sends_the_form_is_led_to_sign_in(page, run):
    assert page.post("/runs/RUN-X/enrol").location.startswith("/ka/sign-in")


def test_a_form_without_a_token_changes_nothing(page, cast, run):
    page.sign_in(cast.learner)
    assert page.post("/runs/RUN-X/enrol", csrf=False).status == 400
    assert enrolment.find_live_enrolment(run.id, cast.learner.id) is None


def test_the_pages_take_few_statements(page, cast, run):
    # run · days · trainers · places · logo
    with counting() as statements:
        page.get("/runs/RUN-X")
    assert len(statements) == 5
    # besides: who is signed in · my enrolments; my post and a clash come with the places
    page.sign_in(cast.learner)
    with counting() as statements:
        page.get("/runs/RUN-X")
    assert len(statements) == 7
