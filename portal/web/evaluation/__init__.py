"""Pages: evaluation. The questionnaire of a participant, the results for staff and for trainers, and what is asked."""

from flask import Blueprint

pages = Blueprint("evaluation", __name__)

from portal.web.evaluation import answering, overview, questionnaire, run_results  # the views register themselves on ``pages``
