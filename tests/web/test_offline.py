"""What a phone with the roll call fetches and sends: names and numbers, its own trainer's runs, each mark once, nothing lost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from portal.foundation import clock
from portal.web.attendance import phone_shell
from tests import factories
from tests.attendance.hall import Hall, many
from tests.page_client import PageClient

SHELL = "/teaching/phone"


@pytest.fixture
def hall(cast):
    return Hall(cast)


class Phone:
    """A phone, as far as the portal sees it."""

    def __init__(self, page: PageClient, hall: Hall, device: str = "a") -> None:
        self.page, self.hall, self.device, self.sequence = page, hall, device, 0
        self.path = f"/teaching/runs/{hall.run.code}/phone/marks"

    def fetch(self) -> dict:
        return json.loads(self.page.get(self.path).text)

    def mark(self, index: int, mark: str = "present", **values: object) -> dict[str, object]:
        self.sequence += 1
        made = {"id": f"{self.device}-{self.sequence}", "session": self.hall.session.id, "person": self.hall.keys[index], "mark": mark}
        made |= {"sequence": self.sequence, "late": 0, "left": 0, "reason": "", "seen": 0, "done": 1000}
        return made | values

    def post(self, body: object, token: str | None = None):
        headers = {"X-CSRFToken": token or self.fetch()["token"]}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.page._send("POST", self.path, data=data, content_type="application/json", headers=headers)

    def send(self, *operations: object, **values: object):
        body = {"owner": self.fetch()["owner"], "device": self.device, "now": 1000, "operations": list(operations)}
        return self.post(body | values)


def told(answer) -> dict:
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


@pytest.fixture
def phone(page, cast, hall):
    return Phone(page.sign_in(cast.trainer), hall)


def test_a_phone_is_given_names_and_numbers_and_nothing_to_reach_anybody_by(phone, hall):
    found = phone.fetch()
    assert [(one["id"], one["name"], one["detail"]) for one in found["people"]] == [
        (key, name, "") for key, name in zip(hall.keys, ("აბულაძე ნანა", "არველაძე გიორგი", "ბაქრაძე მაია"), strict=True)
    ]
    text = json.dumps(found, ensure_ascii=False)
    for person in hall.people:
        for secret in (person.phone, *(account for account in [getattr(person, "email", None)] if account)):
            assert not secret or secret not in text
    assert "თელავი" not in text
    assert "@" not in text


def test_namesakes_are_told_apart_by_their_municipality_and_then_by_their_post(page, cast):
    hall = Hall(cast, names=[("ნინო", "აბაშიძე"), ("ნინო", "აბაშიძე"), ("გია", "აბაშიძე")])
    details = [one["detail"] for one in Phone(page.sign_in(cast.trainer), hall).fetch()["people"]]
    assert details[0] == ""
    assert all(detail.startswith("თელავი") for detail in details[1:])


def test_marks_arrive_with_when_they_were_made_whatever_the_clock_of_the_phone_says(phone, hall):
    a_year_ahead = round((clock.now() + timedelta(days=365)).timestamp() * 1000)
    told(phone.send(phone.mark(0, done=a_year_ahead - 3_600_000), now=a_year_ahead))
    (fact,) = hall.facts()
    assert (fact.mark, fact.source, fact.device) == ("present", "phone", "a")
    assert timedelta(minutes=59) < fact.recorded_at - fact.done_at < timedelta(minutes=61)


def test_thirty_one_posts_for_thirty_marks_leave_thirty_facts(page, cast):
    hall = Hall(cast, names=many(30))
    phone = Phone(page.sign_in(cast.trainer), hall)
    marks = [phone.mark(index, "absent" if index % 3 else "present") for index in range(30)]
    for mark in [*marks, marks[0]]:
        assert told(phone.send(mark))["received"] == [mark["id"]]
    assert len(hall.marks()) == 30


def test_what_two_phones_say_differently_stays_and_is_listed_on_both_pages(phone, app, cast, hall):
    other = Phone(PageClient(app).sign_in(cast.staff), hall, "b")
    first, second = phone.mark(0), other.mark(0, "absent")
    told(phone.send(first))
    facts = told(other.send(second))["sessions"][0]["marks"][str(hall.keys[0])]
    assert {(fact["mark"], fact["by"]) for fact in facts} == {("present", "ლევან მაისურაძე"), ("absent", "ანა წერეთელი")}
    shown = phone.page.get(hall.path)
    assert "აბულაძე ნანა" in shown.texts(".verdict li")[0]
    assert shown.all(f"input[name=mark-{hall.keys[0]}][checked]") == []
    phone.page.submit(**{f"mark-{hall.keys[0]}": "present"})
    assert [fact["mark"] for fact in phone.fetch()["sessions"][0]["marks"][str(hall.keys[0])]] == ["present"]
    assert len(hall.marks()) == 3


def test_a_phone_that_has_seen_both_marks_decides_between_them(phone, app, cast, hall):
    told(phone.send(phone.mark(0)))
    other = Phone(PageClient(app).sign_in(cast.staff), hall, "b")
    seen = told(other.send(other.mark(0, "absent")))["sessions"][0]["newest"]
    told(phone.send(phone.mark(0, "present", late=15, seen=seen)))
    (fact,) = phone.fetch()["sessions"][0]["marks"][str(hall.keys[0])]
    assert (fact["mark"], fact["late"]) == ("present", 15)


def test_one_mark_that_cannot_be_taken_keeps_no_other_out(phone, cast, hall):
    elsewhere = factories.enrolment(factories.run(), cast.learner)
    of_others, another = Hall(cast, trainers=(cast.other_trainer,)), Hall(cast)
    marks = [
        phone.mark(0),
        phone.mark(1, late="x"),
        phone.mark(1, mark="asleep"),
        phone.mark(1, mark=["present"]),
        phone.mark(1, late=480),
        phone.mark(1, "excused"),
        phone.mark(1, person=elsewhere.id),
        phone.mark(1, session=hall.sessions[1].id),
        phone.mark(1, session=of_others.session.id),
        phone.mark(1, session=another.session.id, person=another.keys[1]),
        phone.mark(1, session=2**53 - 1),
        phone.mark(1, session=True),
        phone.mark(1, reason=None),
        phone.mark(1, seen=-1),
        phone.mark(2, "excused", reason="ავად \ud800არის\x00"),
    ]
    answer = told(phone.send(*marks))
    assert set(answer["received"]) == {marks[0]["id"], marks[-1]["id"]}
    assert set(answer["refused"]) == {mark["id"] for mark in marks[1:-1]}
    assert all(answer["refused"].values())
    assert hall.marks() == [(hall.keys[0], "present"), (hall.keys[2], "excused")]
    assert of_others.marks() == another.marks() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b"\xff", b'"\\ud800"', b"[" * 100_000, b"9" * 10_000, b'{"owner": 1}'],
    ids=["nothing", "null", "a list", "half", "no text", "half a character", "deep", "a long number", "no owner"],
)
def test_what_no_phone_sends_is_refused(phone, hall, body):
    assert phone.post(body).status == 422
    assert hall.marks() == []


@pytest.mark.parametrize(
    "values",
    [
        {"owner": "0" * 20},
        {"device": ""},
        {"device": "x" * 65},
        {"now": "soon"},
        {"now": -1},
        {"operations": {}},
        {"operations": [1]},
        {"operations": [{"id": "a b"}]},
        {"operations": [{}] * 501},
    ],
)
def test_a_letter_that_is_no_phones_is_refused(phone, hall, values):
    assert phone.send(phone.mark(0), **values).status == 422
    assert hall.marks() == []


def test_marks_of_somebody_else_on_the_same_phone_are_not_taken(phone, app, cast, hall):
    of_staff = Phone(PageClient(app).sign_in(cast.staff), hall).fetch()["owner"]
    assert phone.send(phone.mark(0), owner=of_staff).status == 422
    assert hall.marks() == []


def test_without_the_token_nothing_is_taken(phone, hall):
    assert phone.post({}, token="none").status == 400


@pytest.mark.parametrize(("who", "status"), [("other_trainer", 404), ("staff", 200), ("learner", 403), ("coordinator", 403)])
def test_a_trainer_reaches_no_run_of_another(page, cast, hall, who, status):
    page.sign_in(getattr(cast, who))
    assert page.get(f"/teaching/runs/{hall.run.code}/phone").status == status
    assert page.get(f"/teaching/runs/{hall.run.code}/phone/marks").status == status


def test_the_start_page_lists_the_runs_of_these_days(page, cast, hall):
    Hall(cast, trainers=(cast.other_trainer,))
    found = json.loads(page.sign_in(cast.trainer).get(f"{SHELL}/runs").text)
    assert [one["code"] for one in found["runs"]] == [hall.run.code]


def test_the_way_to_the_phone_stands_in_the_roll_call_and_on_the_page_of_who_teaches(page, cast, hall):
    page.sign_in(cast.trainer)
    for path in (hall.path, "/teaching"):
        assert page.get(path).all(f"a[href$='/runs/{hall.run.code}/phone']")


def test_without_javascript_the_page_leads_to_the_ordinary_forms(page, cast, hall):
    shown = page.sign_in(cast.trainer).get(f"/teaching/runs/{hall.run.code}/phone")
    assert [link.get("href") for link in shown.all("noscript a")] == [f"/ka/teaching/sessions/{one.id}" for one in hall.sessions]


def test_the_shell_is_the_same_for_everybody(page, app, cast, hall):
    visitor = PageClient(app).get(SHELL)
    trainer = page.sign_in(cast.trainer).get(SHELL)
    assert visitor.response.get_data() == trainer.response.get_data()
    assert "Set-Cookie" not in trainer.response.headers
    assert "csrf_token" in visitor.response.get_data(as_text=True)
    assert visitor.all("input[name=csrf_token]")[0].get("value") == ""


def answers(page, path: str) -> bool:
    answer = page.client.get(path, base_url="https://portal.test")
    answer.close()
    return answer.status_code == 200


def test_the_manifest_makes_the_page_installable(page):
    shown = page.get(SHELL)
    (link,) = shown.all("link[rel=manifest]")
    answer = page.client.get(link.get("href"), base_url="https://portal.test")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/ka/teaching/phone", "/ka/teaching/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert all(answers(page, icon["src"]) for icon in manifest["icons"])


def test_the_worker_covers_the_page_keeps_the_shell_only_and_is_new_when_a_file_is(page, monkeypatch):
    answer = page.client.get("/sw.js", base_url="https://portal.test")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    version, files = (json.loads(line.partition(" = ")[2].rstrip(";")) for line in answer.text.splitlines()[:2])
    assert all(answers(page, path) for path in files)
    assert all(path.startswith("/static/") for path in files)
    phone_shell._worker.cache_clear()
    known = phone_shell.static_url
    monkeypatch.setattr(phone_shell, "static_url", lambda path: known(path).replace(".css", "-new.css"))
    assert json.loads(phone_shell._worker().splitlines()[0].partition(" = ")[2].rstrip(";")) != version
    phone_shell._worker.cache_clear()


def test_signing_out_tells_the_browser_to_clear_what_it_keeps(page, cast):
    page.sign_in(cast.trainer).get("/teaching")
    assert page.post("/sign-out").response.headers["Clear-Site-Data"] == '"storage"'


def test_marks_that_are_too_early_are_refused_with_the_reason(phone, hall):
    answer = told(phone.send(phone.mark(0, session=hall.sessions[1].id)))
    assert list(answer["refused"].values()) == ["დასწრების მონიშვნა შესაძლებელია სასწავლო დღის დადგომის შემდეგ."]
