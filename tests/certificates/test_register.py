"""The register: states that follow each other, and pages that staff can search."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from portal import certificates, people
from portal.certificates import RegisterSearch
from portal.certificates.models import StateReason
from portal.foundation import clock, formats
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes
from tests.enrolment.mailbox import mails_to
from tests.plans import plan_of


@pytest.fixture
def entry(cast):
    scenes.issued_run(cast.staff, [cast.learner])
    [entry] = certificates.certificates_of_person(cast.learner.id)
    return entry


def change(verb, entry, staff, reason="შემოწმება"):
    with writing():
        verb(entry.id, reason, by=staff.id)
    return certificates.get_entry(entry.number)


def test_a_certificate_is_suspended_and_made_valid_again(cast, entry):
    assert entry.valid
    assert change(certificates.suspend, entry, cast.staff).standing == "suspended"
    assert change(certificates.reinstate, entry, cast.staff).valid
    assert [state.state for state in certificates.states_of(entry.id)] == ["issued", "suspended", "reinstated"]


def test_a_revoked_certificate_stays_revoked(cast, entry):
    assert change(certificates.revoke, entry, cast.staff).standing == "revoked"
    for verb in (certificates.suspend, certificates.reinstate, certificates.revoke):
        with pytest.raises(RefusedError):
            change(verb, entry, cast.staff)


def test_a_valid_certificate_cannot_be_reinstated(cast, entry):
    with pytest.raises(RefusedError):
        change(certificates.reinstate, entry, cast.staff)


def test_a_change_of_state_needs_a_reason(cast, entry):
    with pytest.raises(RefusedError):
        change(certificates.revoke, entry, cast.staff, reason="")


def test_a_change_of_state_is_told_in_the_history_and_visitors_may_see_it(cast, entry):
    change(certificates.revoke, entry, cast.staff)
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "certificate:revoke")).one()
    assert (row.actor_id, row.person_id, row.public) == (cast.staff.id, cast.learner.id, True)
    assert "შემოწმება" not in str(row.change)


@pytest.mark.parametrize(("language", "reason"), [("ka", "მიზეზი: შეცდომა გვარში"), ("en", "Reason: შეცდომა გვარში")])
def test_the_holder_is_told_each_change_of_state_with_its_reason(cast, entry, language, reason):
    with writing():
        people.get_person(cast.learner.id).language = language
    for verb in (certificates.suspend, certificates.reinstate, certificates.suspend, certificates.revoke):
        change(verb, entry, cast.staff, reason="შეცდომა გვარში")
    ready, *told = mails_to(cast.learner)
    assert ready.kind == "certificate_ready"
    assert [mail.kind.removeprefix("certificate_") for mail in told] == ["suspended", "reinstated", "suspended", "revoked"]
    assert {mail.language for mail in told} == {language}
    for mail in told:
        assert reason in mail.body
        assert f"№ {entry.number}" in mail.body


def test_a_refused_change_of_state_tells_nobody(cast, entry):
    with pytest.raises(RefusedError):
        change(certificates.reinstate, entry, cast.staff)
    assert len(mails_to(cast.learner)) == 1


def test_a_change_says_why_by_a_code_and_from_when_on_it_holds(cast, entry):
    with clock.frozen(clock.now() + timedelta(days=5)):
        since = clock.now() - timedelta(days=3)
        change(partial(certificates.suspend, reason=StateReason.UNDER_REVIEW, effective_at=since), entry, cast.staff)
        issued, suspended = certificates.states_of(entry.id)
        assert (issued.reason_code, issued.since) == ("", issued.at)
        assert (suspended.reason_code, suspended.since, suspended.at) == ("under_review", since, clock.now())
        assert certificates.find_by_secret(entry.secret).state_at == since
        body = mails_to(cast.learner)[-1].body
    assert "მიზეზი: მოწმდება\nშემოწმება\n" in body
    assert f"ძალაში შესვლის თარიღი: {formats.format_date(formats.to_tbilisi(since).date(), 'ka')}" in body


@pytest.mark.parametrize("days", [-1, 1])
def test_a_change_holds_neither_before_the_issue_nor_from_a_day_to_come(cast, entry, days):
    with pytest.raises(RefusedError):
        change(partial(certificates.suspend, effective_at=clock.now() + timedelta(days=days)), entry, cast.staff)


def test_the_reason_must_fit_the_change(cast, entry):
    with pytest.raises(RefusedError):
        change(partial(certificates.suspend, reason=StateReason.SETTLED), entry, cast.staff)


def test_the_holder_sees_since_when_and_why(cast, entry):
    change(certificates.suspend, entry, cast.staff, reason="შემოწმება")
    [held] = certificates.certificates_of_person(cast.learner.id)
    assert (held.state, held.reason, held.taken_back) == ("suspended", "შემოწმება", True)
    change(certificates.reinstate, entry, cast.staff)
    [held] = certificates.certificates_of_person(cast.learner.id)
    assert not held.taken_back


def test_a_certificate_expires_by_itself(cast):
    scenes.issued_run(cast.staff, [cast.learner], version=factories.course(validity_months=12))
    [entry] = certificates.certificates_of_person(cast.learner.id)
    assert entry.valid
    with clock.frozen(clock.now() + timedelta(days=370)):
        assert entry.standing == "expired"
        assert certificates.register_page(RegisterSearch(state="expired")).entries
        assert not certificates.register_page(RegisterSearch(state="valid")).entries


def found(**search):
    return [entry.name_ka for entry in certificates.register_page(RegisterSearch(**search)).entries]


def test_staff_find_by_number_and_by_the_beginning_of_a_surname_in_either_alphabet(cast):
    scenes.issued_run(cast.staff, [cast.learner, cast.colleague])
    number = certificates.certificates_of_person(cast.learner.id)[0].number
    for text in ("აბაშიძე", "Abashidze", "აბაშ", "abash", number, number.lower().replace("-", " "), "აბაშიძე ნინო"):
        assert found(text=text) == ["ნინო აბაშიძე"], text
    assert found(text="?") == found(text="ქქქ") == []
    assert len(found(text=" ")) == 2


def test_staff_filter_by_state_and_year(cast, entry):
    year = clock.today().year
    assert found(state="valid", year=year) == ["ნინო აბაშიძე"]
    assert found(year=year - 1) == found(state="revoked") == []
    change(certificates.suspend, entry, cast.staff)
    assert found(state="suspended") == ["ნინო აბაშიძე"]
    change(certificates.revoke, entry, cast.staff)
    assert found(state="revoked") == ["ნინო აბაშიძე"]
    assert found(state="suspended") == found(state="valid") == []


def test_pages_of_the_register_go_both_ways(cast):
    scenes.issued_run(cast.staff, 5)
    sequences = lambda page: [int(entry.number[-6:]) for entry in page.entries]  # noqa: E731
    first = certificates.register_page(RegisterSearch(), size=2)
    assert (sequences(first), first.newer_than) == ([5, 4], None)
    second = certificates.register_page(RegisterSearch(older_than=first.older_than), size=2)
    assert sequences(second) == [3, 2]
    last = certificates.register_page(RegisterSearch(older_than=second.older_than), size=2)
    assert (sequences(last), last.older_than) == ([1], None)
    back = certificates.register_page(RegisterSearch(newer_than=last.newer_than), size=2)
    assert sequences(back) == [3, 2]
    front = certificates.register_page(RegisterSearch(newer_than=back.newer_than), size=2)
    assert (sequences(front), front.newer_than) == ([5, 4], None)


BEYOND = "NALAG-2026-000050"


@pytest.mark.parametrize(
    "search",
    [
        RegisterSearch(),
        RegisterSearch(older_than=BEYOND),
        RegisterSearch(newer_than=BEYOND),
        RegisterSearch(year=2026, older_than=BEYOND),
        RegisterSearch(text="NALAG-2026-000001", older_than=BEYOND),
    ],
    ids=str,
)
def test_a_page_of_the_register_walks_an_index(app, search):
    """Of a long register each page costs the same: no sort, and no way through it but along an index."""
    steps = plan_of(lambda: certificates.register_page(search)).splitlines()
    assert not any("TEMP B-TREE" in step or "Sort" in step for step in steps), steps
    assert all("index" in step.lower() for step in steps if "scan" in step.lower()), steps


def test_the_holder_of_a_number_is_found_with_the_surname_only(cast, entry):
    find = certificates.find_by_number_and_surname
    assert find(entry.number, "აბაშიძე") == find(entry.number.lower(), "ABASHIDZE") == entry.secret
    assert find(entry.number, "ლომიძე") is find("NALAG-2020-000001", "აბაშიძე") is find("", "") is None


@pytest.mark.parametrize("search", [RegisterSearch(), RegisterSearch(year=2026), RegisterSearch(state="valid")])
def test_pages_of_the_register_are_read_in_the_order_of_an_index(app, search):
    plan = plan_of(lambda: certificates.register_page(search))
    assert "Seq Scan on certificate " not in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("search", "index"),
    [(RegisterSearch(state="revoked"), "ix_certificate_status_state"), (RegisterSearch(text="აბაშიძე"), "ix_certificate_surname")],
)
def test_what_is_searched_in_the_register_is_found_by_an_index(app, search, index):
    assert index in plan_of(lambda: certificates.register_page(search), sorting=True)


def test_a_scanned_certificate_is_found_by_indexes_however_long_the_register(cast, app):
    """Hardly any certificate replaces another, and statistics that know it must not lead through the whole register."""
    scenes.issued_run(cast.staff, [cast.learner, cast.colleague, *(factories.person() for _ in range(8))])
    db.session.execute(sa.text("ANALYZE certificate"))
    commit()
    db.engine.dispose()  # SQLite reads its statistics when it opens the database
    steps = plan_of(lambda: certificates.find_by_secret("secret")).splitlines()
    assert [step for step in steps if "SCAN" in step or "Seq Scan" in step] == []
