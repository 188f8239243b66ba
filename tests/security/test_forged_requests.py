"""Requests that another site, or another visitor, would have a browser send."""

from __future__ import annotations

import re

import pytest

from tests.crawl.crawler import BASE, client_of, fingerprint

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def changing_routes(app):
    """Every address that takes a POST; what stands in the path does not matter, the token is asked for before."""
    adapter = app.url_map.bind("portal.test", url_scheme="https")
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods:
            values = {name: min(getattr(rule._converters[name], "items", ["1"])) for name in rule.arguments}
            yield adapter.build(rule.endpoint, values, method="POST")


def token_of_somebody_else(app):
    page = app.test_client().get("/ka/sign-in", base_url=BASE).get_data(as_text=True)
    return TOKEN.search(page).group(1)


@pytest.mark.parametrize("who", ["visitor", "learner", "admin"])
def test_every_changing_route_refuses_a_missing_and_a_foreign_token_and_changes_nothing(demo_app, who):
    client, foreign = client_of(demo_app, who), token_of_somebody_else(demo_app)
    routes = list(changing_routes(demo_app))
    assert len(routes) > 40
    before = fingerprint(demo_app)
    for path in routes:
        for data in ({}, {"csrf_token": ""}, {"csrf_token": foreign}):
            answer = client.post(path, data=data, base_url=BASE, headers={"Referer": f"{BASE}/"})
            assert answer.status_code == 400, f"{path} with {data}: {answer.status_code}"
    assert fingerprint(demo_app) == before


@pytest.mark.parametrize("referer", [None, "https://evil.example/", "http://portal.test/", "https://portal.test.evil.example/"])
def test_a_form_sent_from_another_site_is_refused_though_its_token_is_right(page, cast, referer):
    page.sign_in(cast.learner)
    token = page._csrf_token()
    headers = {"Referer": referer} if referer else {}
    answer = page.client.post("/ka/sign-out", data={"csrf_token": token}, base_url=BASE, headers=headers)
    assert answer.status_code == 400
    assert page.get("/my/profile").status == 200
