"""Enrolment: who has a place in a run, who waits for one, and why.

Places are given in one function, ``enrol``, whoever asks: the page, a coordinator's list, staff, an import. It locks the run, so that no place is
given twice; the lists of those who wait follow one published rule. A place that becomes free goes to the next in line in the same
transaction. Where somebody decides on who comes, a request is an application first. Each change tells the person by mail, with an entry for
their calendar. Whoever found no place can ask to hear when the course runs again.
"""

from portal.enrolment.invitations import (
    Letter,
    calendar_of,
)
from portal.enrolment.invitations import (
    post as tell,
)
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
from portal.enrolment.queries_answers import (
    get_answer_link,
)
from portal.enrolment.queries_decisions import (
    Queue,
    ToDecide,
    applications,
    applications_of_references,
    decisions_on,
    decisions_to_undo,
    get_application,
    ids_of_applications_to_pass_on,
    ids_of_ended_offers,
    queue_of,
    recently_decided,
    to_decide,
)
from portal.enrolment.queries_interest import (
    OwnInterest,
    RegionDemand,
    demand_by_course,
    demand_by_region,
    get_course_of_interest,
    interest_standing,
    interests_of_person,
    is_offered,
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
from portal.enrolment.queries_log import (
    replay_of,
    states_in,
)
from portal.enrolment.queries_merge import (
    codes_of_both,
)
from portal.enrolment.queries_municipality import (
    OwnEnrolment,
    OwnPeople,
    enrolments_of_own,
    live_states_in,
    own_people,
    own_people_called,
    own_posts_of,
)
from portal.enrolment.queries_nominations import (
    NominationList,
    Nominee,
    get_nominee,
    nomination_lists,
    nominees_of,
)
from portal.enrolment.queries_told import (
    Told,
    told_of_places,
)
from portal.enrolment.rules import (
    AlreadyEnrolledError,
    ClashError,
    EnrolmentRefusedError,
    InterestStanding,
    NoPlaceToMoveToError,
    NotEnrolledError,
    NothingToUndoError,
    OfferedError,
    Standing,
    find_interest_refusal,
    find_person_refusal,
    find_run_refusal,
    find_withdrawal_refusal,
)
from portal.enrolment.rules_line import (
    Blocked,
    Home,
    Ranked,
    Seats,
)
from portal.enrolment.rules_nominations import (
    find_listing_refusal,
    version_of,
)
from portal.enrolment.services import (
    admit_on_the_day,
    enrol,
    enrol_by_code,
    fill_free_places,
    withdraw,
)
from portal.enrolment.services_decisions import (
    Decided,
    decide,
    decide_many,
    pass_on_application,
    undo_decision,
)
from portal.enrolment.services_interest import (
    express_interest,
    tell_interested,
    withdraw_interest,
)
from portal.enrolment.services_links import (
    new_answer_url,
)
from portal.enrolment.services_merge import (
    hand_back,
    hand_over,
)
from portal.enrolment.services_nominations import (
    add_to_list,
    lock_list_to_send,
    move_on_list,
    note_nominated,
    take_back,
    take_off_list,
    waiting_of,
)
from portal.enrolment.services_offers import (
    accept_offer,
    answer,
    end_offer,
    is_open,
)
from portal.enrolment.services_runs import (
    cancel_places,
    check_capacity,
    check_quotas,
    set_outcomes,
    tell_day_cancelled,
    tell_moved,
)
from portal.enrolment.services_staff import (
    move_place,
    place_by_staff,
)

__all__ = [
    "AlreadyEnrolledError",
    "Applicant",
    "Blocked",
    "ClashError",
    "Decided",
    "EnrolmentRefusedError",
    "Home",
    "InterestStanding",
    "Letter",
    "NoPlaceToMoveToError",
    "NominationList",
    "Nominee",
    "NotEnrolledError",
    "NothingToUndoError",
    "OfferedError",
    "OwnEnrolment",
    "OwnInterest",
    "OwnPeople",
    "Places",
    "Queue",
    "Ranked",
    "RegionDemand",
    "Seats",
    "Standing",
    "ToDecide",
    "Told",
    "accept_offer",
    "add_to_list",
    "admit_on_the_day",
    "answer",
    "applications",
    "applications_of_references",
    "calendar_of",
    "cancel_places",
    "check_capacity",
    "check_quotas",
    "clashes_of",
    "codes_of_both",
    "decide",
    "decide_many",
    "decisions_on",
    "decisions_to_undo",
    "demand_by_course",
    "demand_by_region",
    "earlier_enrolments",
    "end_offer",
    "enrol",
    "enrol_by_code",
    "enrolments_in",
    "enrolments_of_own",
    "enrolments_of_person",
    "express_interest",
    "fill_free_places",
    "find_enrolment_of_form",
    "find_enrolment_of_reference",
    "find_interest_refusal",
    "find_listing_refusal",
    "find_live_enrolment",
    "find_person_refusal",
    "find_run_refusal",
    "find_withdrawal_refusal",
    "get_answer_link",
    "get_applicant",
    "get_application",
    "get_course_of_interest",
    "get_nominee",
    "get_rank",
    "get_run_id",
    "hand_back",
    "hand_over",
    "has_free_place",
    "ids_of_applications_to_pass_on",
    "ids_of_ended_offers",
    "ids_of_places",
    "interest_standing",
    "interests_of_person",
    "is_offered",
    "is_open",
    "lines_of",
    "live_enrolments_of_run",
    "live_states_in",
    "lock_list_to_send",
    "move_on_list",
    "move_place",
    "new_answer_url",
    "nomination_lists",
    "nominees_of",
    "note_nominated",
    "own_people",
    "own_people_called",
    "own_posts_of",
    "pass_on_application",
    "place_by_staff",
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
    "take_back",
    "take_off_list",
    "tell",
    "tell_day_cancelled",
    "tell_interested",
    "tell_moved",
    "to_decide",
    "told_of_places",
    "undo_decision",
    "version_of",
    "waiting_list",
    "waiting_of",
    "waiting_position",
    "waiting_positions",
    "withdraw",
    "withdraw_interest",
]
