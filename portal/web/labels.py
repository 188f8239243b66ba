"""Words and tones for the codes that the database holds, decided once: ``label("run_state", run.state)``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext, lazy_pgettext

from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.support import NullTranslations
    from flask_babel.speaklater import LazyString

CONTEXT_ENDS = "\x04"
"""Stands between context and text in a message id, as gettext itself has it."""


def NP_(context: str, message: str) -> str:  # noqa: N802  (as gettext's N_, for a text that means two things)
    """Mark ``message`` for the translation catalogues, apart from the same English in another ``context``."""
    return f"{context}{CONTEXT_ENDS}{message}"


# message ids
LABELS: dict[str, dict[str, str]] = {
    "form": {"in_person": N_("In person"), "online": N_("Online"), "hybrid": N_("Hybrid")},
    "need_form": {"any": N_("Any mode"), "in_person": N_("In person"), "online": N_("Online"), "hybrid": N_("Hybrid")},
    "need_state": {
        "open": N_("Not planned yet"),
        "planned": N_("Training planned"),
        "done": NP_("need", "Training completed"),
        "declined": NP_("need", "Declined"),
        "withdrawn": NP_("need", "Withdrawn"),
    },
    "run_state": {
        "draft": N_("Draft"),
        "open": N_("Registration open"),
        "closed": N_("Registration closed"),
        "running": N_("Ongoing"),
        "completed": N_("Completed"),
        "cancelled": N_("Cancelled"),
    },
    "enrolment_state": {
        "applied": N_("Application pending"),
        "waiting": N_("On the waiting list"),
        "offered": N_("Place offered"),
        "confirmed": N_("Place confirmed"),
        "withdrawn": N_("Withdrawn"),
        "left_waiting_list": N_("Left the waiting list"),
        "application_withdrawn": N_("Application withdrawn"),
        "offer_declined": N_("Place declined"),
        "offer_ended": N_("Offer not answered"),
        "declined": N_("Declined"),
        "moved": N_("Moved to another run"),
        "cancelled": N_("Cancelled"),
        "rejected": N_("Rejected"),
        "completed": NP_("participant", "Completed"),
        "not_completed": N_("Not completed"),
    },
    "goal_standing": {
        "reached": N_("Goal reached"),
        "on_line": N_("On the line"),
        "behind": N_("Behind the line"),
        "missed": N_("Goal missed"),
    },
    "decided_by": {
        "at_once": N_("Nobody: places are given at once"),
        "staff": N_("The association"),
        "employer_then_staff": N_("The employer, then the association"),
    },
    "freed_places": {"given": N_("Given to the next in line at once"), "offered": N_("Offered to the next in line, with a deadline")},
    "attendance_base": {"every": N_("All sessions of the run"), "held": N_("Only sessions in which attendance was marked")},
    "excused_counts": {
        "missed": N_("Counts as missed"),
        "left_out": N_("Is left out of the count"),
        "present": N_("Counts as attended"),
    },
    "audience": {"everybody": N_("Everybody with a place"), "unmarked": N_("Those not marked today")},
    "blocked": {
        "all_taken": N_("All places are taken"),
        "quota_used": N_("The quota is used up"),
        "kept_for_others": N_("The places left are kept for others"),
    },
    "question_kind": {
        "single": N_("One right answer"),
        "multiple": N_("Several right answers"),
        "numeric": N_("A number"),
        "text": N_("Short text, marked by hand"),
    },
    "occasion": {"pre": N_("Pre-test"), "post": N_("Post-test")},
    "stage": {"employer": N_("The employer"), "staff": N_("The association")},
    "verdict": {"approved": N_("Approved"), "rejected": N_("Rejected"), "undone": N_("Undone"), "passed_on": N_("No decision in time")},
    "mark": {"present": N_("Present"), "absent": N_("Absent"), "excused": N_("Excused absence"), "": N_("Not marked")},
    "appeal_step": {
        "appealed": N_("Disputed"),
        "answered": N_("Trainer's answer"),
        "upheld": N_("Corrected by the association"),
        "dismissed": N_("Stays as recorded"),
        "taken_back": N_("Taken back"),
    },
    "recognition_state": {
        "submitted": N_("Sent"),
        "confirmed": N_("Confirmed by the municipality"),
        "returned": N_("Returned to be corrected"),
        "recognised": N_("Recognised"),
        "refused": N_("Not recognised"),
        "revoked": N_("Recognition revoked"),
        "withdrawn": N_("Withdrawn"),
    },
    "certificate_state": {
        "issued": N_("Valid"),
        "reinstated": N_("Valid"),
        "suspended": N_("Suspended"),
        "revoked": N_("Revoked"),
        "superseded": N_("Superseded"),
        "expired": N_("Expired"),
    },
    "state_reason": {
        "name_corrected": N_("Name corrected"),
        "facts_corrected": N_("Other data corrected"),
        "attendance_corrected": N_("Attendance corrected"),
        "issued_in_error": N_("Issued in error"),
        "misconduct": N_("Rules of the training not kept"),
        "under_review": N_("Under review"),
        "settled": N_("Settled"),
        "other": N_("Another reason"),
    },
    "share_group": {
        "name": N_("Name"),
        "training": N_("Training"),
        "hours": N_("Hours and credits"),
        "post": N_("Municipality and position"),
        "results": N_("Attendance and final score"),
        "issue": N_("Issue and validity"),
        "number": N_("Certificate number"),
        "file": N_("PDF of the certificate"),
    },
    "share_choice": {
        "name": N_("Name"),
        "training": N_("Training: title, dates, place, trainers, project"),
        "hours": N_("Contact hours, independent study hours and credits"),
        "post": N_("Municipality and position"),
        "results": N_("Attendance and final score"),
        "issue": N_("Dates of issue and validity, signatories"),
        "number": N_("Certificate number: whoever has it and the surname can see everything on the certificate"),
        "file": N_("The PDF itself, with everything that is printed on it"),
    },
    "letter_field": {
        "name": N_("Participant"),
        "municipality": N_("Municipality"),
        "post": N_("Position"),
        "title": N_("Training"),
        "code": N_("Code"),
        "form": N_("Mode of study"),
        "place": N_("Place"),
        "contact_hours": N_("Contact hours"),
        "days": N_("Training days"),
        "certificate": N_("Certificate"),
        "issuer": N_("Issued by"),
    },
    "document_kind": {"sheet": N_("Signed sheet"), "excuse": N_("Document for an excused absence")},
    "letter_kind": {"participation": N_("Confirmation of participation"), "attendance": N_("Confirmation of attendance")},
    "category": {
        "political_official": N_("Political official"),
        "sakrebulo_member": N_("Sakrebulo member"),
        "civil_servant": N_("Professional civil servant"),
        "public_contract": N_("Contract under public law"),
        "employment_contract": N_("Employment contract"),
        "municipal_entity": N_("Municipal non-profit or company staff"),
        "other": N_("Other"),
    },
    "sakrebulo_role": {
        "chair": N_("Sakrebulo chairperson"),
        "deputy_chair": N_("Sakrebulo deputy chairperson"),
        "commission_chair": N_("Commission chairperson"),
        "faction_chair": N_("Faction chairperson"),
        "member": N_("Sakrebulo member"),
    },
    "demand": {
        "course": NP_("demand", "Course"),
        "hours": NP_("demand", "Hours"),
        "test": NP_("demand", "Test"),
        "outside": N_("Certificate from elsewhere"),
    },
    "add_demand": {
        "course": N_("Add a course"),
        "hours": N_("Add hours"),
        "test": N_("Add a test"),
        "outside": N_("Add a certificate from elsewhere"),
    },
    "expiry_base": {
        "completion": N_("From the day on which it was reached"),
        "previous": N_("From the day on which it would have ended, where it is renewed before"),
        "fixed": N_("To a fixed day of the year"),
    },
    "sex": {"female": N_("Female"), "male": N_("Male")},
    "role": {
        "coordinator": N_("Coordinator"),
        "trainer": N_("Trainer"),
        "staff": N_("Association staff"),
        "administrator": N_("Administrator"),
    },
    "certificate_part": {
        "heading": N_("Heading"),
        "sentence": N_("Sentence after the name"),
        "statement": N_("Statement"),
        "note": N_("Note"),
        "logos": N_("Logos"),
        "signatories": N_("Signatories"),
        "frame": N_("Frame"),
        "brand": N_("Main colour"),
        "accent": N_("Second colour"),
        "seal": N_("Seal"),
    },
    "certificate_frame": {"tiles": N_("64 tiles, one for each municipality"), "line": N_("A line"), "none": N_("No frame")},
    "picture_kind": {"logo": N_("Logo"), "signature": N_("Scanned signature"), "seal": N_("Seal")},
    "mark_of_five": {"1": N_("Very poor"), "2": N_("Poor"), "3": N_("Fair"), "4": N_("Good"), "5": N_("Very good")},
    "evaluation_kind": {"scale": N_("With a mark from 1 to 5"), "choice": N_("By choosing one of the options"), "text": N_("In words")},
    "evaluation_round": {"after": N_("After the training"), "later": N_("Half a year later")},
    "language": {"ka": N_("Georgian"), "en": N_("English")},
    "notice_state": {"planned": N_("Planned"), "stopped": N_("Stopped"), "gone": N_("Sent")},
    "message_state": {
        "waiting": N_("Waiting to be sent"),
        "sending": N_("Being sent"),
        "sent": N_("Sent"),
        "failed": N_("Not sent"),
        "stopped": N_("Stopped"),
    },
}

TONES: dict[str, dict[str, str]] = {
    "need_state": {"open": "info", "planned": "warn", "done": "good", "declined": "bad"},
    "run_state": {"open": "good", "closed": "warn", "running": "info", "completed": "info", "cancelled": "bad", "draft": "neutral"},
    "enrolment_state": {
        "applied": "info",
        "offered": "warn",
        "confirmed": "good",
        "waiting": "warn",
        "completed": "good",
        "not_completed": "bad",
        "rejected": "bad",
    },
    "goal_standing": {"reached": "good", "on_line": "info", "behind": "warn", "missed": "bad"},
    "verdict": {"approved": "good", "rejected": "bad", "passed_on": "warn"},
    "certificate_state": {
        "issued": "good",
        "reinstated": "good",
        "suspended": "warn",
        "superseded": "warn",
        "expired": "warn",
        "revoked": "bad",
    },
    "appeal_step": {"appealed": "info", "answered": "info", "upheld": "good", "dismissed": "bad"},
    "recognition_state": {
        "submitted": "info",
        "confirmed": "info",
        "returned": "warn",
        "recognised": "good",
        "refused": "bad",
        "revoked": "bad",
    },
    "mark": {"present": "good", "absent": "bad", "excused": "warn"},
    "notice_state": {"planned": "info", "stopped": "warn", "gone": "good"},
    "message_state": {"sent": "good", "waiting": "info", "sending": "info", "failed": "bad", "stopped": "warn"},
}


def _word(texts: NullTranslations, message: str) -> str:
    context, _ends, text = message.rpartition(CONTEXT_ENDS)
    return str(texts.pgettext(context, text)) if context else texts.gettext(text)


@cache
def labels_in(lang: str) -> Callable[[str, str | None], str]:
    """``label`` for pages in ``lang``, its words looked up once."""
    texts = catalogue(lang)
    words = {kind: {code: _word(texts, message) for code, message in messages.items()} for kind, messages in LABELS.items()}
    return lambda kind, code: words[kind].get(code or "", code or "")


def label(kind: str, code: str | None) -> str:
    """The word for ``code`` of ``kind`` in the language of the page; a code without a word shows itself."""
    return labels_in(language())(kind, code)


def tone(kind: str, code: str | None) -> str:
    """The tone (good, warn, bad, info, neutral) in which ``code`` of ``kind`` is shown."""
    return TONES.get(kind, {}).get(code or "", "neutral")


def choices(kind: str) -> list[tuple[str, LazyString]]:
    """All codes of ``kind`` with their words, for a form."""
    return [(code, _lazy_word(message)) for code, message in LABELS[kind].items() if code]


def _lazy_word(message: str) -> LazyString:
    context, _ends, text = message.rpartition(CONTEXT_ENDS)
    return lazy_pgettext(context, text) if context else lazy_gettext(text)
