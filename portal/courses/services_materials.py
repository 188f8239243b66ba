"""What can be done to the materials of a run: they are added, and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.courses import queries, rules
from portal.courses.materials import is_link, kind_of_file
from portal.courses.models import RunMaterial, RunState
from portal.courses.queries_materials import materials_of
from portal.courses.rules import Problem, WrongValuesError
from portal.foundation import clock, georgian, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun

LONGEST_TITLE = 200
MOST_MATERIALS = 40


def add_material(run_id: int, title: str, *, link: str = "", data: bytes | None = None, by: int) -> RunMaterial:
    """Give the people of a run something to read or watch: a ``link`` or the file ``data``.

    The file gets a name made of the title and of what it is; that with which it came is forgotten. Raises ``WrongValuesError`` or ``RefusedError``.
    """
    run = queries.lock_run(run_id)
    rules.check(_problems(title, link, data))
    if run.state == RunState.CANCELLED:
        raise RefusedError(N_("This run is cancelled."))
    before = materials_of(run_id)
    if len(before) >= MOST_MATERIALS:
        raise RefusedError(N_("A run has at most %(most)s materials. Take away what is no longer needed."), most=MOST_MATERIALS)
    file = _file(title, data) if data is not None else {"link": link}
    material = RunMaterial(run_id=run_id, title=title, added_by=by, added_at=clock.now(), **file)
    db.session.add(material)
    db.session.flush()
    _record("material:add", material, run, by)
    return material


def remove_material(material: RunMaterial, *, by: int) -> None:
    """Take a material away: nobody can open it any more. Does it once."""
    run = queries.lock_run(material.run_id)
    db.session.refresh(material, ["removed_at"])
    if material.removed_at is None:
        material.removed_at = clock.now()
        _record("material:remove", material, run, by)
        db.session.flush()


def _problems(title: str, link: str, data: bytes | None) -> list[Problem]:
    problems = []
    if not title:
        problems.append(Problem("title", N_("“%(field)s” is required.")))
    elif len(title) > LONGEST_TITLE:
        problems.append(Problem("title", N_("“%(field)s” can have at most %(most)s characters."), (("most", LONGEST_TITLE),)))
    if bool(link) == (data is not None):
        problems.append(Problem("link", N_("Give either a link or a file.")))
    elif link and not is_link(link):
        problems.append(Problem("link", N_("Write the link as it stands in the browser; it must begin with https://.")))
    return problems


def _file(title: str, data: bytes) -> dict[str, Any]:
    try:
        kind = kind_of_file(data)
    except RefusedError as error:
        raise WrongValuesError([Problem("file", error.message, tuple(error.facts.items()))]) from error
    return {"file_name": f"{georgian.slug(title) or 'material'}.{kind.ending}", "media_type": kind.media_type, "data": data}


def _record(action: str, material: RunMaterial, run: CourseRun, by: int) -> None:
    history.record(action, material, by=by, change={"run": run.id, "title": material.title, "online_link": material.link})
