"""Tables: final scores."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key


class FinalScore(Base):
    """The final score of one participant, in percent of the maximum. Append-only; the newest counts."""

    __tablename__ = "final_score"
    __table_args__ = (
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sa.Index("ix_final_score_enrolment", "enrolment_id", "id"),
    )

    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    percent: Mapped[int]
    recorded_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
