"""The coordinator's list for a run: put people on it, order it, send it, take somebody back."""

from datetime import timedelta

import pytest

from portal import enrolment, journeys, people
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.people.models import Role
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.page_client import PageClient
from tests.statements import counting

PATH = "/municipality/nominate/RUN-X"


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


@pytest.fixture
def kutaisi(app, cast):
    return PageClient(app, "en").sign_in(cast.neighbour)


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-X", capacity=2)


def officials(number, municipality="telavi"):
    posts = []
    for index in range(number):
        someone = factories.person(f"სახელი{'აბგდევ'[index % 6]}", f"გვარი{'აბგდევ'[index // 6]}")
        posts.append(factories.post(someone, municipality))
    return posts


def listed(run, posts, by):
    enrolment.add_to_list(run.id, posts, by=by.id)
    return nominations(run)


def nominations(run):
    return [one.nomination for one in enrolment.nominees_of(run.id, [factories.municipality("telavi").id])]


def names(page, table="waiting"):
    return [head.text.split()[-1] for head in page.all(f"#{table}-caption ~ tbody th")]


def test_people_are_ticked_put_on_the_list_ordered_and_sent_with_five_clicks(telavi, run):
    posts = officials(3)
    telavi.get(PATH)
    assert telavi.post(f"{PATH}/list", {"person": [str(post.person_id) for post in posts]}).status == 303
    shown = telavi.follow()
    assert names(shown) == ["Sakhelia", "Sakhelib", "Sakhelig"]
    assert [link.get("href") for link in shown.all("#list .actions a")] == ["/en/municipality/nominate/RUN-X/send"]
    telavi.submit("/list", move=f"up:{nominations(run)[2].id}")
    assert names(telavi.follow()) == ["Sakhelia", "Sakhelig", "Sakhelib"]
    asked = telavi.get(f"{PATH}/send")
    assert (asked.h1, names(asked)) == ("Send the list?", ["Sakhelia", "Sakhelig", "Sakhelib"])
    assert enrolment.places_of([run.id])[run.id].taken == 0
    assert telavi.submit("/send").location.endswith(PATH)
    shown = telavi.follow()
    assert "The list was sent" in shown.text
    assert names(shown, "sent") == ["Sakhelia", "Sakhelig", "Sakhelib"]
    rows = shown.texts("#sent-caption ~ tbody tr")
    assert "Place confirmed" in rows[0]
    assert "Position in line: 1" in rows[2]
    assert shown.all("#waiting-caption") == []
    assert "cannot be changed" in shown.text


def test_the_first_button_below_the_people_nominates_at_once_the_second_puts_them_on_the_list(telavi, run):
    buttons = telavi.get(PATH).all("form[action$='RUN-X'] button[type=submit]")
    assert [button.get("formaction") for button in buttons if button.getparent().get("class") == "actions"] == [None, f"/en{PATH}/list"]


def test_a_draft_waits_for_any_coordinator_of_the_municipality_and_no_other(app, telavi, kutaisi, cast, run):
    second = factories.person_with_account("ლია", "კობახიძე")
    factories.grant(second, Role.COORDINATOR, municipality="telavi")
    listed(run, [people.find_current_post(cast.learner.id)], cast.coordinator)
    assert names(PageClient(app, "en").sign_in(second).get(PATH)) == ["Nino"]
    for path in (PATH, f"{PATH}/send", "/municipality"):
        shown = kutaisi.get(path)
        assert "Abashidze" not in shown.text
        assert "On our list" not in shown.text


def test_nothing_of_the_neighbours_list_can_be_seen_or_changed(kutaisi, cast, run):
    draft, sent = officials(2)
    listed(run, [draft], cast.coordinator)
    journeys.nominate(run, [sent], by=cast.coordinator.id)
    waiting, given = nominations(run)
    mine = people.find_current_post(cast.colleague.id)
    enrolment.add_to_list(run.id, [mine], by=cast.neighbour.id)
    for path, data in (
        (f"{PATH}/list", {"move": f"up:{waiting.id}"}),
        (f"{PATH}/list", {"drop": str(waiting.id)}),
        (f"{PATH}/list", {"drop": str(given.id)}),
        (f"{PATH}/list", {"person": str(draft.person_id)}),
        (f"{PATH}/take-back/{given.id}", {"reason": "x"}),
        (f"{PATH}/take-back/{waiting.id}", {}),
        (f"{PATH}/new", {"who": str(draft.person_id)} | NEWCOMER),
    ):
        answer = kutaisi.post(path, data)
        assert answer.status == 404, path
        assert "Gvaria" not in answer.text
    assert kutaisi.get(f"{PATH}/take-back/{given.id}").status == 404
    assert [one.dropped_at for one in nominations(run)] == [None, None]
    assert enrolment.find_live_enrolment(run.id, sent.person_id).state == "confirmed"


NEWCOMER = {
    "given_name_ka": "ნინო",
    "family_name_ka": "წიკლაური",
    "category": "civil_servant",
    "title_ka": "სპეციალისტი",
    "email": "nino.ts@portal.test",
}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("list", {"move": "up:²"}),
        ("list", {"move": "sideways:1"}),
        ("list", {"move": "up:999999999999999"}),
        ("list", {"drop": "-1"}),
        ("list", {"drop": "\x00"}),
        ("list", {"person": "9" * 40}),
        ("list", {}),
        ("send", {"version": "'; --"}),
        ("take-back/999999999999", {"reason": "x"}),
        ("take-back/0", {}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(telavi, run, path, data):
    assert telavi.post(f"{PATH}/{path}", data).status in {404, 422}


def test_a_list_changed_by_a_colleague_is_shown_anew_and_not_overwritten(telavi, cast, run):
    first, second, third = officials(3)
    listed(run, [first, second], cast.coordinator)
    asked = telavi.get(f"{PATH}/send")
    assert names(asked) == ["Sakhelia", "Sakhelib"]
    listed(run, [third], cast.staff)
    shown = telavi.submit("/send")
    assert (shown.status, names(shown)) == (422, ["Sakhelia", "Sakhelib", "Sakhelig"])
    assert "changed meanwhile" in shown.texts(".summary a")[0]
    assert enrolment.places_of([run.id])[run.id].taken == 0
    assert telavi.submit("/send").status == 303
    assert enrolment.places_of([run.id])[run.id].taken == 2


def test_a_move_from_an_older_page_is_refused_with_the_list_as_it_is_and_what_was_ticked(telavi, cast, run):
    first, second, third = officials(3)
    one, _other = listed(run, [first, second], cast.coordinator)
    telavi.get(PATH)
    enrolment.take_off_list(run.id, [factories.municipality("telavi").id], nominations(run)[1].id, by=cast.staff.id)
    shown = telavi.submit("/list", move=f"down:{one.id}", person=None)
    assert (shown.status, names(shown)) == (422, ["Sakhelia"])
    assert shown.all(".summary a")[0].get("href") == "#list"
    refused = telavi.post(f"{PATH}/list", {"move": f"down:{one.id}", "version": "older", "person": str(third.person_id)})
    assert [box.get("value") for box in refused.all("input[name=person][checked]")] == [str(third.person_id)]


def test_a_double_click_sends_the_list_once(telavi, cast, run):
    (post,) = officials(1)
    listed(run, [post], cast.coordinator)
    sent = dict(telavi.get(f"{PATH}/send").form("/send").form_values())
    assert [telavi.post(f"{PATH}/send", sent).status for _ in range(2)] == [303, 303]
    assert names(telavi.follow(), "sent") == ["Sakhelia"]


def test_whoever_cannot_be_nominated_stays_on_the_list_with_the_reason_beside(telavi, cast):
    run = factories.run(factories.course(target_categories=["civil_servant"]), code="RUN-X")
    member = factories.post(factories.person("ია", "აბულაძე"), category="sakrebulo_member")
    listed(run, [member], cast.coordinator)
    telavi.get(f"{PATH}/send")
    telavi.submit("/send")
    shown = telavi.follow()
    assert "Nobody could be nominated" in shown.text
    assert "other positions" in shown.texts("#waiting-caption ~ tbody tr")[0]


def test_a_person_is_removed_before_sending(telavi, cast, run):
    one, _other = listed(run, officials(2), cast.coordinator)
    telavi.get(PATH)
    telavi.submit("/list", drop=str(one.id))
    assert names(telavi.follow()) == ["Sakhelib"]
    assert telavi.post(f"{PATH}/list", {"drop": str(one.id)}).status == 303


def test_people_on_the_list_cannot_be_ticked_again(telavi, cast, run):
    post, other = officials(2)
    listed(run, [post], cast.coordinator)
    shown = telavi.get(PATH)
    offered = {box.get("value") for box in shown.all("input[name=person]")}
    assert (str(post.person_id) in offered, str(other.person_id) in offered) == (False, True)


def test_taking_back_asks_why_tells_the_person_and_gives_the_place_to_the_next(telavi, cast, run):
    first, second, third = (people.find_current_post(one.id) for one in (cast.learner, cast.trainer, cast.staff))
    journeys.nominate(run, [first, second, third], by=cast.coordinator.id)
    link = next(link for link in telavi.get(PATH).all("#sent-caption ~ tbody a") if "Abashidze" in link.text_content())
    asked = telavi.get(link.get("href"))
    assert asked.h1 == "Take the nomination back?"
    assert telavi.submit().status == 422
    assert telavi.submit(None, reason="She is on leave").status == 303
    shown = telavi.follow()
    assert "The nomination is taken back" in shown.text
    assert "Nino" not in names(shown, "sent")
    assert kinds_to(cast.learner) == ["nominated", "nomination_withdrawn"]
    assert enrolment.find_live_enrolment(run.id, cast.staff.id).state == "confirmed"
    assert telavi.post(link.get("href"), {"reason": "again"}).status == 303
    assert kinds_to(cast.learner) == ["nominated", "nomination_withdrawn"]


def test_after_the_deadline_only_those_who_wait_can_be_taken_back(telavi, cast, run):
    journeys.nominate(run, officials(3), by=cast.coordinator.id)
    run.cancel_until = clock.now() - timedelta(minutes=1)
    holds, _holds, waits = nominations(run)
    links = [link.get("href") for link in telavi.get(PATH).all("#sent-caption ~ tbody a")]
    assert links == [f"/en{PATH}/take-back/{waits.id}"]
    shown = telavi.get(f"{PATH}/take-back/{holds.id}")
    assert "cannot be taken back" in shown.text
    assert shown.all("main form[method=post]") == []
    refused = telavi.post(f"{PATH}/take-back/{holds.id}", {"reason": "x"})
    assert (refused.status, refused.texts(".summary li")) == (422, ["The last day for withdrawing has passed."])


def test_a_list_can_be_made_before_registration_opens_and_is_sent_then(telavi, cast):
    run = factories.run(code="RUN-X", enrolment_opens_at=clock.now() + timedelta(days=1))
    (post,) = officials(1)
    shown = telavi.get(PATH)
    assert "You can make the list now" in shown.text
    telavi.post(f"{PATH}/list", {"person": str(post.person_id)})
    shown = telavi.follow()
    assert names(shown) == ["Sakhelia"]
    assert shown.all("a[href$='/send']") == []
    assert telavi.get(f"{PATH}/send").all("main form[method=post]") == []
    assert enrolment.places_of([run.id])[run.id].taken == 0


def test_the_municipality_says_how_many_are_on_each_list_and_how_many_were_sent(telavi, cast, run):
    draft, sent = officials(2)
    listed(run, [draft], cast.coordinator)
    journeys.nominate(run, [sent], by=cast.coordinator.id)
    closed = factories.run(factories.course(title_en="Asset management"), code="RUN-C")
    listed(closed, [draft], cast.coordinator)
    closed.state = "closed"
    shown = telavi.get("/municipality")
    assert "On our list: 1 · Sent: 1" in shown.texts(".runs .meta")[0]
    assert [link.get("href") for link in shown.all("main > * > ul:not(.runs) > li > a")] == ["/en/municipality/nominate/RUN-C#list"]


def test_a_coordinator_of_two_municipalities_orders_each_list_by_itself(telavi, cast, run):
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="kutaisi")
    here, there = officials(2), people.find_current_post(cast.colleague.id)
    telavi.post(f"{PATH}/list", {"person": [str(post.person_id) for post in (*here, there)]})
    shown = telavi.follow()
    rows = shown.texts("#waiting-caption ~ tbody tr")
    assert sum("Telavi" in row for row in rows) == 2
    assert sum("Kutaisi" in row for row in rows) == 1
    kutaisi = factories.municipality("kutaisi").id
    alone = enrolment.nominees_of(run.id, [kutaisi])[0].nomination
    for way in ("up", "down"):
        telavi.get(PATH)
        assert telavi.submit("/list", move=f"{way}:{alone.id}").status == 303
    assert telavi.follow().texts("#waiting-caption ~ tbody tr") == rows


def test_looking_changes_nothing_and_takes_as_many_statements_for_many_as_for_few(telavi, cast):
    def statements_of(path, number):
        run = factories.run(code=f"RUN-{number}", capacity=1, starts_at=clock.now() + timedelta(days=20 + 3 * number))
        posts = officials(number)
        journeys.nominate(run, posts[: number // 2], by=cast.coordinator.id)
        listed(run, posts[number // 2 :], cast.coordinator)
        commit()
        with counting() as statements:
            telavi.get(path.format(number=number))
        assert not [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]
        return len(statements)

    # signed in · run · list · people · who is enrolled · posts · clashes · invited (2) · places in the waiting list · free places · quotas
    assert statements_of("/municipality/nominate/RUN-{number}", 4) == statements_of("/municipality/nominate/RUN-{number}", 12) == 12
    assert (
        statements_of("/municipality/nominate/RUN-{number}/send", 5) == statements_of("/municipality/nominate/RUN-{number}/send", 13) == 9
    )
