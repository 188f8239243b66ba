"""What can be asked about imports, and about the people whom their rows may mean."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal.foundation import clock
from portal.foundation.crypto import keyring
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.georgian import name_key
from portal.imports import rules
from portal.imports.models import ImportState, NominationImport, NominationImportRow, Verdict
from portal.municipalities.models import Municipality
from portal.people import in_force, not_merged
from portal.people.models import Person, PersonMerge, Post

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from portal.imports.rules import Entry, Known

SEALED_FOR: Final = "nomination_import"
PAGE: Final = 300
PIECE: Final = 500
KEPT_FOR: Final = timedelta(days=7)
OPEN: Final = (ImportState.UPLOADED, ImportState.CHECKED)
"""States in which an import waits for the person who uploaded it."""

_ROW, _IMPORT = NominationImportRow, NominationImport


def get_import(import_id: int, *, code: str, municipality_ids: Collection[int]) -> NominationImport:
    """The import for the run ``code``, of one of the municipalities, with run and municipality. Raises ``NotFoundError``."""
    found = db.session.scalar(
        sa.select(_IMPORT)
        .options(joinedload(_IMPORT.run), joinedload(_IMPORT.municipality))
        .where(_IMPORT.id == import_id, _IMPORT.municipality_id.in_(municipality_ids))
    )
    if found is None or found.run.code != code:
        raise NotFoundError
    return found


def lock_import(import_id: int) -> NominationImport:
    """The import as it is now; nobody else changes it until the transaction ends."""
    statement = locked(sa.select(_IMPORT).where(_IMPORT.id == import_id)).execution_options(populate_existing=True)
    found: NominationImport = db.session.scalars(statement).one()
    return found


def lock_people_of(municipality_id: int) -> None:
    """Let the imports of a municipality be carried out one after the other: nobody is entered twice."""
    db.session.execute(locked(sa.select(Municipality.id).where(Municipality.id == municipality_id)))


def find_import_of_file(run_id: int, municipality_id: int, fingerprint: str) -> NominationImport | None:
    """The import that came of the same file, unless it was dropped."""
    return db.session.scalar(
        sa.select(_IMPORT).where(
            _IMPORT.run_id == run_id,
            _IMPORT.municipality_id == municipality_id,
            _IMPORT.fingerprint == fingerprint,
            _IMPORT.state != ImportState.DROPPED,
        )
    )


def open_imports_of(run_id: int, uploaded_by: int) -> Sequence[NominationImport]:
    """What the person uploaded for the run and did not confirm, locked: whoever confirms it at this moment comes first or after."""
    statement = sa.select(_IMPORT).where(_IMPORT.run_id == run_id, _IMPORT.uploaded_by == uploaded_by, _IMPORT.state.in_(OPEN))
    return db.session.scalars(locked(statement.order_by(_IMPORT.id)).execution_options(populate_existing=True)).all()


def forgotten_imports() -> Sequence[NominationImport]:
    """Imports that nobody confirmed for so long that nobody will."""
    return db.session.scalars(
        sa.select(_IMPORT).where(_IMPORT.state.in_(OPEN), _IMPORT.changed_at < clock.now() - KEPT_FOR).order_by(_IMPORT.id)
    ).all()


def find_due_import(state: ImportState) -> int | None:
    """The id of the import that waits longest for the worker in ``state``."""
    return db.session.scalar(sa.select(_IMPORT.id).where(_IMPORT.state == state).order_by(_IMPORT.id).limit(1))


def entries_of(import_id: int, *, after: int = 0, most: int | None = None) -> list[Entry]:
    """What the rows behind number ``after`` say, ``most`` of them."""
    rows = db.session.execute(
        sa.select(_ROW.number, _ROW.cells, _IMPORT.columns)
        .join(_IMPORT, _IMPORT.id == _ROW.import_id)
        .where(_ROW.import_id == import_id, _ROW.number > after)
        .order_by(_ROW.number)
        .limit(most)
    )
    return [rules.read_entry(number, _opened(sealed), columns) for number, sealed, columns in rows]


def _opened(sealed: bytes | None) -> list[str]:
    return json.loads(keyring.unseal(sealed, SEALED_FOR)) if sealed else []


def answers_of(import_id: int) -> dict[int, int]:
    """Whom rows mean, as far as it was asked and answered; keyed by row number."""
    rows = db.session.execute(sa.select(_ROW.number, _ROW.answer).where(_ROW.import_id == import_id, _ROW.answer.is_not(None)))
    return {number: answer for number, answer in rows if answer is not None}


def verdicts_of(import_id: int) -> list[tuple[int, str, int | None]]:
    """Number, verdict and person of each row, as shown."""
    rows = db.session.execute(sa.select(_ROW.number, _ROW.verdict, _ROW.person_id).where(_ROW.import_id == import_id).order_by(_ROW.number))
    return [(number, verdict, person_id) for number, verdict, person_id in rows]


def numbers_of_verdicts(import_id: int) -> dict[Verdict, int]:
    """How many rows have each verdict."""
    rows = db.session.execute(
        sa.select(_ROW.verdict, sa.func.count()).where(_ROW.import_id == import_id).group_by(_ROW.verdict).order_by(_ROW.verdict)
    )
    return defaultdict(int, {Verdict(verdict): number for verdict, number in rows if verdict})


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the preview and the result show it: what was read while it is kept, and the people who are or may be meant."""

    row: NominationImportRow
    entry: Entry | None
    candidates: list[Post]


@dataclass(frozen=True, slots=True)
class ShownRows:
    """A page of rows; ``following`` says where the next begins, None at the end."""

    rows: list[ShownRow]
    following: int | None


def shown_rows(parked: NominationImport, *, after: int | None = None) -> ShownRows:
    """A page of the rows, the wrong ones first; ``after`` is the number of the last row of the page before."""
    statement = sa.select(_ROW).options(joinedload(_ROW.person)).where(_ROW.import_id == parked.id)
    if after is not None:
        edge = aliased(_ROW)
        rank = sa.select(edge.rank).where(edge.import_id == parked.id, edge.number == after).scalar_subquery()
        statement = statement.where(sa.or_(_ROW.rank > rank, sa.and_(_ROW.rank == rank, _ROW.number > after)))
    rows = db.session.scalars(statement.order_by(_ROW.rank, _ROW.number).limit(PAGE + 1)).all()
    posts = _posts_of(parked.municipality_id, {person_id for row in rows for person_id in row.candidates})
    shown = [
        ShownRow(
            row,
            rules.read_entry(row.number, _opened(row.cells), parked.columns) if row.cells else None,
            [posts[person_id] for person_id in row.candidates if person_id in posts],
        )
        for row in rows[:PAGE]
    ]
    return ShownRows(shown, shown[-1].row.number if len(rows) > PAGE else None)


def _posts_of(municipality_id: int, person_ids: Collection[int]) -> dict[int, Post]:
    """The post that each of the people holds in the municipality today, the newest of several."""
    if not person_ids:
        return {}
    posts = db.session.scalars(
        sa.select(Post)
        .options(joinedload(Post.person))
        .where(Post.municipality_id == municipality_id, Post.person_id.in_(person_ids), *in_force(Post))
        .order_by(Post.starts_on, Post.id)
    )
    return {post.person_id: post for post in posts}


def posts_by_ids(post_ids: Collection[int]) -> dict[int, Post]:
    """The posts of these ids."""
    found: dict[int, Post] = {}
    for piece in _pieces(post_ids):
        found |= {post.id: post for post in db.session.scalars(sa.select(Post).where(Post.id.in_(piece)).order_by(Post.id))}
    return found


_NAMES = (Person.id, Person.family_name_ka, Person.given_name_ka, Person.family_name_latin, Person.given_name_latin)


def people_here(municipality_id: int) -> dict[int, Known]:
    """Those who hold a post in the municipality today, by id."""
    rows = db.session.execute(
        sa.select(Post.id, Person.personal_number_index.is_not(None), *_NAMES)
        .join(Post.person)
        .where(Post.municipality_id == municipality_id, *in_force(Post), not_merged())
        .order_by(Post.starts_on, Post.id)
    )
    return {person_id: _known(person_id, names, has_number=numbered, post_id=post) for post, numbered, person_id, *names in rows}


def people_by_number(numbers: Iterable[str], here: dict[int, Known]) -> dict[str, Known]:
    """Those whom the portal knows by personal number, wherever they hold a post; ``here`` are those of the municipality.

    By that of a record that was merged into another one, the one that stayed is known.
    """
    numbered = aliased(Person)
    known = (
        sa.select(numbered.personal_number_index, *_NAMES)
        .outerjoin(PersonMerge, sa.and_(PersonMerge.merged_id == numbered.id, PersonMerge.undone_at.is_(None)))
        .join(Person, Person.id == sa.func.coalesce(PersonMerge.kept_id, numbered.id))
        .order_by(Person.id)
    )
    number_of = {keyring.blind_index(number, "personal_number"): number for number in numbers}
    found = {}
    for piece in _pieces(number_of):
        for index, person_id, *names in db.session.execute(known.where(numbered.personal_number_index.in_(piece))):
            found[number_of[index or ""]] = here.get(person_id) or _known(person_id, names, has_number=True, post_id=None)
    return found


def _known(person_id: int, names: Sequence[str], *, has_number: bool, post_id: int | None) -> Known:
    family, given, family_latin, given_latin = names
    keys = frozenset({name_key(family, given), name_key(family_latin, given_latin)})
    return rules.Known(person_id=person_id, keys=keys, has_number=has_number, post_id=post_id)


def _pieces(values: Iterable[str] | Iterable[int]) -> Iterator[list[str] | list[int]]:
    """Pieces that a statement can name."""
    rest = iter(values)
    while piece := list(islice(rest, PIECE)):
        yield piece  # type: ignore[misc]
