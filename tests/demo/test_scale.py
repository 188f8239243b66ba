"""The demo several times over: still sound, with the named runs once."""

from __future__ import annotations

import sqlalchemy as sa

from portal import demo, enrolment
from portal.certificates.models import Certificate
from portal.courses.models import CourseRun
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, broken_links
from portal.people.models import Account
from tests.demo.conftest import trying


def test_scale_multiplies_people_runs_and_history_but_not_the_named_ones(app):
    with trying():
        counts = demo.seed(2)
        runs = db.session.execute(sa.select(CourseRun.id, CourseRun.code)).all()
        assert counts["person"] > 700
        assert counts["course_run"] == len(runs) == 62
        assert sum(code.startswith("DEMO-") for _id, code in runs) == 10
        named = sa.select(sa.func.count()).select_from(Account).where(Account.email.like("learner%"))
        assert db.session.scalar(named) == 201
        places = enrolment.places_of([run_id for run_id, _code in runs]).values()
        assert all(each.taken <= each.capacity for each in places)
        assert len(set(db.session.scalars(sa.select(Certificate.number)))) == counts["certificate"]
        assert list(broken_links(db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)))) == []
