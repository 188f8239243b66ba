"""Tables: how certificates look. A design for all, for a topic, for a funding project; its versions; the pictures that they use."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key


class CertificateDesign(Base):
    """The design of all certificates (neither topic nor project), of those of a topic, or of those of a funding project. One each.

    What a project's design leaves open, the topic's says; what that leaves open, the design for all. ``scope`` is "all", "topic-5", "project-3".
    """

    __tablename__ = "certificate_design"
    __table_args__ = (sa.CheckConstraint("topic_id IS NULL OR project_id IS NULL", name="one_scope"),)

    id: Mapped[Key]
    scope: Mapped[str] = mapped_column(unique=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), unique=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("funding_project.id"), unique=True)
    made_at: Mapped[datetime]


class CertificateDesignVersion(Base):
    """One edition of a design. Append-only: a certificate names the versions that it was drawn with; the newest is used.

    ``parts`` holds only what this design says itself; pictures by their id.
    """

    __tablename__ = "certificate_design_version"
    __table_args__ = (sa.UniqueConstraint("design_id", "number"),)

    id: Mapped[Key]
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_design.id"))
    number: Mapped[int]
    parts: Mapped[dict[str, Any]]
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]


class PictureKind(StrEnum):
    """What a picture of a design shows."""

    LOGO = "logo"
    SIGNATURE = "signature"
    SEAL = "seal"


class CertificatePicture(Base):
    """A logo, a scanned signature or a seal, as PNG, with its name in words. Append-only; the same picture is kept once."""

    __tablename__ = "certificate_picture"
    __table_args__ = (sa.UniqueConstraint("kind", "sha256", "name"),)

    id: Mapped[Key]
    kind: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    png: Mapped[bytes] = mapped_column(deferred=True)
    added_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    added_at: Mapped[datetime]
