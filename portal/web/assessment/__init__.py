"""Pages: final scores."""

from flask import Blueprint

pages = Blueprint("assessment", __name__)

from portal.web.assessment import views
