"""Every page that a role can reach by links: sound, safe, in its language, and looking changes nothing."""

from __future__ import annotations

import copy
import re

import pytest
import sqlalchemy as sa

from portal.foundation.database import db
from portal.people.models import Person
from tests.crawl.crawler import ROLES, crawl, tour
from tests.databases import ENGINES
from tests.page_client import SECURITY_HEADERS, check_page, check_syntax

# Latin words that belong on a Georgian page: formats, codes, proper names
FORMATS = (
    "PDF CSV ZIP QR ICS XLSX DOCX PPTX ODT ODS ODP PNG JPEG JPG WebP English Google Outlook Calendar Apple NALAG MB SMTP UTC HR ics https"
    " LinkedIn JavaScript JSON OpenBadges ECDL ICDL"
)
DONORS = "EU UNICEF UNDP SDC GIZ SALAR KS Norway CoE Slovak Aid"
MEETINGS = "Zoom Teams Meet Google"
PROPER = {*FORMATS.split(), *DONORS.split(), *MEETINGS.split()}
NOT_WORDS = re.compile(
    r"\S+@\S+|https?://\S+|\b[\w.…•]*[.…•]example\b|№ ?\S+|\b[a-z_]+:[a-z_]+\b"
    r"|(?<![A-Za-z0-9])(?:[A-Z0-9]+(?:-[A-Z0-9]+)+|[IVX]+)(?![A-Za-z0-9])"
)
LATIN = re.compile(r"[A-Za-z]{2,}")


IN_ENGLISH = [("sqlite", "en", "visitor"), ("sqlite", "en", "learner"), ("sqlite", "en", "admin")]  # words do not depend on the database


@pytest.mark.parametrize(
    ("demo_app", "language", "who"), [*((engine, "ka", who) for engine in ENGINES for who in ROLES), *IN_ENGLISH], indirect=["demo_app"]
)
def test_every_page_is_sound_and_looking_changes_nothing(demo_app, who, language):
    seen = tour(demo_app, who, language)
    assert len(seen.visits) > 8
    for visit in seen.visits:
        assert visit.response.status_code in {200, 301, 302, 303}, f"{visit.url}: {visit.response.status_code}"
        for header in SECURITY_HEADERS:
            assert header in visit.response.headers, f"{visit.url} lacks {header}"
        if visit.tree is not None and visit.response.status_code == 200:
            check_syntax(visit.response.get_data(as_text=True))
            check_page(visit.tree)
            assert visit.tree.get("lang") == language, visit.url
            if who != "visitor":
                assert visit.response.headers["Cache-Control"] == "no-store", visit.url
    assert seen.changed <= {"sign_in", "history"}, "signing in to look is a write of its own"


@pytest.fixture(scope="module")
def names_of_people(demo_app):
    """Names in Latin letters stand beside the Georgian ones where a certificate has both."""
    with demo_app.app_context():
        found = db.session.execute(sa.select(Person.given_name_latin, Person.family_name_latin)).all()
        db.session.remove()
    return {word for names in found for name in names for word in LATIN.findall(name)}


@pytest.mark.parametrize("who", ROLES)
def test_no_english_word_is_left_on_a_georgian_page(demo_app, names_of_people, who):
    left = {}
    for visit in crawl(demo_app, who, "ka"):
        if visit.tree is None or visit.response.status_code != 200 or visit.endpoint.startswith("style_guide"):
            continue
        tree = copy.deepcopy(visit.tree)
        for option in tree.cssselect("option, label, li, td, dd"):
            option.tail = f" {option.tail or ''}"
        for element in tree.cssselect("script, style, textarea, [lang=en], [translate=no], .code, code, pre"):
            element.text, element[:] = "", []
        text = NOT_WORDS.sub(" ", tree.text_content())
        words = {word for word in LATIN.findall(text) if word not in PROPER | names_of_people}
        if words:
            left[visit.endpoint] = words | left.get(visit.endpoint, set())
    assert {endpoint: sorted(words)[:12] for endpoint, words in left.items()} == {}


def test_a_personal_number_is_on_no_page(demo_app):
    for who in ROLES:
        for visit in crawl(demo_app, who, "ka"):
            if visit.response.mimetype.startswith("text/"):
                assert not re.search(r"(?<!\d)\d{11}(?!\d)", visit.response.get_data(as_text=True)), f"{who}: {visit.url}"
                assert not re.search(r"\d{11}", visit.url), visit.url
