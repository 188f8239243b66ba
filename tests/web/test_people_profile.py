"""One's own profile: names, contact, personal number, positions, password, sign-ins."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import people
from portal.foundation import clock
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.people.models import Account, Person, Post
from tests import factories
from tests.page_client import PASSWORD, PageClient

NUMBER = "01024056789"
NEW = "ახალი სიტყვა და ხიდი"


@pytest.fixture
def mine(page, cast):
    return page.sign_in(cast.learner)


def fresh(person):
    db.session.expire_all()
    return db.session.get(Person, person.id)


def posts(person):
    return db.session.scalars(sa.select(Post).where(Post.person_id == person.id).order_by(Post.starts_on)).all()


def test_the_profile_shows_what_is_known(mine):
    shown = mine.get("/my/profile").text
    for words in ("ნინო აბაშიძე", "Nino Abashidze", "nino@portal.test", "თელავი", "მთავარი სპეციალისტი", "III"):
        assert words in shown


@pytest.mark.parametrize("path", ["", "/details", "/personal-number", "/post", "/post/new", "/password"])
def test_a_visitor_is_asked_to_sign_in(page, path):
    assert page.get(f"/my/profile{path}").location.startswith("/ka/sign-in")


def test_details_are_changed_and_lists_and_search_follow(mine, cast):
    mine.get("/my/profile/details")
    changed = {"family_name_ka": "ჩიქოვანი", "family_name_latin": "Tchikovani", "phone": "555 12-34-56", "sex": "female", "language": "en"}
    assert mine.submit(**changed).location == "/ka/my/profile"
    person = fresh(cast.learner)
    assert (person.name_ka, person.name_latin, person.phone, person.sex, person.language) == (
        "ნინო ჩიქოვანი",
        "Nino Tchikovani",
        "+995555123456",
        "female",
        "en",
    )
    assert [found.id for found in people.search_people("Tchiko")] == [person.id]
    assert people.search_people("აბაშიძე") == []
    assert "+995 555 12 34 56" in mine.follow().text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name_ka", "Nino"),
        ("given_name_latin", "ნინო"),
        ("family_name_latin", "<script>"),
        ("email", "nino@"),
        ("phone", "12"),
        ("phone", "٥٥٥١٢٣٤٥٦"),
        ("language", "fr"),
        ("sex", "x"),
        ("family_name_ka", "ა" * 500),
    ],
)
def test_wrong_details_are_told_and_kept(mine, cast, field, value):
    mine.get("/my/profile/details")
    assert mine.submit(**{field: value}).status == 422
    assert mine.page.all(".summary a")
    assert fresh(cast.learner).name_ka == "ნინო აბაშიძე"


def test_the_personal_number_is_typed_once_and_shown_masked(mine, cast):
    mine.get("/my/profile/personal-number")
    assert mine.submit(personal_number="01024 056-789").status == 303
    assert "•••••••6789" in mine.follow().text
    person = fresh(cast.learner)
    assert keyring.unseal(person.personal_number_sealed, "personal_number") == NUMBER
    assert people.find_person_by_personal_number("01024 056 789").id == person.id
    assert mine.get("/my/profile/personal-number").all("main form") == []
    assert mine.post("/my/profile/personal-number", {"personal_number": "01024056780"}).status == 422
    assert keyring.unseal(fresh(person).personal_number_sealed, "personal_number") == NUMBER


@pytest.mark.parametrize("typed", ["0102405678", NUMBER + "1", "٠١٠٢٤٠٥٦٧٨٩", "²1024056789", "", "x" * 5000])
def test_a_wrong_personal_number_never_comes_back(mine, typed):
    mine.get("/my/profile/personal-number")
    shown = mine.submit(personal_number=typed)
    assert shown.status == 422
    assert not typed or typed not in shown.response.get_data(as_text=True)


def test_somebody_elses_personal_number_is_refused_without_saying_whose(mine, cast):
    people.set_personal_number(cast.colleague, NUMBER, by=cast.colleague.id)
    mine.get("/my/profile/personal-number")
    shown = mine.submit(personal_number=NUMBER)
    assert shown.status == 422
    assert "ლომიძე" not in shown.text
    assert NUMBER not in shown.response.get_data(as_text=True)
    assert fresh(cast.learner).personal_number_index is None
    assert mine.get("/my/profile").status == 200


def test_the_personal_number_stands_in_no_page_log_mail_or_history(mine, cast, caplog):
    with caplog.at_level(logging.DEBUG):
        mine.get("/my/profile/personal-number")
        answers = [mine.submit(personal_number=NUMBER), mine.get("/my/profile"), mine.get("/my/profile/details")]
        admin = PageClient(mine.app).sign_in(cast.administrator)
        answers += [admin.get(f"/admin/people/{cast.learner.id}"), admin.get("/admin?q=აბაშიძე")]
    assert all(NUMBER not in answer.response.get_data(as_text=True) + str(answer.response.headers) for answer in answers)
    assert NUMBER not in caplog.text
    tables = [db.session.execute(sa.select(table.__table__)).all() for table in (HistoryRow, OutboxMessage, Person)]
    assert NUMBER not in repr(tables)


def test_a_position_is_corrected_in_place(mine, cast):
    mine.get("/my/profile/post")
    assert mine.submit(unit="შესყიდვების სამსახური", title_en="Chief specialist", rank="2").status == 303
    (post,) = posts(cast.learner)
    assert (post.unit, post.rank, post.ends_on) == ("შესყიდვების სამსახური", 2, None)


def test_a_new_position_ends_the_one_before(mine, cast):
    assert mine.get("/my/profile/post/new").all("input[name=category]")
    mine.get("/my/profile/post/new?category=sakrebulo_member")
    assert not mine.page.all("[name=rank]")
    kutaisi = str(factories.municipality("kutaisi").id)
    first = clock.today().isoformat()
    assert mine.submit(municipality=kutaisi, title_ka="საკრებულოს წევრი", sakrebulo_role="member", starts_on=first).status == 303
    before, after = posts(cast.learner)
    assert (before.ends_on, after.starts_on) == (clock.today() - timedelta(days=1), clock.today())
    assert (after.category, after.sakrebulo_role, after.rank) == ("sakrebulo_member", "member", None)
    assert people.find_current_post(cast.learner.id).id == after.id
    assert people.find_current_post(cast.learner.id, clock.today() - timedelta(days=1)).id == before.id


def test_only_civil_servants_are_asked_for_a_rank(mine, cast):
    assert mine.get("/my/profile/post?category=civil_servant").all("[name=rank]")
    assert not mine.get("/my/profile/post?category=employment_contract").all("[name=rank]")
    mine.post("/my/profile/post", dict(mine.page.form().form_values()) | {"rank": "1", "title_ka": "მძღოლი"})
    (post,) = posts(cast.learner)
    assert (post.category, post.rank) == ("employment_contract", None)


@pytest.mark.parametrize(
    "typed", ["", "31.02.2025", "2025-13-01", "11/22/2025", "1900-01-01", "9999-12-31", "2025-01-01T10:00", "x" * 5000]
)
def test_a_wrong_day_is_told(mine, cast, typed):
    mine.get("/my/profile/post")
    assert mine.submit(starts_on=typed).status == 422
    assert mine.page.all(".summary a")[0].get("href") == "#starts_on"
    assert mine.page.texts(".summary a")[0].count("თანამდებობის დაკავების თარიღი") <= 1  # the label once, not before a sentence that has it


def test_a_day_is_asked_for_and_shown_as_people_write_it(mine, cast):
    field = mine.get("/my/profile/post").all("#starts_on")[0]
    began = posts(cast.learner)[0].starts_on
    assert (field.get("type"), field.get("value")) == ("text", f"{began:%d.%m.%Y}")
    assert "08.12.2026" in mine.page.texts("#starts_on-hint")[0]
    assert mine.submit(starts_on="01.03.2023").status == 303
    assert posts(cast.learner)[0].starts_on.isoformat() == "2023-03-01"


def test_a_new_position_cannot_begin_before_the_one_held(mine, cast):
    mine.get("/my/profile/post/new?category=other")
    telavi = str(factories.municipality("telavi").id)
    assert mine.submit(municipality=telavi, title_ka="კონსულტანტი", starts_on="2023-05-01").status == 422
    assert len(posts(cast.learner)) == 1


def test_a_position_entered_after_a_later_one_is_refused_so_that_one_municipality_sees_the_person(mine, cast, app):
    kutaisi, batumi = (str(factories.municipality(code).id) for code in ("kutaisi", "batumi"))
    entered = {"unit": "", "title_en": "", "category": "other", "title_ka": "სპეციალისტი"}
    later = entered | {"municipality": kutaisi, "starts_on": "01.06.2025"}
    assert mine.post("/my/profile/post/new", later).status == 303
    shown = mine.post("/my/profile/post/new", entered | {"municipality": batumi, "starts_on": "01.03.2025"})
    assert shown.status == 422
    assert [link.get("href") for link in shown.all(".summary a")] == ["#starts_on"]
    assert [post.municipality.code for post in posts(cast.learner) if post.held_on(clock.today())] == ["kutaisi"]


@pytest.mark.parametrize("category", ["king", "x" * 9999, "''", "\u0000"])
def test_an_unknown_category_asks_again(mine, category):
    assert mine.get("/my/profile/post/new", query_string={"category": category}).status in {400, 422}


def test_somebody_without_a_position_enters_the_first(page, cast):
    mine = page.sign_in(cast.trainer)
    for post in posts(cast.trainer):
        db.session.delete(post)
    assert mine.get("/my/profile").status == 200
    assert mine.get("/my/profile/post").location == "/ka/my/profile/post/new"


def test_the_password_is_changed_here_and_every_other_sign_in_dies(mine, cast, app):
    elsewhere = PageClient(app).sign_in(cast.learner)
    mine.get("/my/profile/password")
    assert mine.submit(current=PASSWORD, password=NEW).location == "/ka/my/profile"
    assert mine.get("/my/profile").status == 200
    assert elsewhere.get("/my/profile").status == 303
    assert people.password_fits(NEW, people.get_account_of(cast.learner.id).password_hash)


def test_the_password_is_not_changed_without_the_current_one(mine, cast):
    mine.get("/my/profile/password")
    assert mine.submit(current="wrong", password=NEW).status == 422
    assert [link.get("href") for link in mine.page.all(".summary a")] == ["#current"]
    assert people.password_fits(PASSWORD, people.get_account_of(cast.learner.id).password_hash)


def test_one_can_sign_out_everywhere_else(mine, cast, app):
    elsewhere = PageClient(app).sign_in(cast.learner)
    mine.get("/my/profile")
    assert mine.submit("/my/profile/sign-out-elsewhere").status == 303
    assert elsewhere.get("/my/profile").status == 303
    assert mine.get("/my/profile").status == 200


def with_the_cookie_of(mine):
    """Another browser that holds a copy of the cookie."""
    copy = PageClient(mine.app)
    copy.client.set_cookie("portal", mine.client.get_cookie("portal", domain="portal.test").value, domain="portal.test", secure=True)
    return copy


def test_a_cookie_copied_before_the_password_was_changed_is_dead(mine, cast):
    copy = with_the_cookie_of(mine)
    assert copy.get("/my/profile").status == 200
    mine.get("/my/profile/password")
    mine.submit(current=PASSWORD, password=NEW)
    assert copy.get("/my/profile").status == 303


def test_a_cookie_copied_before_signing_out_elsewhere_is_dead_and_the_own_sign_in_lasts_no_longer(mine, cast):
    account, copy = people.get_account_of(cast.learner.id), with_the_cookie_of(mine)
    assert copy.get("/my/profile").status == 200
    (before,) = [one.expires_at for one in people.sign_ins_of(account.id)]
    with clock.frozen(clock.now() + timedelta(days=1)):
        mine.post("/my/profile/sign-out-elsewhere")
        assert copy.get("/my/profile").status == 303
        assert mine.get("/my/profile").status == 200
        assert [one.expires_at for one in people.sign_ins_of(account.id)] == [before]


def test_the_profile_takes_few_statements_however_many_positions(mine, cast):
    def count():
        statements = []
        sa.event.listen(db.engine, "before_cursor_execute", listener := lambda *about: statements.append(about[2]))
        try:
            mine.get("/my/profile")
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len([text for text in statements if not text.startswith("BEGIN")])

    few = count()
    for year in range(1990, 2020):
        factories.add(
            Post(
                person_id=cast.learner.id,
                person_sort_key=cast.learner.sort_key,
                municipality_id=factories.municipality("kutaisi").id,
                title_ka="სპეციალისტი",
                category="other",
                starts_on=clock.today().replace(year=year, month=1, day=1),
                ends_on=clock.today().replace(year=year, month=12, day=31),
            )
        )
    assert count() == few <= 5  # sign-in; account with person; positions with municipalities; sign-ins


def test_nobody_sees_the_profile_of_another(mine, cast):
    assert "დავით" not in mine.get("/my/profile").text
    assert mine.get(f"/admin/people/{cast.colleague.id}").status == 403
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 8


NEW_ADDRESS = "nino.abashidze@example.ge"


def letters(kind="confirm_email"):
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)).all()


def link():
    return re.search(r"https://\S+", letters()[-1].body).group()


def ask_for_letters_at(browser, email):
    browser.get("/my/profile/details")
    return browser.submit(email=email)


def test_letters_go_to_another_address_when_its_owner_has_confirmed_it(mine, cast):
    assert ask_for_letters_at(mine, "Nino.Abashidze@Example.ge").status == 303
    assert NEW_ADDRESS in mine.follow().text
    assert fresh(cast.learner).email == "nino@portal.test"
    assert [mail.to_address for mail in letters()] == [NEW_ADDRESS]
    assert "nino@portal.test" in mine.get("/my/profile").text
    mine.get(link())
    assert fresh(cast.learner).email == "nino@portal.test"
    assert mine.submit().location == "/ka/my/profile"
    person = fresh(cast.learner)
    assert (person.email, people.get_account_of(person.id).email) == (NEW_ADDRESS, "nino@portal.test")
    assert people.email_asked_for(people.get_account_with_person(people.get_account_of(person.id).id)) is None
    assert mine.get(link()).status == 410
    assert mine.post(link()).status == 410


def test_the_other_details_are_saved_at_once_and_the_address_asked_for_stands_in_the_form(mine, cast):
    mine.get("/my/profile/details")
    assert mine.submit(email=NEW_ADDRESS, phone="555 12-34-56").status == 303
    assert fresh(cast.learner).phone == "+995555123456"
    assert mine.get("/my/profile/details").all("input[name=email]")[0].get("value") == NEW_ADDRESS
    assert mine.submit(phone="").status == 303
    assert len(letters()) == 1


def test_who_types_the_old_address_again_drops_the_one_asked_for(mine, cast):
    ask_for_letters_at(mine, NEW_ADDRESS)
    first = link()
    ask_for_letters_at(mine, "nino@portal.test")
    assert mine.get(first).status == 410
    assert NEW_ADDRESS not in mine.get("/my/profile").text


def test_a_second_address_asked_for_kills_the_link_to_the_first(mine, cast):
    ask_for_letters_at(mine, "mistyped@example.ge")
    first = link()
    ask_for_letters_at(mine, NEW_ADDRESS)
    assert mine.get(first).status == 410
    mine.get(link())
    mine.submit()
    assert fresh(cast.learner).email == NEW_ADDRESS


def test_the_address_of_the_account_needs_no_second_confirmation(mine, cast):
    ask_for_letters_at(mine, NEW_ADDRESS)
    mine.get(link())
    mine.submit()
    assert ask_for_letters_at(mine, "nino@portal.test").status == 303
    assert fresh(cast.learner).email == "nino@portal.test"
    assert len(letters()) == 1


def test_whoever_got_the_letter_by_mistake_confirms_nothing(mine, cast, app):
    ask_for_letters_at(mine, "davit@portal.test")
    stranger = PageClient(app)
    assert stranger.get(link()).location.startswith("/ka/sign-in?next=/ka/my/profile/email/")
    stranger.sign_in(cast.colleague)
    assert stranger.get(link()).status == 410
    assert stranger.post(link()).status == 410
    assert fresh(cast.learner).email == "nino@portal.test"
    assert mine.get(link()).status == 200


def test_a_link_to_another_address_expires_and_dies_with_the_password(mine, cast):
    ask_for_letters_at(mine, NEW_ADDRESS)
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        assert mine.get(link()).status == 410
    assert mine.get(link()).status == 200
    mine.get("/my/profile/password")
    assert mine.submit(current=PASSWORD, password=NEW).status == 303
    assert mine.get(link()).status == 410


def test_nobody_is_buried_in_letters_about_addresses(mine, cast):
    for _ in range(5):
        assert ask_for_letters_at(mine, NEW_ADDRESS).status == 303
        assert ask_for_letters_at(mine, "nino@portal.test").status == 303
    refused = ask_for_letters_at(mine, NEW_ADDRESS)
    assert refused.status == 422
    assert [link.get("href") for link in refused.all(".summary a")] == ["#email"]
    assert len(letters()) == 5


def test_neither_address_stands_in_the_history_unsealed(mine, cast):
    ask_for_letters_at(mine, NEW_ADDRESS)
    mine.get(link())
    mine.submit()
    rows = db.session.scalars(sa.select(HistoryRow)).all()
    assert {"mail_link:create", "mail_link:use", "person:change"} <= {row.action for row in rows}
    told = " ".join(f"{row.change} {row.personal}" for row in rows)
    assert "example.ge" not in told
    assert "portal.test" not in told
