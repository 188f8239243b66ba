"""The page that shows every component in every state, for those who build pages."""

from flask import Blueprint

pages = Blueprint("style_guide", __name__)

from portal.web.style_guide import views
