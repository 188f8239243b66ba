"""What can be asked about designs: what they say, what the certificates of a run are composed of, the pictures, and people to try them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from portal.certificates.designs import rules
from portal.certificates.designs.models import CertificateDesign, CertificateDesignVersion, CertificatePicture
from portal.certificates.designs.rules import ALL, NOTHING, PROJECT_LOGO, Composition, Parts
from portal.certificates.drawing import Logo
from portal.certificates.models import Certificate
from portal.courses.models import Course, CourseRun, FundingProject, Topic
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

RUNS_OFFERED: Final = 10
_MOST_KEPT: Final = 64
# Bytes of pictures by their digest: a picture never changes, and the same bytes make the same design, which the drawing keeps.
_pngs: dict[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a design is for: all certificates (neither), those of a topic, or those of a funding project."""

    topic: Topic | None = None
    project: FundingProject | None = None

    @property
    def code(self) -> str:
        """As in addresses and in the register: "all", "topic-5", "project-3"."""
        if self.topic:
            return topic_scope(self.topic.id)
        return project_scope(self.project.id) if self.project else ALL

    def name(self, language: str) -> str:
        """The name of the topic or the project; empty for all."""
        named = self.topic or self.project
        return named.name(language) if named else ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a design: its number (0 when there is none yet), what it says, who made it when."""

    number: int = 0
    parts: Parts = NOTHING
    made_by: Person | None = None
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DesignLine:
    """A design in the list: what for, its newest edition, and how many certificates there are of that kind."""

    scope: Scope
    edition: Edition
    certificates: int


def topic_scope(topic_id: int) -> str:
    """The code of a topic's design."""
    return f"topic-{topic_id}"


def project_scope(project_id: int) -> str:
    """The code of a funding project's design."""
    return f"project-{project_id}"


def get_scope(code: str) -> Scope:
    """The topic or project, with its logo, that ``code`` names. Raises ``NotFoundError``."""
    kind, _dash, number = code.partition("-")
    if code == ALL:
        return Scope()
    key = int(number) if number.isascii() and number.isdecimal() and len(number) <= 15 else 0  # noqa: PLR2004  (digits of a key)
    if kind == "topic":
        scope = Scope(topic=db.session.get(Topic, key))
    elif kind == "project":
        scope = Scope(project=db.session.get(FundingProject, key, options=[undefer(FundingProject.logo)]))
    else:
        raise NotFoundError
    if scope.code != code:
        raise NotFoundError
    return scope


def chain_of(scope: Scope) -> tuple[str, ...]:
    """The scopes whose designs make up that of ``scope``, the nearest first."""
    return (ALL,) if scope.code == ALL else (scope.code, ALL)


def _scopes_of(run: CourseRun) -> tuple[str, ...]:
    of_project = (project_scope(run.funding_project_id),) if run.funding_project_id else ()
    return (*of_project, topic_scope(run.course.topic_id), ALL)


def _newest() -> sa.ColumnElement[bool]:
    numbers = sa.select(sa.func.max(CertificateDesignVersion.number)).where(CertificateDesignVersion.design_id == CertificateDesign.id)
    return CertificateDesignVersion.number == numbers.correlate(CertificateDesign).scalar_subquery()


def newest_parts(scopes: Iterable[str]) -> dict[str, tuple[int, Parts]]:
    """Number and parts of the newest version of each design that there is, by scope. One statement."""
    rows = db.session.execute(
        sa.select(CertificateDesign.scope, CertificateDesignVersion.number, CertificateDesignVersion.parts)
        .join(CertificateDesignVersion, CertificateDesignVersion.design_id == CertificateDesign.id)
        .where(CertificateDesign.scope.in_(list(scopes)), _newest())
        .order_by(CertificateDesign.id)
    )
    return {scope: (number, rules.from_json(parts)) for scope, number, parts in rows}


def composition_of(run: CourseRun, instead: Mapping[str, Parts] | None = None) -> Composition:
    """What the certificates of ``run`` (course and project loaded) are composed of now: one to three statements, and no picture twice.

    ``instead`` are parts to try in place of those of a scope.
    """
    return _composed(_scopes_of(run), run.funding_project, instead or {})


def words_of(run: CourseRun) -> Composition:
    """As ``composition_of``, with nothing to draw: one statement."""
    newest = newest_parts(_scopes_of(run))
    parts = rules.inherit(*(newest[scope][1] for scope in _scopes_of(run) if scope in newest))
    return Composition(texts=parts.texts(), signatories=tuple(one.signatory for one in parts.signatories or ()))


def composition_for(scope: Scope, instead: Parts | None = None) -> Composition:
    """What a certificate would be composed of that is of ``scope`` and of nothing nearer."""
    return _composed(chain_of(scope), scope.project, {} if instead is None else {scope.code: instead})


def _composed(scopes: Sequence[str], project: FundingProject | None, instead: Mapping[str, Parts]) -> Composition:
    newest = newest_parts(scopes)
    chain = {scope: newest[scope][1] for scope in scopes if scope in newest} | dict(instead)
    parts = rules.inherit(*(chain[scope] for scope in scopes if scope in chain))
    wants_logo = project is not None and PROJECT_LOGO in (parts.logos or ())
    logo = Logo(project.logo, project.donor_ka) if wants_logo and project and project.logo else None
    versions = tuple((scope, newest[scope][0]) for scope in scopes if scope in newest)
    return rules.compose(parts, pictures_by_id(parts.pictures()), logo, versions)


def pictures_by_id(picture_ids: Iterable[int]) -> dict[int, Logo]:
    """The pictures with these ids. At most two statements; bytes that were read before are not read again."""
    wanted = sorted(picture_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(CertificatePicture.id, CertificatePicture.name, CertificatePicture.sha256).where(CertificatePicture.id.in_(wanted))
    ).all()
    known = _pngs
    pngs = {row.sha256: known[row.sha256] for row in rows if row.sha256 in known}
    unread = {row.sha256 for row in rows} - pngs.keys()
    if unread:
        found = sa.select(CertificatePicture.sha256, CertificatePicture.png).where(CertificatePicture.sha256.in_(unread))
        for digest, png in db.session.execute(found):
            pngs[digest] = _keep(digest, png)
    return {row.id: Logo(pngs[row.sha256], row.name) for row in rows}


def _keep(digest: str, png: bytes) -> bytes:
    global _pngs  # noqa: PLW0603  (replaced, never emptied: other threads may be reading it)
    _pngs = {digest: png} | (_pngs if len(_pngs) < _MOST_KEPT else {})
    return png


def design_lines() -> list[DesignLine]:
    """The design for all, that of each topic, that of each project which is not archived or has one. Six statements."""
    topics = db.session.scalars(sa.select(Topic).order_by(Topic.position, Topic.id)).all()
    projects = db.session.scalars(
        sa.select(FundingProject).order_by(FundingProject.archived, FundingProject.name_ka, FundingProject.id)
    ).all()
    editions = _newest_editions()
    scopes = [Scope(), *(Scope(topic=topic) for topic in topics)]
    scopes += [scope for scope in (Scope(project=project) for project in projects) if not _is_put_away(scope, editions)]
    numbers = _numbers_of_certificates()
    return [DesignLine(scope, editions.get(scope.code, Edition()), numbers.get(scope.code, 0)) for scope in scopes]


def _is_put_away(scope: Scope, editions: Mapping[str, Edition]) -> bool:
    return scope.project is not None and scope.project.archived and scope.code not in editions


def _editions(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    version = CertificateDesignVersion
    return (
        sa.select(CertificateDesign.scope, version.number, version.parts, Person, version.made_at)
        .join(version, version.design_id == CertificateDesign.id)
        .join(Person, Person.id == version.made_by)
        .where(*conditions)
        .order_by(CertificateDesign.id, version.number.desc())
    )


def _newest_editions() -> dict[str, Edition]:
    return {row[0]: _edition(row) for row in db.session.execute(_editions(_newest()))}


def _edition(row: Any) -> Edition:
    return Edition(row[1], rules.from_json(row[2]), row[3], row[4])


def _numbers_of_certificates() -> dict[str, int]:
    """How many certificates were issued: in all, by topic, by project. Two statements."""
    of_runs = sa.select(Certificate.run_id, sa.func.count().label("n")).group_by(Certificate.run_id).subquery()
    rows = db.session.execute(
        sa.select(Course.topic_id, CourseRun.funding_project_id, sa.func.sum(of_runs.c.n))
        .join(CourseRun, CourseRun.id == of_runs.c.run_id)
        .join(Course, Course.id == CourseRun.course_id)
        .group_by(Course.topic_id, CourseRun.funding_project_id)
        .order_by(Course.topic_id)
    )
    numbers: dict[str, int] = {}
    for topic_id, project_id, count in rows:
        for scope in (ALL, topic_scope(topic_id), project_scope(project_id or 0)):
            numbers[scope] = numbers.get(scope, 0) + int(count)
    return numbers


def editions_of(scope: Scope) -> list[Edition]:
    """All editions of a design, the newest first. One statement."""
    return [_edition(row) for row in db.session.execute(_editions(CertificateDesign.scope == scope.code))]


def get_edition(scope: Scope, number: int) -> Edition:
    """One edition of a design. Raises ``NotFoundError``."""
    row = db.session.execute(_editions(CertificateDesign.scope == scope.code, CertificateDesignVersion.number == number)).first()
    if row is None:
        raise NotFoundError
    return _edition(row)


def find_design(scope: Scope) -> CertificateDesign | None:
    """The design of ``scope``, locked until the transaction ends, if there is one."""
    found: CertificateDesign | None = db.session.scalar(locked(sa.select(CertificateDesign).where(CertificateDesign.scope == scope.code)))
    return found


def pictures() -> list[CertificatePicture]:
    """All pictures by kind and name, without their bytes."""
    order = (CertificatePicture.kind, CertificatePicture.name, CertificatePicture.id)
    return list(db.session.scalars(sa.select(CertificatePicture).order_by(*order)))


def get_picture(picture_id: int) -> bytes:
    """The PNG of a picture. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(CertificatePicture.png).where(CertificatePicture.id == picture_id))
    if found is None:
        raise NotFoundError
    return found


def find_picture(kind: str, digest: str, name: str) -> CertificatePicture | None:
    """The same picture under the same name, if it was added before."""
    same = (CertificatePicture.kind == kind, CertificatePicture.sha256 == digest, CertificatePicture.name == name)
    return db.session.scalar(sa.select(CertificatePicture).where(*same))


def runs_to_try(scope: Scope) -> list[tuple[CourseRun, int]]:
    """The latest runs of ``scope`` that have begun, with the version, and the enrolment of one who has a place. One statement."""
    first = sa.select(sa.func.min(Enrolment.id)).where(Enrolment.run_id == CourseRun.id, Enrolment.state.in_(HOLDS_PLACE))
    one = first.correlate(CourseRun).scalar_subquery()
    statement = (
        sa.select(CourseRun, one)
        .join(CourseRun.course)
        .options(joinedload(CourseRun.version))
        .where(one.is_not(None), CourseRun.starts_at.is_not(None))
        .order_by(CourseRun.starts_at.desc(), CourseRun.id.desc())
        .limit(RUNS_OFFERED)
    )
    if scope.topic:
        statement = statement.where(Course.topic_id == scope.topic.id)
    if scope.project:
        statement = statement.where(CourseRun.funding_project_id == scope.project.id)
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def longest_names(most: int) -> list[tuple[str, str]]:
    """The longest names of people, in both spellings: half of them by the Georgian one, half by the Latin one."""
    found: dict[tuple[str, str], None] = {}
    for given, family in (
        (Person.given_name_ka, Person.family_name_ka),
        (Person.given_name_latin, Person.family_name_latin),
    ):
        length = sa.func.length(given) + sa.func.length(family)
        people = db.session.scalars(sa.select(Person).order_by(length.desc(), Person.id).limit(most // 2))
        found |= {(person.name_ka, person.name_latin): None for person in people}
    return list(found)
