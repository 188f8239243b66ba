"""Pages: teaching, the roll call, checking in, attendance of a run."""

from flask import Blueprint

pages = Blueprint("attendance", __name__)
bare = Blueprint("attendance_bare", __name__)

from portal.web.attendance import (
    appeals,
    check_in,
    documents,
    from_paper,
    group_messages,
    head_counts,
    materials,
    online,
    own,
    phone,
    phone_shell,
    teaching,
    views,
    walk_ins,
    wall,
)
