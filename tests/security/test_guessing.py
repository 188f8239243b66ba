"""Guessing passwords, and guessing who has an account."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import argon2
import pytest
import sqlalchemy as sa

from portal import people
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit, writing
from portal.people import passwords, rules
from portal.web import limits
from tests import factories
from tests.statements import counting
from tests.web.test_people_account import filled

AT_ONCE = 10


@pytest.mark.parametrize("email", ["nino@portal.test", "nobody@portal.test"])
def test_many_tries_at_once_count_as_one_after_the_other_with_an_account_and_without(app, email):
    factories.person_with_account(email="nino@portal.test")
    commit()
    together = threading.Barrier(AT_ONCE)

    def wrong_password(_number):
        with app.app_context():
            together.wait()
            with writing():
                return people.sign_in(email, "203.0.113.9", fitting_hash=None).wait is None

    with ThreadPoolExecutor(AT_ONCE) as attackers:
        counted = list(attackers.map(wrong_password, range(AT_ONCE)))
    assert sum(counted) == rules.PAIR_FAILURES


def test_a_proxy_that_is_not_counted_is_told_of_once(page, caplog):
    limits._warn_of_proxy.cache_clear()
    with caplog.at_level(logging.WARNING, "portal.web.limits"):
        for _try in range(2):
            page.get("/sign-in")
            token = page.page.form("/sign-in").fields["csrf_token"]
            sent = {"email": "nobody@portal.test", "password": "wrong password", "csrf_token": token}
            page.post("/sign-in", sent, csrf=False, headers={"X-Forwarded-For": "203.0.113.9"})
    assert [record.message.split()[0] for record in caplog.records] == ["PORTAL_TRUSTED_PROXIES"]


SEVERAL = 9
numbers = itertools.count(1)


def wrong_password(page, email):
    """Try ``email`` with a wrong password from an address that nobody has used."""
    page.get("/sign-in")
    number = next(numbers)
    data = dict(page.page.form("/sign-in").form_values()) | {"email": email, "password": "wrong password"}
    started = time.process_time()
    page._send("POST", "/sign-in", data=data, environ_overrides={"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"})
    return time.process_time() - started


def test_a_wrong_password_takes_as_long_for_an_unknown_email_as_for_a_known_one(page, monkeypatch):
    """In processor time, which other programs do not stretch, with hashes that cost enough to be seen."""
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1))
    account = people.get_account_of(factories.person_with_account(email="nino@portal.test").id)
    account.password_hash = passwords.hash_password("three old bridges")
    commit()
    took = [(wrong_password(page, "nino@portal.test"), wrong_password(page, f"nobody{number}@portal.test")) for number in range(SEVERAL)]
    known, unknown = (median(times) for times in zip(*took, strict=True))
    assert abs(known - unknown) < 0.25 * known


def test_a_wrong_password_asks_the_database_the_same_for_an_unknown_email(page):
    factories.person_with_account(email="nino@portal.test")
    commit()
    asked = []
    for email in ("nino@portal.test", "nobody@portal.test"):
        with counting() as statements:
            wrong_password(page, email)
        asked.append(statements)
    assert asked[0] == asked[1]


def test_who_asks_for_a_profile_gets_the_same_cookie_and_work_for_a_known_email(page):
    factories.person_with_account(email="nino@portal.test")
    commit()
    asked, cookies = [], []
    for email in ("nino@portal.test", "nobody@portal.test"):
        page.get("/create-account")
        with counting() as statements:
            page.submit("/create-account", **filled(email=email))
        asked.append([text for text in statements if "FROM municipality" not in text])
        with page.client.session_transaction(base_url="https://portal.test") as session:
            cookies.append({name: len(value) for name, value in session.items() if isinstance(value, str) and name != "mail_sent_to"})
    assert asked[0] == asked[1]
    assert cookies[0] == cookies[1]
    assert "filled_in_here" in cookies[0]


@pytest.mark.parametrize(
    "injected", ["\r\nBcc: victim@portal.test", "\nBcc: victim@portal.test", ", victim@portal.test", "%0aBcc: victim@portal.test"]
)
@pytest.mark.parametrize("path", ["/create-account", "/reset-password"])
def test_a_letter_goes_to_one_mailbox_whatever_is_typed_behind_it(page, path, injected):
    factories.person_with_account(email="nino@portal.test")
    commit()
    page.get(path)
    values = filled() if path == "/create-account" else {}
    page.submit(path, **values | {"email": f"nino@portal.test{injected}"})
    assert page.page.status == 422
    assert db.session.scalars(sa.select(OutboxMessage)).all() == []


def test_what_goes_wrong_in_the_database_is_told_without_what_was_typed(app):
    with pytest.raises(sa.exc.DBAPIError) as told:
        db.session.execute(sa.text("SELECT * FROM nowhere WHERE number = :number"), {"number": "01024056789"})
    assert "01024056789" not in str(told.value)


def test_a_coordinator_cannot_try_number_after_number(page, cast):
    """Whoever names somebody by personal number learns whether the portal knows it: spreadsheets are limited, and people entered one by one."""
    factories.run(code="GUESS")
    commit()
    page.sign_in(cast.coordinator)
    answers = [page.post("/municipality/nominate/GUESS/import").status for _ in range(31)]
    assert (answers[0], answers[-1]) == (422, 429)


def test_one_network_of_the_newer_protocol_counts_as_one_address(page):
    """A line has 2**64 addresses of IPv6 to itself: counted one by one, no limit would hold up whoever guesses surnames."""
    wrong = [miss_from(page, f"2001:db8:1:2:{number:x}::1") for number in range(21)]
    assert wrong == [404] * 20 + [429]
    assert miss_from(page, "2001:db8:1:3::1") == 404


def test_an_address_of_the_older_protocol_written_as_one_of_the_newer_is_itself(page):
    assert [miss_from(page, "::ffff:203.0.113.9") for _number in range(20)] == [404] * 20
    assert [miss_from(page, sent) for sent in ("203.0.113.9", "::ffff:203.0.113.8")] == [429, 404]


def miss_from(page, address):
    return page._send("GET", "/ka/verify/wrong", environ_overrides={"REMOTE_ADDR": address}).status
