"""What a qualification asks for, in plain words: the tree of its demands, ready to be shown as a nested list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import assessment, courses, recognition
from portal.foundation import formats
from portal.qualifications import (
    CourseDemand,
    Group,
    HoursDemand,
    OutsideDemand,
    PassedTestDemand,
    Requirement,
    demands_of,
)
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from portal.assessment import NamedTest
    from portal.courses import CourseTitle
    from portal.courses.models import Topic
    from portal.recognition.models import OutsideCertificate


@dataclass(frozen=True, slots=True)
class Names:
    """What courses, topics, tests and certificates from elsewhere are called."""

    courses: Mapping[int, CourseTitle]
    topics: Mapping[int, Topic]
    tests: Mapping[int, NamedTest]
    outside: Mapping[str, OutsideCertificate]


@dataclass(frozen=True, slots=True)
class Said:
    """One part of a requirement in words: text, the ``name`` of what it is about with its address, more text, and the parts that it is made of."""

    words: str
    name: str = ""
    href: str = ""
    after: str = ""
    parts: tuple[Said, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[tuple[int, str]]:
        """Each part as a line with its depth, from top to bottom."""
        yield depth, self.line
        for part in self.parts:
            yield from part.lines(depth + 1)

    @property
    def line(self) -> str:
        """This part without those below it."""
        words = f"{self.words} {self.name}".strip()
        return f"{words}, {self.after}" if self.after else words


def names_in(requirements: Iterable[Requirement]) -> Names:
    """The names of what ``requirements`` ask for: at most one statement for each kind of thing."""
    demands = [demand for requirement in requirements for demand in demands_of(requirement)]
    ids = {course for demand in demands if isinstance(demand, CourseDemand) for course in demand.courses}
    with_topic = any(isinstance(demand, HoursDemand) and demand.topic is not None for demand in demands)
    with_test = any(isinstance(demand, PassedTestDemand) for demand in demands)
    outside = any(isinstance(demand, OutsideDemand) for demand in demands)
    return Names(
        courses=courses.course_titles(ids) if ids else {},
        topics={topic.id: topic for topic in courses.topics_in_order()} if with_topic else {},
        tests={one.test_id: one for one in assessment.tests_in_order()} if with_test else {},
        outside={one.code: one for one in recognition.outside_certificates(with_archived=True)} if outside else {},
    )


def said(requirement: Requirement, names: Names) -> Said:
    """``requirement`` in the language of the page."""
    match requirement:
        case Group(_least, (only,)):
            return said(only, names)
        case Group(least, parts):
            return Said(how_many(least, len(parts)), parts=tuple(said(part, names) for part in parts))
        case CourseDemand(ids, within):
            return _courses(ids, _window(within), names)
        case HoursDemand(hours, topic, within):
            return _hours(hours, topic, _window(within), names)
    return _passed(requirement, names)


def how_many(least: int, count: int) -> str:
    """How many of ``count`` parts are asked for."""
    if least == count:
        return str(_("All of these:"))
    if least == 1:
        return str(_("One of these:"))
    return str(_("At least %(least)s of these %(count)s:", least=least, count=count))


def _courses(ids: Iterable[int], window: str, names: Names) -> Said:
    found = [one for one in names.courses.values() if one.id in set(ids)]
    each = [Said("", one.title(language()), _address(one)) for one in found]
    if len(each) == 1:
        return replace(each[0], words=_("Course completed:"), after=window)
    return Said(_("One of these courses"), after=window, parts=tuple(each))


def _address(course: CourseTitle) -> str:
    return url_for("courses.course", slug=course.slug) if course.published and not course.archived else ""


def _hours(hours: Decimal, topic: int | None, window: str, names: Names) -> Said:
    number, whole = formats.format_decimal(hours, language()), int(hours)
    if topic is None:
        words = ngettext("%(hours)s hour of training in any topic", "%(hours)s hours of training in any topic", whole, hours=number)
        return Said(words, after=window)
    words = ngettext("%(hours)s hour of training in the topic:", "%(hours)s hours of training in the topic:", whole, hours=number)
    found = names.topics[topic]
    return Said(words, found.name(language()), url_for("courses.catalogue", topic=found.slug), window)


def _passed(demand: PassedTestDemand | OutsideDemand, names: Names) -> Said:
    window = _window(demand.within)
    if isinstance(demand, OutsideDemand):
        found = names.outside.get(demand.code)
        return Said(_("Certificate from elsewhere:"), found.name(language()) if found else demand.code, after=window)
    least = _("with at least %(percent)s %%", percent=demand.percent) if demand.percent else ""
    test = names.tests.get(demand.test)
    return Said(_("Test passed:"), test_said(test) if test else "–", after=", ".join(filter(None, (least, window))))


def test_said(test: NamedTest) -> str:
    """What a test is called: its course, and whether it stands before or after it."""
    return f"{test.title(language())} ({label('occasion', test.occasion)})"


def _window(months: int | None) -> str:
    return "" if months is None else ngettext("within the last %(num)s month", "within the last %(num)s months", months)
