"""Asking to hear when a course runs again, taking that back, and telling: one mail to each, then the wish is over.

Each of these locks the course first: nobody asks unheard while a run is published, and two runs published at once tell nobody twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, people
from portal.enrolment import queries, queries_interest, rules
from portal.enrolment.models import CourseInterest, InterestEnd
from portal.foundation import clock, history, outbox
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion


def express_interest(version: CourseVersion, person_id: int, *, by: int) -> CourseInterest:
    """Note that the person wants to hear when the course of ``version``, its newest, runs again.

    Asked twice, the first wish stays, unless they completed the course in between. Raises the
    ``EnrolmentRefusedError`` that says why there is no need to be told, or why no run would be for them.
    """
    courses.lock_course(version.course_id)
    standing = queries_interest.interest_standing(version.course_id, person_id)
    before = queries_interest.find_interest(version.course_id, person_id)
    if before and standing.asked_at:
        return before
    if refusal := rules.find_interest_refusal(standing, version.target_categories):
        raise refusal
    if before:
        _end(before, InterestEnd.SERVED, by=by)
    post = rules.choose_post(standing.posts, version.target_categories)
    interest = CourseInterest(
        course_id=version.course_id,
        person_id=person_id,
        municipality_id=post.municipality_id if post else None,
        asked_at=clock.now(),
    )
    db.session.add(interest)
    db.session.flush()
    history.record("interest:express", interest, by=by, person=person_id)
    return interest


def withdraw_interest(course: Course, person_id: int, *, by: int) -> None:
    """Take the person's wish back; done twice, or after they were told, it does nothing more."""
    courses.lock_course(course.id)
    if interest := queries_interest.find_interest(course.id, person_id):
        _end(interest, InterestEnd.WITHDRAWN, by=by)


def tell_interested(run: CourseRun, *, by: int | None) -> int:
    """Tell everybody who wants to hear of the course that ``run`` is published; returns how many were told.

    A wish ends with its mail. It ends without one for whoever has a place to come or completed the course since. It stays for whoever cannot
    be told, or holds no post that the run is for.
    """
    courses.lock_course(run.course_id)
    waiting = queries_interest.interests_to_tell(run.course_id)
    if not waiting:
        return 0
    sessions = courses.sessions_of(run.id)
    standings = queries.standings_of(run.id, [interest.person_id for interest, _served in waiting])
    told = 0
    for interest, served in waiting:
        if served:
            _end(interest, InterestEnd.SERVED, by=by)
        elif interest.person.email and rules.is_for(standings[interest.person_id], run.version.target_categories):
            _tell(interest, run, sessions)
            _end(interest, InterestEnd.TOLD, by=by)
            told += 1
    return told


def _tell(interest: CourseInterest, run: CourseRun, sessions: Sequence[CourseSession]) -> None:
    person = interest.person
    facts = {
        "name": person.name(person.language),
        "opens_at": run.enrolment_opens_at if run.enrolment_opens_at > clock.now() else None,
        "closes_at": run.enrolment_closes_at,
    }
    outbox.post(
        "course_runs_again",
        people.recipient_of(person),
        courses.mail_facts(run, sessions, person.language, with_links=False) | facts,
        event_key=f"interest:{interest.id}:told",
    )


def _end(interest: CourseInterest, reason: InterestEnd, *, by: int | None) -> None:
    interest.ended_at, interest.end_reason = clock.now(), reason
    db.session.flush()
    history.record(f"interest:{reason}", interest, by=by, person=interest.person_id)
