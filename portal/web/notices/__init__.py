"""Pages of staff: what goes out by itself, and the texts of mails."""

from flask import Blueprint

pages = Blueprint("notices", __name__)

from portal.web.notices import texts, views
