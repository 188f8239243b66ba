"""Pages: training taken elsewhere, for whoever took it, the coordinator who confirms it and the staff who decide on it."""

from flask import Blueprint

pages = Blueprint("recognition", __name__)

from portal.web.recognition import (  # the views register themselves on ``pages``
    desks,
    kinds,
    own,
)
