"""Pages: how far goals are, for staff in the country and for coordinators at home, with the list of who is missing."""

from flask import Blueprint

pages = Blueprint("goals", __name__)

from portal.web.goals import home, manage, staff  # the views register themselves on ``pages``
