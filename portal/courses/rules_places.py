"""Pure decisions about the rules by which a run gives its places: whether they are sound, and what is kept for whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from portal.courses.models import DecidedBy, FreedPlaces
from portal.courses.rules import Problem
from portal.foundation.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from portal.courses.values import PlaceRuleValues, QuotaValues

MOST_DECISION_DAYS: Final = 60
MOST_OFFER_HOURS: Final = 24 * 14


def problems_of_place_rules(
    values: PlaceRuleValues, *, capacity: int, starts_at: datetime | None, region_of: Mapping[int, int]
) -> Iterator[Problem]:
    """What is wrong with the place rules of a run of ``capacity``, field by field; ``region_of`` leads from municipalities to regions."""
    if values.decided_by not in set(DecidedBy):
        yield Problem("decided_by", N_("Choose “%(field)s” from the list."))
    if values.freed_places not in set(FreedPlaces):
        yield Problem("freed_places", N_("Choose “%(field)s” from the list."))
    for name, most in (("decision_days", MOST_DECISION_DAYS), ("offer_hours", MOST_OFFER_HOURS)):
        if not 1 <= getattr(values, name) <= most:
            yield Problem(name, N_("“%(field)s” must be a number from %(least)s to %(most)s."), (("least", 1), ("most", most)))
    if values.invited_only and not values.invited_ids:
        yield Problem("invited_ids", N_("Choose the municipalities that are invited, or open the training to all."))
    if not set(values.invited_ids) <= region_of.keys():
        yield Problem("invited_ids", N_("Choose “%(field)s” from the list."))
    yield from _problems_of_quotas(values, capacity=capacity, region_of=region_of)
    if values.quotas:
        yield from _problems_of_end(values.quotas_end_at, starts_at)


def _problems_of_quotas(values: PlaceRuleValues, *, capacity: int, region_of: Mapping[int, int]) -> Iterator[Problem]:
    units = [(quota.municipality_id, quota.region_id) for quota in values.quotas]
    municipalities = {municipality for municipality, _region in units if municipality is not None}
    regions = {region for _municipality, region in units if region is not None}
    named_once = len(set(units)) == len(units) and all((municipality is None) != (region is None) for municipality, region in units)
    if not named_once or not municipalities <= region_of.keys() or not regions <= set(region_of.values()):
        yield Problem("quotas", N_("Each municipality and each region has one quota at most."))
        return
    if any(quota.places < 1 for quota in values.quotas):
        yield Problem("quotas", N_("A quota is at least one place."))
    for one in sorted(municipalities.difference(values.invited_ids)) if values.invited_only else ():
        yield Problem(f"municipality-{one}", N_("“%(field)s” has a quota, but is not invited."))
    if _exceeds_region(values.quotas, region_of):
        yield Problem("quotas", N_("The municipalities of a region have more places in their quotas than the region."))
    elif (kept := _kept(values.quotas, region_of)) > capacity:
        yield Problem(
            "quotas",
            N_("The quotas are %(kept)s places together; the training has %(capacity)s."),
            (("kept", kept), ("capacity", capacity)),
        )


def _problems_of_end(ends_at: datetime | None, starts_at: datetime | None) -> Iterator[Problem]:
    if ends_at is None:
        yield Problem("quotas_end_at", N_("Say when places that were not used go to everybody."))
    elif starts_at is not None and ends_at >= starts_at:
        yield Problem("quotas_end_at", N_("Unused places must go to everybody before the training begins."))


def _kept(quotas: Iterable[QuotaValues], region_of: Mapping[int, int]) -> int:
    """How many places the quotas keep together: those of municipalities are part of the quota of their region, where it has one."""
    quotas = list(quotas)
    regions = {quota.region_id for quota in quotas if quota.region_id is not None}
    alone = (quota for quota in quotas if quota.municipality_id is not None and region_of[quota.municipality_id] not in regions)
    return sum(quota.places for quota in quotas if quota.region_id is not None) + sum(quota.places for quota in alone)


def _exceeds_region(quotas: Iterable[QuotaValues], region_of: Mapping[int, int]) -> bool:
    """Whether the municipalities of some region have more places in their quotas than the quota of the region itself."""
    quotas = list(quotas)
    within: defaultdict[int, int] = defaultdict(int)
    for quota in quotas:
        if quota.municipality_id is not None:
            within[region_of[quota.municipality_id]] += quota.places
    return any(within[quota.region_id] > quota.places for quota in quotas if quota.region_id is not None)
