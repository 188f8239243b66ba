"""Minutes between two moments, and the month of one, in the words of each database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class minutes_between(GenericFunction[int]):  # noqa: N801  (SQL functions are written small)
    """``minutes_between(start, end)``: whole minutes from one moment to a later one."""

    type = sa.Integer()
    inherit_cache = True


@compiles(minutes_between, "postgresql")
def _postgresql(element: minutes_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = (compiler.process(clause, **keywords) for clause in element.clauses)
    return f"CAST(extract(epoch from {end} - {start}) AS INTEGER) / 60"


@compiles(minutes_between, "sqlite")
def _sqlite(element: minutes_between, compiler: SQLCompiler, **keywords: Any) -> str:
    start, end = (compiler.process(clause, **keywords) for clause in element.clauses)
    return f"(strftime('%s', {end}) - strftime('%s', {start})) / 60"


class month_of(GenericFunction[str]):  # noqa: N801
    """``month_of(moment)``: the month in Georgia, as "2026-03"."""

    type = sa.String()
    inherit_cache = True


@compiles(month_of, "postgresql")
def _month_postgresql(element: month_of, compiler: SQLCompiler, **keywords: Any) -> str:
    [moment] = (compiler.process(clause, **keywords) for clause in element.clauses)
    return f"to_char({moment} AT TIME ZONE 'Asia/Tbilisi', 'YYYY-MM')"


@compiles(month_of, "sqlite")
def _month_sqlite(element: month_of, compiler: SQLCompiler, **keywords: Any) -> str:
    [moment] = (compiler.process(clause, **keywords) for clause in element.clauses)
    return f"strftime('%Y-%m', {moment}, '+4 hours')"  # so it has been since 2005, without summer time
