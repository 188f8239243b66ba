"""Reports: read-only, across domains.

Everything is counted of the people who held a place in runs that began in a period. One person in two runs is one person and two
participations. What was attended is taken from the newest facts of the ledger, as everywhere.
Besides, it says what waits to be done by staff.
"""

from portal.reports.figures import Dimension, Figures, Scope, depth, depth_ranges
from portal.reports.queries import Demand, LastChange, Named, Runs, last_change, participation, runs_held, unmet_demand
from portal.reports.queries_names import names_of_people, names_of_subjects, regions_and_municipalities, subjects_of
from portal.reports.queries_work import MOST_COUNTED, Work, runs_with, work_to_do
from portal.reports.spreadsheets import as_csv

__all__ = [
    "MOST_COUNTED",
    "Demand",
    "Dimension",
    "Figures",
    "LastChange",
    "Named",
    "Runs",
    "Scope",
    "Work",
    "as_csv",
    "depth",
    "depth_ranges",
    "last_change",
    "names_of_people",
    "names_of_subjects",
    "participation",
    "regions_and_municipalities",
    "runs_held",
    "runs_with",
    "subjects_of",
    "unmet_demand",
    "work_to_do",
]
