"""Who wants to hear when a course runs again: of four courses in which nobody can enrol now, more of some than of others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.courses.models import RunState
from portal.demo.moments import in_between
from portal.enrolment.models import CourseInterest

if TYPE_CHECKING:
    from portal.demo.world import Block, Run, World

PEOPLE = (23, 14, 9, 4)
SINCE = timedelta(days=40)


def ask_again(world: World, block: Block, runs: list[Run], *, named: bool) -> None:
    """Let people who have an account ask, each for courses that are for them; of the ``named`` ones the demo learner asks for the one most wanted."""
    offered = {run.version.course_id for run in runs if run.plan.state == RunState.OPEN and run.plan.taken < run.plan.capacity}
    versions = [version for version in world.catalogue.versions.values() if version.course_id not in offered]
    for version, number in zip(versions, PEOPLE, strict=False):
        able = [
            someone
            for someone in block.learners + block.colleagues
            if someone.has_account and someone.job and (not version.target_categories or someone.job.category in version.target_categories)
        ]
        people = world.chance.sample(able, number)
        if named and version is versions[0]:
            people[0] = world.office.learner
        moments = in_between(world.chance, world.lately - SINCE, world.lately, number)
        for someone, moment in zip(people, moments, strict=True):
            interest = world.rows.add(
                CourseInterest,
                course_id=version.course_id,
                person_id=someone.id,
                municipality_id=someone.job.municipality.id if someone.job else None,
                asked_at=moment,
            )
            world.past.note(moment, "interest:express", CourseInterest, interest, by=someone.id, person=someone.id)
