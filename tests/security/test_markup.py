"""Markup that somebody types stays text, on every page that shows it."""

from __future__ import annotations

import pytest

from portal import courses, enrolment
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Post
from tests import factories
from tests.page_client import PageClient

MARKUP = "<evil onload=x>\"'><img src=x>{{ 7*7 }}</title></textarea>"
LINK = "https://meet.portal.test/\"'><evil>"


@pytest.fixture
def run(cast):
    """A run whose every text, and whose participants' every post, is markup."""
    texts = ("title", "summary", "goal", "learning_outcomes", "curriculum", "teaching_method", "prerequisite")
    topic = factories.topic(name_ka=MARKUP, name_en=MARKUP)
    version = factories.course(topic_id=topic.id, **{f"{text}_{lang}": MARKUP for text in texts for lang in ("ka", "en")})
    both = {f"{text}_{lang}": MARKUP for text in ("name", "address") for lang in ("ka", "en")}
    donor = {f"{text}_{lang}": MARKUP for text in ("name", "donor") for lang in ("ka", "en")}
    run = factories.run(
        version, trainers=(cast.trainer,), venue_id=factories.venue(**both).id, funding_project_id=factories.funding_project(**donor).id
    )
    for session in courses.sessions_of(run.id):
        session.title_ka = session.title_en = MARKUP
        session.online_link = LINK
    db.session.query(Post).update({"title_ka": MARKUP, "title_en": MARKUP, "unit": MARKUP})
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    enrolment.enrol(run.id, cast.colleague.id, by=cast.colleague.id)
    enrolment.withdraw(run.id, cast.colleague.id, by=cast.colleague.id, reason=MARKUP)
    courses.add_material(run.id, MARKUP, link="https://a.example/<b>", by=cast.trainer.id)
    commit()
    return run


PAGES = {
    "learner": (
        "/{language}/",
        "/courses",
        "/courses?q={text}",
        "/courses/{slug}",
        "/runs/{code}",
        "/runs/{code}/enrolment",
        "/my",
    ),
    "coordinator": ("/municipality", "/municipality?q={text}", "/municipality/nominate/{code}", "/municipality/people/{person}/letters"),
    "trainer": (
        "/teaching",
        "/teaching/sessions/{session}",
        "/teaching/sessions/{session}/history",
        "/teaching/runs/{code}/materials",
        "/teaching/runs/{code}/message",
    ),
    "staff": (
        "/staff/runs",
        "/staff/runs?q={text}",
        "/staff/runs/{code}",
        "/staff/runs/{code}/edit",
        "/staff/runs/{code}/attendance-rules",
        "/staff/runs/{code}/participants/{reference}/letters",
        "/staff/runs/{code}/certificates",
        "/staff/runs/{code}/attendance",
        "/staff/courses",
        "/staff/courses/{slug}",
        "/staff/courses/{slug}/edit",
        "/staff/venues",
        "/staff/projects",
        "/staff/topics",
        "/staff/history",
        "/staff/reports",
        "/staff/outbox",
        "/staff/certificates?q={text}",
    ),
    "administrator": ("/admin?q={text}", "/admin/people/{person}", "/staff/history"),
}


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("language", ["ka", "en"])
def test_no_page_takes_it_for_its_own(app, cast, run, who, language):
    words = {
        "language": language,
        "code": run.code,
        "slug": run.course.slug,
        "person": cast.learner.id,
        "reference": enrolment.enrolments_in(run.id, cast.learner.id)[0].reference,
        "text": "%3Cevil%20onload=x%3E",
        "session": courses.sessions_of(run.id)[0].id,
    }
    browser = PageClient(app, language).sign_in(getattr(cast, who))
    shown = False
    for path in PAGES[who]:
        page = browser.get(path.format(**words))
        assert page.status == 200, path
        assert not page.all("evil, main img[src=x]"), path
        assert not [one for one in page.all("main *") if any(name.startswith("on") for name in one.attrib)], path
        shown = shown or "<evil onload=x>" in page.text
    assert shown
