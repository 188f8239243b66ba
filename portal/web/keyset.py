"""Which page of a long list an address asks for: ``?before=`` and ``?after=`` carry the id at which the page begins."""

from __future__ import annotations

from flask import request

from portal.foundation.keyset import Place
from portal.web.ids import find_id


def place_asked() -> Place:
    """The page that this request asks for; what is no id is passed over."""
    return Place(before=find_id(request.args.get("before")), after=find_id(request.args.get("after")))
