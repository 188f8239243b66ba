"""The contracts of import-linter in pyproject.toml: the project keeps them, and each one catches a breach put into a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

BREACHES = {
    "a floor imports from the floor above": (
        "Floors import downward only",
        "portal/courses/rules.py",
        "from portal import enrolment",
    ),
    "a floor imports from above when it is called": (
        "Floors import downward only",
        "portal/people/rules.py",
        "def late():\n    from portal.certificates import models",
    ),
    "a domain knows Flask": (
        "Only the page floor and the database handle know Flask",
        "portal/enrolment/services.py",
        "from flask import request",
    ),
    "a domain knows an extension of Flask": (
        "Only the page floor and the database handle know Flask",
        "portal/courses/queries.py",
        "from flask_sqlalchemy import SQLAlchemy",
    ),
}


def lint(project: Path) -> str:
    return subprocess.run([LINT, "--no-cache"], cwd=project, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The project's own code, to be broken."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "portal", folder / "portal", ignore=shutil.ignore_patterns("__pycache__", "data", "content", "translations"))
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(PROJECT / name, folder / name)
    return folder


def test_the_project_keeps_its_contracts():
    told = lint(PROJECT)
    assert "2 kept, 0 broken" in told, told


@pytest.mark.parametrize(("contract", "name", "line"), BREACHES.values(), ids=BREACHES)
def test_a_breach_is_caught(copy, contract, name, line):
    path = copy / name
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n\n{line}\n", encoding="utf-8")
    try:
        assert f"{contract} BROKEN" in lint(copy)
    finally:
        path.write_text(sound, encoding="utf-8")


def rooms_of_pages() -> dict[str, set[str]]:
    """Which rooms of the page floor each room imports from."""
    rooms: dict[str, set[str]] = {}
    for path in sorted((PROJECT / "portal" / "web").rglob("*.py")):
        parts = path.relative_to(PROJECT / "portal" / "web").parts
        if len(parts) > 1:
            found = re.findall(
                r"^\s*from portal\.web\.(\w+)(?:\.\w+)? import|^\s*from portal\.web import (\w+)",
                path.read_text(encoding="utf-8"),
                re.MULTILINE,
            )
            rooms.setdefault(parts[0], set()).update(name for pair in found for name in pair if name)
    return {room: (imported & rooms.keys()) - {room} for room, imported in rooms.items()}


def a_ring_of(rooms: dict[str, set[str]]) -> list[str]:
    """Rooms that import each other in a circle, through whatever others."""
    left = dict(rooms)
    while free := [room for room, imported in left.items() if not imported & left.keys()]:
        for room in free:
            del left[room]
    return sorted(left)


def test_the_rooms_of_the_page_floor_form_no_ring():
    assert a_ring_of(rooms_of_pages()) == []


def test_a_ring_is_caught():
    assert a_ring_of({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == ["a", "b", "c", "d"]
