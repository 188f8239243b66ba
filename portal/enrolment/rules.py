"""Who gets a place, who waits, who may leave: decisions on plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.courses.models import RunState
from portal.enrolment.models import EnrolmentState
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from portal.people.models import Post


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What counts about a person: the categories of today's posts (none without a post), and a clash with another place."""

    categories: Collection[str]
    clash: Clash | None = None


def find_run_refusal(state: str, window: str) -> EnrolmentRefusedError | None:
    """Say why nobody can enrol in a run whose enrolment window is ``window`` (not_yet, open, over); None when people can."""
    if state == RunState.CANCELLED:
        return RunCancelledError()
    if window == "open":
        return None
    return NotOpenYetError() if window == "not_yet" else DeadlinePassedError()


def find_person_refusal(standing: Standing, target_categories: Collection[str]) -> EnrolmentRefusedError | None:
    """Say why this person cannot have a place in a run for ``target_categories`` (none named: for all); None when they can."""
    if not standing.categories:
        return NoPostError()
    if target_categories and not set(standing.categories) & set(target_categories):
        return NotForCategoryError()
    if standing.clash is not None:
        return ClashError(standing.clash)
    return None


def choose_post(posts: Sequence[Post], target_categories: Collection[str]) -> Post | None:
    """Choose the post with which somebody enrols: the first that the run is for; of none, the first there is."""
    return next((post for post in posts if post.category in target_categories), posts[0] if posts else None)


def state_of_new(capacity: int, taken: int, waiting: int) -> EnrolmentState:
    """Decide between a place and the waiting list: whoever comes while others wait goes behind them."""
    return EnrolmentState.CONFIRMED if taken < capacity and not waiting else EnrolmentState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlace:
    """What decides about a place in the waiting list."""

    enrolment_id: int
    queued_at: datetime


def in_line(places: Iterable[WaitingPlace]) -> list[WaitingPlace]:
    """Order the waiting list of one run by the published rule: who came first stands first.

    The full rule (mandatory goal due, then the quota not yet used, then time) finds its place here: nothing else orders the list.
    """
    return sorted(places, key=lambda place: (place.queued_at, place.enrolment_id))


def gives_freed_places(state: str, starts_at: datetime | None, closes_at: datetime, at: datetime) -> bool:
    """Tell whether a place that becomes free goes to the waiting list.

    It does until the run begins, or longer where people can enrol longer. Afterwards people are admitted on the day.
    """
    return state in {RunState.OPEN, RunState.CLOSED} and (starts_at is None or at < max(starts_at, closes_at))


def find_withdrawal_refusal(state: str, cancel_until: datetime, at: datetime) -> EnrolmentRefusedError | None:
    """Say why a person cannot withdraw by themselves; a waiting place can be given back at any time."""
    if state == EnrolmentState.CONFIRMED and at > cancel_until:
        return TooLateToWithdrawError()
    return None if state in {EnrolmentState.CONFIRMED, EnrolmentState.WAITING} else NotEnrolledError()


def find_admission_refusal(state: str, first_day: date | None, today: date) -> EnrolmentRefusedError | None:
    """Say why nobody can be admitted without a registration today; ``first_day`` and ``today`` are days in Georgia."""
    if state == RunState.CANCELLED:
        return RunCancelledError()
    on_time = first_day is not None and today >= first_day and state in {RunState.OPEN, RunState.CLOSED, RunState.RUNNING}
    return None if on_time else NotTheDayError()
