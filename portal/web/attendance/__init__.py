"""Pages: teaching, the roll call, attendance of a run."""

from flask import Blueprint

pages = Blueprint("attendance", __name__)
bare = Blueprint("attendance_bare", __name__)

from portal.web.attendance import phone, phone_shell, views, walk_ins
