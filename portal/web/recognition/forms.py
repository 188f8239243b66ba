"""Forms of recognition: what is claimed, what the coordinator answers, what staff decide, and the kinds of outside certificates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField
from wtforms.validators import Optional

from portal import attendance, courses, recognition
from portal.foundation import georgian
from portal.foundation.errors import RefusedError
from portal.recognition.models import RecognitionState
from portal.web.fields import Day, Filled, KeyChoice, Number, Radios, line, lines
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.attendance import Scan
    from portal.courses.models import CourseVersion
    from portal.recognition import Award, Claim, Seen
    from portal.recognition.models import OutsideCertificate

LONGEST = 1_000
LONGEST_NUMBER = 60
ACCEPT = {"accept": ",".join(f".{ending}" for ending in attendance.SCAN_ENDINGS.values())}
WHAT_IS_TAKEN = _("The certificate as a PDF, or a photograph of it (JPEG or PNG), at most 10 MB.")


class ClaimForm(FlaskForm):
    """What somebody says of a training taken elsewhere, with its proof."""

    title = line(_("Title of the training"))
    organiser = line(_("Organiser"), description=_("Who held the training."))
    starts_on = Day(_("First day"))
    ends_on = Day(_("Last day"))
    contact_hours = Number(
        _("Contact hours"), high=recognition.MOST_HOURS, description=_("Hours with the trainer, as the certificate says.")
    )
    credits = Number(_("Credits"), high=recognition.MOST_CREDITS, optional=True)
    certificate_number = line(_("Certificate number"), optional=True, limit=LONGEST_NUMBER)
    proof = FileField(_("Proof"), [Filled()], description=WHAT_IS_TAKEN, render_kw=ACCEPT)

    def __init__(self, claim: Claim | None = None) -> None:
        super().__init__(obj=claim)

    def claim(self) -> Claim:
        """What was typed, for the service."""
        return recognition.Claim(
            title=self.title.data,
            organiser=self.organiser.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            contact_hours=self.contact_hours.data,
            credits=self.credits.data,
            certificate_number=self.certificate_number.data,
        )

    def scan(self) -> Scan:
        """What is kept of the file. Raises ``WrongValuesError`` when it cannot be."""
        try:
            return attendance.read_scan(self.proof.data.stream.read(attendance.LARGEST_SCAN + 1))
        except RefusedError as error:
            raise courses.WrongValuesError([courses.Problem("proof", error.message, tuple(error.facts.items()))]) from error


class CorrectionForm(ClaimForm):
    """The same, with a proof only where another one is needed."""

    proof = FileField(_("Another proof"), [Optional()], description=WHAT_IS_TAKEN, render_kw=ACCEPT)


class AnswerForm(FlaskForm):
    """What the coordinator answers. ``seen`` is the newest step that the page showed."""

    verdict = Radios(
        _("Answer"),
        choices=[
            (RecognitionState.CONFIRMED.value, _("Confirm: this person took this training")),
            (RecognitionState.RETURNED.value, _("Return it to be corrected")),
        ],
    )
    words = lines(_("Explanation"), limit=LONGEST, description=_("Needed when you return it. The person and the association read it."))
    seen = HiddenField()

    @property
    def shown(self) -> int | None:
        """The newest step that the page showed."""
        return find_id(self.seen.data)


class DecisionForm(FlaskForm):
    """What staff decide. ``seen`` is the newest step that the page showed."""

    verdict = Radios(
        _("Decision"),
        choices=[(RecognitionState.RECOGNISED.value, _("Recognise")), (RecognitionState.REFUSED.value, _("Refuse"))],
    )
    contact_hours = Number(_("Recognised contact hours"), high=recognition.MOST_HOURS, optional=True)
    independent_hours = Number(_("Recognised independent study hours"), high=recognition.MOST_HOURS, optional=True)
    credits = Number(_("Recognised credits"), high=recognition.MOST_CREDITS, optional=True)
    topic_id = KeyChoice(_("Topic"), optional=True)
    course_id = KeyChoice(
        _("Equal to the course"), optional=True, description=_("The training then counts as this course wherever a rule asks for it.")
    )
    outside_id = KeyChoice(_("Kind of outside certificate"), optional=True)
    valid_until = Day(_("Valid until"), optional=True, description=_("Left empty, it counts without an end. For example 08.12.2026."))
    words = lines(
        _("Explanation"),
        limit=LONGEST,
        description=_("Needed when you refuse, recognise less than was asked for, or change a decision. The person reads it."),
    )
    seen = HiddenField()

    def __init__(self, seen: Seen, versions: Sequence[CourseVersion], kinds: Sequence[OutsideCertificate]) -> None:
        before = seen.recognised
        super().__init__(obj=before or seen.request, data={"words": "", "seen": str(seen.newest.id)})
        lang = language()
        none = ("", _("None"))
        self.topic_id.choices = [none, *((one.id, one.name(lang)) for one in courses.topics_in_order())]
        in_order = sorted(versions, key=lambda one: (georgian.collation_key(one.title(lang)), one.course_id))
        chosen = before.course_id if before else None
        self.course_id.choices = [
            none,
            *((one.course_id, one.title(lang)) for one in in_order if not one.course.archived or one.course_id == chosen),
        ]
        kept = before.outside_id if before else None
        self.outside_id.choices = [none, *((one.id, one.name(lang)) for one in kinds if not one.archived or one.id == kept)]
        if seen.standing.state not in recognition.UNDECIDED:
            del self.verdict
        if not self.is_submitted():
            self.words.data, self.seen.data = "", str(seen.newest.id)

    @property
    def refuses(self) -> bool:
        """Whether nothing is recognised."""
        return bool(self.verdict is not None and self.verdict.data == RecognitionState.REFUSED)

    @property
    def shown(self) -> int | None:
        """The newest step that the page showed."""
        return find_id(self.seen.data)

    def award(self) -> Award:
        """What was typed, for the service."""
        return recognition.Award(
            contact_hours=self.contact_hours.data or Decimal(0),
            independent_hours=self.independent_hours.data or Decimal(0),
            credits=self.credits.data,
            topic_id=self.topic_id.data,
            course_id=self.course_id.data,
            outside_id=self.outside_id.data,
            valid_until=self.valid_until.data,
        )


class RenameForm(FlaskForm):
    """The names of a kind of outside certificate."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))


class KindForm(RenameForm):
    """A new kind of outside certificate."""

    code = line(
        _("Code"), limit=30, description=_("Capital Latin letters, digits and hyphens, as in ICDL. Rules name the kind by it, so it stays.")
    )
