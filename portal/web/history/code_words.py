"""Words for codes that stand as values in the history: why something happened, and where the words of other codes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

REASONS: dict[str, LazyString] = {
    "all_taken": _("All places were taken"),
    "applied": _("Applied"),
    "application_withdrawn": _("Application withdrawn"),
    "approved": _("Approved by the association"),
    "at_once": _("A place was free"),
    "clash": _("Another training at the same time"),
    "decision_undone": _("Decision undone"),
    "declined": _("Declined the nomination"),
    "employer_approved": _("Approved by the employer"),
    "employer_silent": _("No answer from the employer in time"),
    "kept_for_others": _("The places left are kept for others"),
    "left_waiting_list": _("Left the waiting list"),
    "moved": _("Moved to another run"),
    "no_post": _("No post today"),
    "not_approved": _("Not approved"),
    "not_for_category": _("Not meant for this category of post"),
    "not_invited": _("Municipality not invited"),
    "offer_accepted": _("Offer accepted"),
    "offer_declined": _("Offer declined"),
    "offer_ended": _("Offer not answered in time"),
    "on_the_day": _("Added on the day"),
    "others_wait": _("Others waited already"),
    "place_freed": _("A place was freed"),
    "quota_used": _("The quota was used"),
    "quotas_ended": _("The time of the quotas was over"),
    "run_cancelled": _("The run was cancelled"),
    "run_over": _("The run is over"),
    "withdrawn": _("Withdrawn"),
}

# a field whose values are codes -> where their words stand in the labels
CODES = {
    "form": "need_form",  # those of runs, and any
    "language": "language",
    "decided_by": "decided_by",
    "freed_places": "freed_places",
    "attendance_base": "attendance_base",
    "excused_counts": "excused_counts",
    "audience": "audience",
    "stage": "stage",
    "document": "document_kind",
    "letter": "letter_kind",
    "parts": "certificate_part",
    "picture": "picture_kind",
    "sex": "sex",
    "reason_code": "state_reason",
    "category": "category",
    "categories": "category",
    "target_categories": "category",
    "sakrebulo_role": "sakrebulo_role",
    "sakrebulo_roles": "sakrebulo_role",
    "question_kind": "question_kind",
    "role": "role",
    "round": "evaluation_round",
    "shows": "share_group",
}
STATES = {
    "course_run": "run_state",
    "enrolment": "enrolment_state",
    "outbox_message": "message_state",
    "certificate": "certificate_state",
    "certificate_status": "certificate_state",
}
