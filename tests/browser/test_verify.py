"""A PDF is checked on the page without being sent: chosen, dropped, by keyboard; and what the page says of files that cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DROP = """([name, base64, where]) => {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0)), data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: 'application/pdf' }));
    const target = document.querySelector(where);
    for (const kind of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); }"""
SAID = "[data-file-said]"


@pytest.fixture(scope="module")
def mine():
    """What one test finds, for the others."""
    return {}


@pytest.fixture
def issued(open_page, mine):
    """The number and the file of the demo learner's certificate."""
    if not mine:
        page = open_page("/ka/my", "learner")
        link = page.locator("a[href$='.pdf'][href*='/my/certificates/']").first
        mine["number"] = re.search("NALAG-[0-9-]+[0-9]", link.get_attribute("href")).group()
        mine["pdf"] = page.request.get(link.get_attribute("href")).body()
    return mine["number"], mine["pdf"]


def pdf(data, name="certificate.pdf"):
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


def choose(page, file):
    """Choose a file, and wait for the answer of the portal; returns what was sent."""
    with page.expect_request("**/verify/file") as sent, page.expect_navigation():
        page.set_input_files("#pdf", file)
    return sent.value


def test_the_file_that_was_issued_is_genuine_and_only_its_digest_leaves_the_browser(open_page, issued):
    number, data = issued
    page = open_page("/ka/verify", width=320)
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    sent = choose(page, pdf(data))
    page.wait_for_url("**/ka/verify/*")
    assert re.fullmatch(r"csrf_token=[^&]+&sha256=[0-9a-f]{64}&claim=[A-Z0-9-]*", sent.post_data)
    assert max(map(len, asked)) < 400
    assert number in page.inner_text("main")
    assert page.locator(".flash").count() == page.locator(".verdict.tone-good").count() == 1
    page.go_back()
    choose(page, pdf(data))  # once more, after the answer
    page.wait_for_url("**/ka/verify/*")


def test_a_changed_byte_is_found_and_the_number_that_the_file_claims_is_only_a_claim(open_page, issued):
    number, data = issued
    page = open_page("/en/verify")
    choose(page, pdf(data + f"% {number}".encode()))
    assert "This file was altered" in page.inner_text(".verdict")
    assert page.input_value("#number") == number
    choose(page, pdf(b"%PDF-1.4 of somebody else"))
    assert "not one that the association issued" in page.inner_text(".verdict")
    choose(page, pdf(b"%PDF-1.4 " + "NALAG-2019-000004".encode("utf-16-be")))
    assert "NALAG-2019-000004" in page.inner_text(".verdict")


@pytest.mark.parametrize("where", ["[data-verify-file]", "h1", "footer"])
def test_a_file_may_be_dropped_anywhere_on_the_page(open_page, issued, where):
    import base64  # noqa: PLC0415

    page = open_page("/ka/verify")
    with page.expect_navigation(url="**/ka/verify/*"):
        page.evaluate(DROP, ["certificate.pdf", base64.b64encode(issued[1]).decode(), where])
    assert page.locator(".verdict.tone-good").count() == 1


def test_the_field_for_the_file_is_reached_by_keyboard_and_names_itself(open_page):
    page = open_page("/ka/verify")
    page.focus("main form button[type=submit]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pdf"
    assert page.locator("#pdf").evaluate("field => field.labels[0].textContent.trim()") != ""


def test_what_cannot_be_checked_is_told_on_the_page_and_asked_of_nobody(open_page):
    page = open_page("/en/verify")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for files, said in (
        (pdf(b"\x89PNG\r\n"), "not a PDF"),
        (pdf(b""), "not a PDF"),
        (pdf(b"%PDF-" + bytes(20 * 1024 * 1024)), "larger than 20 MB"),
    ):
        page.set_input_files("#pdf", files)
        page.wait_for_function("said => document.querySelector('[data-file-said]').textContent.includes(said)", arg=said)
    page.evaluate(
        """() => { const data = new DataTransfer();
            for (const name of ['a', 'b']) data.items.add(new File(['%PDF-'], name));
            document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); }"""
    )
    assert "one file at a time" in page.inner_text(SAID)
    assert asked == []


def test_where_the_connection_is_not_secure_the_page_says_so(open_page):
    page = open_page("/en/verify")
    page.add_init_script("Object.defineProperty(globalThis, 'crypto', { value: { } })")
    page.reload()
    part = page.locator("[data-verify-file]")
    assert "secure connection" in part.inner_text()
    assert not page.locator("#pdf").is_visible()


def test_without_scripts_the_other_ways_are_there(open_page):
    page = open_page("/en/verify", java_script_enabled=False)
    assert not page.locator("[data-verify-file]").is_visible()
    assert "JavaScript" in page.inner_text("noscript")
    assert page.locator("#number").is_visible()


@pytest.mark.parametrize(("way", "most"), [("/ka/verify", 6), ("QR", 5)])
def test_the_pages_of_a_check_are_light(browser, open_page, site, way, most):
    if way == "QR":
        page = open_page("/ka/my", "learner")
        page.locator("a[href*='/my/certificates/']:not([href$='.pdf'])").first.click()
        way = page.locator("a[href*='/verify/']").first.get_attribute("href")
    context = browser.new_context(base_url=site, viewport={"width": 360, "height": 800})
    page, answers = context.new_page(), []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  (the library wants a function of its own)
    page.goto(way, wait_until="networkidle")
    sizes = {
        answer.url: int(answer.headers.get("content-length") or len(answer.body())) for answer in answers if answer.url.startswith("http")
    }
    context.close()
    assert len(sizes) <= most, sizes
    assert sum(sizes.values()) <= 50_000, sizes


def test_the_script_asks_no_other_host():
    text = (Path(__file__).resolve().parents[2] / "static/js/verify.js").read_text()
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|FormData", text)
