"""A browser for tests that checks every page it is given: sound HTML, one h1, a title, unique ids, labelled fields, real form actions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import html5lib
import lxml.html
from flask import g

from portal.foundation.transaction import abandon, commit, writing

if TYPE_CHECKING:
    from flask import Flask
    from lxml.html import HtmlElement
    from werkzeug.test import TestResponse

PASSWORD = "portal-demo-2026"
UNLABELLED = {"hidden", "submit", "button"}
ODD = r"<>&\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\U0010ffff"  # with these, words can be wrong HTML
PLAIN_VALUE = re.compile(rf'="[^"{ODD}]*"')
PLAIN_WORDS = re.compile(rf">[ \t\r\n]*[^\s{ODD}][^{ODD}]*<")
ROW_ENDS = re.compile(r"(?<=</tr>)|(?<=</li>)|(?<=</option>)|(?<=</label>)")
SECURITY_HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")

_sound: set[str] = set()


@dataclass(slots=True)
class Page:
    """An answer, read."""

    response: TestResponse
    tree: HtmlElement | None

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def text(self) -> str:
        """What a person reads, white space folded."""
        if self.tree is None:
            return self.response.get_data(as_text=True)
        return re.sub(r"\s+", " ", self.tree.text_content())

    @property
    def h1(self) -> str:
        return re.sub(r"\s+", " ", self.tree.findtext(".//h1") or self.tree.find(".//h1").text_content()).strip()

    def all(self, css: str) -> list[HtmlElement]:
        """Elements that match a CSS selector."""
        return self.tree.cssselect(css)

    def texts(self, css: str) -> list[str]:
        return [re.sub(r"\s+", " ", element.text_content()).strip() for element in self.all(css)]

    def form(self, action: str | None = None) -> HtmlElement:
        """The form that posts to an address ending in ``action``; without it, the form in <main> that posts, of several the page's own."""
        forms = [form for form in self.all("main form") if form.get("method", "").lower() == "post"]
        if len(forms) > 1:
            forms = [form for form in forms if urlsplit(form.get("action") or "").path in {"", self.response.request.path}]
        if action is not None:
            forms = [form for form in self.all("form") if urlsplit(form.get("action") or "").path.endswith(action)]
        assert len(forms) == 1, f"{len(forms)} forms for {action!r}: {[form.get('action') for form in self.all('form')]}"
        return forms[0]


class PageClient:
    """A browser with a cookie jar, Georgian by default."""

    def __init__(self, app: Flask, language: str = "ka") -> None:
        self.app = app
        self.client = app.test_client()
        self.language = language
        self.page: Page | None = None

    def sign_in(self, person: object) -> PageClient:
        """Sign in as one of the cast, without the form (the form has its own tests)."""
        from portal import people  # noqa: PLC0415

        person_id = person.id
        commit()
        with self.app.app_context(), writing():
            token = people.start_sign_in(people.get_account_of(person_id))
        with self.client.session_transaction(base_url="https://portal.test") as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def get(self, path: str, **kwargs: object) -> Page:
        """Follow a link; ``path`` may leave out the language."""
        return self._send("GET", path, **kwargs)

    def post(self, path: str, data: dict[str, object] | None = None, *, csrf: bool = True, **kwargs: object) -> Page:
        """Send a form made by hand; the CSRF token is that of this browser unless ``csrf`` is off."""
        data = dict(data or {})
        if csrf:
            data["csrf_token"] = self._csrf_token()
        return self._send("POST", path, data=data, **kwargs)

    def submit(self, action: str | None = None, **values: object) -> Page:
        """Fill and send the form of the current page as a browser would."""
        form = self.page.form(action)
        data: dict[str, object] = {}
        for name, value in form.form_values():
            data.setdefault(name, [])
            data[name].append(value)
        data.update({name: value for name, value in values.items() if value is not None})
        for name, value in values.items():
            if value is None:
                data.pop(name, None)
            else:
                assert name in form.fields or name in data, f"no field {name} in {sorted(form.fields.keys())}"
        target = form.get("action") or self.page.response.request.full_path.rstrip("?")  # as a browser: with what was asked
        return self._send("POST", target, data=data)

    def follow(self) -> Page:
        """Go where the last answer leads."""
        assert self.page.status in {301, 302, 303}, f"{self.page.status}: {self.page.text[:400]}"
        return self.get(self.page.location)

    def _send(self, method: str, path: str, **kwargs: object) -> Page:
        """What the test prepared is committed before the request, and read anew after it."""
        commit()
        abandon()
        for name in list(g):  # a request of its own: nothing of the one before, as its CSRF token or language
            g.pop(name)
        headers = {"Referer": "https://portal.test/"} | kwargs.pop("headers", {})
        response = self.client.open(self._full(path), method=method, base_url="https://portal.test", headers=headers, **kwargs)
        response.request.environ["wsgi.input"].close()  # a file on the disk, when an upload is large
        abandon()
        return self._read(response)

    def _csrf_token(self) -> str:
        from flask_wtf.csrf import generate_csrf  # noqa: PLC0415

        with self.app.test_request_context(base_url="https://portal.test"):
            from flask import session as own  # noqa: PLC0415

            g.pop("csrf_token", None)
            with self.client.session_transaction(base_url="https://portal.test") as session:
                own.update(session)
                token = generate_csrf()
                session["csrf_token"] = own["csrf_token"]
        return token

    def _full(self, path: str) -> str:
        path = path.removeprefix("https://portal.test")
        first = path.split("/")[1].split("?")[0] if path.startswith("/") else ""
        bare = {"ka", "en", "healthz", "readyz", "static", "status", "verify", "api", ".well-known", ""}
        return path if first in bare and path != "/verify" else f"/{self.language}{path}"

    def _read(self, response: TestResponse) -> Page:
        tree = None
        for header in SECURITY_HEADERS:
            assert header in response.headers, f"{header} is missing"
        if response.mimetype == "text/html" and response.data and response.status_code not in {301, 302, 303, 308}:
            check_syntax(response.get_data(as_text=True))
            tree = lxml.html.fromstring(response.get_data(as_text=True))
            check_page(tree)
        self.page = Page(response, tree)
        return self.page


def check_syntax(html: str) -> None:
    """Fail where ``html`` breaks the rules of HTML. The reader is slow: it reads each shape of a page once, without its plain words and values, and
    of rows that are alike the first.
    """
    pieces = ROW_ENDS.split(PLAIN_WORDS.sub(">x<", PLAIN_VALUE.sub('=""', html)))
    shape = "".join(
        piece for before, piece in pairwise(["", *pieces]) if piece.strip() != before.strip() or piece.lstrip().startswith("</")
    )
    if shape not in _sound:
        html5lib.HTMLParser(strict=True).parse(shape)
        _sound.add(shape)


def check_page(tree: HtmlElement) -> None:
    """Fail on what no page may have."""
    assert len(tree.cssselect("h1")) == 1, "exactly one h1"
    assert tree.findtext(".//title").strip(), "a title"
    ids = [element.get("id") for element in tree.cssselect("[id]")]
    assert len(ids) == len(set(ids)), f"ids are not unique: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = {label.get("for") for label in tree.cssselect("label[for]")}
    for field in tree.cssselect("input, select, textarea"):
        if field.get("type") in UNLABELLED:
            continue
        named = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        assert named or any(parent.tag == "label" for parent in field.iterancestors()), f"no label for {field.get('name')}"
    for form in tree.cssselect("form"):
        if (form.get("method") or "get").lower() == "post":
            assert "csrf_token" in form.fields, f"no CSRF token in the form to {form.get('action')}"
    for link in tree.cssselect(".summary a[href^='#']"):
        check_summary(tree, link)
    for day in tree.cssselect("input[type=date], input[type=datetime-local], input[type=time]"):
        raise AssertionError(f"{day.get('name')} shows days as the browser likes, as 12/01/2026; portal.web.fields has Day")
    for element in tree.cssselect("[style]"):
        raise AssertionError(f"inline style on {element.tag}")


def check_summary(tree: HtmlElement, link: HtmlElement) -> None:
    """A wrong field is told in one sentence, the same beside it and in the summary; before it stands a name where people are listed."""
    target = link.get("href").removeprefix("#")
    assert tree.cssselect(f"[id='{target}']"), f"the summary leads to #{target}, which is not there"
    for beside in tree.cssselect(f"[id='{target.removesuffix('-0')}-error']"):
        name = beside.xpath("string(ancestor::*[@class='roll-name']//*[@class='roll-who'])")
        said = words(beside).removeprefix(words(beside[0]) if len(beside) else "").strip()
        assert words(link) == (f"{name}: {said}" if name else said)
    same = [other for other in tree.cssselect(".summary a") if words(other) == words(link) and other.get("href") == link.get("href")]
    assert same == [link], f"the summary says twice: {words(link)}"


def words(element: HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
