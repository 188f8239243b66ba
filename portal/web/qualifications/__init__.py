"""Pages: qualifications, the editions of their rules, tracks and goals for staff; what posts call for, for everybody who is signed in."""

from flask import Blueprint

pages = Blueprint("qualifications", __name__)

from portal.web.qualifications import rule, staff, tracks, views
