"""Signing in and out, and what wrong passwords cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeSerializer

from portal import people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.people.models import Role, SignIn, SignInAttempt
from portal.web.people import known_browser
from tests import factories
from tests.page_client import PASSWORD, PageClient

OFFICE, HOME, ATTACKER = "192.0.2.1", "198.51.100.7", "203.0.113.9"


def enter(page, email="nino@portal.test", password=PASSWORD, address=OFFICE, **query):
    page.get("/sign-in", query_string=query)
    form = page.page.form("/sign-in")
    data = dict(form.form_values()) | {"email": email, "password": password}
    return page._send("POST", "/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address})


@pytest.fixture
def visitor(app):
    return lambda: PageClient(app)


def test_the_form_has_one_email_and_one_password(page):
    shown = page.get("/sign-in")
    assert len(shown.all("main input[type=email]")) == len(shown.all("main input[type=password]")) == 1


@pytest.mark.parametrize(
    ("who", "home"),
    [
        ("nino", "/ka/my"),
        ("maia", "/ka/municipality"),
        ("levan", "/ka/teaching"),
        ("ana", "/ka/staff/runs"),
        ("giga", "/ka/admin"),
    ],
)
def test_each_role_is_led_to_its_home(page, cast, who, home):
    assert enter(page, f"{who}@portal.test").location == home


def test_the_email_may_be_typed_with_capitals_and_spaces(page, cast):
    assert enter(page, " Nino@Portal.TEST ").status == 303


def test_an_email_whose_domain_is_in_georgian_opens_the_account_as_it_was_typed(page, cast):
    typed = "nino@თელავი.გე"
    someone = factories.person("ნინო", "აბაშიძე")
    factories.account(someone, people.parse_email(typed))
    commit()
    assert enter(page, typed).status == 303


def test_somebody_on_the_way_to_a_page_is_led_there(page, cast):
    back = page.get("/my").location
    page.get(back)
    assert page.submit("/sign-in", email="nino@portal.test", password=PASSWORD).location == "/ka/my"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"])
def test_nobody_is_led_to_another_site(page, cast, target):
    assert enter(page, next=target).location == "/ka/my"


def test_a_wrong_password_is_told_and_the_email_kept(page, cast):
    shown = enter(page, password="wrong")
    assert shown.status == 422
    assert shown.all("main input[type=email]")[0].get("value") == "nino@portal.test"
    assert not shown.all("main input[type=password]")[0].get("value")
    assert shown.all(".summary")


def test_the_answer_for_an_unknown_email_is_the_same(page, cast, visitor):
    known, unknown = enter(page, password="wrong"), enter(visitor(), "nobody@portal.test", "wrong")
    assert known.status == unknown.status == 422
    assert known.texts(".summary") == unknown.texts(".summary")


def test_argon2_runs_outside_any_transaction(page, cast, monkeypatch):
    seen = []
    real = people.password_fits
    monkeypatch.setattr(people, "password_fits", lambda *asked: seen.append(db.session().in_transaction()) or real(*asked))
    enter(page)
    enter(PageClient(page.app), "nobody@portal.test")
    assert seen == [False, False]


def test_a_signed_in_person_who_comes_again_is_led_home(page, cast):
    enter(page)
    assert page.get("/sign-in").location == "/ka/my"


def test_the_id_changes_at_every_sign_in_and_the_one_before_is_dead(page, cast):
    enter(page)
    with page.client.session_transaction(base_url="https://portal.test") as session:
        first = session["_user_id"]
    page.get("/create-account")  # a page with a token; the sign-in page leads home
    page._send("POST", "/sign-in", data={"csrf_token": page._csrf_token(), "email": "nino@portal.test", "password": PASSWORD})
    with page.client.session_transaction(base_url="https://portal.test") as session:
        assert session["_user_id"] != first
    assert people.find_signed_in(first) is None


def saved_cookie(page):
    return page.client.get_cookie("portal", domain="portal.test").value


def with_cookie(visitor, value):
    other = visitor()
    other.client.set_cookie("portal", value, domain="portal.test", secure=True)
    return other


def test_a_cookie_saved_before_signing_out_is_dead(page, cast, visitor):
    enter(page)
    old = saved_cookie(page)
    assert with_cookie(visitor, old).get("/my/profile").status == 200
    assert page.post("/sign-out").location == "/ka/courses"
    assert with_cookie(visitor, old).get("/my/profile").status == 303


def test_a_cookie_saved_before_deactivation_is_dead(page, cast, visitor):
    enter(page)
    account = people.get_account_of(cast.learner.id)
    people.deactivate_account(account, by=cast.administrator.id)
    assert page.get("/my/profile").status == 303
    people.reactivate_account(people.get_account_of(cast.learner.id), by=cast.administrator.id)
    assert page.get("/my/profile").status == 303


def test_a_closed_account_says_so_only_to_who_knows_the_password(page, cast):
    people.deactivate_account(people.get_account_of(cast.learner.id), by=cast.administrator.id)
    right, wrong = enter(page), enter(page, password="wrong")
    assert right.status == wrong.status == 422
    assert right.texts(".summary") != wrong.texts(".summary")


def test_signing_out_twice_is_no_mistake(page, cast):
    enter(page)
    page.post("/sign-out")
    assert page.post("/sign-out").status == 303


def test_a_sign_in_ends_after_its_time(page, cast):
    enter(page)
    enter(staff := PageClient(page.app), "ana@portal.test")
    with clock.frozen(clock.now() + timedelta(hours=12, minutes=1)):
        assert page.get("/my/profile").status == 200
        assert staff.get("/my/profile").status == 303
    with clock.frozen(clock.now() + timedelta(days=14, minutes=1)):
        assert page.get("/my/profile").status == 303


def test_who_becomes_staff_is_signed_in_no_longer_than_staff(page, cast):
    enter(page)
    people.grant_role(cast.learner.id, Role.STAFF, by=cast.administrator.id)
    commit()
    with clock.frozen(clock.now() + timedelta(hours=12, minutes=1)):
        assert page.get("/my/profile").status == 303


def test_who_signed_in_before_their_first_day_as_staff_is_signed_in_no_longer_than_staff_from_then_on(page, cast):
    now = clock.now()
    people.grant_role(cast.learner.id, Role.STAFF, by=cast.administrator.id, starts_on=clock.today() + timedelta(days=3))
    commit()
    enter(page)
    with clock.frozen(now + timedelta(days=2)):
        assert page.get("/my/profile").status == 200
    with clock.frozen(now + timedelta(days=4)):
        assert page.get("/my/profile").status == 303
        assert people.sign_ins_of(people.get_account_of(cast.learner.id).id)  # the day came after; nothing was written since
        enter(page)
        assert page.get("/staff/runs").status == 200


def session_cookie(answer):
    return next(line for line in answer.response.headers.getlist("Set-Cookie") if line.startswith("portal="))


def test_the_session_cookie_is_for_the_portal_alone(page, cast):
    cookie = session_cookie(enter(page))
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie


def test_the_cookie_of_a_learner_outlives_the_browser_that_of_staff_does_not(page, cast):
    assert "Expires" in session_cookie(enter(page))
    assert "Expires" not in session_cookie(enter(PageClient(page.app), "ana@portal.test"))


def test_five_wrong_passwords_close_the_pair_and_the_page_says_how_long(page, cast):
    for _ in range(5):
        assert enter(page, password="wrong").status == 422
    shown = enter(page)
    assert shown.status == 429
    assert "15" in shown.text
    assert 0 < int(shown.response.headers["Retry-After"]) <= 900
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert enter(page).status == 303


def test_the_owner_at_another_address_is_not_kept_out(page, cast):
    for _ in range(6):
        enter(page, password="wrong", address=ATTACKER)
    assert enter(page, address=HOME).status == 303


def test_a_colleague_in_the_same_office_is_not_kept_out(page, cast):
    for _ in range(6):
        enter(page, password="wrong")
    assert enter(page, "davit@portal.test").status == 303


def test_a_right_password_forgets_the_wrong_ones_before(page, cast, visitor):
    for _ in range(4):
        enter(page, password="wrong")
    assert enter(page).status == 303
    other = visitor()
    for _ in range(4):
        assert enter(other, password="wrong").status == 422
    assert enter(other).status == 303


def guesses(browser, count=6, address=OFFICE):
    return [enter(browser, password="wrong", address=address).status for _ in range(count)]


def test_a_colleague_who_guesses_at_the_same_address_does_not_keep_the_owner_out_of_their_browser(page, cast, visitor):
    assert enter(page).status == 303
    page.post("/sign-out")
    assert guesses(visitor()) == [422] * 5 + [429]
    assert enter(page).status == 303


def test_who_guesses_in_the_browser_of_the_owner_is_slowed_too(page, cast, visitor):
    assert enter(page).status == 303
    page.post("/sign-out")
    assert guesses(page) == [422] * 5 + [429]
    assert enter(page, address=HOME).status == 429


def test_a_browser_is_known_for_those_who_signed_in_there_only(page, cast, visitor):
    assert enter(page, "davit@portal.test", address=ATTACKER).status == 303
    page.post("/sign-out")
    failures(20, address="203.0.113.{}")
    assert enter(page, address=ATTACKER).status == 429


def test_a_made_up_cookie_makes_no_browser_known(page, cast):
    failures(20, address="203.0.113.{}")
    for made_up in ("x", "W10.x", "bnVsbA.x", "é", "x" * 3000):
        page.client.set_cookie(known_browser.COOKIE, made_up, domain="portal.test", secure=True)
        assert enter(page, address=ATTACKER).status == 429


def test_the_browser_of_the_owner_at_a_new_address_is_let_in_while_the_email_is_attacked(page, cast, visitor):
    assert enter(page, address=HOME).status == 303
    page.post("/sign-out")
    failures(200, address="203.0.113.{}")
    assert enter(page, address="198.51.100.200").status == 303
    assert enter(visitor(), address="198.51.100.201").status == 429


def test_the_cookie_that_makes_a_browser_known_names_nobody_and_is_sent_to_the_portal_only(page, cast):
    cookie = next(line for line in enter(page).response.headers.getlist("Set-Cookie") if line.startswith(known_browser.COOKIE))
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=Lax"))
    assert "nino" not in str(URLSafeSerializer(page.app.secret_key, salt=known_browser.COOKIE).loads(cookie.split("=")[1].split(";")[0]))
    assert page.app.config["SESSION_COOKIE_NAME"] not in known_browser.COOKIE  # by which visitors who are served kept pages are told


def test_whoever_sets_a_new_password_in_the_slowed_browser_is_let_in(page, cast):
    assert enter(page).status == 303
    page.post("/sign-out")
    guesses(page)
    page.get("/reset-password")
    page.submit("/reset-password", email="nino@portal.test")
    mail = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "reset_password")).one()
    page.get(re.search(r"https://\S+", mail.body).group())
    page.submit(password="three old bridges")
    assert enter(page, password="three old bridges").status == 303


def failures(count, email="nino@portal.test", address=ATTACKER):
    from portal.people import queries_accounts as asked  # noqa: PLC0415

    rows = [
        {
            "email_index": asked.email_index(email.format(number)),
            "address_index": asked.address_index(address.format(number)),
            "at": clock.now(),
            "succeeded": False,
        }
        for number in range(count)
    ]
    db.session.execute(sa.insert(SignInAttempt), rows)


def test_an_email_attacked_from_everywhere_slows_strangers_and_never_its_owner(page, cast, visitor):
    assert enter(page, address=HOME).status == 303
    failures(200, address="203.0.113.{}")
    assert enter(visitor(), address=ATTACKER).status == 429
    assert enter(visitor(), address=HOME).status == 303


def test_an_address_that_fails_for_everybody_is_slowed_but_not_for_those_who_work_there(page, cast, visitor):
    assert enter(page).status == 303
    failures(101, email="person{}@portal.test", address=OFFICE)
    assert enter(visitor(), "davit@portal.test").status == 429
    assert enter(visitor()).status == 303


def test_attempts_keep_neither_email_nor_address_nor_password(page, cast):
    enter(page, password="wrong-password-here")
    row = db.session.scalars(sa.select(SignInAttempt)).one()
    kept = f"{row.email_index} {row.address_index}"
    assert (OFFICE in kept, "nino" in kept, row.succeeded) == (False, False, False)


def test_a_hash_with_old_costs_is_made_anew(page, cast):
    import argon2  # noqa: PLC0415

    account = people.get_account_of(cast.learner.id)
    account.password_hash = old = argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert enter(page).status == 303
    db.session.expire_all()
    assert people.get_account_of(cast.learner.id).password_hash != old
    assert enter(PageClient(page.app)).status == 303


def test_looking_at_a_page_writes_nothing(page, cast):
    enter(page)
    before = db.session.execute(sa.select(SignIn.__table__)).all()
    db.session.rollback()
    response = page.get("/my/profile").response
    assert db.session.execute(sa.select(SignIn.__table__)).all() == before
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("x" * 10000, "y" * 100000),
        ("\x00", "\x00"),
        ("' OR 1=1", "x"),
        ("ნინო@portal.test", "x"),
        ("a@b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
    ],
)
def test_bad_input_is_refused_politely(page, cast, email, password):
    assert enter(page, email, password).status == 422


def test_signing_in_takes_few_statements(page, cast, app):
    factories.grant(cast.learner, Role.TRAINER)
    page.get("/sign-in")
    commit()
    statements = []
    sa.event.listen(db.engine, "before_cursor_execute", listener := lambda *found: statements.append(found[2]))
    try:
        page.submit("/sign-in", email="nino@portal.test", password=PASSWORD)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listener)
    told = [text for text in statements if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    # standing; then in the writing transaction: standing, lock, standing again, attempt, sign-in, who that is; history: lock, last, new
    assert len(told) <= 10, told
