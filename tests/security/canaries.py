"""Invented people of Kutaisi in every state and table, whose names, numbers and words occur nowhere else; and beside them people of Telavi."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import (
    assessment,
    attendance,
    certificates,
    courses,
    enrolment,
    imports,
    journeys,
    letters,
    needs,
    people,
    recognition,
    transcripts,
)
from portal.assessment.models import Occasion
from portal.certificates.models import Certificate, IssueBatch
from portal.courses.models import CourseSession
from portal.enrolment.models import DecisionStage, Enrolment, EnrolmentState, Nomination
from portal.foundation import clock, spreadsheets
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.letters.models import LetterKind
from portal.people.models import MailToken, Person
from tests import factories
from tests.attendance.samples import a_pdf
from tests.certificates import scenes
from tests.imports import sheets
from tests.needs.scenes import need

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from tests.cast import Cast

GIVEN, FAMILY = "ჟღივილა", "ჩიტბატონძე"
GIVEN_LATIN, FAMILY_LATIN = "Zhghyvyla", "Qanarybird"
TITLE, TITLE_LATIN, UNIT = "ქორონიკონისტი", "Qoronyconist", "ფრთოსანთა განყოფილება"
MAIL, PHONE, NUMBER, REFERENCE = "qanarymail", "57731415", "617392058", "E-QNRY"
WORDS = "ქათმისკუდელა"
HEADING = "მწყერჩიტა"
LETTERS = "ბგდვზთკლმნ"
_numbers = itertools.count()
KUTAISI = "kutaisi"


@dataclass(slots=True)
class Canary:
    """One of the people of Kutaisi, the run and what came of it, and the ids and numbers by which addresses and forms could name them."""

    person: Person
    names: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Scene:
    """The canaries, and those of Telavi who are to meet none of them."""

    canaries: list[Canary] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    deputy: Person | None = None


def canary(*, account: bool = True, municipality: str = KUTAISI) -> Person:
    """Another of them. All have the same words in their names, and each two letters of their own."""
    number = next(_numbers) % 100
    person = factories.person(
        GIVEN + of_its_own(number),
        FAMILY + of_its_own(number),
        given_name_latin=f"{GIVEN_LATIN}{chr(97 + number // 10)}{chr(97 + number % 10)}",
        family_name_latin=f"{FAMILY_LATIN}{chr(97 + number // 10)}{chr(97 + number % 10)}",
        email=f"{MAIL}{number}@portal.test",
        phone=f"+995{PHONE}{number % 10}",
    )
    factories.post(person, municipality, title_ka=TITLE, title_en=TITLE_LATIN, unit=UNIT)
    if account:
        factories.account(person)
    people.set_personal_number(person, f"{NUMBER}{number:02}", by=person.id)
    return person


def of_its_own(number: int) -> str:
    """The letters of a canary that no other has."""
    return LETTERS[number // 10] + LETTERS[number % 10]


def telavian(given: str, number: int) -> Person:
    """Somebody of Telavi, whom her coordinator may see."""
    return factories.person_with_account(given, "მაღლაკელიძე", email=f"telavi{number}@portal.test")


def build(cast: Cast) -> Scene:
    """All of them, in the runs in which people of Telavi are too."""
    scene = Scene()
    _past(scene, cast)
    _coming(scene, cast)
    _applied(scene, cast)
    _uploaded(scene, cast)
    _stood_in_for(scene, cast)
    _elsewhere(scene, cast)
    _needed(scene, cast)
    commit()
    return scene


def _note(scene: Scene, person: Person, run: CourseRun, place: Enrolment | None = None, **names: Any) -> Canary:
    found = Canary(person, {"code": run.code, "slug": run.version.course.slug, "person_id": person.id, "number": person.id} | names)
    session = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == run.id)).first()
    found.names |= {"session_id": session, "venue_id": run.venue_id or 1, "topic_id": run.version.course.topic_id}
    if place is not None:
        place.reference = f"{REFERENCE}{len(scene.canaries) + 10}"
        found.names |= {"enrolment_id": place.id, "reference": place.reference}
    scene.canaries.append(found)
    db.session.flush()
    return found


def _coming(scene: Scene, cast: Cast) -> None:
    """A run to come: enrolled, waiting, offered, withdrawn, nominated, on a list that was not sent; and an interest in its course."""
    run = factories.run(code="RUN-COMING", capacity=3)
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, telavian("ლია", 1), "waiting")
    for state, values in (
        ("confirmed", {}),
        ("waiting", {}),
        ("offered", {"offer_ends_at": clock.now() + timedelta(days=2)}),
        ("withdrawn", {"state_reason": "withdrawn"}),
    ):
        person = canary()
        _note(scene, person, run, factories.enrolment(run, person, state, **values))
    placed = next(one for one in scene.canaries if one.names["code"] == run.code)
    letter = letters.issue(db.session.get_one(Enrolment, placed.names["enrolment_id"]), LetterKind.PARTICIPATION, "ka", by=cast.staff.id)
    placed.names |= {"letter": letter.number}
    scene.secrets["letter"] = letter.secret
    wide = factories.run(code="RUN-LISTED", capacity=30)
    for wanted in (canary(), canary(account=False)):
        enrolment.add_to_list(wide.id, enrolment.own_posts_of([municipality_id()], [wanted.id]), by=cast.neighbour.id)
        nomination = db.session.scalars(sa.select(Nomination).where(Nomination.person_id == wanted.id)).one()
        _note(scene, wanted, wide, nomination_id=nomination.id)
    sent = canary()
    (outcome,) = journeys.nominate(wide, enrolment.own_posts_of([municipality_id()], [sent.id]), by=cast.neighbour.id)
    nomination = db.session.scalars(sa.select(Nomination).where(Nomination.person_id == sent.id)).one()
    _note(scene, sent, wide, outcome.enrolment, nomination_id=nomination.id)
    enrolment.add_to_list(wide.id, enrolment.own_posts_of([municipality_id("telavi")], [cast.learner.id]), by=cast.coordinator.id)
    gone = canary()
    place = enrolment.enrol(wide.id, gone.id, by=gone.id)
    enrolment.withdraw(wide.id, gone.id, by=gone.id, reason=WORDS)
    _note(scene, gone, wide, place)
    wished = factories.course()
    enrolment.express_interest(wished, gone.id, by=gone.id)


def municipality_id(code: str = KUTAISI) -> int:
    """The id of a municipality."""
    return factories.municipality(code).id


def _applied(scene: Scene, cast: Cast) -> None:
    """Applications before the employer and before the staff, approved and rejected, with words."""
    run = factories.run(code="RUN-APPLIED", capacity=20)
    factories.place_rules(run, {KUTAISI: 4, "telavi": 4}, decided_by="employer_then_staff", decision_days=5)
    enrolment.enrol(run.id, telavian("მაკა", 2).id, by=cast.learner.id)
    for verdict in (None, True, False):
        person = canary()
        place = enrolment.enrol(run.id, person.id, by=person.id)
        if verdict is not None:
            enrolment.decide(place, DecisionStage.EMPLOYER, approve=verdict, by=cast.neighbour.id, words=WORDS)
        _note(scene, person, run, place)
    assert place.state == EnrolmentState.REJECTED
    left = next(one.person for one in scene.canaries if one.names["code"] == "RUN-PAST" and one.names.get("left"))
    for verdict in (None, True):
        again = factories.run(code=f"RUN-LEFT-{verdict}")
        factories.place_rules(again, decided_by="employer_then_staff", decision_days=5)
        place = factories.enrolment(again, left, "applied", municipality_id=municipality_id("telavi"), stage="employer")
        if verdict:
            enrolment.decide(place, DecisionStage.EMPLOYER, approve=True, by=cast.coordinator.id, words=WORDS)
        _note(scene, left, again, place)


def _past(scene: Scene, cast: Cast) -> None:
    """A run that is over: attendance, score, certificate, letter; a record that was merged; and somebody who worked in Telavi before."""
    before = canary()
    held = people.posts_of(before.id)[0]
    held.starts_on = clock.today() - timedelta(days=20)
    factories.post(before, "telavi", title_ka=TITLE, unit=UNIT, ends_on=clock.today() - timedelta(days=21))
    one, double = canary(), canary(account=False)
    double.personal_number_index = double.personal_number_sealed = None
    commit()
    scenes.issued_run(cast.staff, [cast.learner, one, before], code="RUN-PAST")
    run = courses.get_run("RUN-PAST")
    one, double, before = (db.session.get_one(Person, person.id) for person in (one, double, before))
    for person in (one, before):
        place = enrolment.enrolments_in(run.id, person.id)[0]
        if person is before:
            place.municipality_id = municipality_id("telavi")
        assessment.record_scores(run.id, {place.id: 87}, by=cast.staff.id)
        found = _note(scene, person, run, place, batch_id=db.session.scalars(sa.select(IssueBatch.id)).first())
        issued = db.session.scalars(sa.select(Certificate).where(Certificate.enrolment_id == place.id)).one()
        letter = letters.issue(place, LetterKind.ATTENDANCE, "en", by=cast.staff.id)
        found.names |= {"certificate": issued.number, "letter": letter.number, "left": person is before, "document_id": _scan(found, cast)}
        found.names |= {"transcript": transcripts.issue(person.id, "en", by=cast.staff.id).number}
        session = db.session.get_one(CourseSession, found.names["session_id"])
        with clock.frozen(session.ends_at + timedelta(hours=1)):
            found.names |= {"appeal_id": attendance.make_appeal(session.id, place, WORDS, by=person.id)}
        found.names |= {
            "material_id": courses.add_material(run.id, "სამუშაო ფურცლები", link="https://portal.test/words", by=cast.trainer.id).id
        }
        scene.secrets[f"certificate {issued.number}"] = issued.secret
        shared = certificates.share(issued.id, ["name"], clock.now() + timedelta(days=1), by=person.id, note=WORDS)
        found.names |= {"share_id": shared.id}
        scene.secrets[f"share {issued.number}"] = shared.token
        found.names |= _examine(place, session, cast)
    merge = journeys.merge_people(one.id, double.id, WORDS, by=cast.staff.id)
    _note(scene, double, run, merge=merge.id)


def _examine(place: Enrolment, session: CourseSession, cast: Cast) -> dict[str, Any]:
    """The canary takes a test, and answers in words that occur nowhere else."""
    course_id = place.run.course_id
    asked = assessment.create_question(assessment.QuestionValues(course_id=course_id, kind="text", text_ka="ახსენით."), by=cast.staff.id)
    values = {"draw": None, "minutes": None, "attempts": 1, "pass_percent": 60, "days_after": 99, "shows_answers": True}
    given = assessment.CourseTestValues(active=True, question_ids=(asked.question_id,), **values)
    assessment.set_test(course_id, Occasion.POST, given, by=cast.staff.id)
    with clock.frozen(session.ends_at + timedelta(days=1)):
        attempt = assessment.start_attempt(place, Occasion.POST, by=place.person_id)
        journeys.save_answers(place.run_id, attempt, {asked.id: WORDS}, hand_in=True, by=place.person_id)
    return {"question_id": asked.question_id, "occasion": "post"}


def _scan(of: Canary, cast: Cast) -> int:
    """A signed sheet of the canary's session, with the name in it."""
    session_id = of.names["session_id"]
    attendance.keep_documents(session_id, [attendance.read_scan(a_pdf(title=of.person.name_ka))], by=cast.staff.id)
    return attendance.documents_of(session_id)[-1].id


def _uploaded(scene: Scene, cast: Cast) -> None:
    """Spreadsheets of Kutaisi: one that waits to be confirmed, one that was carried out."""
    run = factories.run(code="RUN-UPLOADED", capacity=30)
    factories.enrolment(run, cast.learner)
    for confirmed in (True, False):  # the one that was not is given up by the next upload
        number = next(_numbers) % 100
        row = sheets.nominee(
            1,
            სახელი=GIVEN + of_its_own(number),
            გვარი=FAMILY + of_its_own(number),
            თანამდებობა=TITLE,
            ელფოსტა=f"{MAIL}{number}@portal.test",
            ტელეფონი=f"+995{PHONE}{number % 10}",
            **{"პირადი ნომერი": f"{NUMBER}{number:02}", "სტრუქტურული ერთეული": UNIT},
        )
        data = sheets.as_csv([[*row, WORDS]], headings=(*sheets.HEADINGS, HEADING))
        parked, _fresh = imports.park(
            data, spreadsheets.read(data), f"{MAIL}.csv", run_id=run.id, municipality_id=municipality_id(), by=cast.neighbour.id
        )
        journeys.check_import(parked.id, imports.entries_of(parked.id))
        if confirmed:
            imports.confirm(parked, left_out=0, by=cast.neighbour.id)
            journeys.nominate_import(parked.id, imports.entries_of(parked.id))
            place = db.session.scalars(sa.select(Enrolment).where(Enrolment.run_id == run.id)).all()[-1]
            _note(scene, place.person, run, place, import_id=parked.id)
        else:
            _note(scene, cast.neighbour, run, import_id=parked.id)


def _elsewhere(scene: Scene, cast: Cast) -> None:
    """Training taken elsewhere: sent, and recognised with words; the proof has the name in it."""
    run = factories.run(code="RUN-ELSEWHERE")
    kind = recognition.create_outside_certificate("QNRY", "სახეობა", "Kind", by=cast.staff.id)
    for decided in (False, True):
        person = canary()
        proof = attendance.read_scan(a_pdf(title=person.name_ka))
        day = clock.today() - timedelta(days=30)
        claim = recognition.Claim(f"{HEADING} {of_its_own(len(scene.canaries))}", WORDS, day, day, Decimal(8))
        request_id = recognition.submit_request(claim, proof, by=person.id)
        if decided:
            recognition.confirm_request(request_id, WORDS, by=cast.neighbour.id)
            recognition.recognise(request_id, recognition.Award(Decimal(8), outside_id=kind.id), WORDS, by=cast.staff.id)
        (kept,) = recognition.get_request(request_id).proofs
        _note(scene, person, run, request_id=request_id, proof_id=kept.id, kind_id=kind.id)


def _needed(scene: Scene, cast: Cast) -> None:
    """Needs of Kutaisi in the words of one of its people: open, planned and declined; and its money."""
    version, run = factories.course(), factories.run(code="RUN-NEEDED")
    for act in (None, "plan", "decline"):
        person = canary()
        words = {"topic_id": version.course.topic_id, "subject": f"{HEADING} {act}", "note": WORDS, "contact": person.name_ka}
        one = need(person, KUTAISI, **words)
        if act == "plan":
            journeys.make_run_of_needs([one.id], version.course, form="online", venue_id=None, capacity=9, by=cast.staff.id)
        elif act == "decline":
            needs.decline_need(one, WORDS, by=cast.staff.id)
        _note(scene, person, run, need_id=one.id)
    needs.set_budget(municipality_id(), clock.today().year, Decimal(6173), by=cast.neighbour.id)


def _stood_in_for(scene: Scene, cast: Cast) -> None:
    """Deputies of both coordinators, and links that were mailed."""
    today = clock.today()
    theirs = canary()
    grant = people.name_deputy(theirs.id, municipality_id(), starts_on=today, ends_on=today + timedelta(days=9), by=cast.neighbour.id)
    scene.deputy = telavian("ლალი", 3)
    people.name_deputy(
        scene.deputy.id, municipality_id("telavi"), starts_on=today, ends_on=today + timedelta(days=9), by=cast.coordinator.id
    )
    run = factories.run(code="RUN-FREE")
    people.ask_for_reset(theirs.email or "", "ka")
    token = db.session.scalars(sa.select(MailToken.token_digest)).first()
    _note(scene, theirs, run, grant=grant.id, token=token)
    project = factories.funding_project()
    scene.canaries[-1].names |= {"project_id": project.id}


def nobody() -> dict[str, Any]:
    """What stands for each of the words by which things are named when there is no such thing; as long as a real one."""
    ids = "document_id person_id number enrolment_id nomination_id import_id grant merge batch_id project_id venue_id topic_id session_id"
    more = "appeal_id material_id share_id picture_id edition request_id proof_id kind_id question_id goal_id need_id"
    return dict.fromkeys(f"{ids} {more}".split(), 99_999_999) | {
        "reference": "E-ZZZZZZ",
        "letter": "E-ZZZZZZ-1",
        "transcript": "T-ZZZZZZZZ",
        "certificate": f"NALAG-{date(2026, 1, 1):%Y}-999999",
        "scope": "topic-99999999",
        "occasion": "post",
        "token": "z" * 64,
    }
