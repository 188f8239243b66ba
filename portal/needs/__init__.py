"""Training needs: what municipalities ask to be taught, how needs of neighbours make a group, and each municipality's plan for a year.

A need is posted by a coordinator, and planned when staff make a run for it, done when that run is completed, open again when it is cancelled: where
it stands is told by the run, and kept nowhere. Staff decline one with words. The run itself is made by a journey.
"""

from portal.needs.pooling import Group, Wish, pool
from portal.needs.queries import (
    Posted,
    all_needs,
    find_budget,
    get_need,
    lock_needs,
    needs_by_ids,
    needs_of,
    open_needs,
    serving,
    years_of,
)
from portal.needs.queries_plan import Plan, PlannedRun, Totals, plan_of
from portal.needs.rules import MOST_MONEY, MOST_PEOPLE, Quarter, find_quarter, first_day, form_of_run, shares, state_of
from portal.needs.services import (
    NeedTakenError,
    change_need,
    decline_need,
    lock_open_needs,
    plan_needs,
    post_need,
    set_budget,
    withdraw_need,
)
from portal.needs.values import NeedValues

__all__ = [
    "MOST_MONEY",
    "MOST_PEOPLE",
    "Group",
    "NeedTakenError",
    "NeedValues",
    "Plan",
    "PlannedRun",
    "Posted",
    "Quarter",
    "Totals",
    "Wish",
    "all_needs",
    "change_need",
    "decline_need",
    "find_budget",
    "find_quarter",
    "first_day",
    "form_of_run",
    "get_need",
    "lock_needs",
    "lock_open_needs",
    "needs_by_ids",
    "needs_of",
    "open_needs",
    "plan_needs",
    "plan_of",
    "pool",
    "post_need",
    "serving",
    "set_budget",
    "shares",
    "state_of",
    "withdraw_need",
    "years_of",
]
