"""Pages of staff: the mail that leaves the portal."""

from flask import Blueprint

pages = Blueprint("outbox", __name__)

from portal.web.outbox import views
