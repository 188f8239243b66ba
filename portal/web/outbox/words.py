"""Words for kinds of mail, and for what mail servers answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal.foundation.mail_texts import TEMPLATES

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

KINDS: dict[str, LazyString] = {
    "confirm_account": _("Confirm the e-mail"),
    "confirm_email": _("Confirm another e-mail"),
    "account_exists": _("Profile exists already"),
    "reset_password": _("Reset the password"),
    "password_changed": _("Password changed"),
    "place_given": _("Place given"),
    "nominated": _("Nominated by the municipality"),
    "nomination_withdrawn": _("Nomination taken back"),
    "waiting_list_joined": _("Put on the waiting list"),
    "place_freed": _("Place freed and given"),
    "place_offered": _("Place freed and offered"),
    "offer_ended": _("Offered place gone to the next"),
    "application_received": _("Application received"),
    "application_approved": _("Application approved"),
    "application_rejected": _("Application rejected"),
    "decision_undone": _("Decision undone"),
    "deputy_named": _("Named as deputy"),
    "post_added": _("Post entered by the municipality"),
    "passed_over": _("Passed over on the waiting list"),
    "no_place_freed": _("No place became free"),
    "waiting_list_left": _("Left the waiting list"),
    "withdrawn": _("Withdrawal"),
    "course_runs_again": _("The course runs again"),
    "moved_to_run": _("Moved to another run"),
    "run_moved": _("Run moved"),
    "day_cancelled": _("Training day cancelled"),
    "run_cancelled": _("Run cancelled"),
    "trainer_given": _("Trainer: training given"),
    "trainer_taken_off": _("Trainer: training taken off"),
    "trainer_moved": _("Trainer: run moved"),
    "trainer_day_cancelled": _("Trainer: training day cancelled"),
    "trainer_run_cancelled": _("Trainer: run cancelled"),
    "group_message": _("Message to the group"),
    "need_planned": _("Coordinators: training planned for a need"),
    "need_declined": _("Coordinators: need declined"),
    "reminder_week": _("Reminder a week before"),
    "reminder_day": _("Reminder the day before"),
    "deadline_near": _("Coordinators: registration closes soon"),
    "digest": _("Approvers: what waits for a decision"),
    "evaluation_ask": _("Questionnaire after the training"),
    "evaluation_follow_up": _("Questionnaire half a year later"),
    "saved_report": _("Kept report"),
    "appeal_made": _("Trainers: attendance disputed"),
    "appeal_answered": _("Appeal answered by the trainer"),
    "appeal_decided": _("Appeal decided"),
    "recognition_returned": _("Recognition: returned to be corrected"),
    "recognition_recognised": _("Recognition: recognised"),
    "recognition_refused": _("Recognition: refused"),
    "recognition_revoked": _("Recognition: revoked"),
    "certificate_ready": _("Certificate ready"),
    "certificate_corrected": _("Certificate corrected"),
    "certificate_ends": _("Certificate expires in 60 days"),
    "certificate_ends_soon": _("Certificate expires in 14 days"),
    "qualification_due": _("Qualification falls due"),
    "qualification_renewal": _("Qualification can be renewed"),
    "qualification_ends": _("Qualification ends in 30 days"),
    "certificate_suspended": _("Certificate suspended"),
    "certificate_reinstated": _("Certificate reinstated"),
    "certificate_revoked": _("Certificate revoked"),
}

NO_ANSWER = _("The mail server cannot be reached.")
TOO_SLOW = _("The mail server did not answer in time.")
NO_SUCH_ADDRESS = _("The mail server did not accept this address. Check it with the person.")
NOT_LET_IN = _("The mail server did not let the portal in. The administrator should check the mail settings.")
NOT_SECURE = _("No secure connection to the mail server. The administrator should check the mail settings.")
NOT_TAKEN = _("The mail server did not take the message.")

ERRORS: dict[str, LazyString] = {
    "ConnectionRefusedError": NO_ANSWER,
    "ConnectionResetError": NO_ANSWER,
    "ConnectionError": NO_ANSWER,
    "BrokenPipeError": NO_ANSWER,
    "OSError": NO_ANSWER,
    "gaierror": NO_ANSWER,
    "SMTPConnectError": NO_ANSWER,
    "SMTPServerDisconnected": NO_ANSWER,
    "TimeoutError": TOO_SLOW,
    "SMTPRecipientsRefused": NO_SUCH_ADDRESS,
    "SMTPAuthenticationError": NOT_LET_IN,
    "SMTPSenderRefused": NOT_LET_IN,
    "SMTPNotSupportedError": NOT_SECURE,
    "SSLError": NOT_SECURE,
    "SSLCertVerificationError": NOT_SECURE,
    "SMTPDataError": NOT_TAKEN,
    "SMTPHeloError": NOT_TAKEN,
    "SMTPResponseException": NOT_TAKEN,
}

CALENDAR_METHODS: dict[str, LazyString] = {
    "REQUEST": _("Invitation: puts the days into the calendar, or moves them"),
    "CANCEL": _("Cancellation: takes the days out of the calendar"),
    "PUBLISH": _("Calendar entry"),
}


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of mail that there is a text for, with its words; one without words shows its name."""
    codes = {path.stem for path in TEMPLATES.glob("[!_]*.txt")}
    return sorted(((code, kind_words(code)) for code in codes), key=lambda pair: pair[1])


def kind_words(code: str) -> str:
    """What mail of the kind ``code`` is about."""
    return str(KINDS.get(code, code))


def error_words(code: str | None) -> str:
    """What went wrong at the last attempt, in plain words."""
    if not code:
        return ""
    return str(ERRORS.get(code) or gettext("The message could not be sent (%(error)s).", error=code))
