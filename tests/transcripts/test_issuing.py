"""Issuing transcripts: the same facts are the same transcript, others a new one, and nothing of one is ever changed."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from portal import journeys, people, transcripts
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import writing
from portal.transcripts import TranscriptFacts
from portal.transcripts.models import Transcript
from tests import factories
from tests.certificates.pages import text_of
from tests.transcripts.samples import completed, issue


@pytest.fixture
def learner(cast):
    completed(cast.learner, cast.staff)
    return cast.learner


def test_a_transcript_keeps_its_facts_and_its_file_with_their_digests(learner):
    made = issue(learner)
    facts = TranscriptFacts.from_record(made.facts)
    assert (facts.name.ka, facts.municipality.en, len(facts.entries)) == ("ნინო აბაშიძე", "Telavi Municipality", 1)
    stored = transcripts.get_transcript(made.number, learner.id)
    assert hashlib.sha256(stored.facts).hexdigest() == stored.facts_sha256
    assert hashlib.sha256(stored.pdf).hexdigest() == stored.pdf_sha256
    assert addresses.bare(f"/verify/{made.secret}") in text_of(stored.pdf)
    assert len(made.secret) >= 22


def test_no_personal_number_is_in_the_facts_or_the_file(learner, cast):
    with writing():
        people.set_personal_number(people.get_person(learner.id), "01234567890", by=cast.staff.id)
    made = transcripts.get_transcript(issue(learner).number, learner.id)
    assert b"01234567890" not in made.facts
    assert "7890" not in text_of(made.pdf)


def test_the_same_asked_for_again_is_the_same_and_another_language_or_training_another(learner, cast):
    first = issue(learner)
    assert issue(learner, by=cast.staff.id).id == first.id
    assert issue(learner, "en").id != first.id
    completed(cast.learner, cast.staff)
    assert issue(learner).id != first.id
    assert len(transcripts.transcripts_of(learner.id)) == 3


def test_without_a_completed_training_there_is_none(cast):
    with pytest.raises(RefusedError, match="nothing to confirm"):
        issue(cast.learner)


def test_a_name_that_cannot_be_printed_is_refused(learner):
    learner.given_name_latin = "李"
    with pytest.raises(RefusedError, match="cannot be printed"):
        issue(learner)


def test_nobody_elses_is_found(learner, cast):
    with pytest.raises(NotFoundError):
        transcripts.get_transcript(issue(learner).number, cast.colleague.id)


def test_that_of_a_record_that_was_merged_is_found_with_the_one_that_stayed_and_holds(cast):
    double = factories.person("ნინო", "აბაშიძე")
    completed(double, cast.staff)
    made = issue(double, by=cast.staff.id)
    with writing():
        journeys.merge_people(cast.learner.id, double.id, "ერთი პირია", by=cast.staff.id)
    assert [one.id for one in transcripts.transcripts_of(cast.learner.id)] == [made.id]
    assert transcripts.find_checked(made.secret).changes.standing == "current"


def test_issuing_is_noted_once_without_anything_personal(learner):
    issue(learner)
    issue(learner)
    [row] = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "transcript:issue"))
    assert (row.actor_id, row.person_id, row.public, row.personal) == (learner.id, learner.id, False, None)
    assert set(row.change) == {"number", "language"}


@pytest.mark.parametrize("change", ["UPDATE transcript SET number = 'X'", "DELETE FROM transcript"])
def test_the_database_refuses_to_change_or_delete_one(learner, change):
    issue(learner)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), db.engine.begin() as connection:
        connection.exec_driver_sql(change)


def test_it_is_kept_once(learner):
    issue(learner)
    issue(learner)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Transcript)) == 1
