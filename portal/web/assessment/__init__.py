"""Pages: final scores, the question bank, the tests of courses, taking and marking them."""

from flask import Blueprint

pages = Blueprint("assessment", __name__)

from portal.web.assessment import course_tests, questions, run_tests, taking, views
