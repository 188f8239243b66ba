"""Pages: the ledger of hours and the transcript. Mine, a person's for staff, those of a coordinator's people. Their check stands with certificates."""

from flask import Blueprint

pages = Blueprint("transcripts", __name__)

from portal.web.transcripts import coordinator, mine, staff  # the views register themselves on ``pages``
