"""Two things at once around the publishing of a run: nobody is told twice, and nobody asks unheard."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from portal import courses, enrolment, journeys
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.enrolment.mailbox import kinds_to

ENOUGH_TO_REACH_THE_LOCK = 0.5


@pytest.fixture
def at_once(app):
    """Do a second thing while the first is done but not yet committed; gives what both returned or raised."""

    def do(first, second):
        done = Event()

        def begin():
            with app.app_context(), writing():
                came_of_it = first()
                done.set()
                time.sleep(ENOUGH_TO_REACH_THE_LOCK)
                return came_of_it

        def follow():
            done.wait(10)
            with app.app_context(), writing():
                return second()

        commit()
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(begin), pool.submit(follow)]
        db.session.remove()
        return [one.exception(30) or one.result() for one in both]

    return do


def test_two_runs_published_at_once_tell_everybody_once(cast, at_once):
    version = factories.course()
    enrolment.express_interest(version, cast.learner.id, by=cast.learner.id)
    codes, by = [factories.run(version, state="draft").code for _ in range(2)], cast.staff.id
    told = at_once(*(lambda code=code: journeys.publish_run(courses.get_run(code), by=by) for code in codes))
    assert told == [1, 0]
    assert kinds_to(cast.learner) == ["course_runs_again"]


def test_whoever_asks_while_a_run_is_published_hears_of_it(cast, at_once):
    version = factories.course()
    code, slug, by, me = factories.run(version, state="draft").code, version.course.slug, cast.staff.id, cast.learner.id
    told, refused = at_once(
        lambda: journeys.publish_run(courses.get_run(code), by=by),
        lambda: enrolment.express_interest(courses.get_public_version(slug), me, by=me),
    )
    assert told == 0
    assert isinstance(refused, enrolment.OfferedError)


def test_two_clicks_at_once_are_one_wish(cast, at_once):
    version = factories.course()
    slug, me = version.course.slug, cast.learner.id
    wishes = at_once(*[lambda: enrolment.express_interest(courses.get_public_version(slug), me, by=me).id] * 2)
    assert wishes[0] == wishes[1]
