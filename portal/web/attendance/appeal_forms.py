"""Forms of appeals: what a learner disputes, what a trainer answers, what staff decide."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal.attendance import MarkWish
from portal.attendance.models import AppealStep, Mark
from portal.web.attendance.roll_form import LONGEST_REASON
from portal.web.fields import Radios, Whole, line, lines
from portal.web.ids import find_id

LONGEST = 1_000
MINUTES_OF_A_DAY = 24 * 60


class DisputeForm(FlaskForm):
    """What a learner says against what is recorded."""

    words = lines(
        _("What is wrong, and how it was"),
        optional=False,
        limit=LONGEST,
        description=_("A few words are enough. The trainers of the training and the staff of the association read them."),
    )


class AnswerForm(FlaskForm):
    """What a trainer says to it."""

    words = lines(
        _("Your answer"), optional=False, limit=LONGEST, description=_("The participant and the staff of the association read it.")
    )


class DecisionForm(FlaskForm):
    """What staff decide: the right mark, or that what is recorded stays. ``seen`` is the newest fact that the page showed."""

    verdict = Radios(
        _("Decision"),
        choices=[
            (Mark.PRESENT.value, _("Correct it: present")),
            (Mark.ABSENT.value, _("Correct it: absent")),
            (Mark.EXCUSED.value, _("Correct it: excused absence")),
            (AppealStep.DISMISSED.value, _("It stays as recorded")),
        ],
    )
    late = Whole(_("Late, minutes"), low=0, high=MINUTES_OF_A_DAY, optional=True, description=_("Only for somebody present."))
    left = Whole(_("Left early, minutes"), low=0, high=MINUTES_OF_A_DAY, optional=True, description=_("Only for somebody present."))
    words = line(  # it becomes the reason of the mark: one line, as long as the roll call lets it be
        _("Reason"), limit=LONGEST_REASON, description=_("The participant reads it in the mail; it stays with the correction.")
    )
    seen = HiddenField()

    @property
    def dismisses(self) -> bool:
        """Whether what is recorded stays."""
        return bool(self.verdict.data == AppealStep.DISMISSED)

    @property
    def shown(self) -> int:
        """The newest fact that the page showed; 0 when there was none."""
        return find_id(self.seen.data) or 0

    def wish(self, enrolment_id: int) -> MarkWish:
        """The right mark, with the reason."""
        present = self.verdict.data == Mark.PRESENT
        late, left = ((self.late.data or 0), (self.left.data or 0)) if present else (0, 0)
        return MarkWish(enrolment_id, Mark(self.verdict.data), late, left, reason=self.words.data)
