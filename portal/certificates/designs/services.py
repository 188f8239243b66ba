"""What can be done with designs: say how certificates look, take an earlier edition up again, add pictures. Nothing is changed or deleted."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from portal.certificates.designs import queries, rules
from portal.certificates.designs.models import CertificateDesign, CertificateDesignVersion, CertificatePicture
from portal.certificates.designs.uploads import clean_picture
from portal.courses import WrongValuesError
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.certificates.designs.models import PictureKind
    from portal.certificates.designs.queries import Scope
    from portal.certificates.designs.rules import Parts


class StaleDesignError(RefusedError):
    """Somebody else has changed the design, or one that it inherits from, since it was looked at."""

    message = N_("Somebody has changed this design meanwhile, or one from which it inherits. Open the page anew to see it.")


def numbers_seen(scope: Scope) -> str:
    """The editions that make up the design of ``scope``, as a form carries them: "3.0", the nearest first."""
    newest = queries.newest_parts(queries.chain_of(scope))
    return ".".join(str(newest[code][0] if code in newest else 0) for code in queries.chain_of(scope))


def check_parts(parts: Parts) -> None:
    """Raise the ``WrongValuesError`` that says all that is wrong with ``parts``."""
    problems = rules.faults_in(parts, {picture.id: picture.kind for picture in queries.pictures()})
    if problems:
        raise WrongValuesError(problems)


def save_design(scope: Scope, parts: Parts, *, seen: str, by: int) -> int | None:
    """Let certificates of ``scope`` look so from now on; returns the number of the new edition, None when nothing is different.

    Raises ``WrongValuesError``, and ``StaleDesignError`` when ``seen`` are no longer the newest editions.
    """
    check_parts(parts)
    design = queries.find_design(scope)
    newest = queries.newest_parts([scope.code]).get(scope.code)
    number, before = newest or (0, rules.NOTHING)
    if parts == before:
        return None
    if seen != numbers_seen(scope):
        raise StaleDesignError
    try:
        with db.session.begin_nested():
            version = _add_version(design or _add_design(scope), number + 1, parts, by)
    except IntegrityError as error:
        raise StaleDesignError from error
    said = sorted({*parts.said(), *before.said()})
    changed = [name for name in said if getattr(parts, name) != getattr(before, name)]
    history.record("certificate_design:change", version, by=by, change=_for_what(scope) | {"version": number + 1, "parts": changed})
    return number + 1


def _for_what(scope: Scope) -> dict[str, object]:
    if scope.topic:
        return {"topic_id": scope.topic.id}
    return {"funding_project_id": scope.project.id} if scope.project else {}


def _add_design(scope: Scope) -> CertificateDesign:
    topic, project = scope.topic, scope.project
    design = CertificateDesign(
        scope=scope.code, topic_id=topic.id if topic else None, project_id=project.id if project else None, made_at=clock.now()
    )
    db.session.add(design)
    db.session.flush()
    return design


def _add_version(design: CertificateDesign, number: int, parts: Parts, by: int) -> CertificateDesignVersion:
    version = CertificateDesignVersion(design_id=design.id, number=number, parts=rules.to_json(parts), made_by=by, made_at=clock.now())
    db.session.add(version)
    db.session.flush()
    return version


def take_up_edition(scope: Scope, number: int, *, seen: str, by: int) -> int | None:
    """Let certificates look again as edition ``number`` says. Raises ``NotFoundError``, and else as ``save_design`` does."""
    return save_design(scope, queries.get_edition(scope, number).parts, seen=seen, by=by)


def add_picture(kind: PictureKind, name: str, data: bytes, *, by: int) -> CertificatePicture:
    """Keep an uploaded picture under ``name``; the same one again is the one that there is. Raises ``RefusedError`` when it is none."""
    png = clean_picture(data)
    digest = hashlib.sha256(png).hexdigest()
    earlier = queries.find_picture(kind, digest, name)
    if earlier is not None:
        return earlier
    picture = CertificatePicture(kind=kind.value, name=name, sha256=digest, png=png, added_by=by, added_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(picture)
            db.session.flush()
    except IntegrityError:
        same = queries.find_picture(kind, digest, name)
        if same is None:
            raise
        return same
    history.record("certificate_picture:add", picture, by=by, change={"picture": kind.value, "name": name})
    return picture
