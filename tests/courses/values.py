"""Sound values of courses, runs and sessions, to be changed in one place at a time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portal import courses
from portal.foundation import clock


def course_values(topic_id=1, **changes):
    return courses.CourseValues(
        **{
            "topic_id": topic_id,
            "title_ka": "სახელმწიფო შესყიდვები",
            "title_en": "Public procurement",
            "contact_hours": Decimal(16),
            "minimum_group": 5,
            "maximum_group": 25,
            "attendance_percent": 80,
        }
        | changes
    )


def morning(day):
    """Ten o'clock in Tbilisi, ``day`` days from today."""
    return clock.now().astimezone(clock.TBILISI).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=day)


def run_values(**changes):
    return courses.RunValues(
        **{
            "form": "in_person",
            "enrolment_opens_at": morning(-1),
            "enrolment_closes_at": morning(10),
            "cancel_until": morning(12),
        }
        | changes
    )


def session_values(day=14, **changes):
    return courses.SessionValues(**{"starts_at": morning(day), "ends_at": morning(day) + timedelta(hours=8)} | changes)
