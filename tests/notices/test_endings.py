"""A certificate that ends: its holder is told 60 and 14 days before, once each, unless they have taken the course again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import certificates, notices
from portal.certificates.models import StateReason
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.notices.models import Notice
from tests import factories
from tests.certificates import scenes
from tests.enrolment.mailbox import mails_to
from tests.notices.workers import work, work_twice

DAY = timedelta(days=1)
FIRST, SECOND = "certificate_ends", "certificate_ends_soon"


@pytest.fixture
def course(app):
    return factories.course(validity_months=12, title_ka="ბიუჯეტი", title_en="Budget")


@pytest.fixture
def held(cast, course):
    scenes.issued_run(cast.staff, [cast.learner], version=course)
    return certificates.certificates_of_person(cast.learner.id)[0]


def before_end(held, days, hours=10.5):
    """``hours`` o'clock on the day that is so many days before the one on which it is no longer valid."""
    return held.expires_at - days * DAY + timedelta(hours=hours)


def kinds_to(person):
    return [mail.kind for mail in mails_to(person) if mail.kind.startswith(FIRST)]


def test_the_holder_is_told_sixty_and_fourteen_days_before_once_each(cast, held):
    for days, told in (
        (61, []),
        (60, [FIRST]),
        (59, [FIRST]),
        (15, [FIRST]),
        (14, [FIRST, SECOND]),
        (13, [FIRST, SECOND]),
        (1, [FIRST, SECOND]),
    ):
        work(before_end(held, days))
        assert kinds_to(cast.learner) == told, days


def test_it_goes_in_the_morning(cast, held):
    assert work(before_end(held, 60, 9.9)) == 0
    assert work(before_end(held, 60, 10)) == 1


def test_the_mail_says_which_until_when_and_where_to_take_the_course_again(cast, held, course):
    slug = db.session.merge(course).course.slug
    work(before_end(held, 60))
    [mail] = mails_to(cast.learner, FIRST)
    assert "ბიუჯეტი" in mail.subject
    for words in (held.number, f"https://portal.test/ka/courses/{slug}"):
        assert words in mail.body


def test_a_course_that_is_no_longer_given_leads_to_the_catalogue(cast, held, course):
    with writing():
        db.session.merge(course).course.archived = True
    work(before_end(held, 60))
    assert "https://portal.test/ka/courses\n" in mails_to(cast.learner, FIRST)[0].body


@pytest.mark.parametrize("verb", [certificates.suspend, certificates.revoke])
def test_not_for_one_that_is_not_valid(cast, held, verb):
    with writing():
        verb(held.id, "x", by=cast.staff.id)
    assert work(before_end(held, 60)) == work(before_end(held, 14)) == 0


def test_the_corrected_one_takes_over(cast, held):
    with writing():
        db.session.merge(cast.learner).family_name_ka = "სხვა"
        certificates.ask_to_correct(held.id, StateReason.NAME_CORRECTED, "x", by=cast.staff.id)
    scenes.issue_all()
    work(before_end(held, 60))
    [mail] = mails_to(cast.learner, FIRST)
    assert certificates.kin_of(held.id).replaced_by in mail.body
    assert held.number not in mail.body


@pytest.mark.parametrize(("same", "told"), [(True, []), (False, [FIRST])])
def test_not_for_whoever_holds_a_newer_one_of_the_same_course(cast, held, course, same, told):
    with clock.frozen(held.issued_at + 100 * DAY):
        scenes.issued_run(cast.staff, [cast.learner], version=db.session.merge(course) if same else factories.course(validity_months=12))
    work(before_end(held, 60))
    assert kinds_to(cast.learner) == told


def test_a_newer_one_that_was_revoked_counts_for_nothing(cast, held, course):
    with clock.frozen(held.issued_at + 100 * DAY):
        scenes.issued_run(cast.staff, [cast.learner], version=db.session.merge(course))
        newer = certificates.certificates_of_person(cast.learner.id)[0]
        with writing():
            certificates.revoke(newer.id, "x", by=cast.staff.id)
    work(before_end(held, 60))
    assert kinds_to(cast.learner) == [FIRST]


def test_one_without_an_end_is_never_told_of(cast):
    scenes.issued_run(cast.staff, [cast.learner])
    assert work(clock.now() + 5000 * DAY) == 0


def test_a_worker_that_was_down_tells_late_and_of_the_next_step_only(cast, held):
    work(before_end(held, 20))
    assert kinds_to(cast.learner) == [FIRST]
    assert work(held.expires_at + DAY) == 0


def test_down_until_the_second_step_it_tells_that_alone(cast, held):
    work(before_end(held, 10))
    assert kinds_to(cast.learner) == [SECOND]


@pytest.mark.race
def test_of_two_workers_one_tells(app, cast, held):
    assert work_twice(app, before_end(held, 60)) == [0, 1]
    assert kinds_to(cast.learner) == [FIRST]


def test_those_of_one_day_go_together_and_staff_may_stop_them(cast, course):
    scenes.issued_run(cast.staff, [cast.learner, cast.colleague], version=course)
    held = certificates.certificates_of_person(cast.learner.id)[0]
    with clock.frozen(before_end(held, 60, 9)):
        [planned] = notices.notices_to_come(clock.now() + DAY)
        assert (planned.kind, planned.people) == (FIRST, 2)
        with writing():
            notices.stop(planned, "x", by=cast.staff.id)
    assert work(before_end(held, 60)) == 0
    assert db.session.scalars(sa.select(Notice.state)).all() == ["stopped"]


def test_staff_see_how_many_need_which_course_again(cast, held, course, page):
    with clock.frozen(before_end(held, 80)):
        [line] = certificates.endings_by_course(clock.now(), clock.now() + certificates.SOON)
        assert (line.title_en, line.number) == ("Budget", 1)
        shown = page.sign_in(cast.staff).get("/staff/certificates?state=expiring")
        assert len(shown.all("#register-caption ~ tbody tr")) == 1
        assert "ბიუჯეტი" in shown.texts("#endings-caption ~ tbody tr")[0]
    with clock.frozen(before_end(held, 95)):
        shown = page.sign_in(cast.staff).get("/staff/certificates?state=expiring")
        assert not shown.all("#register-caption")
