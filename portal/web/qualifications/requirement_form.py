"""The builder of requirements: rows of demands in groups, of a kind each, which buttons of the form add and take away; nothing of it needs a script.

A row has its kind from the button that added it, and so shows only its own fields. A part of a rule that is deeper than the builder goes is
shown in words and kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form, FormField, HiddenField

from portal import assessment, courses, recognition
from portal.foundation import georgian
from portal.qualifications import (
    LONGEST_WINDOW,
    WIDEST,
    CourseDemand,
    Demand,
    Group,
    HoursDemand,
    OutsideDemand,
    PassedTestDemand,
    Requirement,
    as_document,
    read_document,
)
from portal.web.fields import REQUIRED, Choice, KeyChoice, Number, Rows, Whole, sentence
from portal.web.language import language
from portal.web.requirement_words import names_in, said, test_said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.web.requirement_words import Said

ALL: Final = "all"
MOST_EQUIVALENTS: Final = 10
LEAST_LISTS: Final = 2
KINDS: Final = ("course", "hours", "test", "outside")


class Offers:
    """What can be chosen in the rows: a statement for each kind of thing."""

    def __init__(self) -> None:
        lang = language()
        titles = sorted(courses.course_titles().values(), key=lambda one: (georgian.collation_key(one.title(lang)), one.id))
        self._titles = [(one.id, one.title(lang), one.archived) for one in titles]
        self._tests = assessment.tests_in_order()
        self._outside = recognition.outside_certificates(with_archived=True)
        self.topics = [("", gettext("Any topic")), *((topic.id, topic.name(lang)) for topic in courses.topics_in_order())]

    def courses(self, chosen: int | None) -> list[tuple[Any, str]]:
        """The courses in use, and the one that is ``chosen``."""
        return [("", gettext("Choose")), *((key, title) for key, title, archived in self._titles if not archived or key == chosen)]

    def tests(self, chosen: int | None) -> list[tuple[Any, str]]:
        """The tests that are given, and the one that is ``chosen``."""
        given = [one for one in self._tests if one.active or one.test_id == chosen]
        return [("", gettext("Choose")), *((one.test_id, test_said(one)) for one in given)]

    def outside(self, chosen: str | None) -> list[tuple[str, str]]:
        """The kinds of certificates from elsewhere in use, and the one that is ``chosen``."""
        lang = language()
        return [("", gettext("Choose")), *((one.code, one.name(lang)) for one in self._outside if not one.archived or one.code == chosen)]

    def kinds(self) -> list[str]:
        """The kinds of demands of which there is something to choose."""
        empty = {kind for kind, offered in (("test", self.tests(None)), ("outside", self.outside(None))) if len(offered) == 1}
        return [kind for kind in KINDS if kind not in empty]


class DemandForm(Form):
    """One demand. Below the courses that were chosen there is always a list for one more that counts as well."""

    kind = HiddenField()
    courses = Rows(KeyChoice(_("Course"), optional=True), _("Course"), max_entries=MOST_EQUIVALENTS)
    hours = Number(_("Hours"), high=2000, optional=True)
    topic = KeyChoice(_("Topic"), optional=True)
    test = KeyChoice(_("Test"), optional=True)
    percent = Whole(_("Least result, %"), low=1, high=100, optional=True, description=_("Left empty, the pass mark of the test is enough."))
    outside = Choice(_("Certificate from elsewhere"), optional=True)
    within = Whole(
        _("Within the last months"), low=1, high=LONGEST_WINDOW, optional=True, description=_("Left empty, it counts whenever it was.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """What the kind needs is there."""
        sound = super().validate(extra_validators)
        if self.kind.data == "course" and not self.chosen():
            first = self.courses[0]
            first.errors = first.errors or [sentence(first, REQUIRED)]
            self.courses.errors = [entry.errors for entry in self.courses]
            return False
        needed = {"hours": self.hours, "test": self.test, "outside": self.outside}.get(self.kind.data or "")
        if needed is not None and not needed.data:
            needed.errors = needed.errors or [sentence(needed, REQUIRED)]
            return False
        return sound

    def chosen(self) -> list[int]:
        """The courses that were chosen."""
        return [entry.data for entry in self.courses if entry.data is not None]

    def demand(self) -> Demand:
        """What was typed; only of a row that is sound."""
        if self.kind.data == "course":
            return CourseDemand(frozenset(self.chosen()), self.within.data)
        if self.kind.data == "outside":
            return OutsideDemand(self.outside.data, self.within.data)
        if self.kind.data == "test":
            return PassedTestDemand(self.test.data, self.percent.data, self.within.data)
        return HoursDemand(self.hours.data, self.topic.data, self.within.data)

    def offer(self, offers: Offers) -> None:
        """Put the choices into the lists."""
        while self.kind.data == "course" and len(self.courses) < MOST_EQUIVALENTS and self._wants_list():
            self.courses.append_entry(None)
        for entry in self.courses:
            entry.choices = offers.courses(entry.data)
        self.topic.choices = offers.topics
        self.test.choices = offers.tests(self.test.data)
        self.outside.choices = offers.outside(self.outside.data)

    def _wants_list(self) -> bool:
        return len(self.courses) < LEAST_LISTS or self.courses[-1].data is not None


class GroupForm(Form):
    """Demands of which all, or so many, are asked for; or a deeper part that is ``kept`` as it is."""

    least = Choice(_("How many of these are asked for"), optional=True)
    rows = Rows(FormField(DemandForm), _("Demands"), max_entries=WIDEST)
    kept = HiddenField()
    kept_said: Said | None = None
    kinds: Sequence[str] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """A group has rows, and no fewer than it asks for."""
        sound = super().validate(extra_validators)
        if self.kept.data:
            return sound and self._kept() is not None
        if not len(self.rows):
            self.least.errors = [gettext("This group is empty: add something to it, or take it away.")]
            return False
        return _enough(self.least, len(self.rows)) and sound

    def requirement(self) -> Requirement:
        """What was typed; only of a group that is sound."""
        kept = self._kept() if self.kept.data else None
        return kept or _together([row.form.demand() for row in self.rows], self.least.data)

    def _kept(self) -> Requirement | None:
        try:
            return read_document(json.loads(self.kept.data or ""))
        except (ValueError, RecursionError):
            return None

    def offer(self, offers: Offers) -> None:
        """Put the choices into the lists."""
        self.kinds = offers.kinds()
        for row in list(self.rows):
            if row.form.kind.data not in KINDS:
                self.rows.take_out(row)
            row.form.offer(offers)
        _offer_least(self.least, len(self.rows))
        kept = self._kept() if self.kept.data else None
        self.kept_said = said(kept, names_in([kept])) if kept else None


class RequirementForm(Form):
    """All groups of a requirement, and how many of them are asked for."""

    least = Choice(_("How many of the groups are asked for"), optional=True)
    groups = Rows(FormField(GroupForm), _("Groups"), max_entries=WIDEST)
    wanted = True

    def validate(self, extra_validators: Any = None) -> bool:
        """There is something to ask for, unless the form around it does not want it."""
        if not self.wanted:
            return True
        sound = super().validate(extra_validators)
        if not len(self.groups):
            self.groups.errors = [gettext("Say at least one thing that is asked for.")]
            return False
        return _enough(self.least, len(self.groups)) and sound

    def requirement(self) -> Requirement:
        """What was typed; only of a form that is sound."""
        return _together([group.form.requirement() for group in self.groups], self.least.data)

    def offer(self, offers: Offers) -> None:
        """Put the choices into the lists."""
        _offer_least(self.least, len(self.groups))
        for group in self.groups:
            group.form.offer(offers)

    def press(self, name: str, where: str, what: str) -> None:
        """Do what a button says: ``what`` is added to, or taken away at, the part ``where``; this form itself is ``name``."""
        if where == name and what == "group":
            add(self.groups, {"least": ALL})
        press_within(self.groups, where, what)


def press_within(groups: Any, where: str, what: str) -> None:
    """Do what a button of ``groups``, one of them or one of their rows says."""
    _press(groups, where, what)
    for group in groups:
        if where == group.name and what in KINDS:
            add(group.form.rows, {"kind": what})
        _press(group.form.rows, where, what)
        for row in group.form.rows:
            if where == row.name and what == "more":
                add(row.form.courses, None)


def _press(entries: Any, where: str, what: str) -> None:
    """Take ``where`` away, or move it up, if it is one of ``entries`` and that is wanted."""
    found = next((entry for entry in entries if entry.name == where), None)
    if found is not None and what == "remove":
        entries.take_out(found)
    elif found is not None and what == "up":
        entries.move_up(found)


def add(rows: Rows, data: Any) -> None:
    """One more row, while there may be one."""
    if len(rows) < (rows.max_entries or WIDEST):
        rows.append_entry(data)


def _offer_least(field: Choice, count: int) -> None:
    field.data = field.data or ALL
    numbers = {*range(1, count), *([int(field.data)] if field.data.isascii() and field.data.isdecimal() else [])}
    words = [(str(number), gettext("At least %(number)s of them", number=number)) for number in sorted(numbers)]
    field.choices = [(ALL, gettext("All of them")), *words]


def _enough(field: Choice, count: int) -> bool:
    if field.errors:
        return False
    if field.data in (None, "", ALL) or int(field.data) <= count:
        return True
    field.errors = [gettext("“%(field)s”: there are only %(count)s.", field=field.label.text, count=count)]
    return False


def _together(parts: list[Any], least: str | None) -> Requirement:
    """One requirement of several; what all parts of a whole ask for in full is asked for by the whole."""
    if least in (None, "", ALL):
        flat = [one for part in parts for one in (part.parts if isinstance(part, Group) and part.least == len(part.parts) else (part,))]
        parts = flat if len(flat) <= WIDEST else parts
    number = len(parts) if least in (None, "", ALL) else int(least)
    return parts[0] if len(parts) == 1 else Group(number, tuple(parts))


def typed(requirement: Requirement | None) -> dict[str, Any]:
    """``requirement`` as the form has it; an empty group for none."""
    if requirement is None:
        return {"least": ALL, "groups": [{"least": ALL}]}
    if not isinstance(requirement, Group):
        requirement = Group(1, (requirement,))
    if _is_flat(requirement):
        return {"least": ALL, "groups": [_group(requirement)]}
    return {"least": _least(requirement), "groups": list(_groups(requirement))}


def _groups(whole: Group) -> Iterator[dict[str, Any]]:
    """The parts as groups; single demands stand together where all are asked for."""
    alone = [part for part in whole.parts if _is_row(part)]
    together = whole.least == len(whole.parts)
    if together and alone:
        yield _group(Group(len(alone), tuple(alone)))
    for part in whole.parts:
        if isinstance(part, Group) and _is_flat(part):
            yield _group(part)
        elif not _is_row(part):
            yield {"kept": json.dumps(as_document(part))}
        elif not together:
            yield _group(Group(1, (part,)))


def typed_in_one(requirement: Requirement) -> dict[str, Any]:
    """``requirement`` as one group of the form has it."""
    (group, *more) = typed(requirement)["groups"]
    return {"kept": json.dumps(as_document(requirement))} if more else group


def _is_row(part: Requirement) -> bool:
    return not isinstance(part, Group)


def _is_flat(group: Group) -> bool:
    return all(_is_row(part) for part in group.parts)


def _group(group: Group) -> dict[str, Any]:
    return {"least": _least(group), "rows": [_row(part) for part in group.parts]}


def _least(group: Group) -> str:
    return ALL if group.least == len(group.parts) else str(group.least)


def _row(demand: Any) -> dict[str, Any]:
    match demand:
        case CourseDemand(ids, within):
            return {"kind": "course", "courses": sorted(ids), "within": within}
        case HoursDemand(hours, topic, within):
            return {"kind": "hours", "hours": hours, "topic": topic, "within": within}
        case PassedTestDemand(test, percent, within):
            return {"kind": "test", "test": test, "percent": percent, "within": within}
        case OutsideDemand(code, within):
            return {"kind": "outside", "outside": code, "within": within}
    raise TypeError(demand)
