"""The demo portal on each database, and a crawler that opens every page that each role can reach by links."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import lxml.html
import sqlalchemy as sa
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from portal import people, tables
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.people.models import Account

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from lxml.html import HtmlElement
    from werkzeug.test import TestResponse

BASE = "https://portal.test"
ROLES = ("visitor", "learner", "coordinator", "trainer", "staff", "admin")
PER_KIND = 2  # pages opened of each kind: the same endpoint with the same filters
DONE = ("/staff/runs/DEMO-DONE", "/staff/runs/DEMO-CERT")  # beyond that number, for pages that other runs lack: issuing, what was issued
LAST = {"staff": DONE, "admin": DONE}


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that the crawler opened."""

    url: str
    endpoint: str
    response: TestResponse
    tree: HtmlElement | None


def client_of(app: Flask, who: str, *, keep: bool = False) -> FlaskClient:
    """A browser, signed in as a demo account unless ``who`` is "visitor". ``keep`` signs in though commits are switched off."""
    client = app.test_client()
    if who != "visitor":
        with app.app_context():
            email = f"{who}@portal.example"
            account_id = db.session.scalar(sa.select(Account.id).where(Account.email == email))
            db.session.remove()
            with writing():
                token = people.start_sign_in(db.session.get(Account, account_id))
                if keep:
                    db.session().commit()
        with client.session_transaction(base_url=BASE) as session:
            session["_user_id"], session["_fresh"] = token, True
    return client


def endpoint_of(app: Flask, url: str, method: str = "GET") -> str | None:
    """The endpoint that answers for ``url``, None when there is none."""
    adapter = app.url_map.bind("portal.test", url_scheme="https")
    try:
        endpoint: str = adapter.match(urlsplit(url).path, method)[0]
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return None
    return endpoint


@dataclass(frozen=True, slots=True)
class Tour:
    """What was seen on the way through the portal, and the tables whose rows were others afterwards."""

    visits: list[Visit]
    changed: set[str]


def tour(app: Flask, who: str, language: str = "ka") -> Tour:
    """Open what ``who`` can reach from the first page, the own pages and back, by links alone; once for each application."""
    kept: dict[tuple[str, str], Tour] = app.extensions.setdefault("toured", {})
    if (who, language) not in kept:
        before = fingerprint(app)
        visits = _crawl(app, who, language)
        after = fingerprint(app)
        kept[who, language] = Tour(visits, {name for name in after if before[name] != after[name]})
    return kept[who, language]


def crawl(app: Flask, who: str, language: str = "ka") -> list[Visit]:
    """The pages of the ``tour``."""
    return tour(app, who, language).visits


def _crawl(app: Flask, who: str, language: str) -> list[Visit]:
    client = client_of(app, who)
    waiting = deque(f"{BASE}/{language}{path}" for path in ("/", "/courses", "/verify"))
    last = [f"{BASE}/{language}{path}" for path in LAST.get(who, ())]
    seen: set[str] = set(waiting)
    opened: Counter[tuple[str, ...]] = Counter()
    visits: list[Visit] = []
    while waiting or last:
        url = waiting.popleft() if waiting else last.pop()
        endpoint = endpoint_of(app, url)
        kind = (endpoint or url, *sorted({name for name, _value in parse_qsl(urlsplit(url).query)}))
        if opened[kind] >= PER_KIND and not url.endswith(DONE):
            continue
        opened[kind] += 1
        response = client.get(url.removeprefix(BASE), base_url=BASE)
        tree = lxml.html.fromstring(response.get_data(as_text=True)) if response.mimetype == "text/html" and response.data else None
        visits.append(Visit(url, endpoint or "", response, tree))
        found = [response.headers["Location"]] if "Location" in response.headers else []
        if tree is not None:
            found += [link.get("href") for link in tree.cssselect("a[href]")]
        for href in found:
            target = urldefrag(urljoin(url, href))[0]
            other = re.match(rf"{BASE}/(ka|en)(/|$)", target)
            if target.startswith(BASE) and target not in seen and not (other and other[1] != language):
                seen.add(target)
                waiting.append(target)
    return visits


def fingerprint(app: Flask) -> dict[str, str]:
    """A digest of each table's rows."""
    digests = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY {keys}').all()
            digests[table.name] = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
    return digests
