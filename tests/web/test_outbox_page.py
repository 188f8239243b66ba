"""Staff see all mail, find a message, read it as it was sent, stop it and send it again."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.foundation import clock, jobs, outbox_queries
from portal.foundation.calendar import Entry, calendar_text
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.keyset import Place
from portal.foundation.outbox import MessageState, OutboxMessage
from portal.web.outbox import words
from tests import factories
from tests.plans import plan_of
from tests.statements import counting

SECRET_LINK = "https://portal.test/ka/confirm/ZXhhbXBsZS10b2tlbi1leGFtcGxlLXRva2Vu"


def row(number: int = 1) -> dict[str, object]:
    moment = clock.now()
    return {
        "event_key": f"event/{number}",
        "kind": "place_given",
        "to_address": f"nino{number}@portal.example",
        "language": "ka",
        "subject": f"თქვენ გაქვთ ადგილი {number}",
        "body": "გამარჯობა,\n\nადგილი თქვენია.\nhttps://portal.test/ka/runs/26-0001\n",
        "state": "sent",
        "attempts": 1,
        "next_attempt_at": moment,
        "created_at": moment,
    }


def message(number: int = 1, **values) -> OutboxMessage:
    return factories.add(OutboxMessage(**row(number) | values))


def state_of(number: int) -> OutboxMessage:
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.id == number)).one()


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr(jobs, "wake", names.append)
    return names


def test_the_newest_message_stands_first_and_addresses_are_masked(page, cast):
    message(1)
    message(2)
    seen = page.sign_in(cast.staff).get("/staff/outbox")
    assert seen.texts("tbody th a") == ["თქვენ გაქვთ ადგილი 2", "თქვენ გაქვთ ადგილი 1"]
    assert "n…@portal.example" in seen.text
    assert "nino1@" not in seen.text


def test_the_list_is_closed_to_others(page, cast):
    found = message()
    for person in (cast.learner, cast.coordinator, cast.trainer):
        page.sign_in(person)
        assert page.get("/staff/outbox").status == 403
        assert page.post(f"/staff/outbox/{found.id}/stop").status == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=failed", ["2"]),
        ("kind=withdrawn", ["3"]),
        ("kind=place_given&state=sent", ["4", "1"]),
        ("address=nino4", ["4"]),
        ("address=NINO4@portal", ["4"]),
        ("address=portal.example", []),
        ("state=stopped", []),
    ],
)
def test_messages_are_found_by_state_kind_and_address(page, cast, query, expected):
    message(1)
    message(2, state="failed")
    message(3, kind="withdrawn")
    message(4)
    seen = page.sign_in(cast.staff).get(f"/staff/outbox?{query}")
    assert [words.rpartition(" ")[2] for words in seen.texts("tbody th a")] == expected


def test_the_states_are_counted(page, cast):
    for number in range(3):
        message(number, state="waiting")
    message(4, state="failed")
    seen = page.sign_in(cast.staff).get("/staff/outbox")
    assert [words.rpartition(": ")[2] for words in seen.texts(".chips li")[1:]] == ["3", "0", "0", "1", "0"]


def test_counting_stops_where_nobody_needs_to_know(page, cast, monkeypatch):
    monkeypatch.setattr(outbox_queries, "COUNTED_TO", 2)
    monkeypatch.setattr("portal.web.outbox.views.COUNTED_TO", 2)
    for number in range(3):
        message(number)
    assert any(words.endswith(": 2+") for words in page.sign_in(cast.staff).get("/staff/outbox").texts(".chips li"))


@pytest.mark.parametrize("query", ["state=x", "kind=x", f"address={'a' * 300}"])
def test_a_filter_that_makes_no_sense_is_told(page, cast, query):
    seen = page.sign_in(cast.staff).get(f"/staff/outbox?{query}")
    assert seen.status == 422
    assert seen.all(".summary a")


def test_every_message_is_on_exactly_one_page(page, cast):
    for number in range(120):
        message(number)
    page.sign_in(cast.staff)
    seen, forwards = page.get("/staff/outbox?kind=place_given"), []
    forwards += seen.texts("tbody th a")
    while seen.all("a[rel=next]"):
        seen = page.get(seen.all("a[rel=next]")[0].get("href"))
        forwards += seen.texts("tbody th a")
    assert len(forwards) == len(set(forwards)) == 120
    first_again = seen
    while first_again.all("a[rel=prev]"):
        first_again = page.get(first_again.all("a[rel=prev]")[0].get("href"))
    assert first_again.texts("tbody th a") == forwards[:50]


@pytest.mark.parametrize("query", ["before=", "before=-1", "before=²", "after=99999999999999999999", "before=0", "after=999999"])
def test_a_page_that_is_none_does_no_harm(page, cast, query):
    message()
    assert page.sign_in(cast.staff).get(f"/staff/outbox?{query}").status == 200


def test_as_many_queries_for_three_messages_as_for_three_hundred(page, cast):
    page.sign_in(cast.staff)
    for number in range(3):
        message(number)
    with counting() as few:
        page.get("/staff/outbox")
    for number in range(3, 300):
        message(number)
    with counting() as many:
        page.get("/staff/outbox")
    asked = [statement for statement in many if statement.startswith("SELECT")]
    assert len(asked) == len([statement for statement in few if statement.startswith("SELECT")]) == 3, (
        "who is signed in, the page, the counts"
    )


def test_a_message_is_shown_as_it_was_sent(page, cast):
    found = message(kind="certificate_ready")
    seen = page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}")
    assert seen.h1 == "თქვენ გაქვთ ადგილი 1"
    assert "nino1@portal.example" in seen.text
    assert seen.texts("article p") == ["გამარჯობა,", "ადგილი თქვენია.https://portal.test/ka/runs/26-0001"]


def test_no_such_message_is_not_found(page, cast):
    page.sign_in(cast.staff)
    assert page.get("/staff/outbox/12345").status == 404
    assert page.get("/staff/outbox/12345/calendar.ics").status == 404
    assert page.post("/staff/outbox/12345/stop").status == 404


def with_calendar(number: int = 1) -> OutboxMessage:
    start = datetime(2026, 12, 12, 6, tzinfo=UTC)
    days = [start + timedelta(days=day) for day in (1, 0)]
    entries = [
        Entry(uid=f"{day:%d}@portal", starts_at=day, ends_at=day + timedelta(hours=8), summary="შესყიდვები", location="თელავი")
        for day in days
    ]
    text = calendar_text(entries, method="PUBLISH", sequence=0, at=start)
    return message(number, calendar=text, calendar_method="REQUEST")


def test_the_calendar_part_is_told_in_days_and_times_of_georgia(page, cast):
    found = with_calendar()
    seen = page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}")
    assert seen.texts("tbody th") == ["12 დეკემბერი, 2026", "13 დეკემბერი, 2026"]
    assert seen.text.count("10:00–18:00") == 2
    assert "თელავი" in seen.text


def test_the_calendar_part_can_be_downloaded(page, cast):
    found = with_calendar()
    got = page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}/calendar.ics").response
    assert got.mimetype == "text/calendar"
    assert "attachment" in got.headers["Content-Disposition"]
    assert got.get_data(as_text=True) == found.calendar


def test_a_message_without_calendar_has_no_such_file(page, cast):
    assert page.sign_in(cast.staff).get(f"/staff/outbox/{message().id}/calendar.ics").status == 404


def test_where_real_people_are_a_link_that_signs_in_is_never_shown(app, page, cast, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], env="production"))
    found = message(kind="confirm_account", secret=True, body=f"გამარჯობა,\n\n{SECRET_LINK}\n")
    seen = page.sign_in(cast.administrator).get(f"/staff/outbox/{found.id}")
    assert SECRET_LINK.rpartition("/")[2] not in seen.response.get_data(as_text=True)
    assert seen.texts("article p") == ["გამარჯობა,", "„…“"]


def test_where_real_people_are_other_links_are_shown(app, page, cast, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], env="production"))
    assert "https://portal.test/ka/runs/26-0001" in page.sign_in(cast.staff).get(f"/staff/outbox/{message().id}").text


def test_a_developer_can_follow_the_link(page, cast):
    found = message(kind="confirm_account", secret=True, body=f"{SECRET_LINK}\n")
    seen = page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}")
    assert [link.get("href") for link in seen.all("article a")] == [SECRET_LINK]


def test_what_a_message_says_is_never_markup(page, cast):
    found = message(subject="<b>შესყიდვები</b>", body="<img src=x onerror=alert(1)>\n")
    seen = page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}")
    assert not seen.all("article img")
    assert "<img src=x" in seen.text


def test_what_went_wrong_is_told_in_plain_words(page, cast):
    found = message(state="failed", last_error="ConnectionRefusedError", attempts=12)
    seen = page.sign_in(cast.staff).get(f"/en/staff/outbox/{found.id}")
    assert "cannot be reached" in seen.text
    assert "ConnectionRefusedError" not in seen.text


def test_an_error_without_words_shows_its_name(page, cast):
    found = message(state="failed", last_error="StrangeError")
    assert "StrangeError" in page.sign_in(cast.staff).get(f"/staff/outbox/{found.id}").text


def test_staff_stop_a_message_that_waits(page, cast):
    found = message(state="waiting").id
    page.sign_in(cast.staff).get(f"/staff/outbox/{found}")
    page.submit(f"/staff/outbox/{found}/stop")
    assert page.follow().all(".flash.tone-good")
    assert state_of(found).state == MessageState.STOPPED
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "mail:stopped")).one()
    assert (row.actor_id, row.subject_id) == (cast.staff.id, str(found))


def test_a_message_that_has_left_cannot_be_stopped(page, cast):
    found = message().id
    page.sign_in(cast.staff).get(f"/staff/outbox/{found}")
    assert not [form for form in page.page.all("form") if (form.get("action") or "").endswith("/stop")]
    refused = page.post(f"/staff/outbox/{found}/stop")
    assert refused.status == 422
    assert refused.all("[role=alert]")
    assert state_of(found).state == MessageState.SENT


def test_staff_send_a_message_again_and_the_worker_is_woken(page, cast, woken):
    found = message(state="failed", attempts=12).id
    page.sign_in(cast.staff).get(f"/staff/outbox/{found}")
    page.submit(f"/staff/outbox/{found}/send-again")
    assert page.follow().status == 200
    again = state_of(found)
    assert (again.state, again.attempts) == (MessageState.WAITING, 0)
    assert woken == ["send_outbox"]


def test_without_a_mail_server_the_pages_say_that_nothing_leaves(page, cast):
    found = message(state="waiting").id
    page.sign_in(cast.staff)
    page.language = "en"
    assert "No mail server is set" in page.get("/staff/outbox").text
    assert "No mail server is set" in page.get(f"/staff/outbox/{found}").text
    page.submit(f"/staff/outbox/{found}/send-again")
    assert "within a minute" not in page.follow().text


def test_a_message_on_its_way_is_left_alone(page, cast, woken):
    found = message(state="sending").id
    page.sign_in(cast.staff)
    assert page.post(f"/staff/outbox/{found}/send-again").status == 422
    assert page.post(f"/staff/outbox/{found}/stop").status == 422
    assert (state_of(found).state, woken) == (MessageState.SENDING, [])


def test_nothing_is_stopped_without_the_forms_token(page, cast):
    found = message(state="waiting").id
    page.sign_in(cast.staff)
    assert page.post(f"/staff/outbox/{found}/stop", csrf=False).status == 400
    assert state_of(found).state == MessageState.WAITING


def test_every_kind_of_mail_has_words(app):
    with app.test_request_context("/en/"):
        assert {code for code, _words in words.kind_choices()} <= set(words.KINDS)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (outbox_queries.MessageFilter(state="sent"), "ix_outbox_message_state"),
        (outbox_queries.MessageFilter(kind="withdrawn"), "ix_outbox_message_kind"),
    ],
)
def test_a_filter_walks_its_index_in_order(app, wanted, index):
    plan = plan_of(lambda: outbox_queries.messages_page(wanted, Place()))
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_an_address_is_found_by_its_index(app):
    wanted = outbox_queries.MessageFilter(address="nino@")
    db.session.execute(sa.insert(OutboxMessage), [row(number) for number in range(500)])
    db.session.execute(sa.text("ANALYZE outbox_message"))
    assert "ix_outbox_message_address" in plan_of(lambda: outbox_queries.messages_page(wanted, Place()), sorting=True)
