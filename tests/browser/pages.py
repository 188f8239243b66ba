"""Every page of the portal and the way to it. A test in ``tests/architecture`` fails when a page is in no list.

A line names the endpoint, or the status of an error, and the way: a path, then the links to follow from page to page, each the first whose
address looks so; "?…" asks the page something.
"""

from __future__ import annotations

PAGES = {
    "visitor": """
        courses.home                      /
        courses.catalogue                 /courses
        courses.catalogue                 /courses?q=ბიუჯეტი
        courses.catalogue                 /courses?q=zzzz
        courses.course                    /courses/spatial-planning
        courses.course                    /courses/equality-charter
        enrolment.run                     /runs/DEMO-OPEN
        enrolment.run                     /runs/DEMO-FULL
        enrolment.run                     /runs/DEMO-NOW
        enrolment.run                     /runs/DEMO-QUOTA
        enrolment.run                     /runs/DEMO-OFFER
        enrolment.waiting_list            /waiting-list
        certificates.verify               /verify
        people.sign_in                    /sign-in
        people.create_account             /create-account
        people.account_asked              /create-account/sent
        people.ask_for_reset              /reset-password
        people.reset_asked                /reset-password/sent
        people.privacy                    /privacy
        reports.statistics                /statistics
        style_guide.style_guide           /style-guide
        attendance.phone_shell            /teaching/phone
        404                               /nothing-here
        404                               /answers/xxxxxxxxxxxxxxxxxxxxxx
        404                               /verify/xxxxxxxxxxxxxxxxxxxxxx
        404                               /shared/xxxxxxxxxxxxxxxxxxxxxx
        410                               /reset-password/xxxxxxxxxxxxxxxxxxxxxx
    """,
    "learner": """
        enrolment.my                      /my
        courses.course                    /courses/equality-charter
        enrolment.run                     /runs/DEMO-OPEN
        enrolment.run                     /runs/DEMO-CERT
        enrolment.run                     /runs/DEMO-QUOTA
        enrolment.confirmation            /my → */runs/*/enrolment
        enrolment.confirmation            /my → */runs/DEMO-CERT/enrolment*
        transcripts.my_hours              /my → */my/hours
        standings.my_qualifications       /my → */my/qualifications*
        standings.my_track                /my → */my/tracks/*
        certificates.verified             /my → */my/hours → */verify/*
        certificates.verified             /my → */runs/DEMO-CERT/enrolment* → */verify/*
        certificates.held                 /my → */my/certificates/*[0-9]
        certificates.share                /my → */my/certificates/*[0-9] → */share
        certificates.linkedin             /my → */my/certificates/*[0-9] → */linkedin
        enrolment.ask_to_withdraw         /my → */runs/*/enrolment → */withdraw
        evaluation.evaluate               /my → */evaluation
        evaluation.evaluate               /runs/DEMO-CERT/evaluation
        attendance.own_attendance         /my → */attendance
        attendance.own_attendance         /my/runs/DEMO-CERT/attendance
        attendance.dispute                /my/runs/DEMO-DONE/attendance → */dispute
        recognition.own                   /my → */my/recognition
        recognition.new                   /my/recognition/new
        recognition.again                 /my/recognition → */again
        recognition.correct               /my/recognition → */correct
        recognition.ask_to_withdraw       /my/recognition → */withdraw
        assessment.test                   /my → */test/pre
        assessment.test                   /runs/DEMO-DONE/enrolment → */test/post
        assessment.attempt                /runs/DEMO-DONE/test/post → */test/post/1
        people.profile                    /my/profile
        people.change_details             /my/profile/details
        people.change_post                /my/profile/post/new
        people.correct_post               /my/profile/post
        people.change_password            /my/profile/password
        people.personal_number            /my/profile/personal-number
        attendance.type_code              /check-in
        qualifications.listed             /qualifications
        410                               /check-in/xxxxxxxxxxxxxxxxxxxxxx
        403                               /staff/runs
    """,
    "coordinator": """
        goals.own_goals                   /municipality/goals
        goals.own_progress                /municipality/goals → */municipality/goals/*[0-9]
        enrolment.municipality            /municipality
        enrolment.open_runs               /municipality/runs
        enrolment.nominate                /municipality/nominate/DEMO-OPEN
        standings.officials_qualifications /municipality → */municipality/people/*/qualifications
        transcripts.officials_hours       /municipality → */municipality/people/*/hours
        letters.of_official               /municipality → */municipality/people/*/letters
        enrolment.nominate                /municipality → */nominate/*#list
        enrolment.send_list               /municipality → */nominate/*#list → */send
        enrolment.new_nominee             /municipality/nominate/DEMO-OPEN/new
        enrolment.upload_nominees         /municipality/nominate/DEMO-OPEN/import
        enrolment.employer_applications   /municipality/applications
        enrolment.employer_undo           /municipality/applications → */undo
        enrolment.deputies                /municipality/deputy
        recognition.employer_queue        /municipality → */recognition
        recognition.answer                /municipality/recognition → */recognition/*[0-9]
        reports.own_overview              /municipality → */municipality/reports
        reports.own_overview              /municipality/reports?from=2025-01-01
        reports.own_report                /municipality/reports?from=2025-01-01 → */municipality/reports/courses*
        needs.own                         /municipality → */municipality/needs
        needs.post_need                   /municipality/needs → */needs/new
        needs.need                        /municipality/needs → */needs/*[0-9]
        needs.ask_to_withdraw             /municipality/needs → */needs/1 → */withdraw
        needs.plan                        /municipality → */municipality/plan
        needs.plan                        /municipality/needs → */plan*
    """,
    "trainer": """
        attendance.teaching               /teaching
        attendance.roll_call              /teaching → */sessions/*[0-9]
        attendance.phone                  /teaching → */DEMO-NOW/phone
        attendance.phone_shell            /teaching/phone
        attendance.corrections            /teaching → */sessions/*[0-9] → */history
        attendance.documents              /teaching → */sessions/*[0-9] → */documents
        attendance.from_paper             /teaching → */sessions/*[0-9] → */from-paper
        attendance.teaching_appeals       /teaching → */appeals
        attendance.teaching_appeal        /teaching → */appeals → */appeals/*[0-9]
        attendance.wall                   /teaching → */sessions/*[0-9] → */check-in
        attendance.online_report          /teaching → */sessions/*[0-9] → */online
        attendance.materials              /teaching/runs/DEMO-NOW/materials
        attendance.remove_material        /teaching/runs/DEMO-NOW/materials → */remove
        attendance.group_message          /teaching/runs/DEMO-NOW/message
        assessment.scores                 /teaching → */DEMO-NOW/scores
        assessment.run_tests              /teaching → */DEMO-NOW/tests
        assessment.marking                /teaching → */DEMO-NOW/tests → */marking
        assessment.questions              /teaching → */questions
        assessment.course_tests           /teaching → */DEMO-NOW/tests → */courses/*/tests
        evaluation.taught                 /teaching → */evaluation
        people.personal_number            /my/profile/personal-number
    """,
    "staff: runs": """
        courses.staff_runs                /staff/runs
        courses.staff_runs                /staff/runs?show=waiting
        courses.staff_run_new             /staff/runs/new
        courses.staff_run_new             /staff/runs/new?course=equality-charter
        courses.staff_run                 /staff/runs/DEMO-NOW
        courses.staff_run                 /staff/runs/DEMO-DONE
        courses.staff_run                 /staff/runs/DEMO-QUOTA
        courses.staff_run                 /staff/runs/DEMO-OFFER
        courses.staff_place_rules         /staff/runs/DEMO-QUOTA/places
        courses.staff_attendance_rules    /staff/runs/DEMO-NOW/attendance-rules
        courses.staff_attendance_rules    /staff/runs/DEMO-DONE/attendance-rules
        courses.staff_run_edit            /staff/runs/DEMO-OPEN/edit
        courses.staff_trainers            /staff/runs/DEMO-OPEN/trainers
        courses.staff_run_cancel          /staff/runs/DEMO-OPEN/cancel
        courses.staff_participant_new     /staff/runs/DEMO-OPEN/participants/new
        courses.staff_newcomer            /staff/runs/DEMO-OPEN/participants/newcomer
        courses.staff_participant_move    /staff/runs/DEMO-NOW → */move
        courses.staff_participant_withdraw /staff/runs/DEMO-NOW → */withdraw
        letters.of_participant            /staff/runs/DEMO-NOW → */participants/*/letters
        letters.of_participant            /staff/runs/DEMO-DONE → */participants/*/letters
        courses.staff_session_new         /staff/runs/DEMO-NOW/sessions/new
        courses.staff_session             /staff/runs/DEMO-NOW → */staff/*/sessions/*[0-9]
        courses.staff_session_cancel      /staff/runs/DEMO-NOW → */staff/*/sessions/*[0-9] → */cancel
        attendance.attendance_of_run      /staff/runs/DEMO-NOW/attendance
        attendance.roll_call              /staff/runs/DEMO-DONE → */teaching/sessions/*[0-9]
        attendance.walk_in                /staff/runs/DEMO-DONE → */teaching/sessions/*[0-9] → */walk-in
        attendance.walk_in                /staff/runs/DEMO-DONE → */teaching/sessions/*[0-9] → */walk-in → ?q=zzzz
        attendance.new_walk_in            /staff/runs/DEMO-DONE → */teaching/sessions/*[0-9] → */walk-in → ?q=zzzz → */new
        attendance.excuse                 /staff/runs/DEMO-DONE → */teaching/sessions/*[0-9] → */excuses/*[0-9]
        assessment.run_tests              /staff/runs/DEMO-DONE → */DEMO-DONE/tests
        certificates.candidates           /staff/runs/DEMO-DONE/certificates
        certificates.candidates           /staff/runs/DEMO-CERT/certificates
        certificates.progress             /staff/runs/DEMO-CERT/certificates → */batches/*[0-9]
    """,
    "staff": """
        goals.staff_goal                  /staff/goals/1
        goals.staff_missing               /staff/goals/1 → */missing
        enrolment.staff_applications      /staff/applications
        enrolment.staff_undo              /staff/applications → */undo
        attendance.staff_appeals          /staff/appeals
        attendance.staff_appeal           /staff/appeals → */appeals/*[0-9]
        recognition.staff_queue           /staff/recognition
        recognition.staff_queue           /staff/recognition?state=revoked
        recognition.staff_queue           /staff/recognition?q=zzzz
        recognition.decide                /staff/recognition → */recognition/*[0-9]
        recognition.decide                /staff/recognition?state=recognised → */recognition/*[0-9]
        recognition.decide                /staff/recognition?state=submitted → */recognition/*[0-9]
        recognition.revoke                /staff/recognition?state=recognised → */recognition/*[0-9] → */revoke
        recognition.kinds                 /staff/recognition → */certificates
        recognition.kind_new              /staff/recognition/certificates/new
        recognition.kind                  /staff/recognition/certificates → */certificates/*[0-9]
        certificates.register             /staff/certificates
        certificates.certificate          /staff/certificates → */staff/certificates/NALAG-*
        certificates.state                /staff/certificates → */staff/certificates/NALAG-* → */suspend
        certificates.seal                 /staff/certificates → */staff/certificates/NALAG-* → */seal
        certificates.verified             /staff/certificates → */staff/certificates/NALAG-* → */verify/*
        certificates.cases                /staff/certificates/cases
        qualifications.staff_qualifications /staff/qualifications
        qualifications.staff_qualification_new /staff/qualifications/new
        qualifications.staff_tracks       /staff/tracks
        qualifications.staff_track_new    /staff/tracks/new
        goals.staff_goals                 /staff/goals
        goals.staff_goal_new              /staff/goals/new
        certificates.designs              /staff/certificates → */designs
        certificates.design               /staff/certificates/designs → */designs/all
        certificates.design               /staff/certificates/designs → */designs/project-*
        certificates.design_edition       /staff/certificates/designs/project-1 → */versions/*
        certificates.pictures             /staff/certificates/designs → */pictures
        certificates.register             /staff/certificates?state=revoked
        certificates.certificate          /staff/certificates?state=revoked → */staff/certificates/NALAG-*
        certificates.verified             /staff/certificates?state=revoked → */staff/certificates/NALAG-* → */verify/*
        courses.staff_courses             /staff/courses
        courses.staff_course              /staff/courses/spatial-planning
        courses.staff_course              /staff/courses/equality-charter
        courses.staff_course_new          /staff/courses/new
        courses.staff_course_edit         /staff/courses/spatial-planning/edit
        assessment.questions              /staff/questions
        assessment.questions              /staff/questions?q=zzzz
        assessment.question               /staff/questions → */questions/*[0-9]
        assessment.question_new           /staff/questions → */new
        assessment.question_edit          /staff/questions → */questions/*[0-9] → */edit
        assessment.course_tests           /staff/courses/human-rights/tests
        assessment.course_tests           /staff/courses/equality-charter/tests
        assessment.course_test            /staff/courses/human-rights/tests → */tests/post
        courses.staff_venues              /staff/venues
        courses.staff_venue_new           /staff/venues/new
        courses.staff_venue               /staff/venues → */venues/*[0-9]
        courses.staff_projects            /staff/projects
        courses.staff_project_new         /staff/projects/new
        courses.staff_project             /staff/projects → */projects/*[0-9]
        courses.staff_topics              /staff/topics
        courses.staff_topic_new           /staff/topics/new
        courses.staff_topic               /staff/topics → */topics/*[0-9]
        people.staff_people               /staff/people
        people.staff_people               /staff/people?q=ნონა
        people.staff_people               /staff/people?q=zzzz
        people.staff_person               /staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9]
        transcripts.staff_hours           /staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → */hours
        people.staff_person_new           /staff/people/new
        people.staff_person_enrol         /staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → */enrol
        people.staff_person_merge         /staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → */merge
        people.staff_person_merge         /staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → *with=*
        people.staff_person               /staff/people?q=გელაშვილი+ანა → */staff/people/*[0-9]
        people.staff_person_undo_merge    /staff/people?q=გელაშვილი+ანა → */staff/people/*[0-9] → */undo
        needs.overview                    /staff/needs
        needs.groups                      /staff/needs → *course=administrative-proceedings
        needs.groups                      /staff/needs → */groups*topic=people
        needs.decline                     /staff/needs → *course=administrative-proceedings → */decline
        needs.make_run                    /staff/needs/run?need=1&need=2
        needs.staff_plan                  /staff/needs/plan/telavi
        reports.overview                  /staff/reports
        reports.report                    /staff/reports → */staff/reports/time*
        reports.keep                      /staff/reports → */keep*
        reports.saved                     /staff/reports → */reports/saved
        reports.report                    /staff/reports/categories
        reports.report                    /staff/reports/courses?from=2025-01-01
        reports.report                    /staff/reports/certificates?from=2025-01-01
        reports.report                    /staff/reports/demand
        reports.report                    /staff/reports/trainers?from=2025-01-01
        evaluation.overview               /staff/evaluation
        evaluation.overview               /staff/evaluation → *course=*
        evaluation.staff_run              /staff/runs/DEMO-DONE → */evaluation
        evaluation.staff_run              /staff/runs/DEMO-CERT → */evaluation
        evaluation.redact                 /staff/runs/DEMO-DONE → */DEMO-DONE/evaluation → */redact
        evaluation.questionnaire          /staff/evaluation → */questionnaire
        evaluation.add_question           /staff/evaluation/questionnaire → */new
        reports.project                   /staff/projects → */staff/reports/project/*
        reports.project                   /staff/projects → */staff/reports/project/* → ?from=2025-01-01
        notices.notices                   /staff/notices
        notices.stop                      /staff/notices → */stop
        notices.texts                     /staff/notices/texts
        notices.text                      /staff/notices/texts/reminder_day/ka
        outbox.messages                   /staff/outbox
        outbox.message                    /staff/outbox → */outbox/*[0-9]
        history.entries                   /staff/history
    """,
    "admin": """
        people.admin                      /admin
        people.add_person                 /admin/people/new
        people.admin_person               /admin?role=coordinator → */admin/people/*[0-9]
        people.correct_names              /admin?role=coordinator → */admin/people/*[0-9] → */names
        people.set_personal_number        /admin?role=coordinator → */admin/people/*[0-9] → */personal-number
        people.ask_to_deactivate          /admin?role=coordinator → */admin/people/*[0-9] → */deactivate
    """,
}

# Forms that come back with an error summary: sent without anything in them, or asked for with a question that makes no sense.
REFUSED = {
    "visitor": ("/sign-in", "/create-account", "/reset-password", "/verify"),
    "learner": (
        "/check-in",
        "/my/profile/details",
        "/my/profile/post/new?category=civil_servant",
        "/my/profile/post",
        "/my/profile/password",
        "/my/runs/DEMO-DONE/attendance → */dispute",
        "/my/recognition/new",
        "/my/recognition → */again",
        "/runs/DEMO-DONE/evaluation",
    ),
    "coordinator": (
        "/municipality/nominate/DEMO-OPEN",
        "/municipality/nominate/DEMO-OPEN/new",
        "/municipality/nominate/DEMO-OPEN/import",
        "/municipality/applications",
        "/municipality/applications → */undo",
        "/municipality/deputy",
        "/municipality/recognition → */recognition/*[0-9]",
        "/municipality/needs/new",
        "/municipality/plan",
    ),
    "trainer": (
        "/my/profile/personal-number",
        "/teaching → */appeals → */appeals/*[0-9]",
        "/teaching → */sessions/*[0-9] → */online",
        "/teaching → */sessions/*[0-9] → */documents",
        "/teaching/runs/DEMO-NOW/materials",
        "/teaching/runs/DEMO-NOW/message",
    ),
    "staff": (
        "/staff/applications",
        "/staff/applications → */undo",
        "/staff/appeals → */appeals/*[0-9]",
        "/staff/recognition → */recognition/*[0-9]",
        "/staff/recognition?state=recognised → */recognition/*[0-9] → */revoke",
        "/staff/recognition/certificates/new",
        "/staff/runs/new",
        "/staff/runs/DEMO-OPEN/edit",
        "/staff/runs/DEMO-OPEN/places",
        "/staff/runs/DEMO-NOW/attendance-rules",
        "/staff/runs/DEMO-OPEN/cancel",
        "/staff/runs/DEMO-NOW/sessions/new",
        "/staff/runs/DEMO-NOW → */withdraw",
        "/staff/runs/DEMO-DONE → */teaching/sessions/*[0-9] → */walk-in → ?q=zzzz → */new",
        "/staff/runs/DEMO-OPEN/participants/newcomer",
        "/staff/runs/DEMO-NOW → */move",
        "/staff/people/new",
        "/staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → */enrol",
        "/staff/people?q=ტყეშელაშვილი+ნონა → */staff/people/*[0-9] → *with=*",
        "/staff/certificates → */staff/certificates/NALAG-* → */suspend",
        "/staff/certificates/designs/all",
        "/staff/certificates/pictures",
        "/staff/courses/new",
        "/staff/questions/new",
        "/staff/qualifications/new",
        "/staff/tracks/new",
        "/staff/goals/new",
        "/staff/venues/new",
        "/staff/projects/new",
        "/staff/topics/new",
        "/staff/needs/run?need=1&need=2",
        "/staff/needs → *course=administrative-proceedings → */decline",
        "/staff/reports?from=77",
        "/staff/evaluation?from=77",
        "/staff/evaluation/questionnaire/after/new",
        "/staff/runs/DEMO-DONE/evaluation → */redact",
        "/staff/notices → */stop",
        "/staff/notices/texts/reminder_day/en",
        "/staff/outbox?state=zzzz",
        "/staff/history?from=77",
    ),
    "admin": (
        "/admin/people/new",
        "/admin?role=coordinator → */admin/people/*[0-9]",
        "/admin?role=coordinator → */admin/people/*[0-9] → */personal-number",
        "/admin?role=coordinator → */admin/people/*[0-9] → */names",
    ),
}

# Pages that no link of the demo leads to: tests/browser/test_rare_pages.py brings them about.
RARE = {
    "attendance.record_online",
    "certificates.case",
    "certificates.shared",
    "certificates.correct",
    "attendance.check_in",
    "attendance.checked_in",
    "attendance.head_count",
    "courses.staff_run_complete",
    "enrolment.answer",
    "enrolment.employer_decided",
    "enrolment.nominees",
    "enrolment.staff_decided",
    "enrolment.take_back",
    "people.confirm_account",
    "qualifications.rule_new",
    "qualifications.shown",
    "qualifications.staff_qualification",
    "qualifications.staff_qualification_edit",
    "qualifications.staff_track",
    "qualifications.staff_track_edit",
    "goals.staff_goal_edit",
    "goals.staff_goal_end",
    "people.confirm_email",
    "people.reset_password",
}


def role_of(name: str) -> str | None:
    """Who opens the pages of a list: a demo account, or None for a visitor."""
    who = name.partition(":")[0]
    return None if who == "visitor" else who


def lines_of(name: str) -> list[tuple[str, str]]:
    """Endpoint or status, and way, of each page of a list."""
    return [tuple(line.split(None, 1)) for line in PAGES[name].strip().splitlines()]
