"""Municipalities: the regions of Georgia and the 64 municipalities that the association unites, in their official order.

Those of the occupied territories are kept too, inactive: they appear in no choice. Their names come from the official list, since the
genitive is irregular and is never built.
"""

from portal.municipalities.queries import (
    get_municipality,
    municipalities_by_ids,
    municipalities_in_order,
    neighbouring_regions,
    regions_by_municipality,
    regions_in_order,
)

__all__ = [
    "get_municipality",
    "municipalities_by_ids",
    "municipalities_in_order",
    "neighbouring_regions",
    "regions_by_municipality",
    "regions_in_order",
]
