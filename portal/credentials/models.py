"""Table: the status lists as they are served."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base


class StatusListDocument(Base):
    """One status list, signed in both forms: as JSON with a Data Integrity proof and as JWT. The worker builds it anew after each change.

    ``changes`` says how many changes of a state it knows: their number grows with every one, while their ids may become visible out of turn.
    """

    __tablename__ = "status_list_document"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    built_at: Mapped[datetime]
    changes: Mapped[int]
    document: Mapped[bytes]
    jwt: Mapped[str]
