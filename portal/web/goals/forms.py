"""The form of a goal: so many percent by a day, and other shares for single municipalities."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import municipalities, qualifications
from portal.foundation import clock
from portal.web.fields import Day, KeyChoice, Whole
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.municipalities.models import Municipality
    from portal.qualifications.models import Goal

SHARE = "share-"


@dataclass(frozen=True, slots=True)
class RegionRows:
    """A region with its municipalities and the field of each. It stands ``open`` when something was said of it."""

    name: str
    rows: list[tuple[str, Any]]
    open: bool


class GoalForm(FlaskForm):
    """A goal. Fields for the shares are added for each municipality, see ``form_of``."""

    qualification_id = KeyChoice(_("Qualification"))
    percent = Whole(_("Percent"), low=1, high=100, description=_("Of those whose posts call for it, so many shall hold it."))
    starts_on = Day(_("Measured from"))
    due_on = Day(_("To be reached by"))
    places: tuple[Municipality, ...] = ()

    def values(self) -> qualifications.GoalValues:
        """What was typed, for the service."""
        typed = {one.id: self[f"{SHARE}{one.id}"].data for one in self.places}
        return qualifications.GoalValues(
            percent=self.percent.data,
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            shares={key: percent for key, percent in typed.items() if percent is not None},
        )

    def regions(self) -> list[RegionRows]:
        """The municipalities, region by region, as the page shows them."""
        lang = language()
        found = []
        for region, members in groupby(self.places, lambda one: one.region):
            rows = [(one.name(lang), self[f"{SHARE}{one.id}"]) for one in members]
            found.append(RegionRows(region.name(lang), rows, any(field.data is not None or field.errors for _name, field in rows)))
        return found


def form_of(goal: Goal | None) -> GoalForm:
    """The form with ``goal`` in it, or with what was sent; the qualification of a goal stays."""
    places = tuple(municipalities.municipalities_in_order())

    class WithShares(GoalForm):
        """The form with a field for each municipality."""

    for one in places:
        name = gettext("%(place)s, percent", place=one.name(language()))
        setattr(WithShares, f"{SHARE}{one.id}", Whole(name, low=1, high=100, optional=True))
    form = WithShares(data=_typed_of(goal))
    form.places = places
    if goal is not None:
        del form.qualification_id
    else:
        offered = qualifications.qualifications_in_order()
        form.qualification_id.choices = [("", gettext("Choose")), *((row.id, row.name(language())) for row in offered)]
    return form


def _typed_of(goal: Goal | None) -> dict[str, Any]:
    if goal is None:
        return {"starts_on": clock.today()}
    shares: Mapping[int, int] = qualifications.shares_of([goal.id]).get(goal.id, {})
    others = {f"{SHARE}{key}": percent for key, percent in shares.items() if percent != goal.percent}
    return {"percent": goal.percent, "starts_on": goal.starts_on, "due_on": goal.due_on} | others
