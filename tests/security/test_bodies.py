"""Bodies that no form of ours sends."""

from __future__ import annotations

import time

import pytest

from portal.web.limits import LARGEST_FORM

TYPED = "application/x-www-form-urlencoded"
HALF_A_MINUTE_OF_FIELDS = b"&a" * (3 * LARGEST_FORM)


def send(page, body, kind=TYPED, path="/ka/sign-in"):
    return page.client.post(path, data=body, content_type=kind, base_url="https://portal.test")


def test_a_typed_body_beyond_every_form_is_refused_before_it_is_read(page):
    started = time.monotonic()
    assert send(page, HALF_A_MINUTE_OF_FIELDS).status_code == 413
    assert time.monotonic() - started < 1


def test_nothing_is_read_under_another_name_either(page):
    for kind in ("text/plain", "application/json", "", f"{TYPED}; charset=utf-7"):
        assert send(page, HALF_A_MINUTE_OF_FIELDS, kind).status_code in {400, 413}


def test_the_longest_form_of_ours_is_read(page, cast):
    """Twelve texts of 6,000 Georgian letters, each letter nine bytes on its way."""
    page.sign_in(cast.staff).get("/staff/courses/new")
    texts = {name: "ა" * 6000 for name in page.page.form().fields if name and name.endswith(("_ka", "_en")) and "title" not in name}
    assert page.submit(**texts).status == 422
    assert "ა" * 6000 in page.page.text


@pytest.mark.parametrize("body", [b"\xff\xfe=\xff", b"email=%ff%ed%a0%80", b"\x00", b"=&=&=", b"email[]=a&email[0]=b"])
def test_a_body_that_is_no_text_is_no_fault_of_ours(page, body):
    assert send(page, body).status_code == 400
