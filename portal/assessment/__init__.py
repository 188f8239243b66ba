"""Assessment: the final score of each participant, in percent of the maximum, and the tests that make it.

Scores come from tests, or from outside: then the trainer or staff record them. They are append-only; the newest counts. Questions stand in a bank and
are never changed, only followed by a new edition; a course has a test before it and one after it, shared by its runs; attempts are facts.
"""

from portal.assessment.queries import scores_of_person, scores_of_run, sources_of_run
from portal.assessment.queries_attempts import (
    Paper,
    PassedTest,
    attempts_of,
    attempts_of_run,
    attempts_that_ran_out,
    find_result,
    get_attempt,
    get_attempt_of_run,
    number_to_mark,
    papers_of,
    passes_of,
)
from portal.assessment.queries_questions import (
    QuestionFilter,
    editions_of,
    get_question,
    ids_of_courses_taught,
    list_questions,
    pool_of,
    questions_of,
    tests_with,
)
from portal.assessment.queries_tests import (
    NamedTest,
    OwnTest,
    find_own_test,
    get_course_of_tests,
    own_tests,
    tests_in_order,
    tests_of_course,
)
from portal.assessment.rules import ScoresRefusedError
from portal.assessment.rules_points import Gain, find_gain, find_number
from portal.assessment.rules_tests import NoAttemptLeftError, NotOpenError, find_start_refusal, find_time_frame, is_late
from portal.assessment.services import RecordedScores, record_scores
from portal.assessment.services_attempts import TakenIn, end_attempt, mark_answers, save_answers, start_attempt
from portal.assessment.services_questions import archive_question, change_question, create_question, edition
from portal.assessment.services_tests import set_test
from portal.assessment.values import CourseTestValues, OptionValues, QuestionValues

__all__ = [
    "CourseTestValues",
    "Gain",
    "NamedTest",
    "NoAttemptLeftError",
    "NotOpenError",
    "OptionValues",
    "OwnTest",
    "Paper",
    "PassedTest",
    "QuestionFilter",
    "QuestionValues",
    "RecordedScores",
    "ScoresRefusedError",
    "TakenIn",
    "archive_question",
    "attempts_of",
    "attempts_of_run",
    "attempts_that_ran_out",
    "change_question",
    "create_question",
    "edition",
    "editions_of",
    "end_attempt",
    "find_gain",
    "find_number",
    "find_own_test",
    "find_result",
    "find_start_refusal",
    "find_time_frame",
    "get_attempt",
    "get_attempt_of_run",
    "get_course_of_tests",
    "get_question",
    "ids_of_courses_taught",
    "is_late",
    "list_questions",
    "mark_answers",
    "number_to_mark",
    "own_tests",
    "papers_of",
    "passes_of",
    "pool_of",
    "questions_of",
    "record_scores",
    "save_answers",
    "scores_of_person",
    "scores_of_run",
    "set_test",
    "sources_of_run",
    "start_attempt",
    "tests_in_order",
    "tests_of_course",
    "tests_with",
]
