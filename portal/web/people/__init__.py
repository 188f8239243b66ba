"""Pages: accounts, sign-in, the profile, and the administration of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from portal import people

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

pages = Blueprint("people", __name__)


@pages.record
def _take_settings(state: BlueprintSetupState) -> None:
    """Tests pay next to nothing for a password. The session cookie is written when it changes, not with every answer."""
    if state.app.config["SETTINGS"].env == "test":
        people.hash_cheaply()
    state.app.config["SESSION_REFRESH_EACH_REQUEST"] = False


from portal.web.people import (  # the views register themselves on ``pages``
    account_views,
    admin_names,
    admin_views,
    profile_views,
    staff_merge,
    staff_people,
    staff_person,
    views,
)
