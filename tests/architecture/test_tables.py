"""Who may touch which table. Each rule is a function over source text, so that each is also shown to catch a breach."""

from __future__ import annotations

import ast
import re

import pytest

from portal import tables
from portal.courses.models import CourseRun
from portal.foundation.database import Base
from tests.architecture.test_rules import SOURCES, calls, name_of

FLOORS = (
    "foundation",
    "municipalities",
    "people",
    "qualifications",
    "courses",
    "enrolment",
    "attendance",
    "assessment",
    "evaluation",
    "needs",
    "recognition",
    "certificates",
    "standings",
    "imports",
    "letters",
    "transcripts",
    "notices",
)
TABLES = {mapper.class_.__name__: mapper.class_.__module__.split(".")[1] for mapper in Base.registry.mappers}
ROOMS_WITH_A_SESSION = re.compile(r"/(foundation|demo)/|/(queries|services)\w*\.py$")

ASKS_THE_DATABASE = {
    "portal/web/health.py": "whether the schema answers",
    "portal/courses/changes.py": "savepoints of the services beside it",
}
DELETES = {
    "portal/assessment/services_tests.py": "which questions a test asks: the history keeps what it asked",
    "portal/evaluation/services.py": "texts without a name, put back at once in another order",
    "portal/courses/services_places.py": "quotas and invitations: the history keeps what they were",
    "portal/courses/services_runs.py": "who trains: the history keeps who did",
    "portal/qualifications/services_awards.py": "courses that somebody is due to take, which follow from awards and posts",
    "portal/courses/services_search.py": "search words, which follow from the texts",
}


def is_session(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "session" and isinstance(node.value, ast.Name) and node.value.id == "db"


def uses_the_session(name: str, source: str) -> list[str]:
    """Rooms: only queries and services speak to the database."""
    if name in ASKS_THE_DATABASE or ROOMS_WITH_A_SESSION.search(name):
        return []
    return [f"{name}:{node.lineno} speaks to the database" for node in ast.walk(ast.parse(source)) if is_session(node)]


def deletes_rows(name: str, source: str) -> list[str]:
    """Rule 6: nothing is deleted that someone may rely on."""
    if name in DELETES:
        return []
    return [
        f"{name}:{node.lineno} deletes"
        for node in calls(ast.parse(source))
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "delete"
        and (is_session(node.func.value) or (isinstance(node.func.value, ast.Name) and node.func.value.id == "sa"))
    ] + [
        f"{name}:{node.value.lineno} deletes with its parent"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.keyword) and node.arg in {"ondelete", "cascade", "passive_deletes"}
    ]


def writes_anothers_table(name: str, source: str) -> list[str]:
    """Rule 2: a service writes only its own tables; two domains make a journey, which writes none by itself."""
    parts = name.split("/")
    if parts[1] in {"demo", "foundation"}:
        return []
    written = []
    for node in calls(ast.parse(source)):
        if isinstance(node.func, ast.Name):
            written.append((node.lineno, node.func.id))
        elif isinstance(node.func, ast.Attribute) and node.func.attr in {"insert", "update", "delete"} and node.args:
            target = node.args[0].value if isinstance(node.args[0], ast.Attribute) else node.args[0]
            written.append((node.lineno, target.id if isinstance(target, ast.Name) else ""))
    return [f"{name}:{line} writes {table}" for line, table in written if table in TABLES and TABLES[table] != parts[1]]


RULES = [uses_the_session, deletes_rows, writes_anothers_table]
PREVIEW = "portal/web/courses/staff_preview.py"  # makes rows that belong to no session, to be looked at


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rule(rule):
    found = [breach for path in SOURCES for breach in rule(name_of(path), path.read_text(encoding="utf-8"))]
    assert [breach for breach in found if not breach.startswith(PREVIEW)] == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (uses_the_session, "portal/web/courses/views.py", "db.session.scalars(statement)"),
        (uses_the_session, "portal/journeys/nominate.py", "db.session.flush()"),
        (uses_the_session, "portal/people/rules.py", "db.session.get(Person, 1)"),
        (deletes_rows, "portal/people/services.py", "db.session.delete(post)"),
        (deletes_rows, "portal/people/services.py", "sa.delete(Post)"),
        (deletes_rows, "portal/people/models.py", "ForeignKey('person.id', ondelete='CASCADE')"),
        (writes_anothers_table, "portal/courses/services.py", "db.session.add(Enrolment(run_id=1))"),
        (writes_anothers_table, "portal/people/services.py", "sa.update(CourseRun)"),
        (writes_anothers_table, "portal/attendance/services.py", "sa.insert(Enrolment.__table__)"),
        (writes_anothers_table, "portal/journeys/nominate.py", "postgresql.insert(Enrolment)"),
        (writes_anothers_table, "portal/web/people/views.py", "Account(email='x')"),
    ],
)
def test_each_rule_catches_its_breach(rule, name, source):
    assert rule(name, source)


def points_up(owner: type[Base], other: type[Base]) -> bool:
    """Rule 2: relationships point down, or stay on their floor."""
    return FLOORS.index(TABLES[other.__name__]) > FLOORS.index(TABLES[owner.__name__])


def test_relationships_point_down():
    assert [
        str(one) for mapper in Base.registry.mappers for one in mapper.relationships if points_up(mapper.class_, one.mapper.class_)
    ] == []


def test_a_relationship_that_points_up_is_caught():
    assert points_up(CourseRun, tables.enrolment.Enrolment)
