"""Pages: figures of a period for staff, and for coordinators those of their own people; and the few that everybody may know."""

from flask import Blueprint

pages = Blueprint("reports", __name__)

from portal.web.reports import own, public, saved, views
