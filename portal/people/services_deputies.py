"""A coordinator is away: somebody of the municipality stands in for them, from a day to a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from portal import municipalities
from portal.foundation import clock, outbox
from portal.foundation.addresses import addresses
from portal.foundation.errors import N_, RefusedError
from portal.people import queries
from portal.people.models import Role
from portal.people.services import grant_role, recipient_of

if TYPE_CHECKING:
    from datetime import date

    from portal.people.models import RoleGrant

MOST_DAYS: Final = 60


def name_deputy(person_id: int, municipality_id: int, *, starts_on: date, ends_on: date, by: int) -> RoleGrant:
    """Let the person coordinate the municipality in place of ``by`` from ``starts_on`` to ``ends_on``; the person is told.

    Raises ``RefusedError`` unless ``by`` coordinates it, and not as a deputy, all that time; unless the person is somebody else who holds a post
    there and can sign in; and for days that are past, in the wrong order or too many.
    """
    queries.lock_turn_of(by)
    until = queries.own_municipalities_of(by)
    if municipality_id not in until:
        raise RefusedError(N_("Only the coordinator can name a deputy; a deputy cannot."))
    _check_days(starts_on, ends_on, until[municipality_id])
    if person_id == by:
        raise RefusedError(N_("You cannot be your own deputy. Choose somebody else."))
    if person_id not in {post.person_id for post in queries.possible_deputies([municipality_id])}:
        raise RefusedError(N_("Choose somebody who works in your municipality and has an active profile."))
    grant = grant_role(
        person_id, Role.COORDINATOR, by=by, municipality_id=municipality_id, starts_on=starts_on, ends_on=ends_on, deputy_for=by
    )
    _tell(grant)
    return grant


def _check_days(starts_on: date, ends_on: date, until: date | None) -> None:
    if starts_on < clock.today():
        raise RefusedError(N_("The first day must not be in the past."))
    if ends_on < starts_on:
        raise RefusedError(N_("The last day must not be before the first"))
    if ends_on - starts_on >= timedelta(days=MOST_DAYS):
        raise RefusedError(N_("Somebody can stand in for at most %(most)s days."), most=MOST_DAYS)
    if until is not None and ends_on > until:
        raise RefusedError(N_("Your own role as coordinator ends before that day."))


def _tell(grant: RoleGrant) -> None:
    deputy, coordinator = queries.get_person(grant.person_id), queries.get_person(grant.deputy_for or 0)
    to = recipient_of(deputy)
    (place,) = municipalities.municipalities_by_ids([grant.municipality_id or 0])
    facts = {
        "name": deputy.name(to.language),
        "coordinator": coordinator.name(to.language),
        "municipality": place.full_name(to.language),
        "starts_on": grant.starts_on,
        "ends_on": grant.ends_on,
        "municipality_url": addresses.page("/municipality", to.language),
        "contact": addresses.contact,
    }
    outbox.post("deputy_named", to, facts, event_key=f"role_grant:{grant.id}:deputy_named")
