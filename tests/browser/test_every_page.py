"""Every page in a browser: nothing for axe (WCAG 2.2 AA) to find, no sideways scroll on a small phone, light enough, nothing from elsewhere."""

from __future__ import annotations

import pytest

from portal import create_app
from tests.browser.looking import CUT_WORDS, faults
from tests.browser.pages import PAGES, REFUSED, lines_of, role_of
from tests.browser.walking import Walk
from tests.conftest import settings_for
from tests.crawl.crawler import endpoint_of

LIGHT = 150_000


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """A portal without a database, which knows the page of each address."""
    folder = tmp_path_factory.mktemp("addresses")
    return create_app(settings_for(f"sqlite:///{folder}/none.sqlite3", folder))


@pytest.mark.parametrize(("language", "width"), [("ka", 320), ("en", 1280)])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_for_everybody(open_page, portal, name, language, width):
    walk = Walk(open_page(f"/{language}/", role_of(name), width=width), language)
    found = []
    for kind, way in lines_of(name):
        status = walk.go(way).status
        assert kind == (str(status) if status != 200 else endpoint_of(portal, walk.page.url)), f"{way} leads to {walk.page.url}: {status}"
        found += [(way, fault) for fault in faults(walk.page)]
    assert found == []


@pytest.mark.parametrize("who", REFUSED)
def test_every_form_that_comes_back_is_for_everybody(open_page, who):
    walk = Walk(open_page("/ka/", role_of(who), width=320), "ka")
    found = []
    for way in REFUSED[who]:
        answer = walk.go(way)
        if answer.status == 200:
            answer = walk.send_empty()
        assert answer.status == 422, way
        assert walk.page.locator(".summary a").count() > 0, way
        found += [(way, fault) for fault in faults(walk.page)]
    assert found == []


FLAWS = {
    "color-contrast": "document.querySelector('main p').style.color = '#ccc'",
    "label": "document.querySelector('main').append(document.createElement('input'))",
    "target-size": """for (const text of ['a', 'b']) {
        const link = Object.assign(document.createElement('a'), { href: '/', textContent: text });
        link.style.cssText = 'position: absolute; left: 0; width: 8px; height: 8px; overflow: hidden; top: ' + (text === 'a' ? 300 : 308) + 'px';
        document.querySelector('main').append(link); }""",
    "scrolls sideways": "document.querySelector('main p').style.width = '2000px'",
    "is cut in two": "document.querySelector('main h1').style.width = '2rem'",
    "is not reached": "document.querySelector('header a').tabIndex = -1",
    "does not show the focus": "document.querySelector('header a').style.cssText = 'outline: none !important; box-shadow: none !important'",
    "is hidden under something": """const cover = document.createElement('div');
        cover.style.cssText = 'position: fixed; inset: 0; z-index: 9999';
        document.body.append(cover)""",
}


def test_each_flaw_is_caught(open_page):
    page = open_page("/ka/verify", width=320)
    assert faults(page) == []
    for flaw, made in FLAWS.items():
        page.goto("/ka/verify")
        page.evaluate(f"() => {{ {made} }}")
        assert any(flaw in fault for fault in faults(page)), flaw


@pytest.mark.parametrize("width", [768, 1024, 1280])
@pytest.mark.parametrize("language", ["ka", "en"])
def test_a_list_of_runs_leaves_the_titles_their_room(open_page, language, width):
    """A panel stands beside the list, and one run has several long tags."""
    page = open_page(f"/{language}/", width=width)
    assert page.evaluate(CUT_WORDS) == []
    assert min(box["width"] for box in (title.bounding_box() for title in page.locator(".run-text").all())) >= 200


@pytest.mark.parametrize("path", ["/ka/", "/ka/courses", "/ka/runs/DEMO-OPEN", "/ka/sign-in"])
def test_a_first_view_is_light(open_page, browser, site, path):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  (the library wants a function of its own)
    page.goto(path, wait_until="networkidle")
    size = sum(int(answer.headers.get("content-length") or 0) for answer in answers)
    context.close()
    assert size <= LIGHT
    assert len(answers) <= 12


@pytest.mark.parametrize("who", [None, "learner", "staff"], ids=str)
def test_everything_is_reached_by_tab_and_the_focus_is_seen(open_page, who):
    page = open_page("/ka/courses" if who is None else "/ka/my" if who == "learner" else "/ka/staff/runs", who)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
              .filter(element => element.offsetParent !== null && !element.closest('details:not([open]) > :not(summary)')).length"""
    )
    seen = set()
    for _press in range(wanted + 5):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => { const element = document.activeElement; if (element === document.body) return null;
                 const box = element.getBoundingClientRect(), style = getComputedStyle(element);
                 const label = element.closest('label'), shown = label ? getComputedStyle(label) : style;
                 const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
                 return { key: [...document.querySelectorAll('*')].indexOf(element),
                          outlined: [style, shown, getComputedStyle(element, '::after')].some(one => one.outlineStyle !== 'none' || one.boxShadow !== 'none'),
                          free: !top || element.contains(top) || top.contains(element) || !!(label && label.contains(top)) }; }"""
        )
        if place is None:
            break
        assert place["outlined"], page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        assert place["free"], "hidden under something: " + page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen.add(place["key"])
    assert len(seen) >= wanted
