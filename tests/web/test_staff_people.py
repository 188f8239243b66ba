"""Pages of staff: a person is found, shown, entered and given a place."""

from datetime import timedelta

import pytest

from portal import people
from portal.attendance.models import AttendanceFact
from portal.enrolment import enrolments_of_person
from portal.foundation import clock
from tests import factories
from tests.certificates.scenes import issued_run, numbers
from tests.enrolment.mailbox import kinds_to

NUMBER = "01024056789"


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def names(page):
    return page.texts("tbody th a")


@pytest.mark.parametrize("who", ["learner", "coordinator", "neighbour", "trainer"])
def test_only_staff_and_administrators_open_these_pages(page, cast, who):
    page.sign_in(getattr(cast, who))
    person = cast.learner.id
    for path in ("", "/new", f"/{person}", f"/{person}/enrol", f"/{person}/merge", f"/{person}/merges/1/undo"):
        assert page.get(f"/staff/people{path}").status == 403, path
    assert page.post("/staff/people", {"q": NUMBER}).status == 403
    assert "/staff/people" not in [link.get("href") for link in page.get("/my").all("a")]


def test_nobody_is_listed_unasked(staff):
    staff.get("/staff/people")
    assert names(staff.page) == []


@pytest.mark.parametrize("search", ["აბაშიძე", "Abash", "nino@portal.test", "nino@portal", "ninos.post@telavi.test"])
def test_a_person_is_found_by_name_and_by_either_email(staff, cast, search):
    cast.learner.email = "ninos.post@telavi.test"
    staff.get("/staff/people")
    assert staff.submit(q=search).status == 303
    assert names(staff.follow()) == ["Abashidze Nino"]


@pytest.mark.parametrize("typed", [NUMBER, " 010 2405-6789 "])
def test_the_whole_personal_number_leads_to_the_person_and_stands_in_no_address(staff, cast, typed):
    people.set_personal_number(cast.learner, NUMBER, by=cast.staff.id)
    staff.get("/staff/people")
    assert staff.submit(q=typed).location == f"/en/staff/people/{cast.learner.id}"
    assert "6789" in staff.follow().text
    assert NUMBER not in staff.page.text


@pytest.mark.parametrize("typed", [NUMBER, "0102405678", "010240567890", "555 12 34 56"])
def test_a_number_that_nobody_has_goes_into_no_address_and_back_into_no_page(staff, typed):
    staff.get("/staff/people")
    assert staff.submit(q=typed).location == "/en/staff/people"
    assert "Nobody has this personal number" in staff.follow().text
    assert typed not in staff.page.text


def test_a_number_in_an_address_is_dropped_and_one_typed_to_find_a_double_stands_in_none(staff, cast):
    people.set_personal_number(cast.learner, NUMBER, by=cast.staff.id)
    assert staff.get("/staff/people", query_string={"q": NUMBER}).location == "/en/staff/people"
    double = factories.person("ნინო", "აბაშიძე")
    assert staff.post(f"/staff/people/{double.id}/merge", {"q": NUMBER}).location.endswith(f"/merge?with={cast.learner.id}")
    assert staff.post(f"/staff/people/{double.id}/merge", {"q": "01024056780"}).location.endswith("/merge")


def test_the_page_says_what_the_person_took_part_in(staff, cast):
    issued_run(cast.staff, [cast.learner], code="PAST")
    factories.enrolment(factories.run(code="NEXT"), cast.learner, "waiting")
    staff.get(f"/staff/people/{cast.learner.id}")
    rows = staff.page.texts("tbody tr")
    assert ["NEXT" in row or "PAST" in row for row in rows] == [True, True]
    assert "On the waiting list" in next(row for row in rows if "NEXT" in row)
    assert numbers()[0] in next(row for row in rows if "PAST" in row)
    assert "Hours attended: 16" in staff.page.text
    assert "Nino Abashidze" in staff.page.h1


def test_roles_and_accounts_are_for_administrators(page, cast):
    page.sign_in(cast.staff)
    path = f"/ka/admin/people/{cast.learner.id}"
    assert path not in [link.get("href") for link in page.get(f"/staff/people/{cast.learner.id}").all("a")]
    page.sign_in(cast.administrator)
    assert path in [link.get("href") for link in page.get(f"/staff/people/{cast.learner.id}").all("a")]


def test_nobody_knows_a_person_that_is_not_there(staff):
    assert staff.get("/staff/people/999999").status == 404
    assert staff.get("/staff/people/999999/merge").status == 404


def test_records_that_may_be_doubles_are_named(staff, cast):
    same_name = factories.person("ნინო", "აბაშიძე")
    factories.post(same_name, "telavi")
    elsewhere = factories.person("ნინო", "აბაშიძე")
    factories.post(elsewhere, "kutaisi")
    factories.person("ეკა", "წერეთელი", email="Nino@portal.test")
    factories.person("ნანა", "ბერიძე", phone="+995555123456")
    cast.learner.phone = "+995555123456"
    staff.get(f"/staff/people/{cast.learner.id}")
    found = [link for link in staff.page.texts("aside a") if link.startswith("Compare")]
    assert found == ["Compare: Abashidze Nino", "Compare: Beridze Nana", "Compare: Tsereteli Eka"]


def test_a_person_is_entered(staff):
    staff.get("/staff/people/new")
    assert staff.submit(given_name_ka="").status == 422
    assert staff.submit(given_name_ka="თეა", family_name_ka="ყიფიანი").status == 303
    assert "Tea Qipiani" in staff.follow().h1


def test_a_place_is_given_from_the_persons_page(staff, cast):
    run = factories.run()
    staff.get(f"/staff/people/{cast.learner.id}/enrol")
    assert staff.submit(run="").status == 422
    assert staff.submit(run=str(run.id)).location == f"/en/staff/people/{cast.learner.id}"
    assert "has a place" in staff.follow().text
    assert [(one.state, one.enrolled_by) for one in enrolments_of_person(cast.learner.id)] == [("confirmed", cast.staff.id)]
    assert kinds_to(cast.learner) == ["nominated"]


def test_a_full_run_puts_them_on_its_waiting_list_and_a_refusal_says_why(staff, cast):
    full, closed = factories.run(capacity=0), factories.run(state="closed")
    staff.get(f"/staff/people/{cast.learner.id}/enrol")
    assert staff.submit(run=str(closed.id)).status == 422
    assert "Registration is over" in staff.page.text
    assert staff.submit(run=str(full.id)).status == 303
    assert "waiting list" in staff.follow().text


def test_drafts_and_what_is_over_are_not_offered(staff, cast):
    factories.run(state="draft", code="A")
    factories.run(state="completed", code="B")
    factories.run(code="C")
    staff.get(f"/staff/people/{cast.learner.id}/enrol")
    assert [option.split(" · ")[2] for option in staff.page.texts("select[name=run] option")[1:]] == ["C"]


def test_somebody_unknown_is_entered_and_enrolled_before_the_first_day(staff, cast):
    factories.run(code="R")
    staff.get("/staff/runs/R/participants/new?q=ყიფიანი")
    staff.get("/staff/runs/R/participants/newcomer")
    assert staff.submit(given_name_ka="თეა", family_name_ka="ყიფიანი").status == 422
    values = {"municipality": str(factories.municipality("telavi").id), "category": "civil_servant", "title_ka": "სპეციალისტი"}
    assert staff.submit(email="tea@portal.test", **values).status == 303
    assert "Tea Qipiani has a place" in staff.follow().text
    (found,) = people.people_page("ყიფიანი").rows
    assert [one.state for one in enrolments_of_person(found.person.id)] == ["confirmed"]
    assert kinds_to(found.person) == ["nominated"]


def test_a_form_sent_twice_enters_and_enrols_once(staff):
    factories.run(code="R")
    values = {
        "given_name_ka": "თეა",
        "family_name_ka": "ყიფიანი",
        "language": "ka",
        "sex": "unstated",
        "municipality": str(factories.municipality("telavi").id),
        "category": "civil_servant",
        "title_ka": "სპეციალისტი",
        "drawn_at": clock.now().isoformat(),
    }
    for _ in range(2):
        assert staff.post("/staff/runs/R/participants/newcomer", values).status == 303
    (found,) = people.people_page("ყიფიანი").rows
    assert len(enrolments_of_person(found.person.id)) == 1


def test_who_is_refused_a_place_is_not_entered_either(staff):
    factories.run(factories.course(target_categories=["sakrebulo_member"]), code="R")
    staff.get("/staff/runs/R/participants/newcomer")
    values = {"municipality": str(factories.municipality("telavi").id), "category": "civil_servant", "title_ka": "სპეციალისტი"}
    refused = staff.submit(given_name_ka="თეა", family_name_ka="ყიფიანი", **values)
    assert refused.status == 422
    assert "not meant for this person" in refused.text
    assert people.people_page("ყიფიანი").rows == ()


def test_a_participant_is_moved_for_a_reason(staff, cast):
    here = factories.run(code="HERE")
    there = factories.run(factories.course(title_en="Public procurement"), code="THERE")
    place = factories.enrolment(here, cast.learner)
    staff.get("/staff/runs/HERE")
    staff.get(f"/staff/runs/HERE/participants/{place.reference}/move")
    assert "THERE" in staff.page.text
    assert not [text for text in staff.page.texts("option") if "HERE" in text and "THERE" not in text]
    assert staff.submit(run=str(there.id), reason="").status == 422
    assert staff.submit(reason="ჯგუფები გაერთიანდა").location == "/en/staff/runs/THERE"
    assert [one.state for one in enrolments_of_person(cast.learner.id)] == ["withdrawn", "confirmed"]


def test_of_runs_of_one_course_the_others_come_first(staff, cast):
    version = factories.course(title_en="Zoning")
    factories.run(code="OTHER")
    factories.run(version, code="SAME", starts_at=clock.now() + timedelta(days=60))
    place = factories.enrolment(factories.run(version, code="HERE"), cast.learner)
    staff.get(f"/staff/runs/HERE/participants/{place.reference}/move")
    assert [text.split(" · ")[2] for text in staff.page.texts("option")[1:]] == ["SAME", "OTHER"]


def test_a_full_run_is_refused_and_nothing_is_changed(staff, cast):
    place = factories.enrolment(factories.run(code="HERE"), cast.learner)
    full = factories.run(capacity=0, code="FULL")
    staff.get(f"/staff/runs/HERE/participants/{place.reference}/move")
    assert staff.submit(run=str(full.id), reason="გაერთიანება").status == 422
    assert "keeps the place held so far" in staff.page.text
    assert [one.state for one in enrolments_of_person(cast.learner.id)] == ["confirmed"]
    assert kinds_to(cast.learner) == []


def test_who_was_marked_is_not_moved(staff, cast):
    here, there = factories.run(code="HERE"), factories.run()
    place, day = factories.enrolment(here, cast.learner), factories.session(here, clock.now())
    mark = {"mark": "absent", "recorded_by": cast.staff.id, "recorded_at": clock.now()}
    factories.add(AttendanceFact(session_id=day.id, enrolment_id=place.id, **mark))
    staff.get(f"/staff/runs/HERE/participants/{place.reference}/move")
    assert staff.submit(run=str(there.id), reason="გაერთიანება").status == 422
    assert "Attendance of this person is recorded" in staff.page.text


def test_a_moved_person_reads_on_their_page_what_happened(staff, page, cast):
    here, there = factories.run(code="HERE"), factories.run()
    place = factories.enrolment(here, cast.learner)
    staff.get(f"/staff/runs/HERE/participants/{place.reference}/move")
    staff.submit(run=str(there.id), reason="გაერთიანება")
    page.sign_in(cast.learner)
    assert "You were moved to another training" in page.get("/runs/HERE/enrolment").text


def test_a_second_record_of_somebody_is_merged_and_taken_apart_again(staff, cast):
    double = factories.person("ნინო", "აბაშიძე", phone="+995555123456")
    factories.post(double, "telavi")
    old = factories.enrolment(factories.run(), double)
    staff.get(f"/staff/people/{cast.learner.id}/merge")
    assert f"with={double.id}" in staff.page.all("main ul.prose a")[0].get("href")
    staff.get(f"/staff/people/{cast.learner.id}/merge?with={double.id}")
    assert staff.submit(reason="").status == 422
    assert staff.submit(reason="გვარი შეეცვალა").location == f"/en/staff/people/{cast.learner.id}"
    assert "გვარი შეეცვალა" in staff.follow().text
    assert staff.get(f"/staff/people/{double.id}").response.request.path.endswith(str(double.id))
    assert "Nino Abashidze" in staff.page.h1
    assert [one.id for one in enrolments_of_person(cast.learner.id)] == [old.id]
    staff.get("/staff/people?q=აბაშიძე")
    assert names(staff.page) == ["Abashidze Nino"]
    assert staff.get(f"/staff/people/{double.id}/merge").status == 404
    (merge,) = people.merges_into(cast.learner.id)
    staff.get(f"/staff/people/{cast.learner.id}/merges/{merge.id}/undo")
    assert [staff.submit().status, staff.post(f"/staff/people/{cast.learner.id}/merges/{merge.id}/undo").status] == [303, 303]
    assert [one.id for one in enrolments_of_person(double.id)] == [old.id]
    assert "Undone" in staff.get(f"/staff/people/{cast.learner.id}").text
    assert staff.get(f"/staff/people/{cast.colleague.id}/merges/{merge.id}/undo").status == 404


def test_what_stands_in_the_way_is_said_before_anything_is_asked(staff, cast):
    staff.get(f"/staff/people/{cast.learner.id}/merge?with={cast.colleague.id}")
    assert "Both records have an active account" in staff.page.text
    assert not staff.page.all("textarea, input[name=reason]")
    assert staff.post(f"/staff/people/{cast.learner.id}/merge?with={cast.colleague.id}", {"reason": "ერთი პირი"}).status == 422
    for wrong in (cast.learner.id, "x", 999999):
        assert staff.get(f"/staff/people/{cast.learner.id}/merge?with={wrong}").status in {200, 404}


def test_an_undoing_that_cannot_be_is_refused_with_the_reason(staff, cast):
    double = factories.person("ნინო", "აბაშიძე")
    people.set_personal_number(double, NUMBER, by=cast.staff.id)
    staff.post(f"/staff/people/{cast.learner.id}/merge?with={double.id}", {"reason": "ერთი პირი"})
    people.set_personal_number(people.get_person(cast.learner.id), "01024056780", by=cast.staff.id)
    people.set_personal_number(people.get_person(cast.colleague.id), NUMBER, by=cast.staff.id)
    (merge,) = people.merges_into(cast.learner.id)
    refused = staff.post(f"/staff/people/{cast.learner.id}/merges/{merge.id}/undo")
    assert refused.status == 422
    assert "belongs to another person" in refused.text


def test_administrators_do_not_find_a_merged_record_and_give_it_no_role(page, cast):
    double = factories.person("ნინო", "აბაშიძე")
    page.sign_in(cast.administrator)
    page.post(f"/staff/people/{cast.learner.id}/merge?with={double.id}", {"reason": "ერთი პირი"})
    assert page.get(f"/admin/people/{double.id}").status == 404
    assert page.post(f"/admin/people/{double.id}/grants", {"role": "administrator"}).status == 404
    assert people.grants_of(double.id) == []


def test_the_history_of_a_person_has_what_was_done_to_a_record_merged_into_theirs(staff, cast):
    double = factories.person("ნინო", "ქავთარაძე")
    staff.post(f"/staff/people/{cast.learner.id}/merge?with={double.id}", {"reason": "ერთი პირი"})
    assert "Records of one person merged" in staff.get("/staff/history?who=აბაშიძე").text
