"""Pages: a run, a place in it, my training, and what a municipality's coordinator sees and does."""

from flask import Blueprint

from portal.foundation.addresses import addresses

pages = Blueprint("enrolment", __name__)


@pages.context_processor
def _whom_to_ask() -> dict[str, str]:
    return {"contact": addresses.contact}


from portal.web.enrolment import (  # the views register themselves on ``pages``
    answers,
    applications,
    coordinator,
    deputies,
    imports,
    interest,
    line,
    my_training,
    new_nominee,
    nominations,
    places,
    run_page,
)
