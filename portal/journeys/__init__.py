"""Journeys: stories that write in several domains, each told in one function and one transaction."""

from portal.journeys.admit_newcomer import admit_newcomer
from portal.journeys.cancel_run import cancel_run
from portal.journeys.change_capacity import change_capacity
from portal.journeys.change_person import change_person
from portal.journeys.change_plan import add_session, cancel_session, change_run, change_session, change_venue, move_session
from portal.journeys.complete_run import can_be_completed, complete_run
from portal.journeys.correct_outcomes import record_marks, record_scores, revoke_certificate
from portal.journeys.import_nominations import check_import, nominate_import
from portal.journeys.nominate import Nominated, nominate

__all__ = [
    "Nominated",
    "add_session",
    "admit_newcomer",
    "can_be_completed",
    "cancel_run",
    "cancel_session",
    "change_capacity",
    "change_person",
    "change_run",
    "change_session",
    "change_venue",
    "check_import",
    "complete_run",
    "move_session",
    "nominate",
    "nominate_import",
    "record_marks",
    "record_scores",
    "revoke_certificate",
]
