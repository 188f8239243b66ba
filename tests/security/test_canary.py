"""No byte about people of one municipality reaches another: canary names are searched in every answer of every route, export, search and count.

What everybody may see of a run counts its people and names none: free places, how many wait, and how many places of a quota are used. Whoever
holds a certificate or a letter in their hands has its secret or its number with the family name, and may check it: that is what these are for.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from flask import g

from portal import people
from portal.foundation import transaction
from portal.foundation.transaction import abandon
from portal.web.limits import limiter
from tests.imports import sheets
from tests.page_client import PageClient
from tests.security import canaries
from tests.security.canaries import nobody
from tests.security.reading import texts_of

BASE = "https://portal.test"
ACTORS = ("coordinator", "deputy", "learner", "other_trainer", "visitor")
NEEDLES = (
    canaries.GIVEN,
    canaries.FAMILY,
    canaries.GIVEN_LATIN,
    canaries.FAMILY_LATIN,
    canaries.TITLE,
    canaries.TITLE_LATIN,
    canaries.UNIT,
    canaries.MAIL,
    canaries.PHONE,
    canaries.NUMBER,
    canaries.REFERENCE,
    canaries.WORDS,
    canaries.HEADING,
)
PLAIN = {
    "lang": "ka",
    "change": "revoke",
    "table": "municipality",
    "report": "time",
    "suffix": "xlsx",
    "sheet": "csv",
    "saved_id": 1,
    "wish": "stop",
    "key": "none",
    "form": "json",
    "kind": "reminder_week",
    "ending": "zip",
    "text_language": "ka",
    "filename": "css/portal.css",
    "secret": "x" * 22,
    "token": "y" * 43,
    "text_id": "0" * 32,
    "round_": "after",
    "question": "content",
    "step": "up",
}
ENDING = ("people.sign_out", "people.sign_out_elsewhere")
SEARCHES = ("/municipality", "/municipality/nominate/RUN-LISTED", "/courses", "/verify")
GROUPED = re.compile(r"(?<=\d)[\s\u00a0\u202f-]+(?=\d)")
TOKEN = re.compile(r'(name="(?:csrf_token|form_key|drawn_at|version)"[^>]*value=")[^"]*|nonce-[^\'" ]+')


@pytest.fixture
def scene(app, cast):
    return canaries.build(cast)


@pytest.fixture
def client_for(app, cast, scene):
    def client(who):
        page = PageClient(app)
        if who != "visitor":
            page.sign_in(scene.deputy if who == "deputy" else getattr(cast, who))
        return page.client

    return client


@pytest.fixture
def nothing_kept(app, monkeypatch):
    """Forms go without their token, and what they change is undone: each is answered by the same scene."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return lambda: monkeypatch.setattr(transaction, "commit", abandon)


def ask(client, method, path, data=None, **more):
    """One request by itself; of uploads and searches too nobody has had too many."""
    abandon()
    for name in list(g):
        g.pop(name)
    limiter.reset()
    answer = client.open(path, method=method, data=data, base_url=BASE, headers={"Referer": f"{BASE}/"}, **more)
    answer.get_data()
    answer.request.environ["wsgi.input"].close()
    abandon()
    return answer


def variants(needle):
    """How ``needle`` may be written: as it is, in an address, in JSON, as numbers of letters, and in base64 wherever it stands there."""
    found = {needle, html.escape(needle), quote(needle), quote(needle).lower(), json.dumps(needle)[1:-1]}
    found |= {"".join(f"&#{ord(letter)};" for letter in needle), "".join(f"&#x{ord(letter):x};" for letter in needle)}
    data = needle.encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data)
        kept = whole[-(-before * 8 // 6) : len(whole) - (4 if (before + len(data)) % 3 else 0)].decode()
        found |= {kept, kept.replace("+", "-").replace("/", "_")}
    return {one.casefold() for one in found if len(one) >= 6}


FORBIDDEN = {needle: variants(needle) for needle in NEEDLES}


def said(app, answer):
    """Everything that ``answer`` brings: body, files, headers, and what its cookies hold."""
    yield from texts_of(answer.data, answer.mimetype or "")
    yield from (f"{name}: {value}" for name, value in answer.headers)
    serializer = app.session_interface.get_signing_serializer(app)
    for cookie in answer.headers.getlist("Set-Cookie"):
        if cookie.startswith("session=") and (value := cookie.split(";")[0].removeprefix("session=")):
            yield json.dumps(serializer.loads(value), ensure_ascii=False, default=str)


def echoes(sent):
    """The ways in which a page may give back what the person has typed or asked for."""
    ways = {way for text in sent for way in (text, html.escape(text), quote(text), quote_plus(text), quote(text, safe=""))}
    return ways | {quote(way) for way in ways}  # once more, in the address of a page to which a visitor shall come back


def found_in(app, answer, sent=()):
    """The needles that ``answer`` holds, apart from what the person ``sent``, and said already."""
    own = sorted({way.casefold() for way in echoes(sent)}, key=len, reverse=True)
    found = set()
    for text in said(app, answer):
        folded = text.casefold()
        for way in own:
            folded = folded.replace(way, "")
        together = GROUPED.sub("", folded)
        found |= {needle for needle, ways in FORBIDDEN.items() if any(way in folded or way in together for way in ways)}
    return found


def values_for(rule, names):
    """A value for each word of the path of ``rule``; none where these ``names`` do not name such a thing. Fails for a word that nobody knows."""
    values = {}
    for word in rule.arguments:
        if word == "number" and type(rule._converters[word]).__name__ != "NumberConverter":
            value = names.get("letter" if rule.endpoint.startswith("letters.") else "certificate")
        else:
            value = names.get(word, PLAIN.get(word))
        if value is None:
            assert word in nobody() or word in PLAIN or word in {"code", "slug"}, f"{rule.rule}: no canary has a value for {word}"
            value = nobody()[word]
        values[word] = value
    return values


def addresses(app, things):
    """Each route with each of its methods, for each of the ``things``: new routes are asked by themselves."""
    adapter = app.url_map.bind("portal.test", url_scheme="https")
    asked = {}
    for rule in app.url_map.iter_rules():
        for names in things if rule.arguments - {"lang"} else things[:1]:
            values = values_for(rule, names)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                path = adapter.build(rule.endpoint, values, method=method)
                asked[rule.endpoint, method, path] = values, names
    return sorted(((*key, *rest) for key, rest in asked.items()), key=lambda one: (one[0] in ENDING, one[:3]))


def typed(names):
    """A form that names a thing in every field that any form of the portal has for one."""
    person, nomination = names.get("person_id", 1), names.get("nomination_id", 1)
    return {
        "person": [person],
        "who": person,
        "post": person,
        "grant": names.get("grant", 1),
        "application": [names.get("reference", "")],
        "reference": names.get("reference", ""),
        "number": names.get("certificate", ""),
        "with": person,
        "enrolment": names.get("enrolment_id", 1),
        "drop": nomination,
        "verdict": "reject",
        "reason": "მიზეზი",
        "kind": "participation",
        "language": "ka",
        "left_out": "0",
        "row-2": person,
        "after": person,
        "before": person,
        "form_key": "abc",
        "starts_on": "01.12.2026",
        "ends_on": "02.12.2026",
    }


def sent_in(path, *values):
    """What the person wrote into the address and the form."""
    return {path, path[3:], *(str(value) for value in values if len(str(value)) > 3)}


@pytest.mark.parametrize("who", ACTORS)
def test_no_route_says_a_byte_about_them(app, scene, client_for, nothing_kept, who):
    client = client_for(who)
    nothing_kept()
    leaks = {}
    for endpoint, method, path, values, names in addresses(app, [one.names for one in scene.canaries]):
        forms = [None] if method == "GET" else [typed(names), {"move": f"up:{names.get('nomination_id', 1)}", "version": ""}]
        for form in forms:
            answer = ask(client, method, path, form)
            assert answer.status_code < 500, (method, path)
            found = found_in(app, answer, sent_in(path, *values.values(), *names.values()))
            if answer.status_code in {302, 303} and method == "POST" and endpoint not in ENDING:
                found |= found_in(app, ask(client, "GET", answer.headers["Location"]), sent_in(path, *values.values(), *names.values()))
            if found:
                leaks[endpoint, method, path] = found
    assert leaks == {}


@pytest.mark.parametrize("who", ACTORS)
def test_a_thing_of_theirs_is_answered_like_one_that_is_not_there(app, scene, client_for, nothing_kept, who):
    """The same status and the same page, but for the words of the address."""
    client = client_for(who)
    nothing_kept()
    other = {}
    public = {"code", "slug", "session_id", "venue_id", "topic_id", "project_id"}
    for endpoint, method, path, values, names in addresses(app, [one.names for one in scene.canaries]):
        secret = {word: value for word, value in values.items() if word not in public | PLAIN.keys()}
        if not secret or endpoint == "enrolment.run":
            continue
        twins = dict(values)
        for word in secret:
            is_text = isinstance(values[word], str)
            twins[word] = (
                nobody()["letter" if endpoint.startswith("letters.") else "certificate"] if word == "number" and is_text else nobody()[word]
            )
        twin = app.url_map.bind("portal.test", url_scheme="https").build(endpoint, twins, method=method)
        form = None if method == "GET" else typed(names)
        real, none = ask(client, method, path, form), ask(client, method, twin, form)
        if (real.status_code, _without(real, path)) != (none.status_code, _without(none, twin)):
            other[method, path] = real.status_code, none.status_code
    assert other == {}


def _without(answer, path):
    text = answer.get_data(as_text=True)
    for way in sorted(echoes({path, path[3:]}), key=len, reverse=True):
        text = text.replace(way, "")
    return TOKEN.sub("", text)


@pytest.mark.parametrize("who", ["coordinator", "deputy", "learner", "visitor"])
def test_no_search_finds_them(app, scene, client_for, who):
    client = client_for(who)
    person = scene.canaries[0].person
    asked = [
        person.name_ka,
        person.name_by_family("ka"),
        person.family_name_ka[:8],
        person.name_latin,
        person.family_name_latin[:8].lower(),
    ]
    asked += [person.email, person.phone, canaries.NUMBER + "10", scene.canaries[0].names["reference"], canaries.TITLE, canaries.UNIT[:9]]
    for page in SEARCHES:
        for words in asked:
            answer = ask(client, "GET", f"/ka{page}", query_string={"q": words, "number": words})
            assert not found_in(app, answer, {words, *words.split()}), (page, words)
            none = ask(client, "GET", f"/ka{page}", query_string={"q": "ძვრპცქღჟ", "number": "ძვრპცქღჟ"})
            assert _counted(answer, words) == _counted(none, "ძვრპცქღჟ"), (page, words)


def _counted(answer, words):
    """The figures of a page, but for those in what was searched."""
    text = answer.get_data(as_text=True)
    for way in sorted(echoes({words, *words.split()}), key=len, reverse=True):
        text = text.replace(way, "")
    return sorted(re.findall(r">[^<]*\d[^<]*<", TOKEN.sub("", text)))


def test_the_canaries_are_seen_by_those_who_may(app, scene, client_for):
    """Every needle is there to be found: the coordinator of Kutaisi and the staff meet them."""
    seen = set()
    for who in ("neighbour", "administrator"):
        client = client_for(who)
        for _endpoint, method, path, _values, _names in addresses(app, [one.names for one in scene.canaries]):
            if method == "GET":
                seen |= found_in(app, ask(client, method, path))
    assert seen >= set(NEEDLES) - {canaries.NUMBER, canaries.PHONE}  # the number is shown to nobody, masked to staff
    assert people.masked_personal_number(scene.canaries[0].person)


def test_a_number_of_theirs_under_another_name_tells_nothing(app, scene, client_for, nothing_kept):
    """Typed into the form for somebody new, and in a spreadsheet: who knows a number learns neither name nor post."""
    client = client_for("coordinator")
    numbers = [number for number in (f"{canaries.NUMBER}{last:02}" for last in range(100)) if people.find_person_by_personal_number(number)]
    for number in numbers[:4]:
        typed_in = {"given_name_ka": "ნინო", "family_name_ka": "ბერიძე", "given_name_latin": "Nino", "family_name_latin": "Beridze"}
        typed_in |= {"phone": "+995555123456", "title_ka": "მრჩეველი", "category": "civil_servant", "personal_number": number}
        answer = ask(client, "POST", "/ka/municipality/nominate/RUN-LISTED/new", typed_in)
        assert answer.status_code == 422
        assert not found_in(app, answer, {number})
    table = sheets.as_csv([sheets.nominee(at, **{"პირადი ნომერი": number}) for at, number in enumerate(numbers)])
    upload = ask(client, "POST", "/ka/municipality/nominate/RUN-LISTED/import", {"file": (io.BytesIO(table), "a.csv")})
    assert upload.status_code == 303
    assert not found_in(app, ask(client, "GET", upload.headers["Location"]), numbers)
