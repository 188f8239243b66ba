"""Pages: figures of a period for staff, and for coordinators those of their own people; each table as a chart and as files."""

from flask import Blueprint

pages = Blueprint("reports", __name__)

from portal.web.reports import own, views
