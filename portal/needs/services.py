"""What can be done to needs: post, change, withdraw, decline, and plan a run for them. Each locks the need, so that one thing happens to it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from portal import courses
from portal.foundation import clock, history
from portal.foundation.database import db, take_turn
from portal.foundation.errors import N_, RefusedError
from portal.needs import letters, queries, rules
from portal.needs.models import NeedEnd, NeedRun, TrainingBudget, TrainingNeed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import CourseRun
    from portal.needs.values import NeedValues

PERSONAL: Final = ("subject", "note", "contact")
"""What is typed freely and may name people: the history keeps it under the key of who typed it."""


class NeedTakenError(RefusedError):
    """The need is not open any more: somebody planned, declined or withdrew it."""

    message = N_("This need is not open any more: it was planned, declined or withdrawn.")


def post_need(municipality_id: int, values: NeedValues, *, by: int) -> TrainingNeed:
    """Say what a municipality needs. Raises ``WrongValuesError``. The same, sent again while it is open, is one need."""
    _check(values)
    take_turn(f"needs of {municipality_id}")
    columns = asdict(values) | {"municipality_id": municipality_id, "categories": list(values.categories)}
    if same := queries.find_same(columns, by=by):
        return same
    need = TrainingNeed(**columns, posted_by=by, posted_at=clock.now())
    db.session.add(need)
    db.session.flush()
    _record("need:post", need, by, {name: _plain(value) for name, value in columns.items() if value})
    return need


def change_need(need: TrainingNeed, values: NeedValues, *, by: int) -> None:
    """Say it otherwise while nobody acted on it. Raises ``WrongValuesError``, or ``NeedTakenError``."""
    need = _lock_open([need.id])[0]
    _check(values)
    changed: dict[str, Any] = {}
    for name, after in (asdict(values) | {"categories": list(values.categories)}).items():
        before = getattr(need, name)
        if before != after:
            setattr(need, name, after)
            changed[name] = [_plain(before), _plain(after)]
    if changed:
        db.session.flush()
        _record("need:change", need, by, changed)


def withdraw_need(need: TrainingNeed, *, by: int) -> None:
    """The municipality needs it no more. Done twice it changes nothing. Raises ``NeedTakenError``."""
    if queries.lock_needs([need.id])[0].ended != NeedEnd.WITHDRAWN:
        _end(need.id, NeedEnd.WITHDRAWN, "need:withdraw", by=by)


def decline_need(need: TrainingNeed, words: str, *, by: int) -> None:
    """Staff will not plan it, and say why; the coordinators of the municipality are told. Raises ``NeedTakenError``."""
    letters.tell_declined(_end(need.id, NeedEnd.DECLINED, "need:decline", by=by, words=words))


def lock_open_needs(need_ids: Sequence[int]) -> list[TrainingNeed]:
    """These needs, locked, for a run to be made for them. Raises ``NeedTakenError`` when one is not open, ``NotFoundError`` when one is missing."""
    return _lock_open(need_ids)


def plan_needs(needs: Sequence[TrainingNeed], run: CourseRun, *, by: int) -> None:
    """Note that ``run`` serves these needs, which the caller holds, and tell the coordinators of their municipalities."""
    moment = clock.now()
    db.session.add_all(NeedRun(need_id=need.id, run_id=run.id, planned_by=by, planned_at=moment) for need in needs)
    db.session.flush()
    for need in needs:
        _record("need:plan", need, by, {"run": run.code, "people": need.people})
        letters.tell_planned(need, run)


def set_budget(municipality_id: int, year: int, amount: Decimal, *, by: int) -> None:
    """Say how much money the municipality plans for training in the year."""
    take_turn(f"needs of {municipality_id}")
    budget = queries.find_budget(municipality_id, year)
    before = budget.amount if budget else None
    if before == amount:
        return
    if budget is None:
        budget = TrainingBudget(municipality_id=municipality_id, year=year, amount=amount)
        db.session.add(budget)
    budget.amount = amount
    db.session.flush()
    history.record(
        "budget:set", budget, by=by, change={"municipality_id": municipality_id, "year": year, "amount": [_plain(before), _plain(amount)]}
    )


def _check(values: NeedValues) -> None:
    problems = list(rules.problems_of(values, clock.today()))
    if problems:
        raise courses.WrongValuesError(problems)


def _lock_open(need_ids: Sequence[int]) -> list[TrainingNeed]:
    needs = queries.lock_needs(need_ids)
    if any(need.ended for need in needs) or queries.serving([need.id for need in needs]):
        raise NeedTakenError
    return needs


def _end(need_id: int, how: NeedEnd, action: str, *, by: int, words: str = "") -> TrainingNeed:
    need = _lock_open([need_id])[0]
    need.ended, need.ended_at, need.words = how, clock.now(), words
    db.session.flush()
    history.record(action, need, by=by, person=by, personal={"words": words} if words else None)
    return need


def _record(action: str, need: TrainingNeed, by: int, values: dict[str, Any]) -> None:
    typed = {name: value for name, value in values.items() if name in PERSONAL}
    plain = {name: value for name, value in values.items() if name not in PERSONAL}
    history.record(action, need, by=by, person=by, change=plain, personal=typed or None)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
