"""Words of reports: what stands above tables and columns, and in place of what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from portal.reports import Dimension

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

DEMAND, DEMAND_BY_MUNICIPALITY = "demand", "demand_municipality"
CROSSED, REGISTER, REGISTER_YEARS, TRAINERS = "category_sex", "certificate_month", "certificate_year", "trainer"

HEADINGS: dict[str, LazyString] = {
    Dimension.SEX: _("Sex"),
    Dimension.CATEGORY: _("Category of post"),
    Dimension.REGION: _("Region"),
    Dimension.TOPIC: _("Topic"),
    Dimension.PROJECT: _("Funding project"),
    Dimension.MUNICIPALITY: _("Municipality"),
    Dimension.FORM: _("Mode of study"),
    Dimension.COURSE: _("Course"),
    Dimension.RUN: _("Run"),
    Dimension.MONTH: _("Month"),
    Dimension.QUARTER: _("Quarter"),
    Dimension.YEAR: _("Year"),
    DEMAND: _("Course"),
    DEMAND_BY_MUNICIPALITY: _("Municipality"),
    CROSSED: _("Category of post"),
    REGISTER: _("Month"),
    REGISTER_YEARS: _("Year"),
    TRAINERS: _("Trainer"),
}
TITLES: dict[str, LazyString] = {
    Dimension.SEX: _("By sex"),
    Dimension.CATEGORY: _("By category of post"),
    Dimension.REGION: _("By region"),
    Dimension.TOPIC: _("By topic"),
    Dimension.PROJECT: _("By funding project"),
    Dimension.MUNICIPALITY: _("By municipality"),
    Dimension.FORM: _("By mode of study"),
    Dimension.COURSE: _("By course"),
    Dimension.RUN: _("By run"),
    Dimension.MONTH: _("By month"),
    Dimension.QUARTER: _("By quarter"),
    Dimension.YEAR: _("By year"),
    DEMAND: _("Waiting without a place"),
    DEMAND_BY_MUNICIPALITY: _("Waiting, by municipality"),
    CROSSED: _("By category of post and sex"),
    REGISTER: _("Certificates by month"),
    REGISTER_YEARS: _("Certificates by year"),
    TRAINERS: _("By trainer"),
}
UNKNOWN: dict[Dimension, LazyString] = {
    Dimension.SEX: _("Not stated"),
    Dimension.CATEGORY: _("Without a post"),
    Dimension.REGION: _("Without a municipality"),
    Dimension.MUNICIPALITY: _("Without a municipality"),
    Dimension.PROJECT: _("Without a funding project"),
}
TWICE = _("A person who took part in two trainings is one person and two participations, and may stand in two rows of a table.")
