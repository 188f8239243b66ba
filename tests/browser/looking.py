"""What is asked of every page that stands in a browser: nothing for axe (WCAG 2.2 AA), no sideways scroll, no word cut in two, all of it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
RUN_AXE = """async rules => (await axe.run(rules)).violations.map(
    one => [one.id, one.nodes[0].target.join(' '), (one.nodes[0].failureSummary || '').slice(0, 200)].join(': '))"""

SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

# Long lists cost axe seconds. Of the rows of one list that differ in words and addresses only, it looks at the first four.
PARE = """() => {
    const seen = new Map();
    for (const row of document.querySelectorAll('main tr, main li')) {
        const list = row.parentElement;
        const shape = row.outerHTML.replace(/>[^<]*[^<\\s][^<]*</g, '>x<').replace(/ (?!class|type|role|scope|lang)([\\w-]+)="[^"]*"/g, ' $1');
        const rows = seen.get(list) || seen.set(list, new Map()).get(list);
        rows.set(shape, (rows.get(shape) || 0) + 1);
        if (rows.get(shape) > 4) row.remove();
    }
}"""

# What can be clicked or filled (what is disabled cannot) takes the focus, shows that it has it, and is not hidden under something else then.
OUT_OF_REACH = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(element => element.checkVisibility() && !element.disabled)
    .map(element => {
        element.focus();
        const box = element.getBoundingClientRect(), label = element.closest('label');
        const styles = [getComputedStyle(element), getComputedStyle(element, '::after'), ...(label ? [getComputedStyle(label)] : [])];
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
        const wrong = document.activeElement !== element || element.tabIndex < 0 ? 'is not reached'
            : !styles.some(one => one.outlineStyle !== 'none' || one.boxShadow !== 'none') ? 'does not show the focus'
            : top && !element.contains(top) && !top.contains(element) && !(label && label.contains(top)) ? 'is hidden under something' : '';
        return wrong && wrong + ': ' + element.outerHTML.slice(0, 200);
    }).filter(Boolean)"""

# Georgian words are long and are not hyphenated: in a title, on a button or in a tag none is cut in two for want of room.
CUT_WORDS = """() => [...document.querySelectorAll('main :is(h1, h2, h3, .tag, .button)')]
    .filter(element => element.checkVisibility() && !element.closest('.visually-hidden'))
    .flatMap(element => {
        const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), cut = [];
        while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[^\\s\\/@.,–—-]{3,}/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            if (new Set([...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.top))).size > 1)
                cut.push('is cut in two: ' + word[0]);
        }
        return cut;
    })"""


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open."""
    found = ["scrolls sideways"] if page.evaluate(SCROLLS) else []
    found += page.evaluate(CUT_WORDS)
    page.keyboard.press("Tab")  # from here on the browser takes us for somebody with a keyboard, and shows the focus
    found += page.evaluate(OUT_OF_REACH)
    page.evaluate(PARE)
    page.evaluate(AXE_SCRIPT)
    return found + page.evaluate(RUN_AXE, RULES)
