"""The catalogue: what visitors find, filter and see at a glance."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from portal import courses
from portal.foundation import clock, formats
from portal.foundation.transaction import commit
from tests import factories


def titles(shown):
    return shown.texts("main .run-title")


def chip(shown, words):
    return next(link for link in shown.all("main .chips a") if link.text_content().strip() == words)


@pytest.fixture
def offer(app):
    """Three runs that differ in everything one can filter by."""
    procurement, rights = factories.topic(slug="procurement", name_ka="შესყიდვები"), factories.topic(slug="rights", name_ka="უფლებები")
    start = (clock.now().astimezone(clock.TBILISI) + timedelta(days=40)).replace(day=5, hour=10, minute=0, second=0, microsecond=0)
    levan = factories.person("ლევან", "მაისურაძე")
    bought = factories.course(topic_id=procurement.id, title_ka="სახელმწიფო შესყიდვები", title_en="State procurement")
    equal = factories.course(topic_id=rights.id, title_ka="ადამიანის უფლებები", title_en="Human rights")
    runs = {
        "telavi": factories.run(bought, code="T-1", starts_at=start, trainers=(levan,)),
        "kutaisi": factories.run(
            equal, code="K-1", starts_at=start + timedelta(days=1), venue_id=factories.venue("kutaisi").id, capacity=1
        ),
        "online": factories.run(equal, code="O-1", starts_at=start + timedelta(days=32), form="online"),
    }
    factories.enrolment(runs["kutaisi"], factories.person("დავით", "ლომიძე"))
    courses.index_runs([run.id for run in runs.values()])
    commit()
    return runs


def test_runs_to_come_are_listed_by_date_with_their_free_places(page, offer):
    shown = page.get("/courses")
    assert titles(shown) == ["სახელმწიფო შესყიდვები", "ადამიანის უფლებები", "ადამიანის უფლებები"]
    assert len(shown.texts(".run .tag-good")) == 2
    assert len(shown.texts(".run .tag-bad")) == 1
    assert [link.get("href") for link in shown.all(".run-title a")] == ["/ka/runs/T-1", "/ka/runs/K-1", "/ka/runs/O-1"]


def test_drafts_cancelled_past_and_completed_runs_are_not_listed(page):
    for state in ("draft", "cancelled", "completed", "running"):
        factories.run(state=state)
    factories.run(starts_at=clock.now() - timedelta(hours=1))
    assert titles(page.get("/courses")) == []


def test_run_whose_registration_is_over_or_not_yet_open_says_so(page):
    page.language = "en"
    now = clock.now()
    factories.run(state="closed")
    factories.run(enrolment_opens_at=now + timedelta(days=1), enrolment_closes_at=now + timedelta(days=2))
    tags = page.get("/courses").texts(".run .tag")
    assert tags == ["Registration closed", f"Registration opens on {formats.format_day(now + timedelta(days=1), 'en')}"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topic=rights", ["K-1", "O-1"]),
        ("region=GE-IM", ["K-1"]),
        ("form=online", ["O-1"]),
        ("free=1", ["T-1", "O-1"]),
        ("topic=rights&free=1", ["O-1"]),
        ("topic=rights&region=GE-KA", []),
        ("q=kutaisi", ["K-1"]),
        ("q=levan", ["T-1"]),
        ("q=rights&form=online", ["O-1"]),
    ],
)
def test_filters_narrow_and_combine(page, offer, query, found):
    assert [link.get("href").rsplit("/", 1)[1] for link in page.get(f"/courses?{query}").all(".run-title a")] == found


def test_filter_by_month_goes_by_the_calendar_of_georgia(page):
    last_minute = clock.now().astimezone(clock.TBILISI).replace(month=1, day=31, hour=23, minute=30, second=0, microsecond=0)
    last_minute = last_minute.replace(year=last_minute.year + 1)
    factories.run(code="JAN", starts_at=last_minute, days=1)
    factories.run(code="FEB", starts_at=last_minute + timedelta(hours=1), days=1)
    january, february = (f"/courses?month={last_minute.year}-{month}" for month in ("01", "02"))
    assert [link.get("href") for link in page.get(january).all(".run-title a")] == ["/ka/runs/JAN"]
    assert [link.get("href") for link in page.get(february).all(".run-title a")] == ["/ka/runs/FEB"]


def test_filters_keep_each_other_and_the_search(page, offer):
    shown = page.get("/courses?q=rights&form=online")
    query = parse_qs(urlsplit(chip(shown, "უფლებები").get("href")).query)
    assert query == {"q": ["rights"], "form": ["online"], "topic": ["rights"]}
    fields = {field.get("name"): field.get("value") for field in shown.all("form.search input")}
    assert fields == {"q": "rights", "form": "online"}
    assert chip(shown, str(shown.texts(".chips a[aria-current]")[3])) is not None


def test_chosen_filter_is_marked_and_can_be_taken_away(page, offer):
    shown = page.get("/courses?topic=rights&form=online")
    assert "უფლებები" in shown.texts(".chips a[aria-current]")
    rows = [row.cssselect("a")[0].get("href") for row in shown.all(".chip-row")]
    assert rows[0] == "/ka/courses?form=online"
    assert "/ka/courses" in [link.get("href") for link in shown.all("main .content > p a")]


def test_topic_next_month_is_two_clicks_away(page, offer):
    shown = page.get("/courses")
    shown = page.get(chip(shown, "უფლებები").get("href"))
    month = formats.to_tbilisi(offer["online"].starts_at)
    words = formats.format_month(month, "ka", with_year=month.year != clock.today().year)
    shown = page.get(chip(shown, words).get("href"))
    assert [link.get("href") for link in shown.all(".run-title a")] == ["/ka/runs/O-1"]


def test_nothing_found_says_what_to_do(page, offer):
    shown = page.get("/courses?q=ხხხხხხ")
    assert titles(shown) == []
    assert shown.all(".empty a")[0].get("href") == "/ka/courses"


def test_empty_catalogue_says_so(page):
    assert page.get("/courses").all(".empty")


@pytest.mark.parametrize(
    "query",
    ["topic=none", "region=GE-XX", "form=%00x"[:4], "month=2026-13", "month=0000-01", "month=٢٠٢٦-01", "free=2", "after=x", "after=99999999999999999-1",
     "before=-", "after=1-99999999999999999999", "q=%F0%9F%98%80", "q=%ED%A0%80", "q=" + "a" * 5000, "q=%27%22%3Cscript%3E", "q=+", "q=%25", "q=_", "q=²"],
)  # fmt: skip
def test_bad_words_in_the_address_break_nothing(page, offer, query):
    assert page.get(f"/courses?{query}").status == 200


def test_pages_follow_each_other_without_gap_or_repetition(page):
    version, hall = factories.course(), factories.venue().id
    start = (clock.now() + timedelta(days=30)).replace(microsecond=123456)
    for number in range(45):
        factories.run(version, code=f"N-{number:02}", starts_at=start + timedelta(hours=number // 3), days=1, venue_id=hall)
    seen, shown = [], page.get("/courses?form=in_person")
    while True:
        seen.append([link.get("href")[-4:] for link in shown.all(".run-title a")])
        following = shown.all("a[rel=next]")
        if not following:
            break
        shown = page.get(following[0].get("href"))
        assert "form=in_person" in shown.response.request.query_string.decode()
    assert [len(part) for part in seen] == [20, 20, 5]
    assert [code for part in seen for code in part] == [f"N-{number:02}" for number in range(45)]
    back = page.get(shown.all("a[rel=prev]")[0].get("href"))
    assert [link.get("href")[-4:] for link in back.all(".run-title a")] == seen[1]
    back = page.get(back.all("a[rel=prev]")[0].get("href"))
    assert [link.get("href")[-4:] for link in back.all(".run-title a")] == seen[0]
    assert back.all("a[rel=prev]") == []


def test_other_language_keeps_search_and_filters(page, offer):
    shown = page.get("/courses?q=rights&form=online")
    assert "/en/courses?q=rights&form=online" in [link.get("href") for link in shown.all("a[lang]")]


def test_home_page_leads_to_the_next_runs_the_topics_and_the_verification(page, offer):
    shown = page.get("/ka/")
    assert len(titles(shown)) == 3
    links = [link.get("href") for link in shown.all("main a")]
    assert {"/ka/courses", "/ka/courses?topic=rights", "/ka/verify"} <= set(links)
    assert shown.all("form.search input[type=search][name=q]")


def test_home_page_of_an_empty_portal_stands(page):
    assert page.get("/ka/").status == 200


def test_home_page_leads_signed_in_people_on(page, cast):
    links = [link.get("href") for link in page.sign_in(cast.trainer).get("/ka/").all(".band a")]
    assert links == ["/ka/teaching", "/ka/my"]
