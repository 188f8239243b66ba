"""Municipalities: the regions of Georgia and the 64 municipalities that the association unites, in their official order.

Those of the occupied territories are kept too, inactive: they appear in no choice. Their names come from the official list, since the
genitive is irregular and is never built.
"""

from portal.municipalities.queries import municipalities_by_ids, municipalities_in_order, regions_by_municipality

__all__ = ["municipalities_by_ids", "municipalities_in_order", "regions_by_municipality"]
