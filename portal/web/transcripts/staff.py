"""Hours and transcripts of a person, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from portal import people, transcripts
from portal.access import Permission
from portal.web.guard import requires
from portal.web.people.staff_person import crumbs
from portal.web.transcripts import pages
from portal.web.transcripts.asking import file_of, issued, shown

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.access import Actor
    from portal.people.models import Person
    from portal.transcripts.models import Transcript

PATH = "/staff/people/<number:number>/hours"


def _person(_actor: Actor, number: int) -> Person:
    return people.get_listed_person(number)


def _transcript(_actor: Actor, number: int, transcript: str) -> Transcript:
    return transcripts.get_transcript(transcript, number)


@pages.get(PATH)
@requires(Permission.PERSON_MANAGE, load=_person)
def staff_hours(person: Person) -> str:
    """The hours and credits of a person by year."""
    found = transcripts.transcripts_of(person.id)
    return render_template(
        "transcripts/staff_hours.html", person=person, crumbs=crumbs(person), **shown(transcripts.entries_of(person.id)), transcripts=found
    )


@pages.post(PATH)
@requires(Permission.PERSON_MANAGE, load=_person)
def staff_issue(person: Person) -> Redirect:
    """Make or find the transcript."""
    back = url_for("transcripts.staff_hours", number=person.id)
    return issued(person.id, "transcripts.staff_transcript", back, number=person.id)


@pages.get("/staff/people/<number:number>/transcripts/<transcript>.pdf")
@requires(Permission.PERSON_MANAGE, load=_transcript)
def staff_transcript(transcript: Transcript) -> Response:
    """The file."""
    return file_of(transcript)
