"""Pages of visitors are kept, and are never stale."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.freshness import Freshness
from portal.foundation.transaction import abandon, commit
from portal.web.page_cache import PageCache
from tests import factories


class Pages:
    """An application that counts how often it is asked."""

    def __init__(self) -> None:
        self.made = 0
        self.headers = [("Content-Type", "text/html")]

    def __call__(self, _environ, start_response):
        self.made += 1
        start_response("200 OK", self.headers)
        return [f"page {self.made}".encode()]


@pytest.fixture
def pages(app):
    return Pages()


@pytest.fixture
def visitor(pages):
    freshness = Freshness(db.engine)
    yield Client(PageCache(pages, freshness, "portal"), use_cookies=False)
    freshness.close()


def change(*, public: bool) -> None:
    history.record("topic:change", factories.topic(), by=None, public=public)
    commit()
    abandon()


def test_a_page_is_made_once(visitor, pages):
    assert visitor.get("/ka/courses").text == visitor.get("/ka/courses").text == "page 1"


def test_a_public_change_makes_it_anew(visitor):
    visitor.get("/ka/courses")
    change(public=True)
    assert visitor.get("/ka/courses").text == "page 2"


def test_a_change_that_no_visitor_sees_does_not(visitor):
    visitor.get("/ka/courses")
    change(public=False)
    assert visitor.get("/ka/courses").text == "page 1"


def test_filters_and_languages_are_kept_apart(visitor, pages):
    for address in ("/ka/courses", "/en/courses", "/ka/courses?q=a", "/ka/courses?q=b"):
        visitor.get(address)
    assert pages.made == 4


def test_somebody_with_a_cookie_gets_a_page_of_their_own(visitor, pages):
    visitor.get("/ka/courses")
    assert visitor.get("/ka/courses", headers={"Cookie": "portal=x"}).text == "page 2"
    assert visitor.get("/ka/courses").text == "page 1"


def test_a_page_that_sets_a_cookie_or_forbids_keeping_is_not_kept(visitor, pages):
    pages.headers = [("Content-Type", "text/html"), ("Set-Cookie", "portal=x")]
    visitor.get("/ka/courses")
    pages.headers = [("Content-Type", "text/html"), ("Cache-Control", "no-store")]
    visitor.get("/ka/courses")
    visitor.get("/ka/courses")
    assert pages.made == 3


def test_an_unchanged_page_is_not_sent_twice(visitor):
    first = visitor.get("/ka/courses")
    again = visitor.get("/ka/courses", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_of_persons_are_never_kept(visitor, pages):
    for address in ("/ka/my", "/ka/staff/runs", "/ka/verify", "/ka/sign-in"):
        visitor.get(address)
        visitor.get(address)
    assert pages.made == 8
