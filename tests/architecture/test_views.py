"""Closed by default: every view declares who may see it, and one that does not answers 403."""

from __future__ import annotations

from portal.web.guard import DECLARATION


def test_every_view_declares_who_may_see_it(app):
    undeclared = [endpoint for endpoint, view in app.view_functions.items() if not hasattr(view, DECLARATION)]
    assert undeclared == []


def test_a_view_that_declares_nothing_answers_403(app, page):
    app.view_functions["bare.healthz"], declared = (lambda: "open"), app.view_functions["bare.healthz"]
    try:
        assert page.get("/healthz").status == 403
    finally:
        app.view_functions["bare.healthz"] = declared
