"""What the pages of standings and tracks show: requirements with what is done, and the way to close each gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal import enrolment, qualifications, standings, transcripts
from portal.foundation import clock, formats
from portal.qualifications import CourseDemand, Group, HoursDemand
from portal.web.language import language
from portal.web.requirement_words import names_in, said
from portal.web.standings.words import day_said, standing_said

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment
    from portal.people.models import Post
    from portal.qualifications import Progress
    from portal.standings import OwnStanding, OwnTrack, StepStanding
    from portal.web.requirement_words import Names, Said
    from portal.web.standings.words import StandingSaid


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what is asked for, in words: whether it is done, how far it is where that is counted, and the parts that it is made of.

    Of a course that is still missing ``place`` is the one that the person has already, else ``run`` the next with a free place, if there is one.
    """

    said: Said
    met: bool
    so_far: str = ""
    seeks_run: bool = False
    run: CourseRun | None = None
    place: Enrolment | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A qualification on a page: how somebody stands, by what and by which rule, and what would award or renew it."""

    own: OwnStanding
    standing: StandingSaid
    evidence: tuple[str, ...]
    rule_since: str
    asked: Part | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a track on its page."""

    title: str
    state: str
    done_on: str
    due_on: str
    within_days: int | None
    asked: Part


@dataclass(frozen=True, slots=True)
class Way:
    """The next run of each course that a person may enrol in, and the places that they have already, by the id of the course."""

    names: Names
    runs: Mapping[int, CourseRun]
    places: Mapping[int, Enrolment]

    def part(self, progress: Progress, *, is_wanted: bool = True) -> Part:
        """``progress`` in words. What is not wanted, since enough of its group is done, leads nowhere."""
        demand, is_wanted = progress.requirement, is_wanted and not progress.met
        words = said(demand, self.names)
        if isinstance(demand, Group):
            parts = tuple(self.part(one, is_wanted=is_wanted) for one in progress.parts)
            return parts[0] if len(parts) == 1 else Part(words, progress.met, parts=parts)
        if isinstance(demand, HoursDemand) and is_wanted:
            return Part(words, met=False, so_far=_hours_so_far(progress))
        if not isinstance(demand, CourseDemand) or not is_wanted:
            return Part(words, progress.met)
        place = next((self.places[one] for one in sorted(demand.courses) if one in self.places), None)
        runs = sorted((self.runs[one] for one in demand.courses if one in self.runs), key=lambda run: (run.starts_at, run.id))
        return Part(words, met=False, seeks_run=True, run=None if place or not runs else runs[0], place=place)


def _hours_so_far(progress: Progress) -> str:
    have, need = (formats.format_decimal(value, language()) for value in (progress.have, progress.need))
    return str(_("%(have)s of %(need)s hours so far", have=have, need=need))


def way_of(person_id: int, posts: Sequence[Post], asked: Sequence[Progress], within: Collection[int] | None = None) -> Way:
    """The way to close the gaps of what is asked. Two statements and those of the names.

    ``within`` are the municipalities whose places are told: all of the person's, unless an employer looks.
    """
    ids = {
        one for progress in asked for gap in progress.gaps() if isinstance(gap.requirement, CourseDemand) for one in gap.requirement.courses
    }
    places, home = {post.municipality_id for post in posts}, {post.category for post in posts}
    found = enrolment.places_on_the_way(person_id, ids)
    told = {course: one for course, one in found.items() if within is None or one.municipality_id in within}
    runs = enrolment.next_runs(ids - found.keys(), municipality_ids=places, categories=home)
    return Way(names_in([progress.requirement for progress in asked]), runs, told)


def cards_of(person_id: int, posts: Sequence[Post], own: Sequence[OwnStanding], within: Collection[int] | None = None) -> list[Card]:
    """The qualifications ``own`` of a person, ready to be shown; what they rest on is not told to an employer."""
    day = clock.today()
    way = way_of(person_id, posts, [one.standing.progress for one in own if one.standing.progress], within)
    entries = {one.source: one for one in transcripts.entries_of(person_id)} if within is None else {}
    rules = {version.id: version for versions in qualifications.rules_of().values() for version in versions} if within is None else {}
    cards = []
    for one in own:
        award, progress = one.standing.award, one.standing.progress
        known = [entries[source] for source in award.sources if source in entries] if award else []
        evidence = tuple(f"{entry.title.said(language())}, {day_said(entry.completed_on)}" for entry in known)
        since = day_said(rules[award.version_id].effective_on) if award and award.version_id in rules else ""
        cards.append(Card(one, standing_said(one, day), evidence, since, way.part(progress) if progress else None))
    return cards


def steps_of(person_id: int, posts: Sequence[Post], own: OwnTrack) -> list[Step]:
    """The steps of a track, ready to be shown."""
    way = way_of(person_id, posts, [standing.progress for _step, standing in own.steps])
    return [_step(row.title(language()), row.within_days, standing, way) for row, standing in own.steps]


def _step(title: str, within_days: int | None, standing: StepStanding, way: Way) -> Step:
    state = standing.state
    return Step(title, state, day_said(standing.done_on), day_said(standing.due_on), within_days, way.part(standing.progress))


def called_or_held(own: Sequence[OwnStanding]) -> list[OwnStanding]:
    """Those that somebody's posts call for, and those that they hold."""
    return [one for one in own if one.called_since is not None or one.standing.held]


def summary_of(person_id: int) -> tuple[list[tuple[OwnStanding, StandingSaid]], list[OwnTrack]]:
    """A line for each qualification that the posts call for or that is held, and the tracks."""
    day = clock.today()
    own = called_or_held(standings.standings_of(person_id, day))
    return [(one, standing_said(one, day)) for one in own], standings.tracks_of(person_id, day)
