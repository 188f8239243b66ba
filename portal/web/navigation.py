"""The main navigation: made for the person who looks at it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from flask import g, request, url_for

from portal.access import Permission, can
from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue
from portal.web.language import language

if TYPE_CHECKING:
    from portal.access import Actor


class Item(NamedTuple):
    """One entry: its words, its address, and whether this page belongs to it."""

    label: str
    href: str
    current: bool


# message id, endpoint, permission (None: for everybody), path that it stands for
_ENTRIES: tuple[tuple[str, str, Permission | None, str], ...] = (
    (N_("Catalogue"), "courses.catalogue", None, "courses"),
    (N_("My training"), "enrolment.my", Permission.MY_TRAINING_VIEW, "my"),
    (N_("My municipality"), "enrolment.municipality", Permission.MUNICIPALITY_VIEW, "municipality"),
    (N_("Teaching"), "attendance.teaching", Permission.TEACHING_VIEW, "teaching"),
    (N_("Staff"), "courses.staff_runs", Permission.RUN_MANAGE, "staff"),
    (N_("Administration"), "people.admin", Permission.ACCOUNT_MANAGE, "admin"),
    (N_("Verify a certificate"), "certificates.verify", None, "verify"),
)


def navigation_for(actor: Actor | None) -> list[Item]:
    """The entries that ``actor`` may open."""
    section = request.path.split("/")[2:3]
    return [
        Item(words, address, section == [path])
        for words, address, permission, path in _entries_in(language())
        if permission is None or can(actor, permission)
    ]


@cache  # the menu stands on every page
def _entries_in(lang: str) -> list[tuple[str, str, Permission | None, str]]:
    texts = catalogue(lang)
    return [(texts.gettext(words), url_for(endpoint, lang=lang), permission, path) for words, endpoint, permission, path in _ENTRIES]


# message id, permission, path below /staff/
_STAFF_ENTRIES: tuple[tuple[str, Permission, str], ...] = (
    (N_("Runs"), Permission.RUN_MANAGE, "runs"),
    (N_("Applications"), Permission.APPLICATION_DECIDE, "applications"),
    (N_("Courses"), Permission.COURSE_MANAGE, "courses"),
    (N_("Qualifications"), Permission.QUALIFICATION_MANAGE, "qualifications"),
    (N_("People"), Permission.PERSON_MANAGE, "people"),
    (N_("Certificates"), Permission.REGISTER_VIEW, "certificates"),
    (N_("Reports"), Permission.REPORT_VIEW, "reports"),
    (N_("Notices"), Permission.NOTICE_MANAGE, "notices"),
    (N_("Mail"), Permission.OUTBOX_MANAGE, "outbox"),
    (N_("History"), Permission.HISTORY_VIEW, "history"),
)

# What courses and runs are made of is seldom touched: a second row, on the pages of courses only.
_COURSE_ENTRIES: tuple[tuple[str, Permission, str], ...] = (
    (N_("Courses"), Permission.COURSE_MANAGE, "courses"),
    (N_("Questions"), Permission.TEST_MANAGE, "questions"),
    (N_("Topics"), Permission.COURSE_MANAGE, "topics"),
    (N_("Venues"), Permission.COURSE_MANAGE, "venues"),
    (N_("Projects"), Permission.COURSE_MANAGE, "projects"),
)
# What waits for a decision has a second row as well, so that the first stays one.
_DECISION_ENTRIES: tuple[tuple[str, Permission, str], ...] = (
    (N_("Applications"), Permission.APPLICATION_DECIDE, "applications"),
    (N_("Appeals"), Permission.APPEAL_DECIDE, "appeals"),
    (N_("Recognition"), Permission.RECOGNITION_DECIDE, "recognition"),
    (N_("Needs"), Permission.NEED_MANAGE, "needs"),
)
# What came of the trainings: in figures, and in the words of those who were there.
_RESULT_ENTRIES: tuple[tuple[str, Permission, str], ...] = (
    (N_("Reports"), Permission.REPORT_VIEW, "reports"),
    (N_("Evaluation of trainings"), Permission.EVALUATION_MANAGE, "evaluation"),
)
_SECOND_ROWS = {entry[2]: entries for entries in (_COURSE_ENTRIES, _DECISION_ENTRIES, _RESULT_ENTRIES) for entry in entries}
_QUALIFICATION_ENTRIES: tuple[tuple[str, Permission, str], ...] = (
    (N_("Qualifications"), Permission.QUALIFICATION_MANAGE, "qualifications"),
    (N_("Tracks"), Permission.QUALIFICATION_MANAGE, "tracks"),
    (N_("Goals"), Permission.GOAL_MANAGE, "goals"),
)
_SECOND_ROWS = {entry[2]: entries for entries in (_COURSE_ENTRIES, _DECISION_ENTRIES, _QUALIFICATION_ENTRIES) for entry in entries}


def staff_navigation() -> list[list[Item]]:
    """The rows of staff pages that the person who looks may open."""
    section = "".join(request.path.split("/")[3:4])
    entries = _SECOND_ROWS.get(section)
    if entries is None:
        return [_staff_row(_STAFF_ENTRIES, section)]
    return [_staff_row(_STAFF_ENTRIES, entries[0][2]), _staff_row(entries, section)]


def _staff_row(entries: tuple[tuple[str, Permission, str], ...], section: str) -> list[Item]:
    actor, lang = g.get("actor"), language()
    texts = catalogue(lang)
    return [
        Item(texts.gettext(words), f"/{lang}/staff/{path}", section == path)
        for words, permission, path in entries
        if can(actor, permission)
    ]
