"""Notices: what goes out by itself because of the date. Reminders, deadlines, and the digest of applications.

Nobody gets one that they do not need: no reminder for somebody who was written to of late, no deadline for whoever has nominated. Nothing is
put aside for later: what goes when follows from the runs as they are; a row says what has gone or was stopped by staff.
``editable`` says which mails staff may word, and with which placeholders.
"""

from portal.notices.editable import EDITABLE, MEANINGS, EditableMail, get_editable, preview, reset_text, sample_facts, save_text
from portal.notices.kinds import KINDS, NoticeKind, notices_to_come
from portal.notices.plan import Planned
from portal.notices.queries import notices_since
from portal.notices.services import due_notices, let_go, send_notices, stop

__all__ = [
    "EDITABLE",
    "KINDS",
    "MEANINGS",
    "EditableMail",
    "NoticeKind",
    "Planned",
    "due_notices",
    "get_editable",
    "let_go",
    "notices_since",
    "notices_to_come",
    "preview",
    "reset_text",
    "sample_facts",
    "save_text",
    "send_notices",
    "stop",
]
