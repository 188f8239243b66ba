"""Reports that staff keep: found again with their filters, shared or not, and told of by mail once a week or month, by sums alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa

from portal import reports
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.people.models import Account, RoleGrant
from portal.worker import send_saved_reports
from tests import factories

NOW = datetime(2026, 6, 10, 8, tzinfo=UTC)  # a Wednesday
MONDAY, JULY = datetime(2026, 6, 15, 4, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC)
LIST = "/en/staff/reports/saved"


@pytest.fixture(autouse=True)
def _in_june():
    with clock.frozen(NOW):
        yield


def mails():
    found = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "saved_report").order_by(OutboxMessage.id)).all()
    db.session.rollback()
    return found


def saved(cast, **values) -> int:
    usual = {"name": "For the donors", "report": "time", "filters": {}, "shared": False, "every": "week"}
    made = reports.keep_report(usual | values, by=cast.staff.id)
    commit()
    return made.id


def test_a_report_is_kept_with_its_filters(page, cast):
    telavi = factories.municipality("telavi")
    commit()
    page.sign_in(cast.staff).get(f"/en/staff/reports/time/keep?from=2026-01-01&to=2026-03-31&municipality={telavi.id}")
    assert page.submit(name="Telavi in spring", every="month").status == 303
    [link] = page.get(LIST).all("tbody th a")
    assert link.text == "Telavi in spring"
    address = urlsplit(link.get("href"))
    assert address.path.endswith("/staff/reports/time")
    assert dict(parse_qsl(address.query)) == {"from": "01.01.2026", "to": "31.03.2026", "municipality": str(telavi.id)}
    assert "Each month" in page.page.text


def test_a_report_may_be_for_whatever_year_it_is(page, cast):
    page.sign_in(cast.staff).get("/en/staff/reports/time/keep?from=2026-01-01&to=2026-03-31")
    page.submit(name="This year", moving="y")
    [one] = reports.saved_reports(cast.staff.id)
    assert one.filters == {}


def test_a_report_without_a_name_is_not_kept(page, cast):
    page.sign_in(cast.staff).get("/en/staff/reports/time/keep?topic=")
    refused = page.submit(name="", every="week")
    assert refused.status == 422
    assert reports.saved_reports(cast.staff.id) == []
    assert page.get("/en/staff/reports/time/keep?from=x").status == 303


def test_others_see_what_is_shared_and_change_nothing(page, cast):
    shared, own = saved(cast, name="Shared", shared=True), saved(cast, name="My own")
    seen = page.sign_in(cast.administrator).get(LIST)
    assert seen.texts("tbody th a") == ["Shared"]
    assert not seen.all("tbody form")
    for one in (shared, own):
        for step in ("stop", "remove"):
            assert page.post(f"{LIST}/{one}/{step}").status == 404


def test_mine_can_be_stopped_and_removed(page, cast):
    one = saved(cast)
    page.sign_in(cast.staff).get(LIST)
    page.submit(f"{LIST}/{one}/stop")
    assert not page.get(LIST).all(f"form[action$='/{one}/stop']")
    with clock.frozen(MONDAY):
        assert send_saved_reports() == 0
    page.get(LIST)
    page.submit(f"{LIST}/{one}/remove")
    assert page.get(LIST).all(".empty")


def test_word_of_a_report_goes_once_a_week_with_its_sums(cast):
    run = factories.run(starts_at=NOW - timedelta(days=40), state="completed")
    factories.enrolment(run, cast.learner, "completed")
    saved(cast)
    address, family_name = cast.staff.email, cast.learner.family_name_ka
    assert send_saved_reports() == 0, "it was kept this week"
    for _time in range(2):
        with clock.frozen(MONDAY):
            send_saved_reports()
    [mail] = mails()
    assert mail.to_address == address
    assert "1 იანვარი, 2026 – 31 დეკემბერი, 2026" in mail.body
    assert "https://portal.test/ka/staff/reports/time" in mail.body
    assert "https://portal.test/ka/staff/reports/saved" in mail.body
    assert "ადამიანები: 1\n" in mail.body
    assert family_name not in mail.body
    with clock.frozen(MONDAY + timedelta(days=7)):
        assert send_saved_reports() == 1


def test_a_monthly_one_waits_for_the_month(cast):
    saved(cast, every="month")
    with clock.frozen(MONDAY):
        assert send_saved_reports() == 0
    with clock.frozen(JULY):
        assert send_saved_reports() == 1


@pytest.mark.parametrize("lost", ["role", "account"])
def test_whoever_is_no_longer_staff_gets_no_word(cast, lost):
    saved(cast)
    if lost == "account":
        db.session.execute(sa.update(Account).where(Account.person_id == cast.staff.id).values(active=False))
    else:
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(sa.update(RoleGrant).where(RoleGrant.person_id == cast.staff.id).values(ends_on=yesterday))
    commit()
    with clock.frozen(MONDAY):
        assert send_saved_reports() == 0
