"""One request, one transaction: a GET and a refusal leave no trace, and what could not be saved is never said to be."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import flash

from portal.courses.models import Topic
from portal.foundation.database import db
from portal.web.guard import public

SAVED = "შენახულია"


@pytest.fixture
def stand_in(app):
    """Puts a view in the place of signing out (POST) and of the readiness check (GET), both open to everybody."""
    names = ("people.sign_out", "bare.readyz")
    before = {name: app.view_functions[name] for name in names}

    def put(view):
        app.view_functions.update(dict.fromkeys(names, public(view)))

    yield put
    app.view_functions.update(before)


def writes(answer, slug="written"):
    def view(**_path):
        db.session.add(Topic(slug=slug, name_ka="თემა", name_en="Topic"))
        flash(SAVED, "good")
        return answer

    return view


def written():
    db.session.remove()
    return db.session.scalar(sa.select(sa.func.count(Topic.id)))


def test_what_a_post_writes_is_kept(stand_in, page):
    stand_in(writes(("", 204)))
    assert page.post("/sign-out", csrf=True).status == 204
    assert written() == 1
    assert SAVED in page.get("/courses").text


def test_what_a_get_writes_is_undone(stand_in, page):
    stand_in(writes(("ok", 200, {"Content-Type": "text/plain"})))
    assert page.get("/readyz").status == 200
    assert written() == 0


@pytest.mark.parametrize("status", [400, 404, 422, 500])
def test_what_a_refused_request_writes_is_undone(stand_in, page, status):
    stand_in(writes(("", status)))
    assert page.post("/sign-out").status == status
    assert written() == 0


def test_a_commit_that_fails_is_a_fault_and_nothing_is_said_to_be_saved(stand_in, page):
    stand_in(writes(("", 204)))
    page.post("/sign-out")
    page.get("/courses")
    assert page.post("/sign-out").status == 500  # the same slug again: the database refuses it at the commit
    assert written() == 1
    assert SAVED not in page.get("/courses").text
