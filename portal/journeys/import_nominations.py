"""A municipality nominates people by spreadsheet: the rows are checked, and once confirmed carried out, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment, imports, people
from portal.foundation import clock
from portal.foundation.errors import RefusedError
from portal.imports.models import ImportState, Verdict
from portal.journeys.nominate import nominate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import CourseRun
    from portal.enrolment import EnrolmentRefusedError
    from portal.imports import Entry, Judgement, Known
    from portal.imports.models import NominationImport
    from portal.people.models import Post


def check_import(import_id: int, entries: Sequence[Entry]) -> None:
    """Find whom each row means and what is wrong with it, unless somebody confirmed or dropped the import meanwhile."""
    parked = imports.lock_import(import_id)
    if parked.state in {ImportState.UPLOADED, ImportState.CHECKED}:
        here = imports.people_here(parked.municipality_id)
        imports.note_verdicts(parked, _judged(parked, courses.get_run_by_id(parked.run_id), entries, here))


def nominate_import(import_id: int, entries: Sequence[Entry]) -> None:
    """Enter who is not known yet, and nominate everybody in the order of the file, in the transaction of the caller: all or nothing.

    The rows are checked once more. When one of them is no longer what was shown and confirmed, nobody is nominated, and the import waits to be
    looked at again. Whoever is refused a place after all raises the ``RefusedError``: then nothing may be kept. Of people who worked elsewhere
    until now nobody was told before whether they are enrolled or busy: who cannot be nominated is left out, and only now it says why.
    """
    parked = imports.lock_import(import_id)
    if parked.state != ImportState.CONFIRMED or parked.confirmed_by is None:
        return
    imports.lock_people_of(parked.municipality_id)
    run, by = courses.lock_run(parked.run_id), parked.confirmed_by
    here = imports.people_here(parked.municipality_id)
    judged = _judged(parked, run, entries, here)
    if imports.differ(imports.verdicts_of(parked.id), judged):
        imports.note_verdicts(parked, judged, notice=imports.CHANGED)
        return
    posts = _posts_of_rows(parked, entries, judged, here, by=by)
    outcomes, moved = {}, {one.number: one for one in judged if one.verdict == Verdict.MOVED}
    for number, nominated in zip(posts, nominate(run, posts.values(), by=by, form_key=f"import-{parked.id}"), strict=True):
        if nominated.enrolment is not None:
            outcomes[number] = (nominated.person_id, str(nominated.enrolment.state))
        elif nominated.refusal is not None and number in moved:
            imports.note_verdicts(parked, [_left_out(moved[number], nominated.refusal)])
        else:
            raise nominated.refusal or RefusedError
    imports.finish(parked, outcomes)


def _left_out(judged: Judgement, refusal: EnrolmentRefusedError) -> Judgement:
    enrolled = isinstance(refusal, enrolment.AlreadyEnrolledError)
    return imports.with_standing(judged, enrolled=enrolled, refusal=refusal.code)


def _judged(parked: NominationImport, run: CourseRun, entries: Sequence[Entry], here: dict[int, Known]) -> list[Judgement]:
    """What each row means, and whether the person can be nominated for ``run``; of people elsewhere nothing is told that they do there."""
    by_name: dict[str, list[Known]] = {}
    for known in here.values():
        for key in known.keys:
            by_name.setdefault(key, []).append(known)
    by_number = imports.people_by_number((entry.personal_number for entry in entries if entry.personal_number), here)
    matching = imports.Matching(by_number, by_name, imports.answers_of(parked.id))
    judged = [matching.judge(entry) for entry in entries]
    found = [one.person_id for one in judged if one.verdict == Verdict.KNOWN and one.person_id is not None]
    states = enrolment.live_states_in(run.id, found)
    standings = enrolment.standings_of(run.id, found, [parked.municipality_id])
    target, invited = run.version.target_categories, courses.invited_to([run.id]).get(run.id)

    def refusal_of(one: Judgement, entry: Entry) -> str | None:
        entered = enrolment.to_standing([(parked.municipality_id, entry.category or "")], invited, None)  # the post that will be entered
        standing = standings.get(one.person_id or 0, entered)
        refusal = enrolment.find_person_refusal(standing, target)
        return refusal.code if refusal else None

    return [
        imports.with_standing(one, enrolled=one.person_id in states, refusal=refusal_of(one, entry))
        for one, entry in zip(judged, entries, strict=True)
    ]


def _posts_of_rows(
    parked: NominationImport, entries: Sequence[Entry], judged: Sequence[Judgement], here: dict[int, Known], *, by: int
) -> dict[int, Post]:
    """The post with which each row is nominated, by row number; people and posts that are not there yet are entered."""
    known = imports.posts_by_ids([here[one.person_id].post_id or 0 for one in judged if one.verdict == Verdict.KNOWN and one.person_id])
    of_person = {post.person_id: post for post in known.values()}
    new = [_newcomer(entry, parked.municipality_id) for entry, one in zip(entries, judged, strict=True) if one.verdict == Verdict.NEW]
    entered = iter(people.add_newcomers(new, by=by))
    posts = {}
    for entry, one in zip(entries, judged, strict=True):
        if one.verdict == Verdict.NEW:
            posts[entry.number] = next(entered)
        elif one.verdict == Verdict.MOVED and one.person_id is not None:
            posts[entry.number] = people.enter_post(one.person_id, _post_of(entry, parked.municipality_id), by=by)
        elif one.verdict == Verdict.KNOWN and one.person_id is not None:
            posts[entry.number] = of_person[one.person_id]
    return posts


def _newcomer(entry: Entry, municipality_id: int) -> people.Newcomer:
    return people.Newcomer(
        person=people.PersonDetails(given_name_ka=entry.given_name, family_name_ka=entry.family_name, email=entry.email, phone=entry.phone),
        post=_post_of(entry, municipality_id),
        personal_number=entry.personal_number,
    )


def _post_of(entry: Entry, municipality_id: int) -> people.PostDetails:
    """The post as the row describes it, known to be held from today on."""
    return people.PostDetails(
        municipality_id=municipality_id,
        title_ka=entry.title,
        unit=entry.unit,
        category=entry.category or "",
        starts_on=clock.today(),
    )
