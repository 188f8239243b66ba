"""Journeys: stories that write in several domains, each told in one function and one transaction."""

from portal.journeys.add_nominee import (
    MayBeKnownError,
    add_nominee,
)
from portal.journeys.admit_newcomer import (
    admit_newcomer,
)
from portal.journeys.cancel_run import (
    cancel_run,
)
from portal.journeys.change_capacity import (
    change_capacity,
)
from portal.journeys.change_person import (
    change_person,
)
from portal.journeys.change_place_rules import (
    change_place_rules,
    release_quotas,
)
from portal.journeys.change_plan import (
    add_session,
    cancel_session,
    change_run,
    change_session,
    change_venue,
    move_session,
)
from portal.journeys.check_in import (
    CheckInRefusedError,
    check_in,
)
from portal.journeys.complete_run import (
    can_be_completed,
    complete_run,
)
from portal.journeys.correct_outcomes import (
    end_attempt,
    mark_answers,
    receive_marks,
    record_marks,
    record_scores,
    revoke_certificate,
    save_answers,
)
from portal.journeys.enrol_newcomer import (
    enrol_newcomer,
)
from portal.journeys.import_nominations import (
    check_import,
    nominate_import,
)
from portal.journeys.make_run_of_needs import (
    make_run_of_needs,
)
from portal.journeys.merge_people import (
    check_merge,
    merge_people,
    undo_merge,
)
from portal.journeys.move_enrolment import (
    move_enrolment,
)
from portal.journeys.nominate import (
    Nominated,
    nominate,
    nominate_list,
)
from portal.journeys.preview_change import (
    preview_marks,
    preview_name,
    preview_scores,
)
from portal.journeys.publish_run import (
    publish_run,
)
from portal.journeys.uphold_appeal import (
    uphold_appeal,
)
from portal.journeys.write_to_group import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Audience,
    GroupMessage,
    audiences_of,
    write_to_group,
)

__all__ = [
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "Audience",
    "CheckInRefusedError",
    "GroupMessage",
    "MayBeKnownError",
    "Nominated",
    "add_nominee",
    "add_session",
    "admit_newcomer",
    "audiences_of",
    "can_be_completed",
    "cancel_run",
    "cancel_session",
    "change_capacity",
    "change_person",
    "change_place_rules",
    "change_run",
    "change_session",
    "change_venue",
    "check_import",
    "check_in",
    "check_merge",
    "complete_run",
    "end_attempt",
    "enrol_newcomer",
    "make_run_of_needs",
    "mark_answers",
    "merge_people",
    "move_enrolment",
    "move_session",
    "nominate",
    "nominate_import",
    "nominate_list",
    "preview_marks",
    "preview_name",
    "preview_scores",
    "publish_run",
    "receive_marks",
    "record_marks",
    "record_scores",
    "release_quotas",
    "revoke_certificate",
    "save_answers",
    "undo_merge",
    "uphold_appeal",
    "write_to_group",
]
