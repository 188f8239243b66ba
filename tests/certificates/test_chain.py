"""The register's chain: every issue, state and case leaves a link in its own transaction, numbered without a gap."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import certificates
from portal.certificates import services_states
from portal.certificates.chain import queries, rules
from portal.certificates.chain import services as chain
from portal.certificates.chain.models import RegisterEntry
from portal.certificates.models import Certificate, CertificateStatus
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import abandon, writing
from tests.certificates import scenes
from tests.certificates.tampering import findings

TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.dictionaries(
    st.sampled_from(["at", "id", "kept", "row_id", "z"]), st.one_of(TEXT, st.integers(-(2**53) + 1, 2**53 - 1), st.none())
)


def links() -> list[RegisterEntry]:
    abandon()
    return list(db.session.scalars(sa.select(RegisterEntry).order_by(RegisterEntry.id)))


def kinds() -> list[str]:
    return [link.kind for link in links()]


def certificate() -> Certificate:
    return db.session.scalars(sa.select(Certificate)).first()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_digests_are_over_canonical_json(values):
    assert rules._encode(values).encode() == rfc8785.dumps(values)


def test_a_link_is_over_each_of_its_values():
    whole = ("0" * 64, 1, datetime(2026, 11, 23, tzinfo=UTC), "state", 7, "1" * 64)
    other = ("2" * 64, 2, datetime(2026, 11, 24, tzinfo=UTC), "case", 8, "3" * 64)
    digests = {rules.link(*whole[:place], other[place], *whole[place + 1 :]) for place in range(len(whole))}
    assert len(digests | {rules.link(*whole)}) == len(whole) + 1


def test_an_issue_takes_certificate_and_state_into_the_chain(cast):
    scenes.issued_run(cast.staff, 2)
    chain = links()
    assert [link.id for link in chain] == [1, 2, 3, 4]
    assert [link.kind for link in chain] == ["certificate", "state"] * 2
    assert [link.previous for link in chain] == [rules.FIRST_LINK, *(link.digest for link in chain[:-1])]


def test_each_change_of_a_state_takes_a_link(cast):
    scenes.issued_run(cast.staff)
    for verb in (certificates.suspend, certificates.reinstate, certificates.revoke):
        with writing():
            verb(certificate().id, "შემოწმება", by=cast.staff.id)
    assert kinds() == ["certificate", *["state"] * 4]


def test_a_case_takes_a_link_when_it_is_opened_changed_and_closed(cast):
    scenes.issued_run(cast.staff)
    for minutes_left in (60, 120):
        with writing():
            scenes.correct(certificate(), by=cast.staff, minutes_left=minutes_left)
    [case] = certificates.open_cases()
    with writing():
        certificates.keep_certificate(case.id, by=cast.staff.id, words="რჩება", shown=case.attended_after)
    assert kinds() == ["certificate", "state", "case", "case", "case"]
    assert len({link.content for link in links()}) == 5


def test_a_review_that_changes_nothing_takes_no_link(cast):
    scenes.issued_run(cast.staff)
    for _time in range(2):
        with writing():
            scenes.correct(certificate(), by=cast.staff)
    assert kinds() == ["certificate", "state", "case"]


def test_what_is_undone_leaves_no_link(cast, monkeypatch):
    scenes.issued_run(cast.staff)
    certificates.revoke(certificate().id, "შემოწმება", by=cast.staff.id)
    abandon()
    with writing():
        run = scenes.past_run(cast.staff, 1, state="completed")
        certificates.ask_to_issue(run.id, by=cast.staff.id)
    monkeypatch.setattr(services_states, "tell_holder", lambda *_, **__: 1 / 0)  # fails when certificate and state are noted already
    scenes.issue_all()
    assert kinds() == ["certificate", "state"]


def test_moments_of_the_chain_never_go_back(cast):
    scenes.issued_run(cast.staff)
    first = links()[-1].at
    with clock.frozen(first - timedelta(minutes=5)), writing():
        certificates.suspend(certificate().id, "შემოწმება", by=cast.staff.id)
    assert links()[-1].at == first


def test_a_register_filled_in_bulk_is_taken_in_once(cast):
    scenes.issued_run(cast.staff)
    with pytest.raises(ValueError, match="begun"), writing():
        chain.note_everything()


def test_the_demo_gives_a_whole_chain(demo_app):
    with demo_app.app_context():
        rows = sum(db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in queries.MODELS.values())
        chain = links()
        assert [link.id for link in chain] == list(range(1, rows + 1))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CertificateStatus)) > 10
        abandon()


def test_whoever_commits_at_the_same_moment_takes_a_link_of_their_own(app, cast):
    scenes.issued_run(cast.staff, 4)
    ids, staff = [row.id for row in db.session.scalars(sa.select(Certificate))], cast.staff.id
    abandon()
    start = threading.Barrier(len(ids))

    def suspend_and_reinstate(key: int) -> None:
        with app.app_context():
            start.wait()
            for verb in (certificates.suspend, certificates.reinstate) * 3:
                with writing():
                    verb(key, "შემოწმება", by=staff)

    with ThreadPoolExecutor(len(ids)) as clerks:
        list(clerks.map(suspend_and_reinstate, ids))
    chain = links()
    assert [link.id for link in chain] == list(range(1, len(ids) * (2 + 6) + 1))
    assert findings() == []
