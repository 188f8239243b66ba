"""Pages of staff: who did what, and when."""

from flask import Blueprint

pages = Blueprint("history", __name__)

from portal.web.history import views
