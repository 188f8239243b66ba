"""Tables: the regions of Georgia and their municipalities."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation.database import Base, Key


class Region(Base):
    """A region, the capital, or an autonomous republic. ``iso`` is its ISO 3166-2 code."""

    __tablename__ = "region"

    id: Mapped[Key]
    iso: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


class Municipality(Base):
    """A municipality. ``tile`` (0–63) is its place in the mosaic; the inactive ones, in occupied territory, have none.

    The genitive of a name is irregular: ``full_name_ka`` comes from the official list and is never built from ``name_ka``.
    """

    __tablename__ = "municipality"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    full_name_ka: Mapped[str]
    full_name_en: Mapped[str]
    kind: Mapped[str]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    tile: Mapped[int | None] = mapped_column(unique=True)
    active: Mapped[bool]

    region: Mapped[Region] = relationship()

    def name(self, language: str) -> str:
        """The short name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en

    def full_name(self, language: str) -> str:
        """The official name in ``language``."""
        return self.full_name_ka if language == "ka" else self.full_name_en
