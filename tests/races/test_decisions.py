"""Two approvers with the same applications before them: each application has one verdict, and each person is told it once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from tests import factories

pytestmark = pytest.mark.race
TOLD = ("application_approved", "application_rejected")


def test_two_approvers_at_once_give_one_verdict(cast, race):
    run = factories.run(capacity=3)
    factories.place_rules(run, decided_by="staff")
    people = [factories.person_with_account(f"სახელი{number}", "გვარი") for number in range(6)]
    asked = [enrolment.enrol(run.id, person.id, by=person.id).id for person in people]
    approvals = [("approve", one, cast.staff.id, None) for one in asked]
    rejections = [("reject", one, cast.administrator.id, None) for one in asked]
    outcomes = [came for _step, came in race.run([approvals, rejections])]
    assert outcomes.count("NotWaitingForDecisionError") == len(asked)
    assert [len(decisions) for decisions in enrolment.decisions_on(asked).values()] == [1] * len(asked)
    assert db.session.scalar(sa.select(sa.func.count(OutboxMessage.id)).where(OutboxMessage.kind.in_(TOLD))) == len(asked)
