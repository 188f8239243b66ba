"""Designs in the database: versions, what the certificates of a run are composed of, issuing with texts that are filled in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal import certificates, courses
from portal.certificates import NOTHING, Composition, Parts, Signing, Texts, queries
from portal.certificates.designs import queries as designs_queries
from portal.certificates.designs.models import CertificateDesignVersion, CertificatePicture, PictureKind
from portal.certificates.models import Certificate, IssueItem, Refusal
from portal.courses import WrongValuesError
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import designs, pages, scenes
from tests.statements import counting

POST = ("თანამდებობა: {{ post }}", "Post: {{ post }}")


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def run(cast):
    """A completed run of a funding project, with Nino and Davit."""
    return scenes.past_run(cast.staff, [cast.learner, cast.colleague], state="completed", funding_project=factories.funding_project())


def scopes_of(run):
    return f"project-{run.funding_project_id}", f"topic-{run.course.topic_id}", "all"


def with_logo(run):
    """The run, read anew, with a logo of its project."""
    run = courses.get_run(run.code)
    courses.set_logo(run.funding_project, designs.picture(), by=None)
    return run


def records():
    return [json.loads(row) for row in db.session.scalars(sa.select(Certificate.record).order_by(Certificate.id))]


# -- versions


def test_saving_adds_an_edition_and_the_same_again_adds_none(cast):
    assert designs.save("all", cast.staff, note=("ა", "a")) == 1
    assert designs.save("all", cast.staff, note=("ა", "a")) is None
    assert designs.save("all", cast.staff, note=("ბ", "b")) == 2
    scope = certificates.get_scope("all")
    assert [(one.number, one.parts.note, one.made_by.id) for one in certificates.editions_of(scope)] == [
        (2, ("ბ", "b"), cast.staff.id),
        (1, ("ა", "a"), cast.staff.id),
    ]


def test_of_two_who_edit_at_once_the_second_is_told(cast):
    scope = certificates.get_scope("all")
    seen = certificates.numbers_seen(scope)
    designs.save("all", cast.staff, note=("ა", "a"))
    with pytest.raises(certificates.StaleDesignError):
        certificates.save_design(scope, Parts(note=("ბ", "b")), seen=seen, by=cast.administrator.id)
    assert count(CertificateDesignVersion) == 1


def test_whoever_edits_below_a_design_that_changed_meanwhile_is_told(cast):
    scope = certificates.get_scope(f"project-{factories.funding_project().id}")
    seen = certificates.numbers_seen(scope)
    designs.save("all", cast.staff, note=("ა", "a"))
    with pytest.raises(certificates.StaleDesignError):
        certificates.save_design(scope, Parts(note=("ბ", "b")), seen=seen, by=cast.staff.id)


def test_an_earlier_edition_is_taken_up_again_as_a_new_one(cast):
    designs.save("all", cast.staff, note=("ა", "a"))
    designs.save("all", cast.staff)
    scope = certificates.get_scope("all")
    with writing():
        assert certificates.take_up_edition(scope, 1, seen=certificates.numbers_seen(scope), by=cast.staff.id) == 3
    assert [one.parts.note for one in certificates.editions_of(scope)] == [("ა", "a"), None, ("ა", "a")]


@pytest.mark.parametrize("table", ["certificate_design_version", "certificate_picture"])
def test_editions_and_pictures_can_neither_be_changed_nor_deleted(app, cast, table):
    designs.save("all", cast.staff, seal=designs.add(PictureKind.SEAL, "ბეჭედი", cast.staff))
    for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "code", ["", "topic-0", "project-99", "topic-01", "topic-²", "topic--1", "everything", "topic-99999999999999999999"]
)
def test_what_is_no_topic_and_no_project_has_no_design(app, code):
    with pytest.raises(NotFoundError):
        certificates.get_scope(code)


# -- pictures


def test_the_same_picture_is_kept_once(cast):
    first = designs.add(PictureKind.LOGO, "დონორი", cast.staff)
    assert designs.add(PictureKind.LOGO, "დონორი", cast.staff) == first
    assert designs.add(PictureKind.LOGO, "სხვა დონორი", cast.staff) != first
    assert count(CertificatePicture) == 2


def test_a_picture_is_read_once(cast, run):
    designs.save("all", cast.staff, seal=designs.add(PictureKind.SEAL, "ბეჭედი", cast.staff, size=(121, 119)))
    run = courses.get_run(run.code)
    certificates.composition_of(run)
    with counting() as statements:
        again = certificates.composition_of(run)
    assert len(statements) == 2
    assert again.drawing.seal.name == "ბეჭედი"


# -- inheritance


def test_a_run_takes_each_part_from_the_nearest_design(cast, run):
    project, topic, everything = scopes_of(run)
    designs.save(everything, cast.staff, note=("ყველა", "all"), statement=("ყველა", "all"), brand="#112233", frame="line")
    designs.save(topic, cast.staff, statement=("თემა", "topic"), brand="#445566")
    designs.save(project, cast.staff, brand="#660000", signatories=(Signing(designs.LELA),))
    composed = certificates.composition_of(courses.get_run(run.code))
    assert composed.texts.note == ("ყველა", "all")
    assert composed.texts.statement == ("თემა", "topic")
    assert composed.drawing.brand == (0x66 / 255, 0, 0)
    assert composed.drawing.frame == "line"
    assert composed.signatories == (designs.LELA,)
    assert composed.versions == ((project, 1), (topic, 1), (everything, 1))
    other = scenes.past_run(cast.staff, 1, state="completed")
    assert certificates.composition_of(courses.get_run(other.code)).texts.statement == ("ყველა", "all")


def test_without_designs_a_certificate_is_as_usual_with_the_logo_of_its_project(cast, run):
    assert certificates.composition_of(run) == Composition()
    (logo,) = certificates.composition_of(with_logo(run)).drawing.logos
    assert logo.name == run.funding_project.donor_ka


def test_logos_stand_in_the_order_in_which_they_were_chosen(cast, run):
    ours = designs.add(PictureKind.LOGO, "ასოციაცია", cast.staff)
    designs.save("all", cast.staff, logos=(ours, 0))
    run = with_logo(run)
    assert [logo.name for logo in certificates.composition_of(run).drawing.logos] == ["ასოციაცია", run.funding_project.donor_ka]


# -- issuing


def test_the_filled_texts_and_the_signatories_are_printed_and_frozen_with_the_editions_that_said_them(cast, run):
    project, _topic, everything = scopes_of(run)
    designs.save(everything, cast.staff, statement=("{{ hours }} საათი, {{ place }}", "{{hours}} hours"))
    designs.save(project, cast.staff, signatories=(Signing(designs.LELA),))
    certificates.ask_to_issue(run.id, by=cast.staff.id)
    scenes.issue_all()
    record = records()[0]
    assert record["texts"]["statement"]["en"] == "16 hours"
    assert record["signatories"][0]["name"] == {"ka": "ლელა ნიმუშაძე", "en": "Lela Nimushadze"}
    assert record["basis"]["designs"] == [{"scope": project, "version": 1}, {"scope": everything, "version": 1}]
    printed = pages.text_of(certificates.get_file(scenes.numbers()[0]).pdf)
    assert "16 საათი" in printed
    assert "Lela Nimushadze" in printed


def test_a_design_that_changes_afterwards_changes_no_certificate(cast, run):
    designs.save("all", cast.staff, note=("ადრე", "before"))
    certificates.ask_to_issue(run.id, [db.session.scalar(sa.select(sa.func.min(Enrolment.id)))], by=cast.staff.id)
    scenes.issue_all()
    (number,) = scenes.numbers()
    before = certificates.get_file(number), records()
    designs.save("all", cast.staff, note=("მერე", "after"), brand="#550000", seal=designs.add(PictureKind.SEAL, "ბეჭედი", cast.staff))
    db.session.expire_all()
    assert (certificates.get_file(number), records()) == before
    assert certificates.get_entry(number).facts.texts.note == ("ადრე", "before")


def test_who_lacks_what_a_text_needs_cannot_be_asked_for_and_the_list_says_why(cast, run):
    first = queries.candidates_of_run(run)[0].enrolment
    first.post_title_ka = first.post_title_en = ""
    db.session.flush()
    designs.save("all", cast.staff, statement=POST)
    without, within = certificates.candidates_of_run(run)
    assert not without.can_be_issued
    assert [dict(reason.facts)["what"] for reason in without.verdict.reasons] == ["Post on the days of the training"] * 2
    assert within.can_be_issued
    certificates.ask_to_issue(run.id, by=cast.staff.id)
    assert scenes.issue_all() == 1


def test_what_became_empty_after_it_was_asked_for_is_refused_by_the_worker(cast, run):
    certificates.ask_to_issue(run.id, by=cast.staff.id)
    designs.save("all", cast.staff, statement=("{{ score }}", "{{ score }}"))
    assert scenes.issue_all() == 2
    assert set(db.session.scalars(sa.select(IssueItem.refusal))) == {Refusal.EMPTY_TEXT}
    assert count(Certificate) == 0


@pytest.mark.parametrize("people", [3, 30])
def test_the_list_takes_no_statement_more_for_each_person_when_texts_have_placeholders(cast, people):
    run = scenes.past_run(cast.staff, people, state="completed", capacity=40)
    designs.save("all", cast.staff, statement=POST, note=("{{ trainers }} {{ place }}", "{{ project }}"))
    db.session.expire_all()
    run = courses.get_run(run.code)
    with counting() as statements:
        certificates.candidates_of_run(run)
    assert len(statements) <= 7, statements


def test_a_picture_that_is_not_of_its_kind_is_refused(cast):
    signature = designs.add(PictureKind.SIGNATURE, "ლელა", cast.staff)
    with pytest.raises(WrongValuesError):
        designs.save("all", cast.staff, seal=signature)


# -- trying


def test_the_longest_names_are_tried(cast):
    factories.person("ანასტასია-ალექსანდრა", "ჩიტიშვილი-მახარაშვილიძე")
    longest = certificates.longest_names(4)
    assert longest[0][0] == "ანასტასია-ალექსანდრა ჩიტიშვილი-მახარაშვილიძე"
    trial = certificates.try_names(longest, Composition(), clock.today())
    assert trial.tried == len(set(longest)) + 1
    assert trial.failed == ()
    assert 4 < trial.smallest < 9


def test_a_name_that_cannot_be_printed_is_named():
    trial = certificates.try_names([("漢字", "Kanji")], Composition(), clock.today())
    assert (trial.tried, trial.fitted, trial.failed) == (2, 1, (("漢字", "Kanji"),))


def test_texts_for_which_there_is_no_room_are_refused_in_every_way(cast, run):
    long = ("ძალიან გრძელი წინადადება " * 60).strip()
    trial = certificates.try_names([("ნინო", "Nino")], Composition(texts=Texts(statement=(long, long), note=(long, long))), clock.today())
    assert (trial.fitted, trial.smallest) == (0, None)
    with pytest.raises(certificates.TooLongError):
        certificates.draw_specimen(
            certificates.worst_facts(clock.today()), Composition(texts=Texts(statement=(long, long), note=(long, long)))
        )
    certificates.ask_to_issue(run.id, by=cast.staff.id)
    designs.save("all", cast.staff, statement=(long, long), note=(long, long))
    assert scenes.issue_all() == 2
    assert set(db.session.scalars(sa.select(IssueItem.refusal))) == {Refusal.TOO_LONG}


def test_the_worst_is_eight_logos_and_three_signatories():
    worst = certificates.made_worst(replace(Composition(), signatories=()))
    assert (len(worst.drawing.logos), len(worst.signatories)) == (8, 3)


def test_a_draft_is_tried_on_a_run_without_being_saved(cast, run):
    draft = certificates.composition_of(courses.get_run(run.code), {"all": Parts(note=("ცდა", "trial"))})
    assert draft.texts.note == ("ცდა", "trial")
    assert designs_queries.newest_parts(["all"]) == {}
    assert certificates.composition_for(certificates.get_scope("all"), NOTHING) == Composition()
