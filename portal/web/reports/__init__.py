"""Pages of staff: figures of a period, on the page and as spreadsheets."""

from flask import Blueprint

pages = Blueprint("reports", __name__)

from portal.web.reports import views
