"""People who use the measured portal: sign-in cookies, CSRF tokens and filled forms, prepared outside the measured time."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import lxml.html
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer

from portal import people
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.people.models import Account

if TYPE_CHECKING:
    from flask import Flask

    from tests.benchmarks.servers import Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a signed-in cookie and the CSRF token that goes with it."""

    headers: dict[str, str]
    csrf_token: str

    def get(self, server: Server, path: str) -> bytes:
        """The page ``path``; raises when it does not answer 200."""
        status, body, _headers = server.ask("GET", path, self.headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body

    def filled(self, page: bytes, action: str, **values: str) -> bytes:
        """The body that a browser would post for the form of ``page`` whose action ends in ``action`` and that has these fields."""
        tree = lxml.html.fromstring(page.decode())
        those = (form for form in tree.forms if re.sub(r"[?#].*", "", form.get("action") or "").endswith(action))
        form = next(form for form in those if values.keys() <= set(form.fields))
        data = dict(form.form_values()) | values | {"csrf_token": self.csrf_token}
        return urlencode(data).encode()

    def post(self, server: Server, path: str, body: bytes) -> int:
        """Send a form; returns the status."""
        return server.ask("POST", path, self.headers | FORM, body)[0]


STRANGER = Visitor({}, "")
NOT_CACHED = Visitor({"Cookie": "portal=none"}, "")  # a cookie, even an empty one, goes past the page cache


def signed_in(app: Flask, emails: list[str]) -> list[Visitor]:
    """Sign the accounts ``emails`` in, all in one transaction, and make their cookies."""
    serializer = app.session_interface.get_signing_serializer(app)
    with app.app_context():
        with writing():
            accounts = {account.email: account for account in db.session.scalars(sa.select(Account).where(Account.email.in_(emails)))}
            tokens = [people.start_sign_in(accounts[email]) for email in emails]
        visitors = []
        for token in tokens:
            own = hashlib.sha1(os.urandom(64), usedforsecurity=False).hexdigest()
            cookie = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": own})
            form_token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(own)
            visitors.append(Visitor({"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}"}, form_token))
    return visitors
