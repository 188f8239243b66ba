"""The style guide is for those who build pages, and is not there where real people use the portal."""

from __future__ import annotations

import dataclasses

import pytest


@pytest.mark.parametrize("language", ["ka", "en"])
def test_everybody_sees_the_style_guide_in_development(page, language):
    seen = page.get(f"/{language}/style-guide")
    assert seen.status == 200
    assert len(seen.all("section.specimen")) > 10


def test_it_shows_a_form_untouched_and_refused(page):
    seen = page.get("/style-guide")
    assert not seen.all("#empty-name[aria-invalid]")
    assert seen.all("#wrong-name[aria-invalid]")
    assert seen.all(".summary a[href='#wrong-capacity']")


def test_there_is_none_where_real_people_are(app, page, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], env="production"))
    assert page.get("/style-guide").status == 404


def test_no_page_leads_to_it_elsewhere_than_in_development(page):
    assert page.get("/courses").all("footer a")
    assert not page.page.all("a[href$='/style-guide']")
