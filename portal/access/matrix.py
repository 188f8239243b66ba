"""The access matrix. A row is a permission, its entry the roles that have it; LEARNER stands for everyone who is signed in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from portal.people.models import Role

if TYPE_CHECKING:
    from portal.access.actor import Actor

LEARNER = "learner"


class Permission(StrEnum):
    """What a page or a button asks for, as ``thing:verb``."""

    RUN_ENROL = "run:enrol"
    MY_TRAINING_VIEW = "my_training:view"
    TEST_TAKE = "test:take"
    MUNICIPALITY_VIEW = "municipality:view"
    MUNICIPALITY_NOMINATE = "municipality:nominate"
    EMPLOYER_DECIDE = "employer:decide"
    DEPUTY_NAME = "deputy:name"
    NEED_POST = "need:post"
    NEED_MANAGE = "need:manage"
    TEACHING_VIEW = "teaching:view"
    ATTENDANCE_MARK = "attendance:mark"
    APPEAL_ANSWER = "appeal:answer"
    APPEAL_DECIDE = "appeal:decide"
    SCORE_RECORD = "score:record"
    TEST_MANAGE = "test:manage"
    MATERIAL_MANAGE = "material:manage"
    GROUP_WRITE = "group:write"
    RECOGNITION_CONFIRM = "recognition:confirm"
    RECOGNITION_DECIDE = "recognition:decide"
    EVALUATION_VIEW = "evaluation:view"
    EVALUATION_MANAGE = "evaluation:manage"
    COURSE_MANAGE = "course:manage"
    RUN_MANAGE = "run:manage"
    APPLICATION_DECIDE = "application:decide"
    CERTIFICATE_ISSUE = "certificate:issue"
    REGISTER_VIEW = "register:view"
    DESIGN_MANAGE = "design:manage"
    QUALIFICATION_MANAGE = "qualification:manage"
    GOAL_MANAGE = "goal:manage"
    REPORT_VIEW = "report:view"
    NOTICE_MANAGE = "notice:manage"
    PERSON_MANAGE = "person:manage"
    OUTBOX_MANAGE = "outbox:manage"
    HISTORY_VIEW = "history:view"
    HISTORY_OPEN_PERSONAL = "history:open_personal"
    ACCOUNT_MANAGE = "account:manage"


_STAFF = frozenset({Role.STAFF, Role.ADMINISTRATOR})

MATRIX: dict[Permission, frozenset[str]] = {
    Permission.RUN_ENROL: frozenset({LEARNER}),
    Permission.MY_TRAINING_VIEW: frozenset({LEARNER}),
    Permission.TEST_TAKE: frozenset({LEARNER}),
    Permission.MUNICIPALITY_VIEW: frozenset({Role.COORDINATOR}),
    Permission.MUNICIPALITY_NOMINATE: frozenset({Role.COORDINATOR}),
    Permission.EMPLOYER_DECIDE: frozenset({Role.COORDINATOR}),
    Permission.DEPUTY_NAME: frozenset({Role.COORDINATOR}),
    Permission.NEED_POST: frozenset({Role.COORDINATOR}),
    Permission.NEED_MANAGE: _STAFF,
    Permission.TEACHING_VIEW: frozenset({Role.TRAINER}),
    Permission.ATTENDANCE_MARK: frozenset({Role.TRAINER}) | _STAFF,
    Permission.APPEAL_ANSWER: frozenset({Role.TRAINER}),
    Permission.APPEAL_DECIDE: _STAFF,
    Permission.SCORE_RECORD: frozenset({Role.TRAINER}) | _STAFF,
    Permission.TEST_MANAGE: frozenset({Role.TRAINER}) | _STAFF,
    Permission.MATERIAL_MANAGE: frozenset({Role.TRAINER}) | _STAFF,
    Permission.GROUP_WRITE: frozenset({Role.TRAINER}) | _STAFF,
    Permission.RECOGNITION_CONFIRM: frozenset({Role.COORDINATOR}),
    Permission.RECOGNITION_DECIDE: _STAFF,
    Permission.EVALUATION_VIEW: frozenset({Role.TRAINER}) | _STAFF,
    Permission.EVALUATION_MANAGE: _STAFF,
    Permission.COURSE_MANAGE: _STAFF,
    Permission.RUN_MANAGE: _STAFF,
    Permission.APPLICATION_DECIDE: _STAFF,
    Permission.CERTIFICATE_ISSUE: _STAFF,
    Permission.REGISTER_VIEW: _STAFF,
    Permission.DESIGN_MANAGE: _STAFF,
    Permission.QUALIFICATION_MANAGE: _STAFF,
    Permission.GOAL_MANAGE: _STAFF,
    Permission.REPORT_VIEW: _STAFF,
    Permission.NOTICE_MANAGE: _STAFF,
    Permission.PERSON_MANAGE: _STAFF,
    Permission.OUTBOX_MANAGE: _STAFF,
    Permission.HISTORY_VIEW: _STAFF,
    Permission.HISTORY_OPEN_PERSONAL: frozenset({Role.ADMINISTRATOR}),
    Permission.ACCOUNT_MANAGE: frozenset({Role.ADMINISTRATOR}),
}


def can(actor: Actor | None, permission: Permission) -> bool:
    """True when ``actor`` (None is a visitor) has ``permission``.

    What it applies to is settled before: a page loads its subject through the actor's own scope, and what is outside is not found.
    """
    if actor is None:
        return False
    allowed = MATRIX[permission]
    return LEARNER in allowed or not allowed.isdisjoint(actor.roles)
