"""The written table of who may open what, against every endpoint and every actor. It is written by hand, apart from the declarations in the views."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.access import Permission
from portal.courses.models import CourseRun, CourseSession
from portal.foundation.database import db
from portal.web.guard import public, requires, signed_in
from tests.crawl.crawler import BASE, client_of

EVERYBODY = {"visitor", "learner", "coordinator", "trainer", "staff", "admin"}
SIGNED_IN = EVERYBODY - {"visitor"}
STAFF = {"staff", "admin"}
TEACHING = {"trainer", *STAFF}

BY_ACTORS = (
    (
        EVERYBODY,
        """
        bare.healthz bare.readyz bare.root courses.home courses.catalogue courses.course courses_bare.project_logo enrolment.run
        enrolment.waiting_list enrolment.answer enrolment.send_answer
        certificates.verify certificates.look_up certificates.verified certificates_bare.scanned certificates_bare.typed style_guide.style_guide
        certificates.verify_file certificates.look_up_file certificates.shared certificates.open_shared certificates.shared_file
        certificates_bare.given certificates_bare.credential_of_secret certificates_bare.did_document
        certificates_bare.status_list certificates_bare.status_list_jwt
        certificates.verify_file certificates.look_up_file certificates.shared certificates.open_shared certificates.shared_file certificates.ask_for_file
        certificates_bare.given
        people.sign_in people.sign_out people.create_account people.account_asked people.confirm_account people.refuse_account
        people.ask_for_reset people.reset_asked people.reset_password people.privacy reports.statistics
        attendance.check_in attendance_bare.scanned attendance_bare.typed attendance.phone_shell attendance.phone_manifest
        attendance_bare.worker
        """,
    ),
    (
        SIGNED_IN,
        """
        attendance.confirm attendance.checked_in attendance.type_code attendance.send_code
        enrolment.enrol enrolment.withdraw enrolment.ask_to_withdraw enrolment.confirmation enrolment.calendar enrolment.participation
        certificates.my_credential certificates.held certificates.share certificates.linkedin certificates.end_share
        enrolment.express_interest enrolment.withdraw_interest enrolment.my certificates.my_certificate people.profile
        people.change_details people.change_password people.change_post people.correct_post people.personal_number people.confirm_email
        people.sign_out_elsewhere letters.issue letters.my_letter attendance.material
        transcripts.my_hours transcripts.issue_mine transcripts.my_transcript evaluation.evaluate
        transcripts.my_hours transcripts.issue_mine transcripts.my_transcript
        people.sign_out_elsewhere letters.issue letters.my_letter attendance.material qualifications.listed qualifications.shown
        transcripts.my_hours transcripts.issue_mine transcripts.my_transcript standings.my_qualifications standings.my_track
        enrolment.enrol enrolment.withdraw enrolment.answer_offer enrolment.ask_to_withdraw enrolment.confirmation enrolment.calendar enrolment.participation
        enrolment.my certificates.my_certificate people.profile people.change_details people.change_password people.change_post
        people.correct_post people.personal_number people.confirm_email people.sign_out_elsewhere
        attendance.own_attendance attendance.dispute attendance.take_dispute_back
        recognition.own recognition.new recognition.again recognition.correct recognition.ask_to_withdraw recognition.withdraw
        recognition.own_proof
        assessment.test assessment.start_test assessment.attempt assessment.send_answers
        """,
    ),
    (
        {"coordinator"},
        """
        transcripts.officials_hours standings.officials_qualifications
        enrolment.municipality enrolment.open_runs enrolment.nominate enrolment.send_nomination letters.of_official letters.issue_for_official
        letters.officials_letter enrolment.change_list enrolment.send_list enrolment.take_back enrolment.new_nominee
        enrolment.upload_nominees enrolment.import_template enrolment.import_template_csv enrolment.nominees enrolment.import_progress
        enrolment.set_import_columns enrolment.confirm_import enrolment.drop_import enrolment.employer_applications
        goals.own_goals goals.own_progress goals.own_missing_file
        needs.own needs.post_need needs.need needs.ask_to_withdraw needs.withdraw_need needs.plan needs.plan_file
        enrolment.decide_as_employer enrolment.employer_decided enrolment.employer_undo enrolment.deputies enrolment.end_deputy
        recognition.employer_queue recognition.answer recognition.employer_proof
        reports.own_overview reports.own_report reports.own_spreadsheet reports.own_file
        """,
    ),
    (STAFF, "enrolment.staff_applications enrolment.decide_as_staff enrolment.staff_decided enrolment.staff_undo"),
    ({"trainer"}, "attendance.teaching attendance.teaching_appeals attendance.teaching_appeal"),
    (STAFF, "attendance.staff_appeals attendance.staff_appeal"),
    (
        STAFF,
        "goals.staff_goal goals.staff_missing goals.staff_missing_file goals.staff_goals goals.staff_goal_new goals.staff_goal_edit goals.staff_goal_end",
    ),
    (
        STAFF,
        """
        recognition.staff_queue recognition.decide recognition.revoke recognition.staff_proof
        recognition.kinds recognition.kind_new recognition.kind recognition.kind_archive
        """,
    ),
    (
        TEACHING,
        """
        attendance.roll_call attendance.save_roll_call attendance.corrections attendance.sheet attendance.walk_in attendance.admit
        attendance.new_walk_in attendance.wall attendance.head_count attendance.count_heads assessment.scores assessment.save_scores
        attendance.online_report attendance.record_online attendance.documents attendance.document attendance.excuse attendance.from_paper
        attendance.save_from_paper attendance.counts attendance.materials attendance.remove_material attendance.group_message
        attendance.phone attendance.phone_runs attendance.phone_roll attendance.send_phone_marks
        assessment.questions assessment.question assessment.question_new assessment.question_edit assessment.question_archive
        assessment.course_tests assessment.course_test assessment.set_course_test
        assessment.run_tests assessment.marking assessment.save_marking
        evaluation.taught
        """,
    ),
    (
        {"admin"},
        """
        people.admin people.admin_person people.add_person people.grant_role people.end_grant people.ask_to_deactivate people.deactivate
        people.reactivate people.set_personal_number people.correct_names
        """,
    ),
)
ENDING = {"people.sign_out", "people.sign_out_elsewhere"}  # whoever was here is somebody else to the portal afterwards
TABLE = {endpoint: actors for actors, endpoints in BY_ACTORS for endpoint in endpoints.split()}
FOR_STAFF = (
    "courses.staff_",
    "people.staff_",
    "certificates.",
    "qualifications.staff_",
    "qualifications.rule_",
    "letters.",
    "transcripts.staff_",
    "notices.",
    "outbox.",
    "history.",
    "reports.",
    "attendance.attendance_of_run",
    "evaluation.",
    "notices.",
    "needs.",
)


def allowed(endpoint: str) -> set[str]:
    if endpoint in TABLE:
        return TABLE[endpoint]
    assert endpoint.startswith(FOR_STAFF), f"{endpoint} is not in the table"
    return STAFF


@pytest.fixture
def words(demo_app):
    """What stands in the paths."""
    with demo_app.app_context():
        now = db.session.scalars(sa.select(CourseRun.id).where(CourseRun.code == "DEMO-NOW")).one()
        session = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == now)).first()
        db.session.remove()
    return {"session_id": session, "lang": "ka"} | dict.fromkeys(
        [
            "number",
            "person_id",
            "grant",
            "merge",
            "batch_id",
            "document_id",
            "import_id",
            "material_id",
            "enrolment_id",
            "nomination_id",
            "project_id",
            "topic_id",
            "venue_id",
            "appeal_id",
            "request_id",
            "proof_id",
            "kind_id",
            "share_id",
            "picture_id",
            "edition",
            "question_id",
            "goal_id",
            "need_id",
            "saved_id",
        ],
        1,
    )


def addresses(app, words):
    """Each endpoint with each of its methods, and an address of it."""
    adapter = app.url_map.bind("portal.test", url_scheme="https")
    texts = {"secret": "x" * 22, "token": "y" * 43, "slug": "none", "reference": "E-2346AC", "change": "revoke", "table": "sex"}
    texts |= {"text_id": "0" * 32, "round_": "after", "question": "content", "step": "up"}
    texts |= {"key": "none", "kind": "reminder_week", "text_language": "ka", "scope": "all", "form": "json", "ending": "zip"}
    texts |= {"report": "time", "suffix": "xlsx"}
    texts |= {
        "key": "none",
        "kind": "reminder_week",
        "text_language": "ka",
        "scope": "all",
        "form": "json",
        "ending": "zip",
        "occasion": "pre",
    }
    texts |= {"transcript": "T-ZZZZZZZZ"}
    texts |= {"report": "time", "suffix": "xlsx", "sheet": "csv", "wish": "stop"}
    for rule in app.url_map.iter_rules():
        code = "DEMO-NOW" if rule.endpoint.startswith(("attendance", "assessment")) else "DEMO-OPEN"
        values = {name: (words | texts | {"code": code})[name] for name in rule.arguments}
        if rule.endpoint.startswith("certificates.") and "number" in values:
            values["number"] = "NALAG-2000-000001"
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)


@pytest.fixture
def without_tokens(demo_app):
    """Forms are sent without their token: what is asked is who may, not from where."""
    demo_app.config["WTF_CSRF_ENABLED"] = False
    yield
    demo_app.config["WTF_CSRF_ENABLED"] = True


def opens_otherwise(app, who, asked) -> list[str]:
    """What ``who`` opens and should not, or should and does not."""
    role = "coordinator" if who == "coordinator2" else who
    client = client_of(app, who, keep=True)
    wrong = []
    for endpoint, method, path in asked:
        answer = client.open(path, method=method, base_url=BASE)
        to_sign_in = answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
        opened = answer.status_code != 403 and not to_sign_in
        led = to_sign_in or role != "visitor" or role in allowed(endpoint)  # a visitor is led to the sign-in, not turned away
        if opened != (role in allowed(endpoint)) or not led or answer.status_code >= 500:
            wrong.append(f"{method} {path} ({endpoint}): {answer.status_code}")
    return wrong


@pytest.mark.usefixtures("untouched", "without_tokens")
@pytest.mark.parametrize("who", sorted(EVERYBODY | {"coordinator2"}))
def test_each_actor_opens_what_the_table_says(demo_app, words, who):
    asked = [address for address in addresses(demo_app, words) if address[0] not in ENDING]
    assert opens_otherwise(demo_app, who, asked) == []


@pytest.mark.usefixtures("untouched", "without_tokens")
@pytest.mark.parametrize(("who", "declared"), [("learner", signed_in), ("visitor", public), ("staff", requires(Permission.ACCOUNT_MANAGE))])
def test_a_wrong_declaration_is_caught(demo_app, monkeypatch, words, who, declared):
    monkeypatch.setitem(demo_app.view_functions, "reports.overview", declared(lambda: "open"))
    asked = [address for address in addresses(demo_app, words) if address[0] == "reports.overview"]
    assert opens_otherwise(demo_app, who, asked)
