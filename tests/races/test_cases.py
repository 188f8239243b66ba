"""Attendance is corrected while the certificates that rest on it are revoked: both get through, and no case is left open."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from portal import certificates
from portal.certificates.models import Certificate
from portal.foundation.database import db
from tests.certificates import scenes

pytestmark = pytest.mark.race
NUMBER = 5


def test_who_corrects_attendance_and_who_revokes_do_not_wait_for_each_other(cast, race):
    run = scenes.issued_run(cast.staff, NUMBER)
    ids = db.session.scalars(sa.select(Certificate.id).where(Certificate.run_id == run.id).order_by(Certificate.id)).all()
    first = [("correct", one, cast.staff.id, "30") for one in ids]
    again = [("correct", one, cast.staff.id, str(minutes)) for one in ids for minutes in (60, 90)]
    revoking = [("revoke", one, cast.staff.id, None) for one in ids]
    assert Counter(came for _step, came in race.run([first])) == {"corrected": NUMBER}
    outcomes = Counter(came for _step, came in race.run([again, again[::-1], revoking]))
    assert outcomes == {"corrected": 4 * NUMBER, "revoked": NUMBER}
    assert certificates.open_cases() == []
