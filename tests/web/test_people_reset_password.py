"""A forgotten password: a link by mail, once, for an hour; and the same answer for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.people.models import MailToken
from tests.page_client import PASSWORD, PageClient

NEW = "ახალი სიტყვა და ხიდი"


def ask(page, email="nino@portal.test"):
    page.get("/reset-password")
    return page.submit("/reset-password", email=email)


def mails(kind="reset_password"):
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)).all()


def link(kind="reset_password"):
    return re.search(r"https://\S+", mails(kind)[-1].body).group()


def test_a_new_password_is_set_by_the_link(page, cast):
    assert ask(page).location == "/ka/reset-password/sent"
    assert "nino@portal.test" in page.follow().text
    assert link().startswith("https://portal.test/ka/reset-password/")
    page.get(link())
    assert page.submit(password=NEW).location == "/ka/sign-in"
    page.follow()
    assert page.submit("/sign-in", email="nino@portal.test", password=PASSWORD).status == 422
    assert page.submit("/sign-in", email="nino@portal.test", password=NEW).status == 303
    assert mails("password_changed")[0].to_address == "nino@portal.test"


def test_looking_at_the_link_does_not_use_it(page, cast):
    ask(page)
    assert [page.get(link()).status for _ in range(3)] == [200, 200, 200]


def test_the_link_works_once_and_kills_the_others(page, cast):
    ask(page)
    first = link()
    ask(page)
    second = link()
    page.get(second)
    page.submit(password=NEW)
    for used in (first, second):
        assert page.get(used).status == 410
        assert page.post(used, {"password": "another long one"}).status == 410


def test_the_link_expires(page, cast):
    ask(page)
    address = link()
    with clock.frozen(clock.now() + timedelta(hours=1, minutes=1)):
        assert page.get(address).status == 410


def test_the_link_of_a_closed_account_is_dead(page, cast):
    ask(page)
    address = link()
    people.deactivate_account(people.get_account_of(cast.learner.id), by=cast.administrator.id)
    assert page.get(address).status == 410


def test_every_sign_in_of_before_is_dead(page, cast, app):
    signed = PageClient(app).sign_in(cast.learner)
    assert signed.get("/my/profile").status == 200
    ask(page)
    page.get(link())
    page.submit(password=NEW)
    assert signed.get("/my/profile").status == 303


def test_a_bad_password_keeps_the_link_alive(page, cast):
    ask(page)
    page.get(link())
    assert page.submit(password="nino").status == 422
    assert page.submit(password="abashidze2026").status == 422
    assert page.submit(password=NEW).status == 303


def statements_of(action):
    commit()
    found = []
    sa.event.listen(db.engine, "before_cursor_execute", listener := lambda *about: found.append(about[2].split("(")[0].split(" SET ")[0]))
    try:
        action()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listener)
    return found


def test_an_unknown_email_gets_the_same_answer_for_the_same_work(page, cast):
    page.get("/reset-password")
    known = statements_of(lambda: page.submit("/reset-password", email="nino@portal.test"))
    answers = [page.page.response]
    page.get("/reset-password")
    unknown = statements_of(lambda: page.submit("/reset-password", email="nobody@portal.test"))
    answers.append(page.page.response)
    assert [answer.headers["Location"] for answer in answers] == ["/ka/reset-password/sent"] * 2
    assert [mail.to_address for mail in mails()] == ["nino@portal.test"]
    assert [text for text in known if "outbox_message" not in text] == unknown


def test_the_link_of_an_unknown_email_opens_nothing(page, cast, monkeypatch):
    from portal.people import services_accounts  # noqa: PLC0415

    monkeypatch.setattr(services_accounts, "new_token", lambda: "known-token")
    ask(page, "nobody@portal.test")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MailToken)) == 1
    assert page.get("/reset-password/known-token").status == 410


def test_a_closed_account_gets_no_letter(page, cast):
    people.deactivate_account(people.get_account_of(cast.learner.id), by=cast.administrator.id)
    assert ask(page).status == 303
    assert mails() == []


def test_a_mailbox_is_not_buried_in_letters(page, cast):
    for _ in range(8):
        assert ask(page).status == 303
    assert len(mails()) == 5


def test_who_proved_to_own_the_mailbox_is_known_at_that_address(page, cast):
    ask(page)
    page.get(link())
    page.submit(password=NEW)
    assert people.sign_in_standing("nino@portal.test", "127.0.0.1").failed.pair_known


def test_the_page_that_a_mail_was_sent_answers_from_a_bookmark(page):
    assert page.get("/reset-password/sent").status == 200
    assert page.get("/create-account/sent").status == 200


def test_letters_leave_through_one_address_only_so_often(page, cast):
    answers = [ask(page, f"person{number}@portal.test").status for number in range(31)]
    assert answers == [303] * 30 + [429]


@pytest.mark.parametrize("email", ["", "nino", "a@b", "x" * 400 + "@portal.test", "nino@portal.test\x00@evil.example"])
def test_bad_input_is_refused_politely(page, cast, email):
    assert ask(page, email).status in {303, 422}
    assert all(mail.to_address == "nino@portal.test" for mail in mails())
