"""Pages: what my posts call for and how far I am, my tracks step by step, and the same of a coordinator's people."""

from flask import Blueprint

pages = Blueprint("standings", __name__)

from portal.web.standings import coordinator, mine  # the views register themselves on ``pages``
