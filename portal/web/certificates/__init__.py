"""Pages: certificates. Checking one, my own, issuing for a run, and the register."""

from flask import Blueprint

pages = Blueprint("certificates", __name__)
bare = Blueprint("certificates_bare", __name__)

from portal.web.certificates import cases, issuing, mine, register, verifying  # the views register themselves on ``pages``
