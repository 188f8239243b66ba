"""Keys of forms: a form that is sent twice does its work once."""

from __future__ import annotations

import re
import secrets

from flask import request

FORM_KEY_BYTES = 12
FORM_KEY = re.compile("[A-Za-z0-9_-]{1,64}")


def new_form_key() -> str:
    """Draw a key for one form."""
    return secrets.token_urlsafe(FORM_KEY_BYTES)


def sent_form_key() -> str | None:
    """The key of the form that was sent, if it is one that we gave out."""
    key = request.form.get("form_key", "")
    return key if FORM_KEY.fullmatch(key) else None
