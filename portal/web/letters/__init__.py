"""Pages: letters for employers. Mine, those of a participant for staff, those of a coordinator's people. Their check stands with certificates."""

from flask import Blueprint

pages = Blueprint("letters", __name__)

from portal.web.letters import coordinator, mine, staff  # the views register themselves on ``pages``
