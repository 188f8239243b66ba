"""One step in the life of an enrolment: its row, and its line in the history. What the other services of this floor are made of.

The history is the log of the places: from it alone the allocation can be replayed (``replay``).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from portal import courses
from portal.courses.models import RunState
from portal.enrolment import queries, rules
from portal.enrolment.invitations import Letter
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from portal.courses.models import CourseRun, CourseSession
    from portal.enrolment.models import DecisionStage
    from portal.enrolment.queries import Applicant
    from portal.enrolment.rules_line import Blocked
    from portal.people.models import Post

# without 0 O, 1 I L, 5 S, 8 B: people read references aloud
REFERENCE_LETTERS = "234679ACDEFGHJKMNPQRTUVWXYZ"
REFERENCE_LENGTH = 6
INSERTS = {
    "sqlite": sqlite.insert(Enrolment).on_conflict_do_nothing().returning(Enrolment),
    "postgresql": postgresql.insert(Enrolment).on_conflict_do_nothing().returning(Enrolment),
}


def lock(run_id: int) -> CourseRun:
    """The run, locked so that nobody else gives its places. Raises ``NotFoundError``, for drafts too."""
    return published(queries.get_locked_run(run_id))


def published(run: CourseRun) -> CourseRun:
    """``run`` itself. Raises ``NotFoundError`` for a draft."""
    if run.state == RunState.DRAFT:
        raise NotFoundError
    return run


def read_applicants(run_id: int, person_ids: Collection[int], *, form_key: str | None = None) -> dict[int, tuple[Applicant, str]]:
    """Read what is known of each of the applicants, and draw a reference for each that nobody has yet. Raises ``NotFoundError``."""
    while True:
        references: set[str] = set()
        while len(references) < len(set(person_ids)):
            references.add("E-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH)))
        found = queries.get_applicants(run_id, person_ids, form_key=form_key, references=references)
        if len(found) < len(references):
            raise NotFoundError
        if not any(applicant.reference_taken for applicant in found.values()):
            return {applicant.person.id: (applicant, reference) for applicant, reference in zip(found.values(), references, strict=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An enrolment to be written: of whom, with which post, and as what."""

    applicant: Applicant
    held: Post | None
    state: EnrolmentState
    reason: str
    reference: str
    form_key: str | None = None
    stage: DecisionStage | None = None
    decide_by: datetime | None = None

    def values(self, run: CourseRun, *, by: int | None, moment: datetime) -> dict[str, Any]:
        """The columns of the enrolment."""
        held = self.held
        return {
            "reference": self.reference,
            "form_key": self.form_key,
            "run_id": run.id,
            "person_id": self.applicant.person.id,
            "enrolled_by": by,
            "state": self.state,
            "state_reason": self.reason,
            "queued_at": moment,
            "changed_at": moment,
            "steps": 0,
            "municipality_id": held.municipality_id if held else None,
            "post_unit": held.unit if held else "",
            "post_title_ka": held.title_ka if held else "",
            "post_title_en": held.title_en if held else "",
            "post_category": held.category if held else "",
            "post_rank": held.rank if held else None,
            "stage": self.stage,
            "decide_by": self.decide_by,
        }


def add(run: CourseRun, entries: Sequence[Entry], *, by: int | None) -> list[Enrolment]:
    """Write the new enrolments, in their order. The unique indexes are the last guard, should a lock ever be missing."""
    moment = clock.now()
    insert = INSERTS[db.session.get_bind().dialect.name]
    written = db.session.scalars(insert, [entry.values(run, by=by, moment=moment) for entry in entries])
    by_reference = {enrolment.reference: enrolment for enrolment in written}
    if len(by_reference) < len(entries):
        raise rules.AlreadyEnrolledError
    added = [by_reference[entry.reference] for entry in entries]
    for enrolment, entry in zip(added, entries, strict=True):
        set_committed_value(enrolment, "run", run)
        set_committed_value(enrolment, "person", entry.applicant.person)
        _record(enrolment, None, by=by)
    return added


def change(
    enrolment: Enrolment,
    state: EnrolmentState,
    reason: str,
    *,
    by: int | None,
    words: str = "",
    passed: Sequence[tuple[int, Blocked | str]] = (),
    due: Collection[int] = (),
    **columns: Any,
) -> None:
    """Bring the enrolment into ``state`` for ``reason``, a word; ``words`` are somebody's own.

    ``passed`` are those in front who were not next, each with the reason; ``due`` are those of them, and the enrolment itself, who stood in
    front because a qualification fell due. What belongs to the state before (stage, deadline, end of an offer)
    is emptied unless ``columns`` give it.
    """
    before = enrolment.state
    if before == state and not columns:
        return
    for name in ("stage", "decide_by", "offer_ends_at"):
        setattr(enrolment, name, columns.get(name))
    enrolment.state, enrolment.state_reason, enrolment.changed_at = state, reason, clock.now()
    enrolment.steps += 1
    db.session.flush()
    _record(enrolment, before, by=by, words=words, passed=passed, due=due)


def _record(
    enrolment: Enrolment,
    before: str | None,
    *,
    by: int | None,
    words: str = "",
    passed: Sequence[tuple[int, Blocked | str]] = (),
    due: Collection[int] = (),
) -> None:
    change = {"state": [before, str(enrolment.state)], "reason": enrolment.state_reason, "run": enrolment.run_id}
    history.record(
        f"enrolment:{enrolment.state}",
        enrolment,
        by=by,
        person=enrolment.person_id,
        change=change
        | ({"stage": str(enrolment.stage)} if enrolment.stage else {})
        | ({"passed": [[enrolment_id, str(why)] for enrolment_id, why in passed]} if passed else {})
        | ({"due": sorted(due)} if due else {}),
        personal={"words": words} if words else None,
        public=True,
    )


def letter_for(enrolment: Enrolment, run: CourseRun, sessions: Sequence[CourseSession] | None = None) -> Letter:
    """What a mail about one enrolment is made from, about ``sessions`` or all days of the run."""
    earlier = [one.id for one in queries.enrolments_in(run.id, enrolment.person_id)].index(enrolment.id)
    return Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions or courses.sessions_of(run.id), earlier=earlier)


def letters_of(run: CourseRun, sessions: Sequence[CourseSession] | None = None) -> list[Letter]:
    """One letter for each live enrolment, about ``sessions`` or all days of the run."""
    sessions, earlier = sessions or courses.sessions_of(run.id), queries.earlier_enrolments(run.id)
    return [
        Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=earlier.get(enrolment.id, 0))
        for enrolment in queries.live_enrolments_of_run(run.id)
    ]
