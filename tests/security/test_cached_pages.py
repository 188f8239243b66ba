"""Pages kept for visitors: nobody else's, none too many, none stale."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from portal import courses, people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.freshness import Freshness
from portal.web.page_cache import PageCache
from tests import factories


@pytest.fixture
def freshness(app):
    made = Freshness(db.engine)
    yield made
    made.close()


@pytest.mark.parametrize("cookie", ["portal=x", "portal =x", " portal\t=x", 'portal="x"', "a=b; portal=x", "a=b;portal=x", "portal"])
def test_however_the_cookie_is_written_its_page_is_not_kept(freshness, cookie):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [environ.get("HTTP_COOKIE", "nobody").encode()]

    visitor = Client(PageCache(application, freshness, "portal"), use_cookies=False)
    visitor.get("/ka/courses", headers={"Cookie": cookie})
    assert visitor.get("/ka/courses").text == "nobody"


def test_a_thousand_searches_do_not_fill_the_memory(freshness):
    def application(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"x" * 1000]

    cache = PageCache(application, freshness, "portal", most_bytes=20_000)
    visitor = Client(cache, use_cookies=False)
    for number in range(100):
        assert visitor.get(f"/ka/courses?q={number % 50}").status_code == 200
    assert len(cache.pages) == 20
    assert cache.held == sum(len(kept.body) for kept in cache.pages.values())


def test_a_trainer_by_another_name_is_shown_and_found_by_it(page, cast, freshness):
    run = factories.run(trainers=(cast.trainer,))
    courses.index_runs([run.id])
    page.sign_in(cast.trainer).get("/my/profile/details")
    before = freshness.stamp()
    page.submit(family_name_ka="ჩიქოვანი", family_name_latin="Chikovani")
    assert freshness.stamp() > before
    assert [one.code for one in courses.list_public_runs(courses.RunFilter(text="ჩიქოვანი"), at=clock.now()).runs] == [run.code]
    assert "ჩიქოვანი" in page.get(f"/runs/{run.code}").text


def test_a_phone_number_makes_no_page_anew(cast, freshness):
    from portal.foundation.transaction import commit  # noqa: PLC0415

    before = freshness.stamp()
    nino = people.get_person(cast.learner.id)
    names = ("given_name_ka", "family_name_ka", "given_name_latin", "family_name_latin")
    same = {name: getattr(nino, name) for name in names}
    people.change_person(nino, people.PersonDetails(**same, email=nino.email, phone="+995555123456"), by=nino.id)
    commit()
    assert freshness.stamp() == before


def test_addresses_that_strangers_choose_do_not_fill_the_memory(app, monkeypatch):
    """Templates ask the application itself; what Python asks for through Flask is never kept."""
    from portal.web import application  # noqa: PLC0415

    monkeypatch.setattr(application, "MOST_ADDRESSES", 50)
    monkeypatch.setattr(app, "_addresses", {})
    with app.test_request_context("/ka/"):
        for number in range(60):
            assert app.url_for("courses.catalogue", q=f"word{number}") == f"/ka/courses?q=word{number}"
            assert len(app.url_for("courses.catalogue", q="x" * 500)) > 500
    assert 0 < len(app._addresses) <= 50
    assert max(len(address) for address in app._addresses.values()) < 200
