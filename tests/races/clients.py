"""A process that enrols, withdraws and decides on its own application, as one of several on one database."""

from __future__ import annotations

import logging
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from config import Settings
from portal import assessment, attendance, courses, create_app, enrolment, evaluation, journeys, people, recognition
from portal.assessment.models import Occasion
from portal.attendance.models import Mark
from portal.certificates.models import Certificate
from portal.enrolment import queries
from portal.enrolment.models import DecisionStage
from portal.evaluation import Round
from portal.foundation import clock, database, transaction
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.needs import get_need
from portal.needs import withdraw_need as withdraw_posted
from portal.web import blueprints as _every_page  # noqa: F401  (loaded before the processes part, each starts at once)
from tests.certificates import scenes
from tests.recognition import samples

if TYPE_CHECKING:
    from collections.abc import Iterable
    from multiprocessing.connection import Connection

Step = tuple[str, int, int, str | None]
PAUSE_SECONDS = 0.05
LOCKED, UNLOCKED = "locked", "unlocked"


def take_the_lock_out() -> None:
    """Count without the lock, and leave the others time to do the same. On SQLite nothing is begun, as by the driver's own default."""
    count = queries.get_applicants

    def count_slowly(run_id: int, person_ids: Iterable[int], **new: Any) -> dict[int, queries.Applicant]:
        found = count(run_id, person_ids, **new)
        time.sleep(PAUSE_SECONDS)
        return found

    queries.get_applicants = count_slowly
    for name in ("LOCKED_RUN", "LOCKED_RUN_BY_CODE"):
        unlocked = getattr(queries, name)._generate()
        unlocked._for_update_arg = None
        setattr(queries, name, unlocked)
    find = attendance.find_own_facts

    def find_slowly(session_id: int, person_id: int) -> Any:
        found = find(session_id, person_id)
        time.sleep(PAUSE_SECONDS)
        return found

    attendance.find_own_facts = find_slowly
    courses.lock_run = courses.get_run_by_id
    database._begin_sqlite = lambda _connection: None


def do(verb: str, run_id: int, person_id: int, form_key: str | None) -> str:
    """Do one step in a transaction of its own; returns the state after it, or the reason why not.

    To "merge", the first number is the record that stays, the second the one that goes; to "move", they are the run to go to and the enrolment.
    """
    try:
        with transaction.writing():
            return VERBS[verb](run_id, person_id, form_key)
    except (RefusedError, NotFoundError) as refusal:
        return type(refusal).__name__
    except DBAPIError as error:
        return f"{type(error.orig).__name__}: {error.orig}"


def enrol(run_id: int, person_id: int, form_key: str | None) -> str:
    """Returns the state after it."""
    return enrolment.enrol(run_id, person_id, by=person_id, form_key=form_key).state


def withdraw(run_id: int, person_id: int, _form_key: str | None) -> str:
    """Returns the state after it."""
    return enrolment.withdraw(run_id, person_id, by=person_id).state


def merge(kept_id: int, merged_id: int, _form_key: str | None) -> str:
    """Merge the second record into the first."""
    journeys.merge_people(kept_id, merged_id, "ერთი პირი", by=kept_id)
    return "merged"


def move(to_run_id: int, enrolment_id: int, _form_key: str | None) -> str:
    """Returns the state in the run moved to."""
    place = queries.get_enrolment(enrolment_id)
    return journeys.move_enrolment(place, courses.get_run_by_id(to_run_id), by=place.person_id, reason="გაერთიანება").state


def send_list(run_id: int, coordinator_id: int, version: str | None) -> str:
    """Send the list that the coordinator's municipality keeps; returns how many were nominated."""
    held = people.find_current_post(coordinator_id)
    outcomes = journeys.nominate_list(
        courses.get_run_by_id(run_id),
        [held.municipality_id],
        version=version or "",
        by=coordinator_id,
        form_key=f"form-of-{coordinator_id}",
    )
    return f"sent {len(outcomes)}"


def approve(enrolment_id: int, staff_id: int, _form_key: str | None) -> str:
    """Approve the application; returns the state after it."""
    return enrolment.decide(queries.get_enrolment(enrolment_id), DecisionStage.STAFF, approve=True, by=staff_id).state


def reject(enrolment_id: int, staff_id: int, _form_key: str | None) -> str:
    """Reject the application; returns the state after it."""
    return enrolment.decide(queries.get_enrolment(enrolment_id), DecisionStage.STAFF, approve=False, by=staff_id).state


def dispute(session_id: int, enrolment_id: int, _form_key: str | None) -> str:
    """Let the participant dispute the session."""
    place = queries.get_enrolment(enrolment_id)
    attendance.make_appeal(session_id, place, "ვესწრებოდი", by=place.person_id)
    return "disputed"


def uphold(appeal_id: int, staff_id: int, _form_key: str | None) -> str:
    """Decide that the person was present, on an appeal before which nothing was recorded."""
    wish = attendance.MarkWish(attendance.get_appeal(appeal_id).enrolment_id, Mark.PRESENT, reason="ფურცელზეა")
    journeys.uphold_appeal(appeal_id, wish, seen=0, by=staff_id)
    return "upheld"


def dismiss(appeal_id: int, staff_id: int, _form_key: str | None) -> str:
    """Decide that what is recorded stays."""
    attendance.dismiss_appeal(appeal_id, "არ დასტურდება", by=staff_id)
    return "dismissed"


def check_in(session_id: int, person_id: int, _form_key: str | None) -> str:
    """Check in to a session that is being held."""
    session = attendance.get_taught_session(session_id, taught_by=None)
    journeys.check_in(session, person_id, at=clock.now())
    return "checked in"


def correct(certificate_id: int, staff_id: int, minutes: str | None) -> str:
    """Correct that the holder left the first day so many minutes early."""
    certificate, staff = db.session.get_one(Certificate, certificate_id), people.get_person(staff_id)
    scenes.correct(certificate, by=staff, minutes_left=int(minutes or 0))
    return "corrected"


def revoke(certificate_id: int, staff_id: int, _form_key: str | None) -> str:
    """Revoke the certificate."""
    journeys.revoke_certificate(certificate_id, "საფუძველი აღარ არსებობს", by=staff_id)
    return "revoked"


def send_training(number: int, person_id: int, _form_key: str | None) -> str:
    """Ask for the recognition of a training."""
    claim, proof = samples.a_claim(title=f"ტრენინგი {number}"), samples.a_proof()
    recognition.submit_request(claim, proof, by=person_id)
    return "sent"


def confirm_training(request_id: int, coordinator_id: int, _form_key: str | None) -> str:
    """Confirm, as the coordinator, a training taken elsewhere."""
    recognition.confirm_request(request_id, by=coordinator_id)
    return "confirmed"


def recognise_training(request_id: int, staff_id: int, _form_key: str | None) -> str:
    """Recognise sixteen hours of a training taken elsewhere."""
    recognition.recognise(request_id, recognition.Award(Decimal(16)), by=staff_id)
    return "recognised"


def refuse_training(request_id: int, staff_id: int, _form_key: str | None) -> str:
    """Refuse to recognise it."""
    recognition.refuse_request(request_id, "არ დასტურდება", by=staff_id)
    return "refused"


def withdraw_training(request_id: int, person_id: int, _form_key: str | None) -> str:
    """Withdraw one's request for recognition."""
    recognition.withdraw_request(request_id, by=person_id)
    return "withdrawn"


def evaluate(run_id: int, enrolment_id: int, words: str | None) -> str:
    """Answer about the run, with a mark and in words."""
    texts = {"best": words} if words else {}
    answers = evaluation.Given(evaluation.questionnaire(Round.AFTER).asked, {("content", None): 4}, texts)
    evaluation.answer(queries.get_enrolment(enrolment_id), Round.AFTER, answers)
    return f"answered about {run_id}"


def plan(need_id: int, staff_id: int, _form_key: str | None) -> str:
    """Make a run online for the need."""
    posted = get_need(need_id)
    journeys.make_run_of_needs([need_id], posted.version.course, form="online", venue_id=None, capacity=20, by=staff_id)
    return "planned"


def withdraw_need(need_id: int, coordinator_id: int, _form_key: str | None) -> str:
    """Withdraw what the municipality needs."""
    withdraw_posted(get_need(need_id).need, by=coordinator_id)
    return "withdrawn"


def begin_test(_run_id: int, enrolment_id: int, _form_key: str | None) -> str:
    """Begin the post-test; returns which attempt it is."""
    place = queries.get_enrolment(enrolment_id)
    return f"attempt {assessment.start_attempt(place, Occasion.POST, by=place.person_id).number}"


def hand_in_test(run_id: int, attempt_id: int, form_key: str | None) -> str:
    """Hand in an attempt in which the first option is always chosen."""
    attempt = assessment.get_attempt_of_run(run_id, attempt_id)
    answers = dict.fromkeys(attempt.versions, 0)
    taken_in = journeys.save_answers(run_id, attempt, answers, hand_in=True, by=attempt.enrolment.person_id, form_key=form_key)
    return "taken in" if taken_in.final_score else "over before"


VERBS = {
    "begin_test": begin_test,
    "hand_in_test": hand_in_test,
    "send_training": send_training,
    "confirm_training": confirm_training,
    "recognise_training": recognise_training,
    "refuse_training": refuse_training,
    "withdraw_training": withdraw_training,
    "evaluate": evaluate,
    "correct": correct,
    "revoke": revoke,
    "check_in": check_in,
    "approve": approve,
    "reject": reject,
    "enrol": enrol,
    "withdraw": withdraw,
    "merge": merge,
    "move": move,
    "send_list": send_list,
    "dispute": dispute,
    "uphold": uphold,
    "dismiss": dismiss,
    "plan": plan,
    "withdraw_need": withdraw_need,
}


def serve(url: str, folder: str, way: str, steps: list[Step], pipe: Connection) -> None:
    """Say "ready", wait for the start, do the steps as fast as possible, and tell each outcome after its commit; None ends it."""
    logging.disable()
    environ = {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": folder, "PORTAL_BASE_URL": "https://portal.test"}
    if way == UNLOCKED:
        take_the_lock_out()
    app = create_app(Settings.from_environment(environ))
    pipe.send("ready")
    start = Path(folder) / "start"
    while not start.exists():
        time.sleep(0.002)
    with app.app_context():
        for step in steps:
            pipe.send((step, do(*step)))
    pipe.send(None)
