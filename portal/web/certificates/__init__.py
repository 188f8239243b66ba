"""Pages: certificates. Checking one, my own and what I share of them, issuing for a run, the register, designs."""

from flask import Blueprint

pages = Blueprint("certificates", __name__)
bare = Blueprint("certificates_bare", __name__)

from portal.web.certificates import (  # the views register themselves on ``pages``
    bundles,
    cases,
    correcting,
    credentials,
    designs,
    issuing,
    mine,
    pictures,
    register,
    sealing,
    shared,
    sharing,
    verifying,
)
