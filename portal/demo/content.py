"""The invented content, read once: names, posts, topics, courses, venues, projects and trainers (see ``content/*.json``)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"
RANKS = {None: None, "I": 1, "II": 2, "III": 3, "IV": 4}


@cache
def read(name: str) -> Any:
    """The content of ``content/<name>.json``; shared, so nobody changes it."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def by_code(name: str) -> dict[str, dict[str, Any]]:
    """The items of a list of content by their code."""
    return {item["code"]: item for item in read(name)}


@cache
def unit_names() -> dict[str, str]:
    """The Georgian names of the structural units by code."""
    return {unit["code"]: unit["name_ka"] for unit in read("posts")["units"]}


@cache
def titles_of(category: str) -> tuple[dict[str, Any], ...]:
    """The titles of post that exist in a category."""
    return tuple(title for title in read("posts")["titles"] if title["category"] == category)
