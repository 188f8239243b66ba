"""Mails about places, each with what a calendar needs to follow.

A calendar believes the highest SEQUENCE of a UID. The UID is one per person and training day, so the sequence grows in three steps: with every
change of the run, with every new enrolment of the same person in it, and with every step of that enrolment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal import courses, people
from portal.courses.models import FreedPlaces
from portal.enrolment.models import EnrolmentState
from portal.foundation import clock, formats, outbox
from portal.foundation.addresses import addresses
from portal.foundation.calendar import CANCEL, PUBLISH, REQUEST, Guest, calendar_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import CourseRun, CourseSession
    from portal.enrolment.models import Enrolment
    from portal.enrolment.rules import Clash
    from portal.people.models import Person

STEP_OF_RUN, STEP_OF_ENROLMENT = 10_000, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every mail about an enrolment is made from. ``earlier`` counts the person's enrolments in this run before this one."""

    enrolment: Enrolment
    person: Person
    run: CourseRun
    sessions: Sequence[CourseSession]
    earlier: int = 0

    @property
    def language(self) -> str:
        """The language of the person."""
        return self.person.language

    @property
    def sequence(self) -> int:
        """The SEQUENCE of a calendar sent now."""
        within = min(self.earlier * STEP_OF_ENROLMENT + min(self.enrolment.steps, STEP_OF_ENROLMENT - 1), STEP_OF_RUN - 1)
        return self.run.calendar_sequence * STEP_OF_RUN + within


def calendar_of(letter: Letter, method: str) -> str:
    """Write the training days as a calendar. The link to an online day stands in it, so it is only for those with a place."""
    url = addresses.page(f"/runs/{letter.run.code}", letter.language)
    entries = courses.calendar_entries(
        letter.run, letter.sessions, letter.language, url=url, owner=str(letter.enrolment.merged_from_id or letter.person.id)
    )
    guest = Guest(address=letter.person.email or "", name=letter.person.name(letter.language), organizer=addresses.contact)
    return calendar_text(entries, method=method, sequence=letter.sequence, at=clock.now(), guest=None if method == PUBLISH else guest)


def post(kind: str, letter: Letter, *, event: str, method: str | None = None, secret: bool = False, **facts: Any) -> str:
    """Put the mail ``kind`` into the outbox, once per step of the enrolment and ``event``; with ``method`` the calendar goes along.

    ``secret`` marks a mail with a link by which the person answers. Returns the key of the event.
    """
    event_key = f"enrolment:{letter.enrolment.id}:{letter.enrolment.steps}:{event}"
    outbox.post(
        kind,
        people.recipient_of(letter.person),
        _facts(letter, with_links=method == REQUEST) | facts,
        event_key=event_key,
        calendar=outbox.Calendar(calendar_of(letter, method), method) if method else None,
        secret=secret,
    )
    return event_key


def tell_withdrawn(letter: Letter, *, was: EnrolmentState, by_themselves: bool) -> None:
    """Tell somebody that they gave back what they had: a place, or (``was``) an application, a waiting place, an offer; or that others did it."""
    if was == EnrolmentState.CONFIRMED:
        post("withdrawn", letter, event="withdrawn", method=CANCEL, by_themselves=by_themselves)
    else:
        post("waiting_list_left", letter, event="withdrawn", was=str(was), by_themselves=by_themselves)


def tell_taken_back(letter: Letter, *, had_place: bool, reason: str) -> None:
    """Tell somebody that their municipality took its nomination back, and why."""
    post("nomination_withdrawn", letter, event="withdrawn", method=CANCEL if had_place else None, had_place=had_place, reason=reason)


def tell_moved_to(letter: Letter, run: CourseRun, *, had_place: bool) -> None:
    """Tell somebody that staff moved them to ``run``, about which another mail follows; the days of this one leave their calendar."""
    other = run.version.title(letter.language)
    post("moved_to_run", letter, event="moved", method=CANCEL if had_place else None, other=other, had_place=had_place)


def clash_words(letter: Letter, clash: Clash) -> dict[str, str]:
    """What a mail says of another training at the same time: its title, when its day begins, and where to withdraw from it."""
    return {
        "title": clash.title(letter.language),
        "moment": formats.format_moment(clash.starts_at, letter.language, today=clock.today()),
        "url": addresses.page(f"/runs/{clash.code}", letter.language),
    }


def _facts(letter: Letter, *, with_links: bool) -> dict[str, Any]:
    run, language = letter.run, letter.language
    return courses.mail_facts(run, letter.sessions, language, with_links=with_links) | {
        "name": letter.person.name(language),
        "reference": letter.enrolment.reference,
        "state": letter.enrolment.state,
        "cancel_until": run.withdrawal_ends_at,
        "can_withdraw": clock.now() <= run.withdrawal_ends_at,
        "offers": run.freed_places == FreedPlaces.OFFERED,
        "kept_until": run.quotas_end_at,
    }
