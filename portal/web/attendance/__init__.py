"""Pages: teaching, the roll call, attendance of a run."""

from flask import Blueprint

pages = Blueprint("attendance", __name__)

from portal.web.attendance import group_messages, materials, teaching, views, walk_ins
