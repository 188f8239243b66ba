"""Everything that changes the list of a municipality for a run. Each function locks the run first, as whoever gives its places does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses
from portal.enrolment import queries, queries_nominations, rules, services
from portal.enrolment import rules_nominations as of_lists
from portal.enrolment.models import Nomination
from portal.foundation import clock, history
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portal.enrolment.models import Enrolment
    from portal.enrolment.queries_nominations import Nominee
    from portal.people.models import Post

REMOVED, TAKEN_BACK, RENEWED = "removed", "taken_back", "renewed"


def add_to_list(run_id: int, posts: Collection[Post], *, by: int) -> None:
    """Put people at the end of the list of the municipality of their ``posts``. Whoever stands on it stays where they are.

    Raises ``ListFullError``, or the ``EnrolmentRefusedError`` that closes the run to all or to these municipalities.
    """
    run, municipality_ids = queries.get_locked_run(run_id), {post.municipality_id for post in posts}
    closed = rules.find_run_refusal(run.state, courses.enrolment_window(run, clock.now()))
    not_invited = of_lists.find_invitation_refusal(municipality_ids, courses.invited_to([run_id]).get(run_id))
    if refusal := not_invited or of_lists.find_listing_refusal(closed):
        raise refusal
    live = queries_nominations.live_nominations(run_id, municipality_ids)
    _put_on(run_id, posts, live, by=by)
    if sum(one.sent_at is None for one in live) > of_lists.MOST_TO_SEND:
        raise of_lists.ListFullError(most=of_lists.MOST_TO_SEND)


def _put_on(run_id: int, posts: Collection[Post], live: dict[Nomination, str | None], *, by: int) -> list[Nomination]:
    """The nominations of those who hold the ``posts``: those among the ``live`` ones, and new ones where there is none or it is over."""
    of = {(one.municipality_id, one.person_id): one for one in live}
    last = queries_nominations.last_positions(run_id, {post.municipality_id for post in posts})
    for post in posts:
        theirs = post.municipality_id, post.person_id
        before = of.get(theirs)
        if before is not None and not of_lists.is_over(live[before]):
            continue
        if before is not None:
            _drop(before, RENEWED, by=by)
        last[post.municipality_id] += 1
        of[theirs] = nomination = Nomination(
            run_id=run_id,
            municipality_id=post.municipality_id,
            person_id=post.person_id,
            position=last[post.municipality_id],
            added_by=by,
            added_at=clock.now(),
        )
        live[nomination] = None
        db.session.add(nomination)
        _record("nomination:add", nomination, by=by)
    db.session.flush()
    return [of[post.municipality_id, post.person_id] for post in posts]


def move_on_list(run_id: int, municipality_ids: Collection[int], nomination_id: int, *, up: bool, version: str, by: int) -> None:
    """Let somebody who waits to be sent change places with the one before or after them; at the end of the list nothing happens.

    Raises ``ListChangedError`` when the form was made from another ``version`` of the list, and ``AlreadySentError``.
    """
    queries.get_locked_run(run_id)
    moved = queries_nominations.get_nominee(run_id, municipality_ids, nomination_id).nomination
    nominees = queries_nominations.nominees_of(run_id, municipality_ids)
    _check_version(nominees, version)
    if moved.sent_at is not None:
        raise of_lists.AlreadySentError
    line = {one.nomination.id: one.nomination for one in waiting_of(nominees) if one.nomination.municipality_id == moved.municipality_id}
    other = of_lists.find_neighbour(list(line), moved.id, up=up)
    if other is None:
        return
    before, after = moved.position, line[other].position
    moved.position, line[other].position = after, before
    db.session.flush()
    _record("nomination:move", moved, by=by, change={"position": [before, after]})


def take_off_list(run_id: int, municipality_ids: Collection[int], nomination_id: int, *, by: int) -> None:
    """Take somebody off who was not sent; doing it twice does nothing more. Raises ``AlreadySentError`` or ``NotFoundError``."""
    queries.get_locked_run(run_id)
    if queries_nominations.find_dropped(run_id, municipality_ids, nomination_id):
        return
    nomination = queries_nominations.get_nominee(run_id, municipality_ids, nomination_id).nomination
    if nomination.sent_at is not None:
        raise of_lists.AlreadySentError
    _drop(nomination, REMOVED, by=by)


def lock_list_to_send(run_id: int, municipality_ids: Collection[int], *, version: str, form_key: str | None) -> list[Nominee]:
    """Those who wait to be sent, in their order, locked until the transaction ends; nobody when this form sent them before.

    Raises ``ListChangedError`` when the form was made from another ``version`` of the list, and ``NobodyToSendError``.
    """
    queries.get_locked_run(run_id)
    nominees = queries_nominations.nominees_of(run_id, municipality_ids)
    sent = {one.enrolment.form_key for one in nominees if one.enrolment}
    if form_key and any(queries.key_of(run_id, one.post.person_id, form_key) in sent for one in nominees):
        return []
    _check_version(nominees, version)
    waiting = waiting_of(nominees)
    if not waiting:
        raise of_lists.NobodyToSendError
    return waiting


def note_nominated(run_id: int, sent: Collection[tuple[Post, Enrolment]], *, by: int) -> None:
    """Keep with each nomination, made now if there is none, what came of sending it. The caller holds the lock on the run."""
    noted = queries_nominations.enrolments_noted([enrolment.id for _post, enrolment in sent])
    new = [(post, enrolment) for post, enrolment in sent if enrolment.id not in noted]
    posts = [post for post, _enrolment in new]
    live = queries_nominations.live_nominations(run_id, {post.municipality_id for post in posts}, [post.person_id for post in posts])
    for nomination, (_post, enrolment) in zip(_put_on(run_id, posts, live, by=by), new, strict=True):
        nomination.sent_at, nomination.sent_by, nomination.enrolment_id = clock.now(), by, enrolment.id
        _record("nomination:send", nomination, by=by)
    db.session.flush()


def take_back(run_id: int, municipality_ids: Collection[int], nomination_id: int, *, by: int, reason: str) -> None:
    """Take back the place or waiting place of somebody who was sent; a mail tells them, with the ``reason``. Twice does nothing more.

    Raises ``NotFoundError``, ``TooLateToWithdrawError``, or ``NotEnrolledError`` when it has ended already, or was not sent.
    """
    queries.get_locked_run(run_id)
    if queries_nominations.find_dropped(run_id, municipality_ids, nomination_id):
        return
    nominee = queries_nominations.get_nominee(run_id, municipality_ids, nomination_id)
    if nominee.enrolment is None or of_lists.is_over(nominee.enrolment.state):
        raise rules.NotEnrolledError
    services.withdraw(run_id, nominee.post.person_id, by=by, reason=reason, by_municipality=True)
    _drop(nominee.nomination, TAKEN_BACK, by=by, action="nomination:take_back")


def waiting_of(nominees: Iterable[Nominee]) -> list[Nominee]:
    """Those of the list who wait to be sent."""
    return [one for one in nominees if one.nomination.sent_at is None]


def _check_version(nominees: Iterable[Nominee], version: str) -> None:
    if of_lists.version_of(one.nomination for one in nominees) != version:
        raise of_lists.ListChangedError


def _drop(nomination: Nomination, reason: str, *, by: int, action: str = "nomination:drop") -> None:
    nomination.dropped_at, nomination.drop_reason = clock.now(), reason
    db.session.flush()
    _record(action, nomination, by=by)


def _record(action: str, nomination: Nomination, *, by: int, change: dict[str, object] | None = None) -> None:
    known = {"run": nomination.run_id, "municipality_id": nomination.municipality_id}
    history.record(action, nomination, by=by, person=nomination.person_id, change=known | (change or {}))
