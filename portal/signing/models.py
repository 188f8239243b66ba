"""Table: the public halves of the keys that the portal signs with."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, Key


class KeyKind(StrEnum):
    """What a key signs: credentials with a Data Integrity proof; JWTs and heads of the register; the PDF (a chain of X.509 certificates)."""

    ED25519 = "ed25519"
    ES256 = "es256"
    SEAL = "seal"


class PublicKey(Base):
    """What others need to check a signature of the portal: a JWK in JSON, or certificates in PEM. Kept for good; a retired one is marked."""

    __tablename__ = "public_key"

    id: Mapped[Key]
    kid: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    public: Mapped[str]
    since: Mapped[datetime]
    retired_at: Mapped[datetime | None]
