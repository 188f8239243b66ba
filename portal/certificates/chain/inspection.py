"""Looking through the whole register for what was changed by hand: past the portal, in the database.

Page by page, so that memory stays small however long the register is. Each finding is a line for people: what it is about, and what is wrong.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from portal.certificates.chain import queries, queries_inspection, rules
from portal.certificates.chain.heads import Heads
from portal.certificates.chain.models import EntryKind
from portal.certificates.rules import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

CHANGED: Final = "the row, the digest of its file or its credential was changed"
_WORDS: Final = {EntryKind.STATE: "state", EntryKind.ADDITION: "addition", EntryKind.CASE: "case"}


@dataclass(slots=True)
class Inspection:
    """One look through the register; ``findings`` can be asked for once. Afterwards the counts say how much was looked at."""

    bytes_of_files: bool = True
    entries: int = 0
    certificates: int = 0
    heads: int = 0

    def findings(self) -> Iterator[str]:
        """What is wrong, a line each. Only reads."""
        for trigger in queries_inspection.missing_guards():
            yield f"database: the trigger {trigger}, which refuses changes, is missing or switched off"
        yield from self._chain()
        yield from _outside()
        yield from _cases()
        yield from _numbers()
        yield from _history()
        if self.bytes_of_files:
            yield from _files()

    def _chain(self) -> Iterator[str]:
        """Link after link: each follows from the one before and says what the row says that it is about."""
        heads = Heads()
        self.heads = len(heads)
        previous, number, at, began = rules.FIRST_LINK, 0, None, queries.first_moment()
        for page in queries.entries():
            rows = _rows_of(page)
            for entry in page:
                if entry.id != number + 1:
                    yield f"{_span(number + 1, entry.id - 1)}: taken out of the chain"
                elif entry.previous != previous:
                    yield f"entry {entry.id}: does not follow from the entry before it"
                if rules.link(entry.previous, entry.id, entry.at, entry.kind, entry.row_id, entry.content) != entry.digest:
                    yield f"entry {entry.id}: the entry was changed"
                if at is not None and entry.at < at:
                    yield f"entry {entry.id}: back-dated, its moment is before that of the entry before it"
                yield from heads.passed(entry)
                yield from self._row(entry, rows.get((entry.kind, entry.row_id)), began)
                previous, number, at = entry.digest, entry.id, entry.at
            self.entries += len(page)
        yield from heads.left_over()
        for day in queries_inspection.signed_otherwise():
            yield f"head of {day}: the history says that another was signed; it was deleted, or signed anew"

    def _row(self, entry: Any, row: Any | None, began: datetime | None) -> Iterator[str]:
        """The row that a link is about."""
        if row is None:
            yield f"{entry.kind} with id {entry.row_id}, of entry {entry.id}: the row, or its certificate, was deleted"
            return
        name = _name(entry.kind, row)
        if entry.kind == EntryKind.CERTIFICATE:
            self.certificates += 1
            if rules.sha256_of(row.record) != row.record_sha256:
                yield f"{name}: the record was changed"
        if entry.kind != EntryKind.CASE:
            if rules.content_of(entry.kind, row) != entry.content:
                yield f"{name}: {CHANGED if entry.kind == EntryKind.CERTIFICATE else 'the row was changed'}"
            if entry.at != began and not timedelta() <= entry.at - row.at <= rules.PROMPT:
                yield f"{name}: back-dated, it says {row.at:%Y-%m-%d} and came into the register on {entry.at:%Y-%m-%d}"


def _rows_of(page: list[Any]) -> dict[tuple[str, int], Any]:
    """The rows that a page of links is about."""
    ids = defaultdict(set)
    for entry in page:
        if entry.kind in queries.MODELS:
            ids[EntryKind(entry.kind)].add(entry.row_id)
    return {(kind, row.id): row for kind, of_kind in ids.items() for row in queries.rows_of(kind, of_kind)}


def _name(kind: str, row: Any) -> str:
    return (
        f"certificate {row.number}" if kind == EntryKind.CERTIFICATE else f"{_WORDS[EntryKind(kind)]} {row.id} of certificate {row.number}"
    )


def _span(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _outside() -> Iterator[str]:
    """What stands in the register and never came through the portal."""
    for kind in EntryKind:
        for row_id, number in queries_inspection.outside_the_chain(kind):
            if kind == EntryKind.CERTIFICATE:
                yield f"certificate {number}: not in the chain, it was inserted by hand"
            else:
                of = f"of certificate {number}" if number else "of no certificate"
                yield f"{_WORDS[kind]} {row_id} {of}: not in the chain, it was inserted by hand"
    for number in queries_inspection.before_the_first():
        yield f"entry {number}: stands before the first of the chain, it was inserted by hand"
    for twice in queries_inspection.linked_twice():
        yield f"entry {twice.id}: repeats an entry about {twice.kind} {twice.row_id}, it was inserted by hand"
    for table, row_id in queries_inspection.of_no_certificate():
        yield f"{table} {row_id}: belongs to no certificate"


def _cases() -> Iterator[str]:
    """The newest link about each case says what its row says; no two after each other say the same."""
    newest: dict[int, str] = {}
    for entry in queries_inspection.links_of_cases():
        if entry.row_id not in newest:
            yield from _compare(newest)
            newest = {}
        elif newest[entry.row_id] == entry.content:
            yield f"entry {entry.id}: repeats an entry about case {entry.row_id}, it was inserted by hand"
        newest[entry.row_id] = entry.content
    yield from _compare(newest)


def _compare(newest: dict[int, str]) -> Iterator[str]:
    for row in queries.rows_of(EntryKind.CASE, newest):
        if rules.content_of(EntryKind.CASE, row) != newest[row.id]:
            yield f"{_name(EntryKind.CASE, row)}: the row was changed"


def _numbers() -> Iterator[str]:
    """Numbers grow by one, and the counter of their year says the last."""
    for year in queries_inspection.years():
        if year.counted != (year.last or 0):
            said = "is missing" if year.counted is None else f"says {year.counted}"
            yield f"counter of {year.year}: {said}, and the last number is {year.last or 0}"
        if year.numbers != year.last:
            yield from _gaps(year.year)


def _gaps(year: int) -> Iterator[str]:
    expected = 1
    for sequence in queries_inspection.sequences_of(year):
        if sequence > expected:
            first, last = number_of(year, expected), number_of(year, sequence - 1)
            gap = f"number {first}: there is no such certificate" if first == last else f"numbers {first} to {last}: there are no such"
            yield f"{gap}, though there are later ones"
        expected = max(expected, sequence + 1)


def _history() -> Iterator[str]:
    """What the history tells of is there, and nothing else; and the history itself holds."""
    for row_id in queries_inspection.issued_and_gone():
        yield f"certificate with id {row_id}: issued, as the history says, and not in the register; it was deleted"
    for number in queries_inspection.issued_otherwise():
        yield f"certificate {number}: the history says that another record or file was issued"
    for number, state in queries_inspection.states_gone():
        yield f"certificate {number}: {state}, as the history says, and no such state is in the register; it was deleted"
    for number, state in queries_inspection.states_untold():
        yield f"certificate {number}: {state}, of which the history does not tell; it was inserted by hand, or the history was changed"
    for broken in queries_inspection.broken_history():
        yield f"history {broken}: the row was changed, or one before it was deleted"


def _files() -> Iterator[str]:
    """The bytes of every file, and of what was added to it, have the digests that they should."""
    added_to = queries_inspection.certificates_with_additions()
    for row in queries_inspection.files():
        digest = hashlib.sha256(_bytes(row.pdf))
        if digest.hexdigest() != row.pdf_sha256:
            yield f"certificate {row.number}: the file was changed"
        for addition in queries_inspection.additions_of(row.certificate_id) if row.certificate_id in added_to else ():
            digest.update(_bytes(addition.tail))
            if digest.hexdigest() != addition.file_sha256:
                yield f"addition {addition.id} of certificate {row.number}: the bytes were changed"


def _bytes(data: bytes | str) -> bytes:
    """What SQLite gives for a column of bytes into which somebody wrote text is text."""
    return data.encode() if isinstance(data, str) else data
