"""Pages: training needs. Those of a coordinator's municipality and its plan; all of them for staff, who make runs from them."""

from flask import Blueprint

pages = Blueprint("needs", __name__)

from portal.web.needs import own, plan, staff, staff_run  # the views register themselves on ``pages``
