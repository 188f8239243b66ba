"""Going to the pages of the list, as a person does who follows links."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

ADDRESSES = "[...document.querySelectorAll('main a[href]')].map(link => link.getAttribute('href'))"
EMPTY_AND_SEND = """() => {
    const forms = [...document.querySelectorAll('main form')].filter(one => one.method === 'post');
    const form = forms.reduce((most, one) => one.elements.length > most.elements.length ? one : most);
    for (const field of form.elements) {
        if (field.type === 'checkbox' || field.type === 'radio') field.checked = false;
        else if (field.tagName === 'SELECT') field.selectedIndex = -1;
        else if (field.type !== 'hidden' && field.tagName !== 'BUTTON') field.value = '';
    }
    form.noValidate = true;
    form.requestSubmit(form.querySelector('button[type=submit], button:not([type])'));
}"""


class Walk:
    """One person's way through the pages in one language. What a page linked to is remembered, so that no page is opened twice."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language
        self.links: dict[str, list[str]] = {}

    def go(self, way: str) -> Response:
        """Open the page at the end of ``way``."""
        answer = self.page.goto(self._address(way))
        self.links[way] = self.page.evaluate(ADDRESSES)
        return answer

    def _address(self, way: str) -> str:
        before, _arrow, last = way.rpartition(" → ")
        if not before:
            return f"/{self.language}{last}"
        if last.startswith("?"):
            return self._address(before) + last
        if before not in self.links:
            self.go(before)
        return next(address for address in self.links[before] if fnmatchcase(address, last))

    def send_empty(self) -> Response:
        """Send the form of the open page without anything in it."""
        with self.page.expect_navigation() as navigation:
            self.page.evaluate(EMPTY_AND_SEND)
        return navigation.value
