"""What the history is asked for. The answers stand in the address of the page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import people, reports
from portal.foundation import formats
from portal.foundation.history_queries import HistoryFilter
from portal.web.fields import Choice, Day, line, moment
from portal.web.history.actions import ACTIONS, THINGS, actions_of
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from portal.people.models import Person

NAME_LIMIT = 100
REFERENCE_LIMIT = 40
MOST_PEOPLE = 10


class HistoryForm(FlaskForm):
    """The filters of the history."""

    class Meta:
        """It only asks and changes nothing, so it needs no token."""

        csrf = False

    who = line(_("Person"), optional=True, limit=NAME_LIMIT, description=_("Name of who did it or whom it concerns"))
    reference = line(
        _("Run or certificate"), optional=True, limit=REFERENCE_LIMIT, description=_("Code of the run or number of the certificate")
    )
    thing = Choice(_("Kind of thing"), optional=True, default="")
    action = Choice(_("Action"), optional=True, default="")
    first = Day(_("Period from"), optional=True, name="from")
    last = Day(_("Period to"), optional=True, name="to")

    def __init__(self, asked: MultiDict[str, str]) -> None:
        self.found: Sequence[Person] = ()
        super().__init__(asked)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Give the lists to the fields before they read what was asked."""
        self.thing.choices, self.action.choices = _lists(language())
        super().process(*args, **kwargs)

    def wanted(self) -> HistoryFilter:
        """What was asked for, once it is valid. A name is looked up among people, a reference among runs and certificates."""
        actions = actions_of(self.thing.data) if self.thing.data else None
        if self.action.data:
            actions = frozenset({self.action.data}) & (actions or {self.action.data})
        if self.who.data:
            self.found = people.search_people(self.who.data, MOST_PEOPLE)
        return HistoryFilter(
            people=people.ids_of(person.id for person in self.found) if self.who.data else None,
            actions=actions,
            subjects=reports.subjects_of(self.reference.data) if self.reference.data else None,
            since=_midnight(self.first.data),
            until=_midnight(self.last.data, days=1),
        )

    @property
    def address(self) -> dict[str, str]:
        """What was asked for, as the words of an address."""
        return {one.name: formats.format_date_short(one.data) if isinstance(one.data, date) else str(one.data) for one in self if one.data}


@cache
def _lists(_language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The kinds of things and the actions, in the order of their words in the language of the page."""
    things, actions = ([(code, str(word)) for code, word in words.items()] for words in (THINGS, ACTIONS))
    everything = ("", str(gettext("All")))
    return [everything, *sorted(things, key=itemgetter(1))], [everything, *sorted(actions, key=itemgetter(1))]


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return moment(day + timedelta(days=days), time()) if day else None
