"""Who gets a place, who waits, who may leave: decisions on plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portal.courses.models import DecidedBy, RunState
from portal.enrolment.models import DecisionStage, EnrolmentState
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from portal.people.models import Post


WAITS = frozenset({EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.OFFERED})
"""States of those who have no place yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A training day at the same time, in a run where the person has a place."""

    code: str
    title_ka: str
    title_en: str
    starts_at: datetime

    def title(self, language: str) -> str:
        """Give the title of the other run in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


class EnrolmentRefusedError(RefusedError):
    """A rule of enrolment says no. ``code`` is its word in the database and on lists."""

    code = "refused"


class NotOpenYetError(EnrolmentRefusedError):
    """The enrolment window has not begun."""

    code = "not_open_yet"
    message = N_("Registration has not opened yet.")


class DeadlinePassedError(EnrolmentRefusedError):
    """The enrolment window is over, or staff closed it."""

    code = "deadline_passed"
    message = N_("The registration deadline has passed.")


class RunCancelledError(EnrolmentRefusedError):
    """The run does not take place."""

    code = "run_cancelled"
    message = N_("This training was cancelled.")


class AlreadyEnrolledError(EnrolmentRefusedError):
    """The person has a place or waits for one."""

    code = "already_enrolled"
    message = N_("You are already enrolled in this training.")


class NoPostError(EnrolmentRefusedError):
    """The person holds no post today; enrolments and certificates keep the post of the day."""

    code = "no_post"
    message = N_("Your profile has no current post. Add it, then enrol.")


class NotForCategoryError(EnrolmentRefusedError):
    """The course is for other categories of post."""

    code = "not_for_category"
    message = N_("This training is not meant for your position.")


class NotInvitedError(EnrolmentRefusedError):
    """The run is for the people of invited municipalities, and none of the person's posts is in one."""

    code = "not_invited"
    message = N_("This training is for the municipalities that are invited to it.")


class ClashError(EnrolmentRefusedError):
    """The person has a place elsewhere at the same time; ``clash`` says where."""

    code = "clash"
    message = N_("You have another training at this time.")

    def __init__(self, clash: Clash) -> None:
        super().__init__()
        self.clash = clash


class FullError(EnrolmentRefusedError):
    """No place is left, and this way of enrolling knows no waiting list."""

    code = "full"
    message = N_("There are no free places left.")


class NotTheDayError(EnrolmentRefusedError):
    """People are admitted without a registration from the first training day on, until the run is over."""

    code = "not_the_day"
    message = N_("People can be added from the first training day until the run is completed.")


class TooLateToWithdrawError(EnrolmentRefusedError):
    """The last moment for withdrawing is over; staff can still do it."""

    code = "too_late_to_withdraw"
    message = N_("The last day for withdrawing has passed.")


class NotEnrolledError(EnrolmentRefusedError):
    """There is no place or waiting place to give back."""

    code = "not_enrolled"
    message = N_("You are not enrolled in this training.")


class NoPlaceToMoveToError(EnrolmentRefusedError):
    """The run to which somebody should be moved has no place for them now; they keep what they have."""

    code = "no_place_to_move_to"
    message = N_("The other training has no free place for this person, or others wait for it. The person keeps the place held so far.")


class CapacityTakenError(EnrolmentRefusedError):
    """More people have a place than the new capacity allows."""

    code = "capacity_taken"
    message = N_("%(taken)s people already have a place. The capacity cannot be lower.")


class QuotaTakenError(EnrolmentRefusedError):
    """The places that were given, and those still kept by quotas, are more than there would be."""

    code = "quota_taken"
    message = N_("%(taken)s places are given and %(kept)s more are kept by quotas. That is more than the capacity.")


class QuotaExceededError(EnrolmentRefusedError):
    """A new quota is less than the places that its municipality or region has, and those kept within the region; ``field`` names it."""

    code = "quota_exceeded"
    message = N_("“%(field)s” has or keeps %(taken)s places already. The quota cannot be lower.")


class NotWaitingForDecisionError(EnrolmentRefusedError):
    """The application was decided meanwhile, or withdrawn."""

    code = "not_to_decide"
    message = N_("This application was decided or withdrawn meanwhile.")


class OwnApplicationError(EnrolmentRefusedError):
    """Nobody decides on their own application."""

    code = "own_application"
    message = N_("Somebody else decides on your own application.")


class TooLateToApproveError(EnrolmentRefusedError):
    """The training has begun: from then on people are admitted on the day."""

    code = "too_late_to_approve"
    message = N_("The training has begun; no place is given any more.")


class NothingToUndoError(EnrolmentRefusedError):
    """The last decision cannot be taken back: there is none, the training has begun, or the person has applied anew."""

    code = "nothing_to_undo"
    message = N_("This decision can no longer be undone.")


class OfferEndedError(EnrolmentRefusedError):
    """The offer was answered, its time is over, or it was taken back."""

    code = "offer_ended"
    message = N_("This offer is no longer open.")


class OfferedError(EnrolmentRefusedError):
    """There is no need to be told when the course runs again: it does."""

    code = "offered"
    message = N_("A training of this course has free places. Enrol there.")


class HasPlaceError(EnrolmentRefusedError):
    """There is no need to be told when the course runs again: the person takes part in one to come."""

    code = "has_place"
    message = N_("You have a place in a training of this course.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What counts about a person: the categories of today's posts that the run invites, whether they hold posts at all, and a clash."""

    categories: Collection[str]
    has_post: bool = True
    clash: Clash | None = None


def to_standing(posts: Collection[tuple[int, str]], invited: Collection[int] | None, clash: Clash | None) -> Standing:
    """Say what counts about somebody with ``posts`` (municipality and category) for a run that invites these municipalities (None: all)."""
    categories = {category for municipality_id, category in posts if invited is None or municipality_id in invited}
    return Standing(categories=categories, has_post=bool(posts), clash=clash)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestStanding:
    """What counts about a person's wish to hear when a course runs again: since when they wait for it, and today's posts, the newest first.

    Whoever is served waits no more. ``offered`` says that a run of the course takes their enrolment, now or later, and has free
    places; ``has_place`` that they have one to come.
    """

    asked_at: datetime | None
    posts: Sequence[Post]
    offered: bool
    has_place: bool


def find_run_refusal(state: str, window: str) -> EnrolmentRefusedError | None:
    """Say why nobody can enrol in a run whose enrolment window is ``window`` (not_yet, open, over); None when people can."""
    if state == RunState.CANCELLED:
        return RunCancelledError()
    if window == "open":
        return None
    return NotOpenYetError() if window == "not_yet" else DeadlinePassedError()


def find_person_refusal(standing: Standing, target_categories: Collection[str]) -> EnrolmentRefusedError | None:
    """Say why this person cannot have a place in a run for ``target_categories`` (none named: for all); None when they can."""
    if not standing.has_post:
        return NoPostError()
    if not standing.categories:
        return NotInvitedError()
    if not is_meant_for(standing.categories, target_categories):
        return NotForCategoryError()
    if standing.clash is not None:
        return ClashError(standing.clash)
    return None


def choose_post(posts: Sequence[Post], target_categories: Collection[str], invited: Collection[int] | None = None) -> Post | None:
    """Choose the post with which somebody enrols: the first that is invited and that the run is for; of none, the first there is."""
    welcome = [post for post in posts if invited is None or post.municipality_id in invited] or posts
    return next((post for post in welcome if post.category in target_categories), welcome[0] if welcome else None)


def find_interest_refusal(standing: InterestStanding, target_categories: Collection[str]) -> EnrolmentRefusedError | None:
    """Say why nobody need tell this person when the course runs again, or why no run would be for them; None when they can ask for it."""
    if standing.offered:
        return OfferedError()
    if standing.has_place:
        return HasPlaceError()
    if is_meant_for({post.category for post in standing.posts}, target_categories):
        return None
    return NotForCategoryError() if standing.posts else NoPostError()


def is_for(standing: Standing, target_categories: Collection[str]) -> bool:
    """Tell whether a run for ``target_categories`` invites somebody of this standing, whatever else they have at its time."""
    return bool(standing.categories) and is_meant_for(standing.categories, target_categories)


def is_meant_for(categories: Collection[str], target_categories: Collection[str]) -> bool:
    """Tell whether a course for ``target_categories`` (none named: for all) is for somebody with posts of these categories."""
    return not target_categories or not set(target_categories).isdisjoint(categories)


def find_first_stage(decided_by: str, *, nominated: bool, has_employer: bool) -> DecisionStage | None:
    """Find who decides first on a new request; None when nobody is asked.

    The employer has decided by nominating; where a municipality has nobody who could decide, the staff do.
    """
    if decided_by == DecidedBy.AT_ONCE:
        return None
    asks_employer = decided_by == DecidedBy.EMPLOYER_THEN_STAFF and has_employer and not nominated
    return DecisionStage.EMPLOYER if asks_employer else DecisionStage.STAFF


def decision_stands(state: str, reason: str) -> bool:
    """Tell whether a decision still stands as it was made: the person has a place or waits, or was rejected by it, or it waits for the staff."""
    return state in {EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.CONFIRMED} or (
        state == EnrolmentState.REJECTED and reason == "not_approved"
    )


def decide_by(at: datetime, days: int, starts_at: datetime | None) -> datetime:
    """Until when an application that comes ``at`` should be decided: within ``days``, but before the training begins."""
    due = at + timedelta(days=days)
    return due if starts_at is None else max(at, min(due, starts_at))


def offer_ends_at(at: datetime, hours: int, latest: datetime | None) -> datetime:
    """Until when a place that becomes free ``at`` is kept for whoever it is offered to; never longer than places are given."""
    due = at + timedelta(hours=hours)
    return due if latest is None else max(at, min(due, latest))


def gives_freed_places(state: str, starts_at: datetime | None, closes_at: datetime, at: datetime) -> bool:
    """Tell whether a place that becomes free goes to the waiting list.

    It does until the run begins, or longer where people can enrol longer. Afterwards people are admitted on the day.
    """
    return state in {RunState.OPEN, RunState.CLOSED} and (starts_at is None or at < max(starts_at, closes_at))


def find_withdrawal_refusal(state: str, cancel_until: datetime, at: datetime) -> EnrolmentRefusedError | None:
    """Say why a person cannot withdraw by themselves; an application, a waiting place and an offer can be given back at any time."""
    if state == EnrolmentState.CONFIRMED and at > cancel_until:
        return TooLateToWithdrawError()
    return None if state == EnrolmentState.CONFIRMED or state in WAITS else NotEnrolledError()


def find_admission_refusal(state: str, first_day: date | None, today: date) -> EnrolmentRefusedError | None:
    """Say why nobody can be admitted without a registration today; ``first_day`` and ``today`` are days in Georgia."""
    if state == RunState.CANCELLED:
        return RunCancelledError()
    on_time = first_day is not None and today >= first_day and state in {RunState.OPEN, RunState.CLOSED, RunState.RUNNING}
    return None if on_time else NotTheDayError()
