"""Enrolment: who has a place in a run, who waits for one, and why.

Places are given in one function, ``enrol``, whoever asks: the page, a coordinator's list, staff, an import. It locks the run, so that no place is
given twice; the lists of those who wait follow one published rule. A place that becomes free goes to the next in line in the same
transaction. Where somebody decides on who comes, a request is an application first. Each change tells the person by mail, with an entry for
their calendar.
"""

from portal.enrolment.invitations import Letter, calendar_of
from portal.enrolment.invitations import post as tell
from portal.enrolment.queries import (
    Applicant,
    Places,
    clashes_of,
    earlier_enrolments,
    enrolments_in,
    enrolments_of_person,
    find_enrolment_of_form,
    find_enrolment_of_reference,
    find_live_enrolment,
    get_applicant,
    get_run_id,
    has_free_place,
    ids_of_places,
    live_enrolments_of_run,
    places_of,
    roster,
    standing_of,
    standings_of,
)
from portal.enrolment.queries_answers import get_answer_link
from portal.enrolment.queries_decisions import (
    Queue,
    applications,
    applications_of_references,
    decisions_on,
    decisions_to_undo,
    get_application,
    ids_of_applications_to_pass_on,
    ids_of_ended_offers,
    queue_of,
    recently_decided,
)
from portal.enrolment.queries_line import (
    get_rank,
    lines_of,
    seats_of,
    seats_of_runs,
    waiting_list,
    waiting_position,
    waiting_positions,
)
from portal.enrolment.queries_log import replay_of, states_in
from portal.enrolment.queries_municipality import OwnEnrolment, OwnPeople, enrolments_of_own, live_states_in, own_people, own_posts_of
from portal.enrolment.rules import (
    AlreadyEnrolledError,
    ClashError,
    EnrolmentRefusedError,
    NothingToUndoError,
    Standing,
    find_person_refusal,
    find_run_refusal,
    find_withdrawal_refusal,
)
from portal.enrolment.rules_line import Blocked, Home, Ranked, Seats
from portal.enrolment.services import admit_on_the_day, enrol, enrol_by_code, fill_free_places, withdraw
from portal.enrolment.services_decisions import Decided, decide, decide_many, pass_on_application, undo_decision
from portal.enrolment.services_links import new_answer_url
from portal.enrolment.services_offers import accept_offer, answer, end_offer, is_open
from portal.enrolment.services_runs import cancel_places, check_capacity, check_quotas, set_outcomes, tell_day_cancelled, tell_moved

__all__ = [
    "AlreadyEnrolledError",
    "Applicant",
    "Blocked",
    "ClashError",
    "Decided",
    "EnrolmentRefusedError",
    "Home",
    "Letter",
    "NothingToUndoError",
    "OwnEnrolment",
    "OwnPeople",
    "Places",
    "Queue",
    "Ranked",
    "Seats",
    "Standing",
    "accept_offer",
    "admit_on_the_day",
    "answer",
    "applications",
    "applications_of_references",
    "calendar_of",
    "cancel_places",
    "check_capacity",
    "check_quotas",
    "clashes_of",
    "decide",
    "decide_many",
    "decisions_on",
    "decisions_to_undo",
    "earlier_enrolments",
    "end_offer",
    "enrol",
    "enrol_by_code",
    "enrolments_in",
    "enrolments_of_own",
    "enrolments_of_person",
    "fill_free_places",
    "find_enrolment_of_form",
    "find_enrolment_of_reference",
    "find_live_enrolment",
    "find_person_refusal",
    "find_run_refusal",
    "find_withdrawal_refusal",
    "get_answer_link",
    "get_applicant",
    "get_application",
    "get_rank",
    "get_run_id",
    "has_free_place",
    "ids_of_applications_to_pass_on",
    "ids_of_ended_offers",
    "ids_of_places",
    "is_open",
    "lines_of",
    "live_enrolments_of_run",
    "live_states_in",
    "new_answer_url",
    "own_people",
    "own_posts_of",
    "pass_on_application",
    "places_of",
    "queue_of",
    "recently_decided",
    "replay_of",
    "roster",
    "seats_of",
    "seats_of_runs",
    "set_outcomes",
    "standing_of",
    "standings_of",
    "states_in",
    "tell",
    "tell_day_cancelled",
    "tell_moved",
    "undo_decision",
    "waiting_list",
    "waiting_position",
    "waiting_positions",
    "withdraw",
]
