"""Table: what was published of the association's work, as of the end of a month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, Key


class StatisticsEdition(Base):
    """The public figures as of the end of ``month`` ("2026-10"), with all that may not be known left out of ``figures`` already."""

    __tablename__ = "statistics_edition"

    id: Mapped[Key]
    month: Mapped[str] = mapped_column(unique=True)
    figures: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
