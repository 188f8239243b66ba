"""Needs as staff read them: put together by topic and subject, then by region; and the whole demand, course by course."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.needs.models import NeedState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.courses.models import CourseVersion, Topic
    from portal.municipalities.models import Region
    from portal.needs import Posted
    from portal.reports import Demand


@dataclass(slots=True)
class Count:
    """People, and the municipalities that ask for them."""

    people: int = 0
    places: set[int] = field(default_factory=set)

    def add(self, one: Posted) -> None:
        """Count a need."""
        self.people += one.need.people
        self.places.add(one.need.municipality_id)


@dataclass(slots=True)
class Subject:
    """A course that is needed, or what a topic's needs ask for in their own words; counted by region."""

    topic: Topic
    version: CourseVersion | None
    total: Count = field(default_factory=Count)
    by_region: dict[Region, Count] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def regions(self) -> list[tuple[Region, Count]]:
        """Its regions in their order."""
        return sorted(self.by_region.items(), key=lambda pair: pair[0].position)


def by_topic(posted: Iterable[Posted]) -> dict[Topic, list[Subject]]:
    """The open needs, by topic in the order of the catalogue; courses before own words, the most people first."""
    subjects: dict[tuple[int, int | None], Subject] = {}
    for one in posted:
        if one.state != NeedState.OPEN:
            continue
        subject = subjects.setdefault((one.topic.id, one.need.course_id), Subject(one.topic, one.version))
        subject.total.add(one)
        subject.by_region.setdefault(one.need.municipality.region, Count()).add(one)
        if one.need.subject and one.need.subject not in subject.words:
            subject.words.append(one.need.subject)
    found: defaultdict[Topic, list[Subject]] = defaultdict(list)
    for subject in sorted(subjects.values(), key=_in_order):
        found[subject.topic].append(subject)
    return found


def _in_order(subject: Subject) -> tuple[object, ...]:
    topic, version = subject.topic, subject.version
    return topic.position, topic.id, version is None, -subject.total.people, version.course_id if version else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many people want a course: those whom municipalities ask for, those who asked to hear of it, and those who wait for a place."""

    version: CourseVersion
    needed: int
    interested: int
    waiting: int

    @property
    def total(self) -> int:
        """All together; somebody may be counted in two ways."""
        return self.needed + self.interested + self.waiting


def demand(
    versions: Iterable[CourseVersion], posted: Iterable[Posted], interested: Mapping[int, int], waiting: Iterable[Demand]
) -> list[Wanted]:
    """The courses that anybody wants, the most wanted first."""
    needed: Counter[int] = Counter()
    for one in posted:
        if one.version and one.state == NeedState.OPEN:
            needed[one.version.course_id] += one.need.people
    waits = {one.course.id: one.people for one in waiting}
    found = [
        Wanted(version, needed[version.course_id], interested.get(version.course_id, 0), waits.get(version.course_id, 0))
        for version in versions
    ]
    return sorted((one for one in found if one.total), key=lambda one: (-one.total, one.version.course_id))


@dataclass(frozen=True, slots=True)
class Made:
    """A run that serves needs: which."""

    run: object
    title: str
    posted: list[Posted]

    @property
    def people(self) -> int:
        """How many people the needs are."""
        return sum(one.need.people for one in self.posted)


def runs_made(posted: Iterable[Posted], lang: str) -> list[Made]:
    """The runs that serve these needs, the newest first."""
    by_run: defaultdict[int, list[Posted]] = defaultdict(list)
    for one in posted:
        if one.run:
            by_run[one.run.id].append(one)
    return [Made(served[0].run, served[0].title(lang), served) for _id, served in sorted(by_run.items(), reverse=True)]
