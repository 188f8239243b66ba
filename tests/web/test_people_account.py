"""Creating an account: eight fields, a link by mail, a button."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from portal import worker
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.people.models import Account, MailToken, Person, Post
from tests import factories
from tests.page_client import PageClient

PASSWORD = "ძველი თბილისი და ახალი ხიდი"


def filled(**changes):
    values = {
        "given_name_ka": "თამარ",
        "family_name_ka": "ჯინჯოლავა-ბერიძე",
        "email": "Tamar@Telavi.gov.ge",
        "password": PASSWORD,
        "municipality": str(factories.municipality("telavi").id),
        "category": "civil_servant",
        "title_ka": "მთავარი სპეციალისტი",
        "privacy": "y",
    }
    return values | changes


def last_mail(kind):
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc())).first()


def link_in(mail):
    return re.search(r"https://\S+", mail.body).group()


def create(page, **changes):
    page.get("/create-account" + changes.pop("query", ""))
    return page.submit("/create-account", **filled(**changes))


def confirm(browser, **typed):
    """Follow the link of the last letter in ``browser`` and press the button."""
    link = link_in(last_mail("confirm_account"))
    browser.get(link)
    return browser.submit(urlsplit(link).path, **typed)


def test_the_form_has_eight_fields_and_asks_for_no_personal_number(page):
    shown = page.get("/create-account")
    fields = [field for field in shown.all("main form input, main form select") if field.get("type") != "hidden"]
    assert len(fields) == 8
    assert "personal_number" not in [field.get("name") for field in fields]


def test_an_account_is_made_when_the_link_is_followed_and_the_button_pressed(page):
    assert create(page).location == "/ka/create-account/sent"
    assert "tamar@telavi.gov.ge" in page.follow().text
    assert db.session.scalars(sa.select(Person)).all() == []
    page.get(link_in(last_mail("confirm_account")))
    assert db.session.scalars(sa.select(Account)).all() == []
    assert confirm(page).location == "/ka/my"
    account = db.session.scalars(sa.select(Account)).one()
    person = account.person
    assert (account.email, person.email) == ("tamar@telavi.gov.ge", "tamar@telavi.gov.ge")
    assert (person.name_ka, person.name_latin) == ("თამარ ჯინჯოლავა-ბერიძე", "Tamar Jinjolava-Beridze")
    post = db.session.scalars(sa.select(Post)).one()
    assert (post.person_id, post.category, post.title_ka, post.rank) == (person.id, "civil_servant", "მთავარი სპეციალისტი", None)
    assert page.get("/my/profile").status == 200


def test_the_data_waits_sealed(page):
    create(page)
    payload = db.session.scalars(sa.select(MailToken)).one().payload
    assert "თამარ".encode() not in payload
    assert b"tamar" not in payload
    assert b"argon2" not in payload


def test_the_link_is_built_from_the_base_url_not_from_the_request(page):
    evil = {"base_url": "https://evil.example", "headers": {"Referer": "https://evil.example/", "X-Forwarded-Host": "evil.example"}}
    shown = page.client.get("/ka/create-account", **evil).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown).group(1)
    assert page.client.post("/ka/create-account", data=filled(csrf_token=token), **evil).status_code == 303
    assert link_in(last_mail("confirm_account")).startswith("https://portal.test/ka/create-account/")


def test_a_link_works_once(page):
    create(page)
    link = link_in(last_mail("confirm_account"))
    confirm(page)
    page.post("/sign-out")
    assert page.get(link).status == 410
    assert page.post(link).status == 410
    assert len(db.session.scalars(sa.select(Account)).all()) == 1


def test_a_link_expires(page):
    create(page)
    link = link_in(last_mail("confirm_account"))
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        assert page.get(link).status == 410
        assert page.post(link).status == 410


def test_a_made_up_link_opens_nothing(page):
    assert page.get("/create-account/" + "x" * 43).status == 410
    assert page.get("/create-account/" + "x" * 3000).status == 410


def test_somebody_on_the_way_to_a_page_is_led_there(page):
    create(page, query="?next=/ka/courses?topic=audit")
    assert confirm(page).location == "/ka/courses?topic=audit"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/ka\r\nX: y"])
def test_nobody_is_led_to_another_site(page, target):
    page.get("/create-account", query_string={"next": target})
    page.submit("/create-account", **filled())
    assert confirm(page).location == "/ka/my"


def test_two_mistakes_are_told_and_what_was_typed_is_kept(page):
    create(page, given_name_ka="Tamar", email="tamar@", password=PASSWORD)
    shown = page.page
    assert shown.status == 422
    assert shown.tree.findtext(".//title").startswith(("Error:", "შეცდომა:"))
    assert [link.get("href") for link in shown.all(".summary a")] == ["#given_name_ka", "#email"]
    values = {field.get("name"): field.get("value") for field in shown.all("main form input")}
    assert (values["given_name_ka"], values["family_name_ka"], values["email"]) == ("Tamar", "ჯინჯოლავა-ბერიძე", "tamar@")
    assert not values["password"]
    assert shown.all("select[name=municipality] option[selected]")[0].get("value") == filled()["municipality"]
    assert page.submit("/create-account", given_name_ka="თამარ", email="tamar@telavi.gov.ge", password=PASSWORD).status == 303


@pytest.mark.parametrize(
    "password", ["short", "password123", "12345678", "ქწერტყუიოპ", "თამარ2026", "tamar@telavi.gov.ge", "aaaaaaaaaaaa", "x" * 201]
)
def test_a_bad_password_is_refused(page, password):
    assert create(page, password=password).status == 422
    assert [link.get("href") for link in page.page.all(".summary a")] == ["#password"]


@pytest.mark.parametrize("password", [" spaces around ", "ასოებიიიი ქართულად", "x1y2" * 16, "b" + "კ" * 62 + "ზ"])
def test_a_password_needs_no_digit_and_no_capital(page, password):
    assert create(page, password=password).status == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", "999999999999999999999"),
        ("municipality", "Telavi"),
        ("category", "king"),
        ("given_name_ka", "ა" * 81),
        ("given_name_ka", "<b>ნინო</b>"),
        ("title_ka", ""),
        ("title_ka", "ა" * 201),
        ("email", "a@b@c"),
        ("email", "ნინო@telavi.gov.ge"),
        ("email", "a" * 300 + "@telavi.gov.ge"),
        ("privacy", None),
    ],
)
def test_bad_input_is_a_field_error(page, field, value):
    assert create(page, **{field: value}).status == 422
    assert [link.get("href") for link in page.page.all(".summary a")] == [f"#{field}"]


def accounts():
    db.session.expire_all()
    return db.session.scalars(sa.select(Account)).all()


@pytest.fixture
def elsewhere(app):
    """Another browser: the phone on which the mail is read, or that of somebody else."""
    return PageClient(app)


def test_where_the_form_was_filled_in_nothing_is_typed_again(page):
    create(page)
    page.get(link_in(last_mail("confirm_account")))
    assert page.page.all("main input[type=password]") == []


def test_in_another_browser_the_password_is_asked_for(page, elsewhere):
    create(page)
    assert confirm(elsewhere, password="not this one").status == 422
    assert [link.get("href") for link in elsewhere.page.all(".summary a")] == ["#password"]
    assert confirm(elsewhere, password="").status == 422
    assert accounts() == []
    assert confirm(elsewhere, password=PASSWORD).location == "/ka/my"


def test_whoever_types_the_email_of_a_stranger_gets_no_account_that_the_stranger_confirms(page, elsewhere):
    """Two marks in one browser, the link of another letter, a form without its field: the password stays unknown to the owner."""
    create(elsewhere, email="own@telavi.gov.ge")
    create(page, email="victim@telavi.gov.ge")
    assert confirm(elsewhere, password="the password of the owner").status == 422
    assert elsewhere.post(urlsplit(link_in(last_mail("confirm_account"))).path).status == 422
    assert accounts() == []


def test_the_owner_of_the_mailbox_throws_away_what_a_stranger_asked_for(page, elsewhere):
    create(page)
    link = link_in(last_mail("confirm_account"))
    elsewhere.get(link)
    assert elsewhere.submit("/refuse").location == "/ka/courses"
    for browser in (page, elsewhere):
        assert browser.get(link).status == 410
        assert browser.post(link, {"password": PASSWORD}).status == 410
        assert browser.post(f"{link}/refuse").status == 410
    assert worker.empty_dead_links() == 1
    assert [kept.payload for kept in db.session.scalars(sa.select(MailToken))] == [None]
    assert accounts() == []


def test_looking_at_the_address_that_refuses_refuses_nothing(page):
    create(page)
    assert page.get(f"{link_in(last_mail('confirm_account'))}/refuse").status == 405
    assert confirm(page).status == 303


def test_what_was_typed_for_a_profile_that_nobody_confirms_is_forgotten(page):
    create(page)
    assert worker.empty_dead_links() == 0
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        assert worker.empty_dead_links() == 1
    assert db.session.scalars(sa.select(MailToken)).one().payload is None


def test_the_cookie_does_not_hold_the_link(page):
    create(page)
    token = link_in(last_mail("confirm_account")).rpartition("/")[2]
    with page.client.session_transaction(base_url="https://portal.test") as session:
        assert token not in str(dict(session))


def test_the_password_behind_a_link_cannot_be_guessed_for_long(page, elsewhere):
    create(page)
    assert [confirm(elsewhere, password=f"guess {number}").status for number in range(11)] == [422] * 10 + [429]
    assert confirm(elsewhere, password=PASSWORD).status == 429


def test_a_hall_of_people_behind_one_address_creates_accounts_in_the_same_hour(page):
    answers = {create(page, email=f"person{number}@portal.test").status for number in range(40)}
    assert answers == {303}


def test_a_known_email_gets_the_same_answer_and_its_owner_a_letter(page, cast):
    unknown = create(page).response
    known = create(page, email="NINO@portal.test").response
    assert (known.status, known.headers["Location"]) == (unknown.status, unknown.headers["Location"])
    mail = last_mail("account_exists")
    assert (mail.to_address, mail.person_id) == ("nino@portal.test", cast.learner.id)
    assert "https://portal.test/ka/reset-password" in mail.body
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 8


def test_a_mailbox_is_not_buried_in_letters(page):
    for _ in range(8):
        assert create(page).status == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 5


def test_somebody_entered_without_an_account_gets_their_own_record(page):
    entered = factories.person("თამარ", "ჯინჯოლავა-ბერიძე", email="tamar@telavi.gov.ge")
    create(page)
    confirm(page)
    assert db.session.scalars(sa.select(Account)).one().person_id == entered.id


def test_no_password_or_personal_data_stands_in_the_history(page):
    from portal.foundation.history import HistoryRow  # noqa: PLC0415

    create(page)
    confirm(page)
    rows = db.session.scalars(sa.select(HistoryRow)).all()
    assert {"mail_link:create", "mail_link:use", "person:add", "post:add", "account:create", "sign_in:start"} <= {
        row.action for row in rows
    }
    told = " ".join(f"{row.change} {row.personal}" for row in rows)
    assert "თამარ" not in told
    assert "argon2" not in told
    assert "telavi.gov.ge" not in told
