"""Forms of staff: a qualification, and an edition of its rule."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FormField, HiddenField

from portal import qualifications
from portal.foundation import clock, formats
from portal.qualifications import ExpiryBase, RuleValues
from portal.web.fields import REQUIRED, WHOLE, Choice, Day, Radios, Ticks, Whole, line, lines, sentence
from portal.web.labels import choices
from portal.web.language import language
from portal.web.qualifications.requirement_form import Offers, RequirementForm, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.qualifications.models import Qualification, QualificationVersion

LONGEST_MONTHS: Final = 1_200
LEAP_YEAR: Final = 2_000
SAME, OTHER = "same", "other"
KEEP, ASK = "keep", "ask"
_ALIKE: Final = ("categories", "sakrebulo_roles", "validity_months", "window_months", "base", "fixed_day", "fixed_month", "grace_months")
NAMES: Final = ("name_ka", "name_en", "description_ka", "description_en")


class QualificationForm(FlaskForm):
    """What a qualification is called, and what it is about."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))
    description_ka = lines(_("Description in Georgian"))
    description_en = lines(_("Description in English"))

    def __init__(self, row: Qualification | None = None) -> None:
        super().__init__(obj=row)

    def values(self) -> qualifications.QualificationValues:
        """What was typed, for the service."""
        return qualifications.QualificationValues(**{name: self[name].data for name in NAMES})


class RuleForm(FlaskForm):
    """One edition of a rule. ``seen`` is the number of the newest edition when the form was drawn."""

    seen = HiddenField()
    requirement = FormField(RequirementForm)
    renewal_is = Radios(
        _("What renewal asks for"),
        choices=[(SAME, _("The same as the first time")), (OTHER, _("Something else, said below"))],
        default=SAME,
    )
    renewal = FormField(RequirementForm)
    categories = Ticks(
        _("Posts that call for it"),
        choices=choices("category"),
        description=_("None ticked: no post calls for it, and whoever wants may reach it."),
    )
    sakrebulo_roles = Ticks(
        _("Roles in the sakrebulo"), choices=choices("sakrebulo_role"), description=_("Of the sakrebulo members. None ticked: all of them.")
    )
    grace_months = Whole(_("Months to reach it"), low=0, high=120, default=12, description=_("From the first day of such a post."))
    lead_days = Whole(
        _("Days of notice"), low=0, high=1_000, default=180, description=_("So many days before it should be held, it counts as due.")
    )
    validity_months = Whole(
        _("Validity in months"), low=1, high=LONGEST_MONTHS, optional=True, description=_("Left empty, it does not end.")
    )
    base = Radios(_("From when the validity counts"), choices=choices("expiry_base"), default=ExpiryBase.COMPLETION.value)
    fixed_day = Whole(_("Day"), low=1, high=31, optional=True)
    fixed_month = Choice(_("Month"), optional=True)
    window_months = Whole(
        _("Renewal window in months"),
        low=0,
        high=120,
        default=6,
        description=_("So long before its end it can be renewed. 0: only after it has ended."),
    )
    holders = Radios(
        _("Those who hold it on the first day"),
        choices=[(KEEP, _("Keep it until it ends")), (ASK, _("Keep it only if they fulfil the new rule by then"))],
        default=KEEP,
    )
    effective_on = Day(_("In force from"))
    words = lines(_("Why this edition"), limit=1_000)

    def __init__(self, versions: Sequence[QualificationVersion]) -> None:
        newest = versions[-1] if versions else None
        super().__init__(data=None if request.method == "POST" else _typed_of(newest))
        lang = language()
        self.fixed_month.choices = [
            ("", gettext("Choose")),
            *((str(number), formats.format_month(date(LEAP_YEAR, number, 1), lang)) for number in range(1, 13)),
        ]
        if newest is None:
            del self.holders
        self.offer()

    def offer(self) -> None:
        """Put the choices into the lists of the builders."""
        offers = Offers()
        self.requirement.form.offer(offers)
        self.renewal.form.offer(offers)

    def press(self, button: str) -> None:
        """Do what a button of a builder says; nothing is validated, and nothing typed is lost."""
        where, _colon, what = button.rpartition(":")
        for builder in (self.requirement, self.renewal):
            builder.form.press(builder.name, where, what)
        self.offer()

    def validate(self, extra_validators: Any = None) -> bool:
        """The renewal is asked for only where it is another; a fixed day is one that there is."""
        self.renewal.form.wanted = self.renewal_is.data == OTHER
        sound = super().validate(extra_validators)
        return self._has_fixed_day() and sound

    def _has_fixed_day(self) -> bool:
        if self.base.data != ExpiryBase.FIXED:
            return True
        for field in (self.fixed_day, self.fixed_month):
            if not field.data and not field.errors:
                field.errors = [sentence(field, REQUIRED)]
        if self.fixed_day.errors or self.fixed_month.errors:
            return False
        try:
            date(LEAP_YEAR, int(self.fixed_month.data), self.fixed_day.data)
        except ValueError:
            self.fixed_day.errors = [gettext("There is no such day in that month.")]
            return False
        return True

    def seen_number(self) -> int:
        """The number of the newest edition when the form was drawn."""
        return int(self.seen.data or 0) if WHOLE.fullmatch(self.seen.data or "") else 0

    def values(self) -> RuleValues:
        """What was typed, for the service."""
        fixed = self.base.data == ExpiryBase.FIXED
        return RuleValues(
            effective_on=self.effective_on.data,
            requirement=self.requirement.form.requirement(),
            renewal=self.renewal.form.requirement() if self.renewal_is.data == OTHER else None,
            categories=tuple(self.categories.data or ()),
            sakrebulo_roles=tuple(self.sakrebulo_roles.data or ()),
            validity_months=self.validity_months.data,
            window_months=self.window_months.data,
            base=ExpiryBase(self.base.data),
            fixed_day=(int(self.fixed_month.data), self.fixed_day.data) if fixed else None,
            asks_holders=self.holders is not None and self.holders.data == ASK,
            grace_months=self.grace_months.data,
            lead_days=self.lead_days.data,
            words=self.words.data,
        )


def _typed_of(newest: QualificationVersion | None) -> dict[str, Any]:
    """What stands in the form at first: the newest edition, or an empty rule."""
    if newest is None:
        return {"seen": "0", "effective_on": clock.today(), "requirement": typed(None), "renewal": typed(None)}
    version = qualifications.as_version(newest)
    return {name: getattr(newest, name) for name in _ALIKE} | {
        "seen": str(newest.number),
        "requirement": typed(version.requirement),
        "renewal_is": SAME if version.renewal is None else OTHER,
        "renewal": typed(version.renewal),
        "fixed_month": str(newest.fixed_month or ""),
        "lead_days": newest.lead_days,
    }
