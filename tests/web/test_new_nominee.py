"""Somebody whom the municipality's people do not have yet is entered, and put on the list; known people are asked after."""

import pytest
import sqlalchemy as sa

from portal import enrolment, people
from portal.foundation.database import db
from portal.foundation.georgian import romanise_name
from portal.people.models import Person, Post, Role
from tests import factories
from tests.enrolment.mailbox import mails_to
from tests.page_client import PageClient

PATH = "/municipality/nominate/RUN-X"
NUMBER = "01234567890"
TYPED = {
    "given_name_ka": "სალომე",
    "family_name_ka": "წიკლაური",
    "category": "civil_servant",
    "title_ka": "მთავარი სპეციალისტი",
    "unit": "არქიტექტურის სამსახური",
    "email": "salome@portal.test",
}


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-X")


@pytest.fixture
def telavi(app, cast, run):
    return PageClient(app, "en").sign_in(cast.coordinator)


def called(family="წიკლაური"):
    return list(db.session.scalars(sa.select(Person).where(Person.family_name_ka == family).order_by(Person.id)))


def on_list(run, municipality="telavi"):
    return [one.post.person_id for one in enrolment.nominees_of(run.id, [factories.municipality(municipality).id])]


def send(page, **values):
    page.get(f"{PATH}/new")
    return page.submit("/new", **TYPED | values)


def test_a_new_person_is_entered_with_the_post_and_stands_on_the_list(telavi, run, cast):
    assert send(telavi).location.endswith(PATH)
    assert "The person is on the list" in telavi.follow().text
    (someone,) = called()
    post = people.find_current_post(someone.id)
    assert on_list(run) == [someone.id]
    assert (someone.given_name_latin, someone.family_name_latin) == tuple(map(romanise_name, ("სალომე", "წიკლაური")))
    assert (someone.email, someone.sex, post.unit, post.municipality.code) == ("salome@portal.test", None, TYPED["unit"], "telavi")
    assert enrolment.find_live_enrolment(run.id, someone.id) is None


def test_the_latin_spelling_can_be_corrected(telavi):
    send(telavi, given_name_latin="Salomea", family_name_latin="Tsiklauri")
    assert called()[0].name_latin == "Salomea Tsiklauri"


def test_what_was_typed_is_kept_but_for_the_personal_number(telavi):
    shown = send(telavi, title_ka="", personal_number=NUMBER)
    assert shown.status == 422
    assert shown.form("/new").fields["family_name_ka"] == "წიკლაური"
    assert shown.form("/new").fields["personal_number"] == ""
    assert NUMBER not in shown.response.get_data(as_text=True)
    assert called() == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"given_name_ka": "Salome"}, "Georgian letters"),
        ({"given_name_latin": "სალომე"}, "Latin letters"),
        ({"family_name_ka": ""}, "is required"),
        ({"email": ""}, "e-mail address or a phone number"),
        ({"email": "nonsense"}, "valid e-mail"),
        ({"email": "", "phone": "12"}, "phone number as"),
        ({"personal_number": "123"}, "11 digits"),
        ({"category": "emperor"}, "from the list"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(telavi, values, said):
    telavi.get(f"{PATH}/new")
    shown = telavi.post(f"{PATH}/new", TYPED | values)
    assert shown.status == 422
    assert said in " ".join(shown.texts(".summary li"))
    assert called() == []


def test_a_phone_number_is_enough(telavi):
    assert send(telavi, email="", phone="555 12 34 56").status == 303
    assert called()[0].phone == "+995555123456"


def test_the_personal_number_is_sealed(telavi):
    send(telavi, personal_number=NUMBER)
    (someone,) = called()
    assert people.find_person_by_personal_number(NUMBER).id == someone.id
    assert people.masked_personal_number(someone).endswith("7890")


def test_a_double_click_enters_nobody_twice(telavi, run):
    telavi.get(f"{PATH}/new")
    sent = dict(telavi.page.form("/new").form_values()) | TYPED | {"personal_number": NUMBER}
    assert [telavi.post(f"{PATH}/new", sent).status for _ in range(2)] == [303, 303]
    assert on_list(run) == [one.id for one in called()]
    assert len(called()) == 1


def test_somebody_of_the_same_name_here_is_asked_after_and_chosen(telavi, run, cast):
    shown = send(telavi, given_name_ka="ნინო", family_name_ka="აბაშიძე")
    assert shown.status == 422
    assert "Say whether it is the same person" in shown.texts(".summary a")[0]
    assert [choice.get("value") for choice in shown.all("input[name=who]")] == [str(cast.learner.id), "another"]
    assert telavi.submit("/new").status == 422  # nothing said
    assert telavi.submit("/new", who=str(cast.learner.id)).status == 303
    assert on_list(run) == [cast.learner.id]
    assert len(called("აბაშიძე")) == 1


def test_another_person_of_the_same_name_is_entered(telavi, run, cast):
    send(telavi, given_name_ka="ნინო", family_name_ka="აბაშიძე")
    assert telavi.submit("/new", who="another", personal_number=NUMBER).status == 303
    first, second = called("აბაშიძე")
    assert (first.id, on_list(run)) == (cast.learner.id, [second.id])


def test_a_namesake_elsewhere_is_not_asked_after_and_not_seen(telavi, run, cast):
    assert send(telavi, given_name_ka="დავით", family_name_ka="ლომიძე").status == 303
    elsewhere, here = called("ლომიძე")
    assert (elsewhere.id, on_list(run)) == (cast.colleague.id, [here.id])


def test_the_personal_number_of_an_own_person_leads_to_them_whatever_the_name(telavi, run, cast):
    people.set_personal_number(cast.learner, NUMBER, by=cast.administrator.id)
    shown = send(telavi, personal_number=NUMBER)
    assert "with this personal number" in shown.texts(".summary a")[0]
    assert [choice.get("value") for choice in shown.all("input[name=who]")] == [str(cast.learner.id)]
    assert send(telavi, personal_number=NUMBER, who=None).status == 422
    assert telavi.post(f"{PATH}/new", TYPED | {"personal_number": NUMBER, "who": "another"}).status == 422
    assert called() == []


def test_somebody_from_elsewhere_with_number_and_name_gets_a_post_here_besides(telavi, run, cast):
    people.set_personal_number(cast.colleague, NUMBER, by=cast.administrator.id)
    before = cast.colleague.email
    assert send(telavi, given_name_ka="დავით", family_name_ka="ლომიძე", personal_number=NUMBER, email="other@portal.test").status == 303
    assert on_list(run) == [cast.colleague.id]
    posts = db.session.scalars(sa.select(Post).where(Post.person_id == cast.colleague.id).order_by(Post.id)).all()
    assert [(post.municipality.code, post.ends_on) for post in posts] == [("kutaisi", None), ("telavi", None)]
    assert (db.session.get_one(Person, cast.colleague.id).email, len(called("ლომიძე"))) == (before, 1)


def test_a_double_click_gives_somebody_from_elsewhere_one_post(telavi, run, cast):
    people.set_personal_number(cast.colleague, NUMBER, by=cast.administrator.id)
    telavi.get(f"{PATH}/new")
    typed = TYPED | {"given_name_ka": "დავით", "family_name_ka": "ლომიძე", "personal_number": NUMBER}
    sent = dict(telavi.page.form("/new").form_values()) | typed
    assert [telavi.post(f"{PATH}/new", sent).status for _ in range(2)] == [303, 303]
    assert len(people.posts_of(cast.colleague.id)) == 2
    assert on_list(run) == [cast.colleague.id]


def test_a_number_of_somebody_elsewhere_under_another_name_tells_nothing_of_them(telavi, run, cast):
    people.set_personal_number(cast.colleague, NUMBER, by=cast.administrator.id)
    shown = send(telavi, personal_number=NUMBER)
    assert (shown.status, shown.all("input[name=who]")) == (422, [])
    assert "ask the staff of the association" in shown.texts(".summary li")[0]
    for secret in (cast.colleague.family_name_ka, cast.colleague.family_name_latin, cast.colleague.email, "Kutaisi", NUMBER):
        assert secret not in shown.response.get_data(as_text=True)
    assert (called(), on_list(run)) == ([], [])


@pytest.mark.parametrize("who", ["²", "0", "99999999999999999999", "anybody", "\x00"])
def test_an_answer_that_was_not_offered_names_nobody(telavi, run, who, cast):
    answer = telavi.post(f"{PATH}/new", TYPED | {"given_name_ka": "ნინო", "family_name_ka": "აბაშიძე", "who": who})
    assert answer.status in {404, 422}
    assert on_list(run) == []


def test_a_coordinator_of_two_municipalities_says_where_the_post_is(telavi, run, cast):
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="kutaisi")
    assert send(telavi).status == 422
    kutaisi = factories.municipality("kutaisi").id
    assert telavi.submit("/new", municipality=str(kutaisi)).status == 303
    assert on_list(run, "kutaisi") == [one.id for one in called()]
    batumi = factories.municipality("batumi").id
    assert telavi.post(f"{PATH}/new", TYPED | {"municipality": str(batumi)}).status == 422


def test_a_run_that_is_closed_takes_no_new_people(telavi, run):
    run.state = "closed"
    shown = send(telavi)
    assert (shown.status, called()) == (422, [])
    assert "deadline has passed" in shown.texts(".summary li")[0]


def test_whoever_gets_a_second_post_is_told_at_the_address_known_so_far(telavi, cast):
    people.set_personal_number(cast.colleague, NUMBER, by=cast.staff.id)
    names = {"given_name_ka": cast.colleague.given_name_ka, "family_name_ka": cast.colleague.family_name_ka}
    assert send(telavi, personal_number=NUMBER, email="other@portal.test", **names).status == 303
    (mail,) = mails_to(cast.colleague)
    assert (mail.kind, mail.to_address) == ("post_added", cast.colleague.email)
    for words in ("მუნიციპალიტეტი: თელავის მუნიციპალიტეტი", f"თანამდებობა: {TYPED['title_ka']}"):
        assert words in mail.body
    assert NUMBER not in mail.body


def test_who_is_entered_anew_is_not_told_of_a_post(telavi):
    send(telavi)
    assert mails_to(called()[0]) == []
