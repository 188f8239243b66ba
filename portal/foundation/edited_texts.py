"""Texts of mails as staff edited them. Every edition is kept; the newest counts, and an empty one brings the standard text back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, aliased, mapped_column

from portal.foundation import clock, history
from portal.foundation.database import Base, BigId, Key, db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.mail_texts import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import SessionTransaction

_KEPT = "edited_mail_texts"
STANDARD = Wording("", "")


class MailText(Base):
    """One edition of the mail ``kind`` in one language, with placeholders; without a body it is the standard text again."""

    __tablename__ = "mail_text"
    __table_args__ = (sa.UniqueConstraint("kind", "language", "number"),)

    id: Mapped[Key]
    kind: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    edited_by: Mapped[int] = mapped_column(BigId)
    edited_at: Mapped[datetime]

    @property
    def wording(self) -> Wording:
        """Subject and body."""
        return Wording(self.subject, self.body)


class _Kept(NamedTuple):
    transaction: SessionTransaction | None
    wordings: dict[tuple[str, str], Wording | None]


_NEWEST = (
    sa.select(MailText.subject, MailText.body)
    .where(MailText.kind == sa.bindparam("kind", type_=sa.String), MailText.language == sa.bindparam("language", type_=sa.String))
    .order_by(MailText.number.desc())
    .limit(1)
)


def find_wording(kind: str, language: str) -> Wording | None:
    """The text that staff gave the mail ``kind`` in ``language``, if they did: one statement for all such mails of a transaction."""
    session = db.session()
    kept: _Kept | None = session.info.get(_KEPT)
    wordings = kept.wordings if kept and kept.transaction is session.get_transaction() else {}
    if (kind, language) not in wordings:
        with session.no_autoflush:
            row = session.execute(_NEWEST, {"kind": kind, "language": language}).one_or_none()
        wordings[kind, language] = Wording(*row) if row and row.body else None
        session.info[_KEPT] = _Kept(session.get_transaction(), wordings)
    return wordings[kind, language]


def newest_texts() -> dict[tuple[str, str], MailText]:
    """The newest edition of each mail that was ever edited, by kind and language."""
    later = aliased(MailText)
    is_newest = ~sa.exists().where(later.kind == MailText.kind, later.language == MailText.language, later.number > MailText.number)
    found = db.session.scalars(sa.select(MailText).where(is_newest).order_by(MailText.kind, MailText.language))
    return {(text.kind, text.language): text for text in found}


def editions_of(kind: str, language: str) -> Sequence[MailText]:
    """All editions of the mail ``kind`` in ``language``, the newest first."""
    mine = (MailText.kind == kind, MailText.language == language)
    return db.session.scalars(sa.select(MailText).where(*mine).order_by(MailText.number.desc())).all()


def find_newest(kind: str, language: str) -> MailText | None:
    """The newest edition of the mail ``kind`` in ``language``, if it was ever edited."""
    return next(iter(editions_of(kind, language)), None)


def save_wording(kind: str, language: str, wording: Wording, *, seen: int, by: int) -> None:
    """Add an edition of the mail ``kind`` in ``language``, already checked; ``seen`` is the number of the newest one that was seen (0 for none).

    The same once more changes nothing. Raises ``RefusedError`` when somebody else has edited it meanwhile.
    """
    newest = find_newest(kind, language)
    if seen != (newest.number if newest else 0):
        _check_same(newest, wording, by)
        return
    text = MailText(
        kind=kind,
        language=language,
        number=seen + 1,
        subject=wording.subject,
        body=wording.body,
        edited_by=by,
        edited_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(text)
            db.session.flush()
    except IntegrityError:
        _check_same(find_newest(kind, language), wording, by)
        return
    action = "mail_text:change" if wording.body else "mail_text:restore"
    history.record(action, text, by=by, change={"kind": kind, "language": language, "version": text.number})


def _check_same(newest: MailText | None, wording: Wording, by: int) -> None:
    if newest is None or (newest.wording, newest.edited_by) != (wording, by):
        raise RefusedError(N_("Somebody has changed this text meanwhile. Open the page anew to see it."))
