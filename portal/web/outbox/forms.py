"""What the list of mail is asked for. The answers stand in the address of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal.foundation.outbox import MessageState
from portal.foundation.outbox_queries import MessageFilter
from portal.web.fields import Choice, line
from portal.web.labels import choices
from portal.web.outbox.words import kind_choices

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

ADDRESS_LIMIT = 254


class OutboxForm(FlaskForm):
    """The filters of the list of mail."""

    class Meta:
        """It only asks and changes nothing, so it needs no token."""

        csrf = False

    state = Choice(_("Status"), optional=True, default="")
    kind = Choice(_("Kind of mail"), optional=True, default="")
    address = line(_("E-mail"), optional=True, limit=ADDRESS_LIMIT, description=_("How the e-mail begins"))

    def __init__(self, asked: MultiDict[str, str]) -> None:
        self.offered = {"state": choices("message_state"), "kind": kind_choices()}
        super().__init__(asked)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Give the lists to the fields before they read what was asked."""
        for name, rows in self.offered.items():
            self[name].choices = [("", gettext("All")), *rows]
        super().process(*args, **kwargs)

    @property
    def wanted(self) -> MessageFilter:
        """What was asked for, once it is valid."""
        return MessageFilter(state=self.state.data or "", kind=self.kind.data or "", address=(self.address.data or "").casefold())

    @property
    def address_of_page(self) -> dict[str, str]:
        """What was asked for, as the words of an address."""
        return {field.name: field.data for field in self if field.data}

    @staticmethod
    def states() -> list[str]:
        """The states in the order of a message's life."""
        return [str(state) for state in MessageState]
