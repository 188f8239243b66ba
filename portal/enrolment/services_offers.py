"""Offered places, and answers by link: somebody takes a place, declines it, or lets the time pass. Each function locks the run first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.enrolment import queries, rules
from portal.enrolment.invitations import post
from portal.enrolment.models import AnswerPurpose, Enrolment, EnrolmentState
from portal.enrolment.services import withdraw
from portal.enrolment.services_filling import fill
from portal.enrolment.services_steps import change, letter_for, lock
from portal.foundation import clock
from portal.foundation.calendar import REQUEST
from portal.foundation.database import db

if TYPE_CHECKING:
    from portal.enrolment.models import AnswerLink


def accept_offer(enrolment: Enrolment, *, by: int) -> Enrolment:
    """Take the place that was offered. Taking it twice does nothing more.

    Raises ``OfferEndedError`` when it is not open any more, and ``ClashError`` when the person has a place elsewhere at that time by now.
    """
    run = lock(enrolment.run_id)
    enrolment = queries.get_enrolment(enrolment.id)
    if enrolment.state == EnrolmentState.CONFIRMED:
        return enrolment
    if enrolment.state != EnrolmentState.OFFERED or _is_over(enrolment):
        raise rules.OfferEndedError
    if clash := queries.clashes_of(run.id, [enrolment.person_id]).get(enrolment.person_id):
        raise rules.ClashError(clash)
    change(enrolment, EnrolmentState.CONFIRMED, "offer_accepted", by=by)
    post("place_given", letter_for(enrolment, run), event="offer_accepted", method=REQUEST)
    return enrolment


def decline_offer(enrolment: Enrolment, *, by: int) -> Enrolment:
    """Say no to the place that was offered: it goes to the next in line. Saying it twice does nothing more.

    Raises ``OfferEndedError`` when the place was taken meanwhile, or the offer ended.
    """
    lock(enrolment.run_id)
    enrolment = queries.get_enrolment(enrolment.id)
    if enrolment.state_reason == "offer_declined":
        return enrolment
    if enrolment.state != EnrolmentState.OFFERED:
        raise rules.OfferEndedError
    return withdraw(enrolment.run_id, enrolment.person_id, by=by)


def end_offer(run_id: int, enrolment_id: int) -> bool:
    """Let an offer end that was not answered in time: the place goes to the next in line. False when that is not so (any more)."""
    run = lock(run_id)
    enrolment = queries.get_enrolment(enrolment_id)
    if enrolment.state != EnrolmentState.OFFERED or not _is_over(enrolment):
        return False
    change(enrolment, EnrolmentState.WITHDRAWN, "offer_ended", by=None)
    letter = letter_for(enrolment, run)
    post("offer_ended", letter, event="offer_ended")
    fill(run, letter.sessions, by=None)
    return True


def answer(link: AnswerLink, *, accepts: bool) -> Enrolment:
    """Do what somebody answered by ``link``: take the offered place, decline it, or say that they do not come though nominated.

    Raises ``OfferEndedError`` when the question is no longer open, and what ``accept_offer`` and ``withdraw`` raise.
    """
    lock(link.enrolment.run_id)
    db.session.refresh(link)
    enrolment = queries.get_enrolment(link.enrolment_id)
    if not is_open(link, enrolment):
        raise rules.OfferEndedError
    answered = _do(enrolment, link.purpose, accepts=accepts)
    link.used_at = clock.now()  # not before: an answer that is refused can be given again
    return answered


def _do(enrolment: Enrolment, purpose: str, *, accepts: bool) -> Enrolment:
    if purpose == AnswerPurpose.OFFER:
        return (accept_offer if accepts else decline_offer)(enrolment, by=enrolment.person_id)
    if accepts:
        return enrolment
    return withdraw(enrolment.run_id, enrolment.person_id, by=enrolment.person_id, declined=True)


def is_open(link: AnswerLink, enrolment: Enrolment) -> bool:
    """Whether the question of ``link`` can still be answered."""
    if link.used_at is not None or link.expires_at <= clock.now():
        return False
    if link.purpose == AnswerPurpose.OFFER:
        return enrolment.state == EnrolmentState.OFFERED
    return enrolment.state == EnrolmentState.CONFIRMED or enrolment.state in rules.WAITS


def _is_over(enrolment: Enrolment) -> bool:
    return enrolment.offer_ends_at is not None and enrolment.offer_ends_at <= clock.now()
