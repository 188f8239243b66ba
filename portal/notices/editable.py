"""Which mails staff may word, with which placeholders, and invented facts to try a text with. All of it is declared here.

A mail is left out when its sense turns on the facts (nominated: with a place or not), or when it guards an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from portal import courses
from portal.enrolment.models import DecisionStage
from portal.foundation import clock, edited_texts, formats, placeholders
from portal.foundation.addresses import addresses
from portal.foundation.errors import N_, NotFoundError, RefusedError
from portal.foundation.mail_texts import LANGUAGES, Wording, compose, standard_wording
from portal.notices.rules import DAY

# message ids
MEANINGS = {
    "name": N_("First and last name of the person"),
    "title": N_("Title of the training"),
    "begins": N_("Day and time at which the training begins"),
    "training": N_("Title, days and place of the training, the online link for those with a place, and the reference"),
    "how_to_withdraw": N_("Until when and where to withdraw; when it is too late for that, whom to write to"),
    "why_waiting": N_("Why the person is on the waiting list"),
    "when_free": N_("What happens when a place becomes free"),
    "why": N_("The reason, if one was given"),
    "calendar": N_("For those who had a place: that the attached entry takes the days out of the calendar"),
    "certificate": N_("Title of the training and number of the certificate"),
    "trainings": N_("The trainings whose registration closes soon: title, start, deadline, and where to nominate"),
    "applications": N_(
        "How many applications wait for a decision, since when, how many are overdue, for which trainings, and where to decide"
    ),
    "last_date": N_("Last day: until when the qualification is held, or by when it should be reached"),
    "qualifications_url": N_("Address of the page “My qualifications”"),
    "my_url": N_("Address of the page “My training”"),
    "verify_url": N_("Address of the page where certificates are verified"),
    "link": N_("Address of the training's page"),
    "contact": N_("E-mail of the association"),
}
_OF_A_RUN = ("name", "title", "training", "link", "contact")
_REMINDER = (*_OF_A_RUN, "begins", "how_to_withdraw")
_PLACE = (*_OF_A_RUN, "how_to_withdraw")
EDITABLE: dict[str, tuple[str, ...]] = {
    "reminder_week": _REMINDER,
    "reminder_day": _REMINDER,
    "deadline_near": ("name", "trainings", "contact"),
    "digest": ("name", "applications", "contact"),
    "place_given": _PLACE,
    "place_freed": _PLACE,
    "waiting_list_joined": (*_OF_A_RUN, "why_waiting", "when_free"),
    "no_place_freed": _OF_A_RUN,
    "run_cancelled": (*_OF_A_RUN, "why", "calendar"),
    **dict.fromkeys(
        ("qualification_due", "qualification_renewal", "qualification_ends"),
        ("name", "title", "last_date", "qualifications_url", "contact"),
    ),
    "certificate_ready": ("name", "title", "certificate", "my_url", "verify_url", "contact"),
}
"""The placeholders of each mail that staff may word."""


@dataclass(frozen=True, slots=True)
class EditableMail:
    """A mail that staff may word, in one language."""

    kind: str
    language: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of its placeholders."""
        return EDITABLE[self.kind]

    @property
    def standard(self) -> Wording:
        """The standard text, as staff would have typed it."""
        subject, body = standard_wording(self.kind, self.language, self.placeholders)
        return Wording(subject, body.strip())


def get_editable(kind: str, language: str) -> EditableMail:
    """The mail ``kind`` in ``language``. Raises ``NotFoundError`` when staff may not word it."""
    if kind not in EDITABLE or language not in LANGUAGES:
        raise NotFoundError
    return EditableMail(kind, language)


def preview(mail: EditableMail, wording: Wording) -> Wording:
    """The mail as it would read for an invented person. Raises ``WrongValuesError`` as ``save_text`` does."""
    _check(mail, wording)
    return compose(mail.kind, mail.language, sample_facts(mail.language), wording)


def save_text(mail: EditableMail, wording: Wording, *, seen: int, by: int) -> None:
    """Word the mail so from now on; ``seen`` is the number of the newest edition known to who typed it. What says nothing new is not kept.

    Raises the ``WrongValuesError`` that quotes what is no placeholder of this mail, and ``RefusedError`` when somebody else was faster.
    """
    _check(mail, wording)
    newest = edited_texts.find_newest(mail.kind, mail.language)
    if wording != (newest.wording if newest and newest.body else mail.standard):
        edited_texts.save_wording(mail.kind, mail.language, wording, seen=seen, by=by)


def reset_text(mail: EditableMail, *, seen: int, by: int) -> None:
    """Bring the standard text back, if there is another one. Raises ``RefusedError`` when somebody else was faster."""
    newest = edited_texts.find_newest(mail.kind, mail.language)
    if newest and newest.body:
        edited_texts.save_wording(mail.kind, mail.language, edited_texts.STANDARD, seen=seen, by=by)


def _check(mail: EditableMail, wording: Wording) -> None:
    problems = []
    for field, text in wording._asdict().items():
        try:
            placeholders.check(text, mail.placeholders)
        except RefusedError as error:
            problems.append(courses.Problem(field, error.message, tuple(error.facts.items())))
    if problems:
        raise courses.WrongValuesError(problems)


def sample_facts(language: str) -> dict[str, Any]:
    """Facts of an invented person and training, enough for every mail that staff may word."""
    georgian = language == "ka"
    first = datetime.combine(clock.today() + 8 * DAY, time(10), formats.TBILISI)
    title = "საჯარო ფინანსების მართვა" if georgian else "Public finance management"
    return {
        "name": "ნინო მაგალითაძე" if georgian else "Nino Magalitadze",
        "title": title,
        "days": [
            f"{formats.format_date(day, language)}, {formats.format_times(day, day.replace(hour=17))}" for day in (first, first + DAY)
        ],
        "place": "სასტუმრო „მაგალითი“, თავისუფლების ქ. 1, თელავი" if georgian else "Hotel Example, 1 Freedom Street, Telavi",
        "links": ["https://meet.portal.example/example"],
        "reference": "E-2346AC",
        "begins_at": first,
        "cancel_until": first - 2 * DAY,
        "can_withdraw": True,
        "kept_until": first - 4 * DAY,
        "offers": False,
        "had_place": True,
        "reason": "ტრენერი ავად გახდა" if georgian else "The trainer has fallen ill",
        "number": f"NALAG-{first.year}-000000",
        "run_url": addresses.page("/runs/EXAMPLE", language),
        "last_day": first.date(),
        "qualifications_url": addresses.page("/my/qualifications", language),
        "my_url": addresses.page("/my", language),
        "verify_url": addresses.page("/verify", language),
        "contact": addresses.contact,
        "runs": [
            {
                "title": title,
                "begins_at": first,
                "closes_at": first - 5 * DAY,
                "url": addresses.page("/municipality/nominate/EXAMPLE", language),
            }
        ],
        "queues": [
            {
                "stage": DecisionStage.EMPLOYER,
                "number": 3,
                "oldest_at": first - 20 * DAY,
                "overdue": 1,
                "runs": [{"title": title, "begins_at": first, "number": 3}],
                "url": addresses.page("/municipality/applications", language),
            }
        ],
    }
