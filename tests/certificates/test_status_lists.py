"""Places in status lists, and the lists as the worker keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from openbadgeslib.ob3 import decode_encoded_list, set_indices

from portal import certificates, credentials, signing, worker
from portal.certificates import queries_lists
from portal.certificates.models import Certificate
from portal.credentials.models import StatusListDocument
from portal.foundation import clock, jobs
from portal.foundation.database import db
from portal.foundation.transaction import writing
from tests.certificates import scenes
from tests.credentials.oracles import claims_of
from tests.statements import counting

CHANGES = {"suspend": certificates.suspend, "reinstate": certificates.reinstate, "revoke": certificates.revoke}


@pytest.fixture
def held(cast):
    """Three certificates."""
    scenes.issued_run(cast.staff, 3)
    return db.session.execute(sa.select(*Certificate.__table__.c).order_by(Certificate.id)).all()


def change(certificate, *how, by):
    with writing():
        for each in how:
            CHANGES[each](certificate.id, "მიზეზი", by=by.id)


def marked(number=1):
    """What a verifier reads in the list that is served."""
    claims = claims_of(credentials.get_status_list(number).jwt)
    return set(set_indices(decode_encoded_list(claims["credentialSubject"]["encodedList"])))


def built_at(number=1):
    db.session.expire_all()
    return credentials.get_status_list(number).built_at


def test_each_certificate_has_a_place_of_its_own_at_random(held):
    places = {(certificate.status_list, certificate.status_index) for certificate in held}
    assert len(places) == 3
    assert {number for number, _index in places} == {1}
    indexes = [index for _number, index in places]
    assert max(indexes) - min(indexes) > 3  # once in billions of runs they are neighbours


def test_a_place_that_is_taken_is_not_given_again(held, monkeypatch):
    taken = [certificate.status_index for certificate in held]
    monkeypatch.setattr(credentials, "draw", lambda _places: [*taken, 5])
    assert queries_lists.free_place() == credentials.Place(1, 5)


def test_where_nothing_is_free_the_next_list_begins(held, monkeypatch):
    taken = [certificate.status_index for certificate in held]
    monkeypatch.setattr(credentials, "draw", lambda _places: taken)
    assert queries_lists.free_place() == credentials.Place(2, taken[0])


def test_the_worker_builds_a_list_that_is_missing_and_then_rests(held):
    assert worker.build_status_lists() == 1
    assert marked() == set()
    assert worker.build_status_lists() == 0


def test_issuing_brings_the_list_about(cast):
    with writing():
        run = scenes.past_run(cast.staff, 1, state="completed")
        certificates.ask_to_issue(run.id, by=cast.staff.id)
    worker.issue_certificates()
    assert marked() == set()


@pytest.mark.parametrize(
    ("changes", "is_marked"),
    [
        (["suspend"], True),
        (["suspend", "reinstate"], False),
        (["revoke"], True),
        (["suspend", "revoke"], True),
        (["suspend", "reinstate", "revoke"], True),
    ],
)
def test_what_is_worth_nothing_is_marked(held, cast, changes, is_marked):
    worker.build_status_lists()
    change(held[1], *changes, by=cast.staff)
    assert worker.build_status_lists() == 1
    assert marked() == ({held[1].status_index} if is_marked else set())


def test_a_superseded_certificate_stays_marked_and_its_successor_is_not(held, cast):
    change(held[0], "revoke", by=cast.staff)
    with writing():
        certificates.ask_to_issue(held[0].run_id, [held[0].enrolment_id], by=cast.staff.id)
    scenes.issue_all()
    worker.build_status_lists()
    assert marked() == {held[0].status_index}


def test_a_list_is_built_again_after_a_day(held, monkeypatch):
    worker.build_status_lists()
    first = built_at()
    with clock.frozen(clock.now() + timedelta(hours=23)):
        assert worker.build_status_lists() == 0
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert worker.build_status_lists() == 1
    assert built_at() > first + timedelta(hours=24)


def test_a_change_wakes_the_worker_once_it_is_saved(held, cast, monkeypatch):
    woken = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    change(held[0], "suspend", "reinstate", "revoke", by=cast.staff)
    assert woken.count(certificates.WAKE_LISTS) == 1


def test_without_keys_the_lists_wait(held):
    signing.use(None, development=False)
    assert worker.build_status_lists() == 0
    assert db.session.scalars(sa.select(StatusListDocument)).all() == []


def test_only_what_is_worth_nothing_is_read(held, cast):
    change(held[0], "revoke", by=cast.staff)
    with counting() as statements:
        assert queries_lists.marked_places() == {1: {held[0].status_index}}
    assert len(statements) == 1
