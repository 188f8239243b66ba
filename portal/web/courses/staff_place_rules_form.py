"""The form of a run's place rules: who is invited, what is kept for whom, who decides, what happens to places that become free."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from portal import courses, enrolment, municipalities
from portal.web.courses.staff_run_forms import CLOSES
from portal.web.fields import Moment, Radios, Ticks, Whole, key_of
from portal.web.labels import choices
from portal.web.language import language

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from portal.municipalities.models import Municipality, Region

MOST_PLACES = 2000
ALL, INVITED = "all", "invited"


@dataclass(frozen=True, slots=True)
class Unit:
    """A municipality or a region in the form: its field for the quota, the places that it has now, and the box that invites a municipality."""

    name: str
    quota: Any
    used: int
    tick: Any = None


@dataclass(frozen=True, slots=True)
class RegionRows:
    """A region with its municipalities. It stands ``open`` when something was said of it."""

    whole: Unit
    municipalities: list[Unit]
    open: bool


class PlaceRulesForm(FlaskForm):
    """How the places of a run are given. Fields for the quotas are added for each municipality and region, see ``form_of``."""

    invited_only = Radios(
        _("Who can take part"),
        choices=[(ALL, _("All municipalities")), (INVITED, _("Invited municipalities only"))],
    )
    invited_ids = Ticks(_("Invited municipalities"), coerce=key_of)
    quotas = Field(_("Quotas"))
    quotas_end_at = Moment(
        _("Unused quotas go to everybody"),
        usual=CLOSES,
        optional=True,
        description=_("Needed when there are quotas. For example 08.12.2026 18:00."),
    )
    decided_by = Radios(_("Who decides"), choices=choices("decided_by"))
    decision_days = Whole(_("Days for a decision"), low=1, high=courses.MOST_DECISION_DAYS)
    freed_places = Radios(_("Freed places"), choices=choices("freed_places"))
    offer_hours = Whole(_("Hours to answer an offer"), low=1, high=courses.MOST_OFFER_HOURS)
    units: tuple[Municipality, ...] = ()
    used: dict[int, int]

    def values(self) -> courses.PlaceRuleValues:
        """What was typed, for the service."""
        typed = [(name, self[name].data) for name in self._fields if self[name].data is not None]
        quotas = [
            courses.QuotaValues(**{f"{kind}_id": int(key)}, places=places)
            for name, places in typed
            for kind, _dash, key in [name.partition("-")]
            if key
        ]
        return courses.PlaceRuleValues(
            decided_by=self.decided_by.data,
            decision_days=self.decision_days.data,
            invited_only=self.invited_only.data == INVITED,
            invited_ids=tuple(self.invited_ids.data or ()),
            quotas=tuple(quotas),
            quotas_end_at=self.quotas_end_at.data,
            freed_places=self.freed_places.data,
            offer_hours=self.offer_hours.data,
        )

    def regions(self) -> list[RegionRows]:
        """The municipalities, region by region, as the page shows them."""
        ticks = dict(zip(self.units, self.invited_ids, strict=True))
        return [
            self._rows_of(region, [self._unit_of(one, ticks[one]) for one in members])
            for region, members in groupby(self.units, lambda one: one.region)
        ]

    def _unit_of(self, one: Municipality, tick: Any) -> Unit:
        return Unit(one.name(language()), self[f"municipality-{one.id}"], self.used.get(one.id, 0), tick)

    def _rows_of(self, region: Region, members: list[Unit]) -> RegionRows:
        whole = Unit(region.name(language()), self[f"region-{region.id}"], sum(one.used for one in members))
        said = any(one.quota.raw_data != [""] and (one.quota.errors or one.quota.data is not None) for one in [whole, *members])
        return RegionRows(whole, members, said or any(one.tick.checked for one in members))


def form_of(run: CourseRun) -> PlaceRulesForm:
    """The form with the rules of ``run`` in it, or with what was sent."""
    units = tuple(municipalities.municipalities_in_order())
    regions = {one.region_id: one.region for one in units}

    class WithQuotas(PlaceRulesForm):
        """The form with a field for each unit."""

    def field(name: str) -> Whole:
        return Whole(name, low=1, high=MOST_PLACES, optional=True)

    for one in units:
        setattr(WithQuotas, f"municipality-{one.id}", field(one.name(language())))
    for region in regions.values():
        setattr(WithQuotas, f"region-{region.id}", field(gettext("%(region)s: the whole region", region=region.name(language()))))
    form = WithQuotas(data=_data_of(courses.place_rules_of(run)))
    form.invited_ids.choices = [(one.id, one.name(language())) for one in units]
    form.units, form.used = units, dict(enrolment.taken_by_municipality(run.id))
    return form


def _data_of(rules: courses.PlaceRuleValues) -> dict[str, Any]:
    """What stands in the form before anything is typed."""
    names = ("decided_by", "decision_days", "quotas_end_at", "freed_places", "offer_hours")
    quotas = {
        f"municipality-{quota.municipality_id}" if quota.municipality_id is not None else f"region-{quota.region_id}": quota.places
        for quota in rules.quotas
    }
    invited = {"invited_only": INVITED if rules.invited_only else ALL, "invited_ids": list(rules.invited_ids)}
    return {name: getattr(rules, name) for name in names} | invited | quotas
