"""The form of a track: what it is called, for whom it is, and its steps, each with a group of demands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FormField

from portal import qualifications
from portal.qualifications import StepValues, TrackValues
from portal.web.fields import Day, Filled, Rows, Ticks, Whole, line, lines
from portal.web.labels import choices
from portal.web.qualifications.forms import NAMES
from portal.web.qualifications.requirement_form import ALL, GroupForm, Offers, add, press_within, typed_in_one

if TYPE_CHECKING:
    from portal.qualifications.models import Track

MOST_STEPS: Final = 20


class StepForm(GroupForm):
    """One step: its title, its term, and what it asks for."""

    title_ka = line(_("Title in Georgian"))
    title_en = line(_("Title in English"))
    within_days = Whole(
        _("Within days of beginning the post"), low=1, high=3_650, optional=True, description=_("Left empty, the step has no term.")
    )

    def values(self) -> StepValues:
        """What was typed, for the service."""
        return StepValues(
            title_ka=self.title_ka.data or "",
            title_en=self.title_en.data or "",
            requirement=self.requirement(),
            within_days=self.within_days.data,
        )


class TrackForm(FlaskForm):
    """A track with its steps."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))
    description_ka = lines(_("Description in Georgian"))
    description_en = lines(_("Description in English"))
    categories = Ticks(_("Posts that it is for"), choices=choices("category"), rules=(Filled(),))
    sakrebulo_roles = Ticks(
        _("Roles in the sakrebulo"), choices=choices("sakrebulo_role"), description=_("Of the sakrebulo members. None ticked: all of them.")
    )
    begun_from = Day(
        _("Posts begun from"), optional=True, description=_("After an election, the day of its result. For example 08.12.2026.")
    )
    begun_until = Day(_("Posts begun until"), optional=True)
    steps = Rows(FormField(StepForm), _("Steps"), max_entries=MOST_STEPS)

    def __init__(self, row: Track | None = None) -> None:
        super().__init__(data=None if request.method == "POST" else _typed_of(row))
        self.offer()

    def offer(self) -> None:
        """Put the choices into the lists of the steps."""
        offers = Offers()
        for step in self.steps:
            step.form.offer(offers)

    def press(self, button: str) -> None:
        """Do what a button of the steps says; nothing is validated, and nothing typed is lost."""
        where, _colon, what = button.rpartition(":")
        if (where, what) == ("steps", "step"):
            add(self.steps, {"least": ALL})
        press_within(self.steps, where, what)
        self.offer()

    def validate(self, extra_validators: Any = None) -> bool:
        """A track has steps, and its period an order."""
        sound: bool = super().validate(extra_validators)
        if not len(self.steps):
            self.steps.errors = [gettext("A track has at least one step.")]
            return False
        if self.begun_from.data and self.begun_until.data and self.begun_until.data < self.begun_from.data:
            self.begun_until.errors = [gettext("The period ends before it begins.")]
            return False
        return sound

    def values(self) -> TrackValues:
        """What was typed, for the service."""
        return TrackValues(
            **{name: self[name].data for name in NAMES},
            categories=tuple(self.categories.data or ()),
            sakrebulo_roles=tuple(self.sakrebulo_roles.data or ()),
            begun_from=self.begun_from.data,
            begun_until=self.begun_until.data,
            steps=tuple(step.form.values() for step in self.steps),
        )


def _typed_of(row: Track | None) -> dict[str, Any]:
    if row is None:
        return {"steps": [{"least": ALL}]}
    names = (*NAMES, "categories", "sakrebulo_roles", "begun_from", "begun_until")
    return {name: getattr(row, name) for name in names} | {
        "steps": [
            typed_in_one(qualifications.read_document(step.requirement))
            | {"title_ka": step.title_ka, "title_en": step.title_en, "within_days": step.within_days}
            for step in qualifications.steps_of([row.id]).get(row.id, [])
        ]
    }
