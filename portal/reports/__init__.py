"""Reports: read-only, across domains.

Everything is counted of the people who held a place in runs that began in a period. One person in two runs is one person and two
participations. What was attended is taken from the newest facts of the ledger, as everywhere.
Besides, it says what waits to be done by staff.
"""

from portal.reports.figures import OVERVIEW, Dimension, Figures, Scope, depth, depth_ranges
from portal.reports.papers import Paper, as_pdf
from portal.reports.queries import LastChange, Runs, by_sex, last_change, participation, runs_held
from portal.reports.queries_certificates import Register, register_by_month
from portal.reports.queries_demand import Demand, Waiting, unmet_demand, waiting_by_municipality
from portal.reports.queries_editions import find_newest_edition
from portal.reports.queries_names import (
    Named,
    names_of_courses,
    names_of_people,
    names_of_runs,
    names_of_subjects,
    regions_and_municipalities,
    subjects_of,
)
from portal.reports.queries_saved import get_own_report, reports_to_send, saved_reports
from portal.reports.queries_trainers import Load, trainers_load
from portal.reports.queries_work import MOST_COUNTED, Work, runs_with, work_to_do
from portal.reports.services import edition_columns, publish_statistics, statistics_are_due
from portal.reports.services_saved import drop_report, keep_report, send_report, stop_sending, sums_of
from portal.reports.spreadsheets import as_csv, as_workbook
from portal.reports.tables import Chart, Column, Kind, Row, Table, in_thousands
from portal.reports.workbooks import as_xlsx

__all__ = [
    "MOST_COUNTED",
    "OVERVIEW",
    "Chart",
    "Column",
    "Demand",
    "Dimension",
    "Figures",
    "Kind",
    "LastChange",
    "Load",
    "Named",
    "Paper",
    "Register",
    "Row",
    "Runs",
    "Scope",
    "Table",
    "Waiting",
    "Work",
    "as_csv",
    "as_pdf",
    "as_workbook",
    "as_xlsx",
    "by_sex",
    "depth",
    "depth_ranges",
    "drop_report",
    "edition_columns",
    "find_newest_edition",
    "get_own_report",
    "in_thousands",
    "keep_report",
    "last_change",
    "names_of_courses",
    "names_of_people",
    "names_of_runs",
    "names_of_subjects",
    "participation",
    "publish_statistics",
    "regions_and_municipalities",
    "register_by_month",
    "reports_to_send",
    "runs_held",
    "runs_with",
    "saved_reports",
    "send_report",
    "statistics_are_due",
    "stop_sending",
    "subjects_of",
    "sums_of",
    "trainers_load",
    "unmet_demand",
    "waiting_by_municipality",
    "work_to_do",
]
