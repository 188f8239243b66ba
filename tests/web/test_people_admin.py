"""Administration: people, accounts, roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.people.models import Person, Role, RoleGrant
from tests import factories
from tests.page_client import PageClient


@pytest.fixture
def admin(page, cast):
    return page.sign_in(cast.administrator)


def grants(person, role):
    db.session.expire_all()
    return db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == role)).all()


def names(page):
    return page.texts("main tbody tr th a")


@pytest.mark.parametrize("who", ["learner", "coordinator", "trainer", "staff"])
def test_administrators_only(page, cast, who):
    page.sign_in(getattr(cast, who))
    number = cast.colleague.id
    assert page.get("/admin").status == 403
    assert page.get(f"/admin/people/{number}").status == 403
    assert page.get("/admin/people/new").status == 403
    assert page.post(f"/admin/people/{number}/grants", {"role": "administrator"}).status == 403
    assert page.post(f"/admin/people/{number}/deactivate").status == 403
    assert grants(cast.colleague, "administrator") == []


def test_the_list_shows_everybody_in_georgian_order(admin):
    admin.get("/admin")
    assert names(admin.page) == sorted(names(admin.page))
    assert len(names(admin.page)) == 8


@pytest.mark.parametrize("search", ["აბაშიძე", "ნინ", "Abash", "nino@portal", "NINO@PORTAL.TEST", "ნინო აბაშ", "abaSiZe", "  nino  "])
def test_people_are_found_by_name_in_either_spelling_and_by_email(admin, search):
    admin.get("/admin", query_string={"q": search})
    assert names(admin.page) == ["აბაშიძე ნინო"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1 --", "x" * 5000, "ნინო ლომიძე", "🙂"])
def test_odd_searches_find_nobody(admin, search):
    assert admin.get("/admin", query_string={"q": search}).status == 200
    assert names(admin.page) == []


def test_people_are_filtered_by_role(admin):
    admin.get("/admin?role=coordinator")
    assert names(admin.page) == ["დოლიძე ზურაბ", "კაპანაძე მაია"]
    assert admin.get("/admin?role=king").status == 200


def test_long_lists_come_in_pages_both_ways(admin):
    for number in range(120):
        factories.person("ნინო", f"ბერიძე{'აბგდევზთიკ'[number % 10]}")
    first = names(admin.get("/admin"))
    second = names(admin.get(admin.page.all(".pager a[rel=next]")[0].get("href")))
    third = names(admin.get(admin.page.all(".pager a[rel=next]")[0].get("href")))
    assert [len(page) for page in (first, second, third)] == [50, 50, 28]
    assert not admin.page.all(".pager a[rel=next]")
    assert first + second + third == sorted(first + second + third)
    assert names(admin.get(admin.page.all(".pager a[rel=prev]")[0].get("href"))) == second
    assert names(admin.get(admin.page.all(".pager a[rel=prev]")[0].get("href"))) == first
    assert not admin.page.all(".pager a[rel=prev]")


@pytest.mark.parametrize("cursor", ["x", "-1", "99999999999999999999999", "9223372036854775808", "٣", "0", ""])
def test_odd_cursors_break_nothing(admin, cursor):
    assert admin.get("/admin", query_string={"after": cursor}).status == 200
    assert admin.get("/admin", query_string={"before": cursor}).status == 200


def test_the_list_takes_as_many_statements_for_fifty_as_for_eight(admin):
    def count():
        statements = []
        sa.event.listen(db.engine, "before_cursor_execute", listener := lambda *about: statements.append(about[2]))
        try:
            admin.get("/admin")
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len([text for text in statements if not text.startswith("BEGIN")])

    few = count()
    for number in range(60):
        someone = factories.person_with_account("ნინო", "ბერიძე", email=f"many{number}@portal.test")
        factories.grant(someone, Role.TRAINER)
    assert count() == few <= 4  # sign-in; people with accounts; current positions; roles in force


def test_a_role_is_granted_and_works_at_once(admin, cast, app):
    admin.get(f"/admin/people/{cast.learner.id}")
    telavi = str(factories.municipality("telavi").id)
    assert admin.submit("/grants", role="coordinator", municipality=telavi).status == 303
    assert grants(cast.learner, "coordinator")[0].municipality_id == int(telavi)
    learner = PageClient(app).sign_in(cast.learner)
    assert learner.get("/admin").status == 403
    admin.get(f"/admin/people/{cast.learner.id}")
    admin.submit("/grants", role="administrator")
    assert learner.get("/admin").status == 200
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "role:grant").order_by(HistoryRow.id)).first()
    assert (row.actor_id, row.person_id, row.change["role"]) == (cast.administrator.id, cast.learner.id, "coordinator")


@pytest.mark.parametrize(
    "values",
    [
        {"role": ""},
        {"role": "king"},
        {"role": "coordinator"},
        {"role": "staff", "starts_on": "2026-02-30"},
        {"role": "staff", "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
        {"role": "trainer", "starts_on": "0001-01-01"},
        {"role": "trainer", "ends_on": "9999-12-31"},
        {"role": "staff", "municipality": "999999999999999999999"},
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_and_kept(admin, cast, values):
    admin.get(f"/admin/people/{cast.learner.id}")
    assert admin.submit("/grants", **values).status == 422
    assert admin.page.all(".summary")
    assert db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == cast.learner.id)).all() == []


def test_days_of_a_role_are_asked_for_as_everywhere(admin, cast):
    admin.get(f"/admin/people/{cast.learner.id}")
    assert admin.submit("/grants", role="staff", starts_on="01.02.2030", ends_on="1/2/2031").status == 422
    assert [field.get("value") for field in admin.page.all("#starts_on, #ends_on")] == ["01.02.2030", "1/2/2031"]
    assert admin.page.texts(".summary li") == ["დაწერეთ „დასრულების თარიღი“ ასე: 08.12.2026."]


def test_nobody_gets_a_role_twice(admin, cast):
    admin.get(f"/admin/people/{cast.trainer.id}")
    assert admin.submit("/grants", role="trainer").status == 422
    assert len(grants(cast.trainer, "trainer")) == 1


def test_a_grant_for_later_opens_nothing_yet(admin, cast):
    tomorrow = clock.today() + timedelta(days=1)
    people.grant_role(cast.learner.id, Role.STAFF, by=cast.administrator.id, starts_on=tomorrow)
    learner = PageClient(admin.app).sign_in(cast.learner)
    assert learner.get("/staff/runs").status == 403


def test_an_ended_role_opens_nothing_any_more(admin, cast):
    factories.grant(cast.learner, Role.ADMINISTRATOR)
    learner = PageClient(admin.app).sign_in(cast.learner)
    assert learner.get("/admin").status == 200
    admin.get(f"/admin/people/{cast.learner.id}")
    assert admin.submit("/end").status == 303
    assert learner.get("/admin").status == 403
    assert grants(cast.learner, "administrator")[0].ends_on == clock.today() - timedelta(days=1)


def test_nobody_ends_their_own_administration(admin, cast):
    (own,) = grants(cast.administrator, "administrator")
    assert not admin.get(f"/admin/people/{cast.administrator.id}").all("form[action$='/end']")
    assert admin.post(f"/admin/people/{cast.administrator.id}/grants/{own.id}/end").status == 422
    assert grants(cast.administrator, "administrator")[0].ends_on is None


def test_a_grant_is_ended_only_at_its_holder(admin, cast):
    (grant,) = grants(cast.trainer, "trainer")
    assert admin.post(f"/admin/people/{cast.learner.id}/grants/{grant.id}/end").status == 404


def test_an_account_is_closed_after_a_question_and_opened_again(admin, cast):
    learner = PageClient(admin.app).sign_in(cast.learner)
    admin.get(f"/admin/people/{cast.learner.id}/deactivate")
    assert admin.submit("/deactivate").status == 303
    assert learner.get("/my/profile").status == 303
    admin.follow()
    assert admin.submit("/reactivate").status == 303
    assert people.get_account_of(cast.learner.id).active
    assert learner.get("/my/profile").status == 303


def test_nobody_closes_their_own_account(admin, cast):
    assert admin.post(f"/admin/people/{cast.administrator.id}/deactivate").status == 422
    assert admin.get("/admin").status == 200


def test_a_person_without_an_account_is_added(admin):
    admin.get("/admin/people/new")
    telavi = str(factories.municipality("telavi").id)
    added = admin.submit(
        given_name_ka="ქეთევან", family_name_ka="ჯაფარიძე", municipality=telavi, category="civil_servant", title_ka="სპეციალისტი"
    )
    assert added.status == 303
    person = db.session.scalars(sa.select(Person).where(Person.given_name_ka == "ქეთევან")).one()
    assert (person.name_latin, person.email, people.find_account_of(person.id)) == ("Ketevan Japaridze", None, None)
    assert people.find_current_post(person.id).municipality.code == "telavi"
    assert admin.follow().status == 200
    assert admin.get(f"/admin/people/{person.id}/deactivate").status == 404


@pytest.mark.parametrize("title", ["", "სპეციალისტი"])
def test_a_person_whose_form_is_sent_twice_is_added_once(admin, title):
    admin.get("/admin/people/new")
    telavi = str(factories.municipality("telavi").id)
    post = {"municipality": telavi, "category": "other", "title_ka": title} if title else {}
    sent = dict(admin.page.form().form_values()) | {"given_name_ka": "ქეთევან", "family_name_ka": "ჯაფარიძე"} | post
    first, second = admin.post("/admin/people/new", sent), admin.post("/admin/people/new", sent)
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert admin.follow().status == 200
    assert len(db.session.scalars(sa.select(Person).where(Person.given_name_ka == "ქეთევან")).all()) == 1


def test_namesakes_are_added_with_a_form_each(admin):
    for _ in range(2):
        admin.get("/admin/people/new")
        assert admin.submit(given_name_ka="ქეთევან", family_name_ka="ჯაფარიძე").status == 303
    assert len(db.session.scalars(sa.select(Person).where(Person.given_name_ka == "ქეთევან")).all()) == 2


@pytest.mark.parametrize("moment", ["", "x", "2026-01-01T10:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x" * 9999])
def test_a_form_that_says_nothing_sound_about_its_age_is_a_new_one(admin, moment):
    sent = {"given_name_ka": "ქეთევან", "family_name_ka": "ჯაფარიძე", "language": "ka", "sex": "unstated", "drawn_at": moment}
    assert [admin.post("/admin/people/new", sent).status for _ in range(2)] == [303, 303]
    assert len(db.session.scalars(sa.select(Person).where(Person.given_name_ka == "ქეთევან")).all()) == 2


def test_a_position_is_described_whole_or_not_at_all(admin):
    admin.get("/admin/people/new")
    assert admin.submit(given_name_ka="ქეთევან", family_name_ka="ჯაფარიძე", title_ka="სპეციალისტი").status == 422
    assert [link.get("href") for link in admin.page.all(".summary a")] == ["#municipality", "#category"]
    assert admin.submit(title_ka="").status == 303


def test_a_personal_number_is_corrected_by_an_administrator(admin, cast):
    people.set_personal_number(cast.learner, "01024056789", by=cast.learner.id)
    admin.get(f"/admin/people/{cast.learner.id}/personal-number")
    assert admin.submit(personal_number="01024056780").status == 303
    assert "•••••••6780" in admin.follow().text
    assert people.find_person_by_personal_number("01024056789") is None


@pytest.mark.parametrize(
    "path", ["/admin/people/999999999999", "/admin/people/99999999999999999999", "/admin/people/x", "/admin/people/-1"]
)
def test_who_is_not_there_is_not_found(admin, path):
    assert admin.get(path).status == 404


def test_names_are_shown_as_text(admin):
    someone = factories.person("ნინო", "აბაშიძე", given_name_latin="<b>Nino</b>", email='"><script>x</script>@portal.test')
    admin.language = "en"
    shown = admin.get(f"/admin/people/{someone.id}")
    assert "<b>Nino" not in shown.response.get_data(as_text=True)
    assert "<script>x" not in shown.response.get_data(as_text=True)


def test_the_misspelt_name_of_somebody_without_an_account_is_corrected(admin, cast):
    guest = factories.person("ხვჩა", "კვარაცხელია", sex="male", phone="+995555000111")
    admin.get(f"/admin/people/{guest.id}")
    admin.get(f"/admin/people/{guest.id}/names")
    saved = admin.submit(None, given_name_ka="ხვიჩა", given_name_latin="Khvicha")
    assert saved.status == 303
    assert (guest.name_ka, guest.name_latin.split()[0]) == ("ხვიჩა კვარაცხელია", "Khvicha")
    assert (guest.sex, guest.phone) == ("male", "+995555000111")
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "person:change")).one()
    assert (row.person_id, row.actor_id) == (guest.id, cast.administrator.id)
    assert "ხვიჩა" not in str(row.change)


def test_a_name_in_the_wrong_letters_is_refused_and_comes_back(admin, cast):
    guest = factories.person("ხვიჩა", "კვარაცხელია")
    admin.get(f"/admin/people/{guest.id}/names")
    answer = admin.submit(None, given_name_ka="Khvicha")
    assert answer.status == 422
    assert "Khvicha" in answer.text or 'value="Khvicha"' in answer.response.get_data(as_text=True)
    assert guest.given_name_ka == "ხვიჩა"
