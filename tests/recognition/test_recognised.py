"""What is recognised, as other floors read it; and how it follows a person whose two records are merged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal import courses, journeys, recognition
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.foundation.transaction import commit
from portal.recognition import Recognised
from tests import factories
from tests.recognition.samples import TITLE, a_claim, a_proof, an_award
from tests.statements import counting

LATE_EVENING = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)  # the first of April in Tbilisi


def recognised(person, staff, award=None, words="რადგან", **claim):
    request_id = recognition.submit_request(a_claim(**claim), a_proof(), by=person.id)
    recognition.recognise(request_id, award or an_award(), words, by=staff.id)
    return request_id


@pytest.fixture
def freelancer(cast):
    """Somebody without a post: nobody has to confirm."""
    return factories.person_with_account("თეა", "ნოზაძე", municipality=None)


def test_all_that_was_recognised_is_told_in_one_statement(cast, freelancer):
    kind = recognition.create_outside_certificate("ICDL", "ICDL", "ICDL", by=cast.staff.id)
    version = factories.course()
    award = recognition.Award(
        contact_hours=Decimal("12.5"),
        independent_hours=Decimal(3),
        credits=Decimal("0.5"),
        topic_id=version.course.topic_id,
        course_id=version.course_id,
        outside_id=kind.id,
        valid_until=date(2030, 1, 1),
    )
    with clock.frozen(LATE_EVENING):
        request_id = recognised(freelancer, cast.staff, award)
    commit()
    with counting() as statements:
        found = recognition.recognised_of([freelancer.id, cast.learner.id])
    assert len(statements) == 1
    assert found == [
        Recognised(
            id=request_id,
            person_id=freelancer.id,
            course_id=version.course_id,
            topic_id=version.course.topic_id,
            outside_code="ICDL",
            contact_hours=Decimal("12.5"),
            independent_hours=Decimal(3),
            credits=Decimal("0.5"),
            completed_on=date(2025, 4, 8),
            recognised_on=date(2026, 4, 1),
            valid_until=date(2030, 1, 1),
            title=TITLE,
        )
    ]


def test_only_what_stands_now_is_told_by_person_and_day(cast, freelancer):
    late = recognised(freelancer, cast.staff)
    early = recognised(freelancer, cast.staff, title="სხვა", starts_on=date(2024, 1, 1), ends_on=date(2024, 1, 2))
    gone = recognised(freelancer, cast.staff, title="გაუქმებული")
    recognition.revoke_recognition(gone, "შეცდომა", by=cast.staff.id)
    recognition.submit_request(a_claim(title="გაგზავნილი"), a_proof(), by=freelancer.id)
    other_person = factories.person("ია", "ნოზაძე")
    other = recognised(other_person, cast.staff)
    assert [one.id for one in recognition.recognised_of([freelancer.id])] == [early, late]
    assert recognition.recognised_of([cast.learner.id]) == recognition.recognised_of([]) == []
    assert [one.id for one in recognition.recognised_of([freelancer.id, other_person.id])] == [early, late, other]


def test_requests_go_over_in_a_merge_and_come_back(cast):
    double = factories.person("ნინო", "აბაშიძე")
    theirs, own = recognised(double, cast.staff), recognition.submit_request(a_claim(), a_proof(), by=cast.learner.id)
    commit()
    merge = journeys.merge_people(cast.learner.id, double.id, "ერთი პირი", by=cast.staff.id)
    commit()
    assert {seen.request.id for seen in recognition.requests_of(cast.learner.id)} == {own, theirs}
    assert [one.id for one in recognition.recognised_of([cast.learner.id, double.id])] == [theirs]
    with pytest.raises(NotFoundError):
        recognition.submit_request(a_claim(title="შემდეგი"), a_proof(), by=double.id)
    since = recognition.submit_request(a_claim(title="შემდეგი"), a_proof(), by=cast.learner.id)
    journeys.undo_merge(merge, by=cast.staff.id)
    commit()
    assert {seen.request.id for seen in recognition.requests_of(cast.learner.id)} == {own, since}
    assert [seen.request.id for seen in recognition.requests_of(double.id)] == [theirs]


def test_kinds_are_added_renamed_and_put_away_and_a_code_is_taken_once(cast):
    kind = recognition.create_outside_certificate("CAF-2020", "თვითშეფასება", "Self-assessment", by=cast.staff.id)
    for code in ("CAF-2020", "caf", "X", "მოწმობა", "A B"):
        with pytest.raises(courses.WrongValuesError):
            recognition.create_outside_certificate(code, "სხვა", "Other", by=cast.staff.id)
    recognition.change_outside_certificate(kind, "შეფასება", "Assessment", by=cast.staff.id)
    recognition.archive_outside_certificate(kind, by=cast.staff.id)
    assert recognition.outside_certificates() == []
    recognition.restore_outside_certificate(kind, by=cast.staff.id)
    assert [one.name("en") for one in recognition.outside_certificates()] == ["Assessment"]
