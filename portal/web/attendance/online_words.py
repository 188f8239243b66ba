"""Words about the report of an online meeting: what its columns hold, and what recording a line of it does."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.attendance import Column, Effect

COLUMNS = {
    Column.NAME: _("First and last name"),
    Column.GIVEN_NAME: _("First name"),
    Column.FAMILY_NAME: _("Last name"),
    Column.EMAIL: _("E-mail"),
    Column.JOINED: _("When they joined"),
    Column.LEFT: _("When they left"),
    Column.DURATION: _("How long they stayed"),
    Column.WAITING: _("Whether in the waiting room"),
}

EFFECTS = {
    Effect.FIRST: (_("New mark"), "good"),
    Effect.CHANGED: (_("Changes the mark"), "warn"),
    Effect.SAME: (_("Recorded already"), "neutral"),
    Effect.BEFORE: (_("Recorded from this file before"), "neutral"),
}
