"""What can be asked of the register of certificates: by the holder of one, by staff."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal.certificates import rules
from portal.certificates.facts import CertificateFacts
from portal.certificates.models import Certificate, CertificateCounter, CertificateState, CertificateStatus
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import BigId, db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.searching import prefix_range, search_key
from portal.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

PAGE: Final = 50
_RARE: Final = frozenset({CertificateState.SUSPENDED, CertificateState.REVOKED, CertificateState.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate of the register, read: what is printed, what it is worth now, and whose and which run's it is."""

    id: int
    number: str
    secret: str
    person_id: int
    run_id: int
    facts: CertificateFacts
    state: str
    issued_at: datetime
    expires_at: datetime | None

    @property
    def standing(self) -> str:
        """The state, or "expired"."""
        return rules.standing(self.state, self.expires_at, clock.now())

    @property
    def valid(self) -> bool:
        """True when the certificate is worth today what it says."""
        return self.standing in rules.VALID

    @property
    def taken_back(self) -> bool:
        """True when it was made worth nothing, for a time or for good; one that only expired still says what was learned."""
        return self.state in _RARE


@dataclass(frozen=True, slots=True)
class Held(Entry):
    """A certificate as its holder sees it: since when it has its state, and why."""

    state_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StateChange:
    """One change of state: why, in words and as a code (empty for an issue), when it was noted, from when on it holds, and who made it."""

    state: str
    reason: str
    reason_code: str
    at: datetime
    since: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class RegisterSearch:
    """What staff look for: a number or the beginning of a family name, a state ("valid" for what is worth something), a year.

    ``older_than`` and ``newer_than`` are numbers: the page goes on from there.
    """

    text: str = ""
    state: str = ""
    year: int | None = None
    older_than: str = ""
    newer_than: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate in the list of the register, and what the list says of it. The rest of its record is left unread."""

    number: str
    name_ka: str
    name_latin: str
    course_title_ka: str
    course_title_en: str
    issued_on: date
    state: str
    expires_at: datetime | None

    @property
    def standing(self) -> str:
        """The state, or "expired"."""
        return rules.standing(self.state, self.expires_at, clock.now())


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of the register, newest first, and the numbers from which its neighbours go on."""

    entries: list[Line]
    newer_than: str | None
    older_than: str | None


def newest(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any], of: Any = Certificate) -> sa.ScalarSelect[Any]:
    """The column of the newest state of a certificate; ``of`` is an alias of the table, where the statement reads one."""
    states = sa.select(column).where(CertificateStatus.certificate_id == of.id).order_by(CertificateStatus.id.desc())
    return states.limit(1).correlate(of).scalar_subquery()


_SINCE: sa.ColumnElement[datetime] = sa.func.coalesce(CertificateStatus.effective_at, CertificateStatus.at)
newest_state = newest(CertificateStatus.state)
holds_since = newest(_SINCE)
"""From when on a certificate has its state."""
ENTRY = (
    Certificate.id,
    Certificate.number,
    Certificate.secret,
    Certificate.person_id,
    Certificate.run_id,
    Certificate.record,
    newest_state.label("state"),
    Certificate.issued_at,
    Certificate.expires_at,
)


def read(row: Any) -> dict[str, Any]:
    """The fields of an entry, of a row with the columns of ``ENTRY``."""
    values = {column.key: getattr(row, column.key) for column in ENTRY}
    return values | {"facts": CertificateFacts.from_record(json.loads(values.pop("record")))}


def _entry(row: Any) -> Entry:
    return Entry(**read(row))


# Built once: building one costs more than the answer.
_OF_PERSON = (
    sa.select(*ENTRY, holds_since.label("state_at"), newest(CertificateStatus.reason).label("reason"))
    .join(Certificate.enrolment)
    .where(Enrolment.person_id == sa.bindparam("person", type_=BigId))
    .order_by(Certificate.id.desc())
)
_ORDER = (Certificate.year, Certificate.sequence)
_LINES = {
    newest_first: sa.select(Certificate.number, Certificate.record, newest_state.label("state"), Certificate.expires_at)
    .order_by(*(column.desc() if newest_first else column for column in _ORDER))
    .limit(sa.bindparam("lines", type_=sa.Integer))
    for newest_first in (True, False)
}
_YEARS = sa.select(CertificateCounter.year).order_by(CertificateCounter.year.desc())


def certificates_of_person(person_id: int) -> list[Held]:
    """The certificates of a person, those for enrolments of a merged record too, newest first. One statement."""
    return [_held(row) for row in db.session.execute(_OF_PERSON, {"person": person_id})]


def get_held(number: str, person_id: int) -> Held:
    """The certificate ``number``, written exactly, of a person. Raises ``NotFoundError``."""
    row = db.session.execute(_OF_PERSON.where(Certificate.number == number), {"person": person_id}).first()
    if row is None:
        raise NotFoundError
    return _held(row)


def _held(row: Any) -> Held:
    return Held(**read(row), state_at=row.state_at, reason=row.reason)


def get_entry(number: str) -> Entry:
    """The certificate ``number``, written exactly. Raises ``NotFoundError``."""
    row = db.session.execute(sa.select(*ENTRY).where(Certificate.number == number)).first()
    if row is None:
        raise NotFoundError
    return _entry(row)


def lock_certificate(certificate_id: int) -> Certificate:
    """The certificate, locked, so that its states follow each other. Raises ``NotFoundError``."""
    found: Certificate | None = db.session.scalar(locked(sa.select(Certificate).where(Certificate.id == certificate_id)))
    if found is None:
        raise NotFoundError
    return found


def get_certificate(certificate_id: int) -> Certificate:
    """The certificate. Raises ``NotFoundError``."""
    found = db.session.get(Certificate, certificate_id)
    if found is None:
        raise NotFoundError
    return found


def is_valid(certificate: Certificate) -> bool:
    """Whether ``certificate``, which is locked, is worth today what it says."""
    return rules.standing(state_of(certificate.id), certificate.expires_at, clock.now()) in rules.VALID


def state_of(certificate_id: int) -> str:
    """The newest state of a certificate."""
    statement = (
        sa.select(CertificateStatus.state).where(CertificateStatus.certificate_id == certificate_id).order_by(CertificateStatus.id.desc())
    )
    return db.session.scalars(statement.limit(1)).one()


def states_of(certificate_id: int) -> list[StateChange]:
    """All states of a certificate, oldest first. One statement."""
    rows = db.session.execute(
        sa.select(CertificateStatus.state, CertificateStatus.reason, CertificateStatus.reason_code, CertificateStatus.at, _SINCE, Person)
        .join(Person, Person.id == CertificateStatus.by_id)
        .where(CertificateStatus.certificate_id == certificate_id)
        .order_by(CertificateStatus.id)
    )
    return [StateChange(*row) for row in rows]


def years_of_register() -> list[int]:
    """The years in which certificates were issued, newest first."""
    return list(db.session.scalars(_YEARS))


def register_page(search: RegisterSearch, size: int = PAGE) -> RegisterPage:
    """The page of the register that ``search`` asks for: keyset pages, one statement, however long the register is."""
    forward, start = not search.newer_than, _position(search.older_than or search.newer_than)
    entries = [_line(row) for row in db.session.execute(_statement(search), {"lines": size + 1})]
    more, entries = len(entries) > size, entries[:size]
    if not forward:
        entries.reverse()
    first, last = (entries[0].number, entries[-1].number) if entries else (None, None)
    return RegisterPage(entries, first if (start if forward else more) else None, last if more or not forward else None)


def _statement(search: RegisterSearch) -> sa.Select[Any]:
    forward, start = not search.newer_than, _position(search.older_than or search.newer_than)
    conditions = _conditions(search)
    if start is not None:
        conditions.append(_beyond(start, older=forward))
    return _LINES[forward].where(*conditions) if conditions else _LINES[forward]


def _beyond(start: tuple[int, int], *, older: bool) -> sa.ColumnElement[bool]:
    key, given = sa.tuple_(Certificate.year, Certificate.sequence), sa.tuple_(*start)
    return key < given if older else key > given


def _line(row: Any) -> Line:
    record = json.loads(row.record)
    name, title = record["name"], record["course_title"]
    issued_on = date.fromisoformat(record["issued_on"])
    return Line(row.number, name["ka"], name["latin"], title["ka"], title["en"], issued_on, row.state, row.expires_at)


def _conditions(search: RegisterSearch) -> list[sa.ColumnElement[bool]]:
    conditions = [_matches(search.text)] if search.text.strip() else []
    if search.year is not None:
        conditions.append(Certificate.year == search.year)
    moment = clock.now()
    unexpired = sa.or_(Certificate.expires_at.is_(None), Certificate.expires_at > moment)
    if search.state == "valid":
        conditions += [newest_state.in_(rules.VALID), unexpired]
    elif search.state == rules.EXPIRED:
        conditions += [newest_state.in_(rules.VALID), Certificate.expires_at <= moment]
    elif search.state == rules.EXPIRING:
        conditions += [newest_state.in_(rules.VALID), Certificate.expires_at > moment, Certificate.expires_at < moment + rules.SOON]
    elif search.state in _RARE:
        # few of many: found from their own states rather than by asking every certificate
        rare = sa.select(CertificateStatus.certificate_id).where(CertificateStatus.state == search.state)
        conditions += [Certificate.id.in_(rare), newest_state == search.state]
    return conditions


def _matches(text: str) -> sa.ColumnElement[bool]:
    """By number when ``text`` is one, else by the beginning of the family name, which comes first, in Georgian or Latin letters."""
    number = rules.parse_number(text)
    if number is not None:
        return Certificate.number == number
    key = search_key(text.split(maxsplit=1)[0])
    if not key:
        return sa.false()
    low, high = prefix_range(key)
    return sa.and_(Certificate.surname_keys >= low, Certificate.surname_keys < high)


def _position(number: str) -> tuple[int, int] | None:
    parsed = rules.parse_number(number) if number else None
    return None if parsed is None else rules.year_and_sequence(parsed)
