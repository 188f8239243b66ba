"""Pages: courses. The home page, the catalogue and the courses for everybody; the planning of runs for staff."""

from flask import Blueprint

pages = Blueprint("courses", __name__)
bare = Blueprint("courses_bare", __name__)

from portal.web.courses import (
    staff_attendance_rules,
    staff_courses,
    staff_moves,
    staff_participants,
    staff_place_rules,
    staff_places,
    staff_run,
    staff_run_edit,
    staff_runs,
    staff_sessions,
    views,
)
