"""The page of staff that shows the history, filtered and in words."""

from __future__ import annotations

from flask import render_template, request

from portal.access import Permission, can
from portal.foundation.history_queries import history_page
from portal.web.guard import actor, requires
from portal.web.history import pages
from portal.web.history.entries import entries_of
from portal.web.history.forms import HistoryForm
from portal.web.keyset import place_asked
from portal.web.language import language


@pages.get("/staff/history")
@requires(Permission.HISTORY_VIEW)
def entries() -> str | tuple[str, int]:
    """Who did what, newest first. Personal values are opened for those who may see them."""
    form = HistoryForm(request.args)
    if not form.validate():
        return render_template("history/entries.html", form=form, page=None, entries=[]), 422
    page = history_page(form.wanted(), place_asked())
    shown = entries_of(page.rows, language=language(), with_personal=can(actor(), Permission.HISTORY_OPEN_PERSONAL))
    return render_template("history/entries.html", form=form, page=page, entries=shown)
