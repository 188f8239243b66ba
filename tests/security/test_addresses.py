"""Where answers lead, whatever host a request claims to be for."""

from __future__ import annotations

import pytest

from portal import courses
from portal.foundation.outbox import OutboxMessage
from tests import factories
from tests.courses.values import course_values

ELSEWHERE = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil"}


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", "/ka/"),
        ("/ka", "/ka/"),
        ("/ka//courses", "/ka/courses"),
        ("/ka//courses?q=//evil.example", "/ka/courses?q=//evil.example"),
        ("/verify", "/ka/verify"),
        ("/ka/my", "/ka/sign-in?next=/ka/my"),
    ],
)
def test_a_redirect_stays_on_the_portal(page, path, leads_to):
    answer = page.client.get(path, headers=ELSEWHERE)
    assert answer.headers.get("Location") == leads_to


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
    ],
)
def test_a_sign_in_leads_to_no_other_site(page, cast, wanted):
    page.get("/sign-in")
    assert page.submit("/sign-in", email="nino@portal.test", password="portal-demo-2026", next=wanted).location == "/ka/my"


def test_a_link_in_a_mail_is_built_from_the_configured_address(page, cast):
    from portal.foundation.database import db  # noqa: PLC0415

    page.get("/reset-password")
    token = page.page.form("/reset-password").fields["csrf_token"]
    page.client.post(
        "/ka/reset-password",
        data={"email": "nino@portal.test", "csrf_token": token},
        base_url="https://portal.test",
        headers={"Referer": "https://portal.test/"} | {name: value for name, value in ELSEWHERE.items() if name != "Host"},
    )
    (mail,) = db.session.query(OutboxMessage).all()
    assert "https://portal.test/ka/reset-password/" in mail.body
    assert "evil" not in mail.body


def test_a_page_behind_a_link_from_a_mail_is_kept_by_nobody(page):
    for path in ("/reset-password/x", "/create-account/x"):
        assert page.get(path).response.headers["Cache-Control"] == "no-store"


def test_no_course_takes_the_address_of_the_page_for_new_ones(app):
    topic = factories.topic()
    with pytest.raises(courses.WrongValuesError):
        courses.create_course(course_values(topic.id, slug="new"), by=None)
    assert [courses.create_course(course_values(topic.id, title_en=title), by=None).slug for title in ("New", "„…“", "№")] == [
        "new-2",
        "course",
        "no",
    ]
