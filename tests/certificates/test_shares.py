"""Share links: what a holder may ask for, what opening one counts, and that one which is over opens nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import certificates
from portal.certificates import rules_shares
from portal.certificates.models import CertificateShare
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import abandon, commit, writing
from tests.certificates import scenes

MONTH = timedelta(days=30)


@pytest.fixture
def held(cast):
    scenes.issued_run(cast.staff, [cast.learner])
    (held,) = certificates.certificates_of_person(cast.learner.id)
    return held


def share(held, shows=("name",), lasts=MONTH, **values):
    """A link to ``held``, committed."""
    made = certificates.share(held.id, shows, clock.now() + lasts, by=held.person_id, **values)
    commit()
    return made


def shares():
    return db.session.scalars(sa.select(CertificateShare).order_by(CertificateShare.id)).all()


def test_a_link_shows_what_was_chosen_in_one_order_and_holds_a_secret_of_its_own(held):
    made, other = share(held, ["hours", "name", "hours"]), share(held, ["name"])
    assert made.shows == ["name", "hours"]
    assert made.token != other.token
    assert len(made.token) == 32
    assert held.secret not in made.token


@pytest.mark.parametrize(
    ("shows", "lasts", "note"),
    [
        ([], MONTH, ""),
        (["secret", "person_id"], MONTH, ""),
        (["name"], timedelta(0), ""),
        (["name"], -MONTH, ""),
        (["name"], rules_shares.LONGEST + MONTH, ""),
        (["name"], MONTH, "ა" * 101),
    ],
)
def test_a_wish_out_of_bounds_is_refused(held, shows, lasts, note):
    with pytest.raises(RefusedError):
        share(held, shows, lasts, note=note)
    assert not shares()


def test_there_are_so_many_links_to_one_certificate_and_no_more_until_one_ends(held, monkeypatch):
    monkeypatch.setattr(rules_shares, "MOST_LINKS", 2)
    first, _second = share(held), share(held)
    with pytest.raises(RefusedError):
        share(held)
    certificates.end_share(first.id, held.id, by=held.person_id)
    assert share(held)


def test_a_form_sent_twice_makes_one_link_and_a_new_form_another(held):
    drawn = clock.now()
    first = share(held, note="HR", since=drawn)
    assert share(held, note="HR", since=drawn).id == first.id
    assert share(held, note="other", since=drawn).id != first.id
    assert share(held, note="HR", lasts=2 * MONTH, since=drawn).id != first.id
    assert share(held, note="HR", since=clock.now()).id != first.id


def test_a_link_is_counted_when_it_is_opened_and_by_nothing_else(held):
    made = share(held, ["name", "number"])
    assert certificates.is_shared(made.token)
    certificates.get_shared(made.token)
    moment = clock.now() + timedelta(hours=1)
    with clock.frozen(moment), writing():
        shown = certificates.open_share(made.token)
    assert (shown.entry.number, shown.shows) == (held.number, {"name", "number"})
    (row,) = shares()
    assert (row.uses, row.last_used_at) == (1, moment)


def test_openings_at_the_same_time_are_all_counted(app, held):
    token, together = share(held).token, threading.Barrier(8)

    def open_it(_number):
        with app.app_context():
            together.wait()
            with writing():
                certificates.open_share(token)

    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(open_it, range(8)))
    abandon()
    assert shares()[0].uses == 8


def gone_links(held):
    ended, expired = share(held), share(held, lasts=timedelta(days=1))
    certificates.end_share(ended.id, held.id, by=held.person_id)
    commit()
    return {"ended": ended.token, "expired": expired.token, "unknown": "x" * 32, "odd": "'; --", "empty": ""}


def test_ended_expired_and_unknown_links_open_nothing_and_count_nothing(held):
    tokens = gone_links(held)
    with clock.frozen(clock.now() + timedelta(days=2)):
        for kind, token in tokens.items():
            assert not certificates.is_shared(token), kind
            for find in (certificates.get_shared, certificates.open_share):
                with pytest.raises(NotFoundError):
                    find(token)
    assert {row.uses for row in shares()} == {0}


def test_a_link_says_what_the_certificate_is_worth_now(cast, held):
    token = share(held).token
    assert certificates.get_shared(token).entry.standing == "issued"
    at = held.issued_at
    certificates.revoke(held.id, "შეცდომით გაიცა", by=cast.staff.id, effective_at=at)
    commit()
    shown = certificates.get_shared(token)
    assert (shown.entry.standing, shown.state_at) == ("revoked", at)


def test_only_the_links_of_a_certificate_can_be_ended_by_way_of_it(cast, held):
    scenes.issued_run(cast.staff, [cast.colleague])
    (other,) = certificates.certificates_of_person(cast.colleague.id)
    made = share(held)
    with pytest.raises(NotFoundError):
        certificates.end_share(made.id, other.id, by=cast.colleague.id)
    assert certificates.is_live(made)


def test_making_and_ending_a_link_is_history_with_neither_note_nor_secret_and_a_use_is_not(held):
    made = share(held, ["name", "hours"], note="მეზობელს")
    with writing():
        certificates.open_share(made.token)
    for _time in range(2):
        certificates.end_share(made.id, held.id, by=held.person_id)
    commit()
    rows = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action.startswith("certificate_share")).order_by(HistoryRow.id)).all()
    assert [row.action for row in rows] == ["certificate_share:make", "certificate_share:end"]
    assert rows[0].change["shows"] == ["name", "hours"]
    assert rows[1].change == {"uses": 1}
    for row in rows:
        assert row.personal is None
        assert row.person_id == held.person_id
        assert made.token not in str(row.change)
        assert "მეზობელს" not in str(row.change)


def test_links_of_one_certificate_are_listed_newest_first(cast, held):
    scenes.issued_run(cast.staff, [cast.colleague])
    (other,) = certificates.certificates_of_person(cast.colleague.id)
    first, second = share(held), share(held)
    share(other)
    assert [one.id for one in certificates.shares_of(held.id)] == [second.id, first.id]
