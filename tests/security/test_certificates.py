"""Whoever guesses at certificates learns nothing: unknown and wrong are one answer, in the same time, by whatever way, and soon no answer at all."""

from __future__ import annotations

import hashlib
import logging
import random
import re
import secrets
import time
from datetime import timedelta

import pytest

from portal import certificates
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.serving import web_command
from portal.web.limits import limiter
from tests.certificates import scenes
from tests.page_client import PageClient

BASE = "https://portal.test"
CRAWLED = {"sqlite": 100_000, "postgresql": 5_000}
ROUNDS = 200
APART = 0.14
"""How far from one half the chance may be that a random answer of one kind is slower than one of the other; by chance alone it stays within 0.1."""
OTHER = "სხვანაირი"


@pytest.fixture
def held(cast):
    scenes.issued_run(cast.staff, [cast.learner, cast.colleague])
    (held,) = certificates.certificates_of_person(cast.learner.id)
    return held


@pytest.fixture
def ask(app, monkeypatch):
    """A request without its token and without a limit."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setattr(limiter, "enabled", False)
    client = app.test_client()

    def asked(path, data=None):
        return client.open(path, method="GET" if data is None else "POST", data=data, base_url=BASE)

    return asked


# -- time --


def how_often_slower(first, second):
    """The chance that a random time of ``first`` is longer than one of ``second``: one half when they cannot be told apart (Mann and Whitney)."""
    ranked = sorted((value, side) for side, values in enumerate((first, second)) for value in values)
    ranks = sum(rank for rank, (_value, side) in enumerate(ranked, 1) if side == 0)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


def times_of(*questions, rounds=ROUNDS):
    """How long each of the ``questions`` takes, asked in turns whose order changes, after some that are not counted."""
    taken = [[] for _question in questions]
    for turn in range(-20, rounds):
        for index in random.sample(range(len(questions)), len(questions)):
            started = time.perf_counter()
            questions[index]()
            if turn >= 0:
                taken[index].append(time.perf_counter() - started)
    return taken


def told_apart(first, second):
    """Whether time tells two questions apart, each time anew: other programs on the machine do so once in a while."""
    return all(abs(how_often_slower(*times_of(first, second)) - 0.5) > APART for _try in range(5))


def test_time_does_not_tell_an_unknown_number_from_another_surname(ask, held):
    known, unknown = ({"number": number, "surname": OTHER} for number in (held.number, "NALAG-2026-999999"))
    assert not told_apart(lambda: ask("/ka/verify", known), lambda: ask("/ka/verify", unknown))


def test_time_does_not_tell_a_link_that_ended_from_one_that_never_was(ask, held):
    made = certificates.share(held.id, ["name"], clock.now() + timedelta(days=1), by=held.person_id)
    certificates.end_share(made.id, held.id, by=held.person_id)
    commit()
    ended, unknown = f"/ka/shared/{made.token}", f"/ka/shared/{'z' * len(made.token)}"
    assert not told_apart(lambda: ask(ended), lambda: ask(unknown))
    assert not told_apart(lambda: ask(ended, {}), lambda: ask(unknown, {}))


def nearly(text):
    """``text`` with another last letter."""
    return text[:-1] + ("a" if text[-1] != "a" else "b")


def test_time_does_not_tell_a_secret_or_a_digest_that_is_nearly_right(held):
    near, far = nearly(held.secret), "z" * len(held.secret)
    assert not told_apart(lambda: certificates.find_by_secret(near), lambda: certificates.find_by_secret(far))
    digest = hashlib.sha256(certificates.pdf_of(held.id)).hexdigest()
    assert certificates.find_by_digest(digest) == held.secret
    near, far = nearly(digest), "f" * len(digest)  # made before: making one takes time too
    assert not told_apart(lambda: certificates.find_by_digest(near), lambda: certificates.find_by_digest(far))


def test_the_measure_finds_an_answer_that_takes_twice_as_long(held):
    """What the tests above would say of code that asks something more when the number is known."""

    def once():
        certificates.find_by_secret("z" * 24)

    def twice():
        once()
        once()

    assert told_apart(twice, once)


# -- words --


def without_typed(answer, *typed):
    """The answer but for the token of its form, what was typed, and the length that follows from that."""
    text = answer.get_data(as_text=True) + "".join(
        f"{name}: {value}\n" for name, value in answer.headers if name not in {"Content-Length", "Set-Cookie"}
    )
    for one in typed:
        text = text.replace(one, "")
    return answer.status_code, re.sub(r'name="csrf_token"[^>]*', "", text)


def test_every_miss_of_a_way_is_the_same_answer_but_for_what_was_typed(ask, held):
    numbers = (held.number, "NALAG-2026-999999", "NALAG-2026-ABCDEF", "٢٠٢٦", "x")
    told = {without_typed(ask("/ka/verify", {"number": one, "surname": OTHER}), f'value="{one}"') for one in numbers}
    assert len(told) == 1
    tokens = (nearly(held.secret), "z" * 24, "short", "ა" * 24, "x" * 300, "'; DROP TABLE certificate")
    assert len({without_typed(ask(f"/ka/verify/{one}")) for one in tokens}) == 1
    digest = hashlib.sha256(certificates.pdf_of(held.id)).hexdigest()
    digests = (nearly(digest), "f" * 64, digest[:-1], digest.upper() + "0", "", "\x00", "ა", "f" * 100_000)
    assert len({without_typed(ask("/ka/verify/file", {"sha256": one})) for one in digests}) == 1


def test_what_a_file_says_of_itself_is_given_back_whether_there_is_such_a_number_or_not(ask, held):
    claims = (held.number, "NALAG-2026-999999")
    told = {without_typed(ask("/ka/verify/file", {"sha256": "f" * 64, "claim": one}), one) for one in claims}
    assert len(told) == 1
    odd = ("<script>", "NALAG-2026-1", "NALAG-2026-0000001 ", "x" * 1_000, "NALAG-٢٠٢٦-000001")
    plain = without_typed(ask("/ka/verify/file", {"sha256": "f" * 64}))
    assert {without_typed(ask("/ka/verify/file", {"sha256": "f" * 64, "claim": one})) for one in odd} == {plain}


def test_a_crawl_of_numbers_and_secrets_yields_no_name(app, held):
    found, year = [], int(held.number.split("-")[1])
    for number in range(CRAWLED[db.engine.dialect.name] // 2):
        found.append(certificates.find_by_number_and_surname(f"NALAG-{year - number % 3}-{number // 3:06}", OTHER))
        found.append(certificates.find_by_secret(secrets.token_urlsafe(18)))
    assert set(found) == {None}
    assert certificates.find_by_secret(held.secret)


def test_a_crawl_through_the_pages_yields_no_name_even_without_a_limit(ask, held):
    names = re.compile("|".join(filter(None, re.split(r"\s", f"{held.facts.name_ka} {held.facts.name_latin}"))))
    for number in range(100):
        answers = (
            ask("/ka/verify", {"number": f"NALAG-{clock.today().year}-{number:06}", "surname": OTHER}),
            ask(f"/ka/verify/{secrets.token_urlsafe(18)}"),
            ask("/ka/verify/file", {"sha256": secrets.token_hex(32), "claim": f"NALAG-{clock.today().year}-{number:06}"}),
            ask(f"/ka/shared/{secrets.token_urlsafe(24)}"),
            ask(f"/ka/shared/{secrets.token_urlsafe(24)}", {}),
        )
        for answer in answers:
            assert answer.status_code == 404
            assert not names.search(answer.get_data(as_text=True))


# -- limits --

WAYS = {
    "number": lambda page: page.post("/verify", {"number": "NALAG-2026-000001", "surname": OTHER}),
    "secret": lambda page: page.get("/ka/verify/" + "x" * 24),
    "file": lambda page: page.post("/ka/verify/file", {"sha256": "f" * 64}),
    "credential": lambda page: page.get("/verify/" + "x" * 24 + ".json"),
    "link": lambda page: page.get("/shared/" + "x" * 32),
    "opened link": lambda page: page.post("/shared/" + "x" * 32),
    "shared file": lambda page: page.post("/shared/" + "x" * 32 + "/certificate.pdf"),
}


@pytest.mark.parametrize("way", WAYS)
def test_misses_by_any_way_shut_all_ways(app, way):
    page = PageClient(app)
    page.language = "en"
    page.get("/verify")
    assert [WAYS[way](page).status for _miss in range(20)] == [404] * 20
    assert {name: other(page).status for name, other in WAYS.items()} == dict.fromkeys(WAYS, 429)


def test_an_office_behind_one_address_checks_as_many_as_it_holds(ask, monkeypatch, held):
    monkeypatch.setattr(limiter, "enabled", True)
    digest = hashlib.sha256(certificates.pdf_of(held.id)).hexdigest()
    for _certificate in range(60):
        assert ask("/ka/verify", {"number": held.number, "surname": "აბაშიძე"}).status_code == 303
        assert ask("/ka/verify/file", {"sha256": digest}).status_code == 303
        assert ask(f"/ka/verify/{held.secret}").status_code == 200


# -- traces --


def test_no_secret_is_in_a_line_of_the_log(app, held, caplog, monkeypatch):
    made = certificates.share(held.id, ["name"], clock.now() + timedelta(days=1), by=held.person_id)
    commit()
    page = PageClient(app)
    with caplog.at_level(logging.DEBUG):
        page.get(f"/ka/verify/{held.secret}")
        page.get(f"/shared/{made.token}")
        page.submit()
        page.get(f"/shared/{made.token}/more")
        for name in ("find_by_secret", "is_shared"):
            monkeypatch.setattr(certificates, name, None)
        assert page.get(f"/ka/verify/{held.secret}").status == 500
        assert page.get(f"/shared/{made.token}").status == 500
    assert caplog.records
    written = "\n".join(caplog.handler.format(record) for record in caplog.records)
    assert held.secret not in written
    assert made.token not in written


def test_the_web_server_writes_no_line_for_each_request():
    assert not [part for part in web_command(8000) if "access-log" in part]


@pytest.mark.parametrize("path", ["/ka/verify", "/ka/verify/{secret}", "/ka/verify/xxxxxxxxxxxxxxxxxxxxxxxx"])
def test_search_engines_keep_out_and_requests_of_the_page_name_the_host_alone(app, held, path):
    answer = PageClient(app).get(path.format(secret=held.secret))
    assert answer.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "noindex" in answer.all("meta[name=robots]")[0].get("content")
    assert answer.response.headers.getlist("Referrer-Policy") == ["strict-origin"]
