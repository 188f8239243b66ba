"""Tables: how far the worker has kept the standings up to date."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId


class StandingProgress(Base):
    """One row: up to where the history was followed, and how far everybody was gone through because another day began.

    What ``history_id`` and those before it changed is in the awards. ``pass_on`` is the day for which people are gone through in the order of
    their ids; ``pass_after`` is the last one it came to, None when it is over.
    """

    __tablename__ = "standing_progress"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    history_id: Mapped[int] = mapped_column(BigId)
    pass_on: Mapped[date]
    pass_after: Mapped[int | None] = mapped_column(BigId)
