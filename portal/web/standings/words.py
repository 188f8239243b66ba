"""How somebody stands to a qualification, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal.foundation import formats
from portal.qualifications import Holding
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portal.standings import OwnStanding


@dataclass(frozen=True, slots=True)
class StandingSaid:
    """A standing in words: a tag with its tone, and sentences."""

    tag: str
    tone: str
    sentences: tuple[str, ...]


def standing_said(own: OwnStanding, day: date) -> StandingSaid:
    """How somebody stands on ``day``, in the language of the page."""
    tag, tone = _tag(own, day)
    return StandingSaid(tag, tone, tuple(_sentences(own, day)))


def _tag(own: OwnStanding, day: date) -> tuple[str, str]:
    holding = own.standing.holding
    if holding == Holding.HELD:
        return _("Held"), "good"
    if holding == Holding.RENEWABLE:
        return _("Renewal open"), "warn"
    if own.due_on is not None and own.due_on < day:
        return (_("Lapsed") if holding == Holding.LAPSED else _("Overdue")), "bad"
    if holding == Holding.LAPSED:
        return _("Lapsed"), "neutral"
    return (_("Due soon"), "warn") if own.is_due else (_("Not yet reached"), "info")


def _sentences(own: OwnStanding, day: date) -> Iterator[str]:
    award, opens = own.standing.award, own.standing.renewable_from
    if award is not None and own.standing.held:
        yield _("Until %(day)s.", day=day_said(award.until)) if award.until else _("Without end.")
        if opens is not None and award.until is not None:
            if opens > day:
                yield _("It can be renewed from %(day)s.", day=day_said(opens))
            elif own.standing.holding == Holding.RENEWABLE:
                yield _("Renew it by then, so that there is no gap.")
    elif award is not None:
        yield _ended(award.ended_on, award.until)
    elif own.due_on is not None:
        yield (_("Was to be reached by %(day)s.") if own.due_on < day else _("To be reached by %(day)s.")) % {"day": day_said(own.due_on)}
    if own.called_since is None:
        yield _("Your present posts do not call for it.")


def _ended(ended_on: date | None, until: date | None) -> str:
    if ended_on is not None:
        return str(_("No longer held since %(day)s: the rule or its evidence changed.", day=day_said(ended_on)))
    return str(_("Was held until %(day)s.", day=day_said(until))) if until else ""


def day_said(day: date | None) -> str:
    """A day in the language of the page."""
    return formats.format_date(day, language()) if day else ""
