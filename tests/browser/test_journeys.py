"""Journeys of people, click by click, in a browser; without JavaScript where they must hold without."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.imports import sheets

NO_SCRIPT = {"java_script_enabled": False}
ENROL = "form[action$='/enrol'] button"


def test_j1_a_course_of_a_topic_next_month_is_two_clicks_away(open_page):
    page = open_page("/ka/courses", width=360, **NO_SCRIPT)
    page.locator(".chips a:not([aria-current])[href*='topic=']").first.click()
    page.locator(".chips a:not([aria-current])[href*='month=']").first.click()
    assert "topic=" in page.url
    assert "month=" in page.url
    page.goto("/ka/courses")
    assert page.locator(".runs .tag").count() >= 5, "free places are seen in the list"


def test_j1_on_a_slow_line_the_catalogue_is_there_in_time(open_page):
    page = open_page("/ka/verify")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow_4g = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
    line.send("Network.emulateNetworkConditions", slow_4g)
    line.send("Network.clearBrowserCache")
    started = time.monotonic()
    page.goto("/ka/courses", wait_until="load")
    assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("options", [{}, NO_SCRIPT], ids=["with JavaScript", "without"])
def test_j2_enrolling_takes_one_click_and_ends_on_a_page_with_a_reference(open_page, options):
    who = "learner150" if options else "learner151"
    page = open_page("/ka/runs/DEMO-OPEN", who, width=360, **options)
    page.locator(ENROL).click()
    page.wait_for_url("**/runs/DEMO-OPEN/enrolment")
    expect(page.locator("text=/E-[2-9A-Z]{6}/").first).to_be_visible()
    calendar = page.request.get("/ka/runs/DEMO-OPEN/calendar.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.text().count("BEGIN:VEVENT") == 2
    page.go_back()
    page.goto("/ka/runs/DEMO-OPEN/enrolment")
    assert page.locator("h1").count() == 1


def test_j4_the_full_run_puts_one_on_the_waiting_list_and_says_which_place(open_page):
    page = open_page("/ka/runs/DEMO-FULL", "learner152", width=360)
    page.locator(ENROL).click()
    page.wait_for_url("**/runs/DEMO-FULL/enrolment")
    expect(page.locator("main")).to_contain_text(re.compile(r": 10\b"))
    page.goto("/ka/my")
    assert page.locator("a[href*='/runs/DEMO-FULL']").count() == 1


@pytest.mark.parametrize("options", [{}, NO_SCRIPT], ids=["with JavaScript", "without"])
def test_j6_thirty_people_by_spreadsheet_are_four_clicks(open_page, options):
    first = 100 if options else 200
    people = [sheets.nominee(first + number) for number in range(30)]
    people[3][2], people[20][0] = people[3][2].removeprefix("0"), ""
    upload = {"name": "people.csv", "mimeType": "text/csv", "buffer": sheets.as_csv(people)}
    page = open_page("/ka/municipality", "coordinator", **options)
    page.goto(page.locator("a[href*='/municipality/nominate/']").last.get_attribute("href"))
    page.locator("a[href$='/import']").click()
    page.set_input_files("input[type=file]", upload)  # the second click
    page.locator("form[enctype] button[type=submit]").click()
    wrong = page.locator("tbody tr", has=page.locator(".tag-bad"))
    expect(wrong.locator("td:first-child")).to_have_text(["5", "22"])
    page.locator("button[name=left_out]").click()
    expect(page.locator("tbody tr")).to_have_count(30)
    expect(wrong).to_have_count(2)
    page.goto(page.url.rpartition("/")[0])
    page.set_input_files("input[type=file]", upload)
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("არაფერი შეცვლილა")


def test_j7_the_sign_in_sheet_is_two_clicks_from_the_trainers_page(open_page):
    page = open_page("/ka/teaching", "trainer", width=360)
    sheet = page.locator("a[href$='sheet.pdf']").first.get_attribute("href")
    started = time.monotonic()
    answer = page.request.get(sheet)
    assert time.monotonic() - started < 2
    assert answer.body().startswith(b"%PDF")
    assert len(answer.body()) < 100_000


def test_j9_thirty_certificates_with_a_progress_bar(open_page):
    page = open_page("/ka/staff/runs/DEMO-DONE/certificates", "staff")
    started = time.monotonic()
    page.locator("form[action$='/staff/runs/DEMO-DONE/certificates'] button[type=submit]").last.click()
    page.wait_for_selector("a[href$='.zip']", timeout=30_000)
    assert time.monotonic() - started < 20
    merged = page.request.get(page.locator("a[href$='.pdf']").first.get_attribute("href"))
    assert merged.body().startswith(b"%PDF")
    page.goto("/ka/staff/runs/DEMO-DONE/certificates")
    assert page.locator("text=/NALAG-20[0-9]{2}-[0-9]{6}/").count() >= 30


def test_j10_an_employer_scans_the_code(open_page, browser, site):
    learner = open_page("/ka/my", "learner")
    pdf = learner.request.get(learner.locator("a[href*='/my/certificates/']").first.get_attribute("href")).body()
    secret = secret_of(pdf, site)
    context = browser.new_context(base_url=site, locale="ka-GE")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    received = []
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"/verify/{secret}", wait_until="networkidle")
    assert page.url.endswith(f"/ka/verify/{secret}")
    assert page.locator("meta[name=robots][content*=noindex]").count() == 1
    assert len(received) <= 5
    assert sum(received) <= 50_000, received
    page.locator("a[hreflang=en], a[lang=en]").first.click()
    assert "/en/verify/" in page.url
    context.close()


def secret_of(pdf: bytes, site: str) -> str:
    """What the QR code of the rendered page leads to."""
    import pypdfium2  # noqa: PLC0415
    import zxingcpp  # noqa: PLC0415

    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.startswith(f"{site}/verify/")
    return code.text.rpartition("/")[2]


def test_who_changes_the_language_is_led_to_it_from_addresses_without_one(open_page):
    page = open_page("/ka/courses", width=1280)
    page.locator("header a[data-language=en]:visible").click()
    page.wait_for_url("**/en/courses")
    page.goto("/verify")
    assert page.url.endswith("/en/verify")
