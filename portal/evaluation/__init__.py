"""Evaluation: what participants say of a run, without their names, and only from five answers on.

Who was there is asked after the last session and again half a year later, 30 days each. That somebody answered is kept apart from what was
answered, and of that only how often each answer was given and what was written. Every figure is a sum over cells of at least five answers.
"""

from portal.evaluation.models import Kind, Round
from portal.evaluation.queries import Asked, Questionnaire, find_asked, find_open, open_rounds, questionnaire, questions_ever, to_ask
from portal.evaluation.queries_results import EvaluatedRun, ShownText, cells_of, evaluated_runs, get_text, texts_of_course, trainers_of
from portal.evaluation.questions import RECOMMEND, TRAINER, USED, USEFUL, Question, Words
from portal.evaluation.results import Cell, Distribution, distributions, grouped, of_trainers, within
from portal.evaluation.rules import FLOOR, closes_at, opens_at
from portal.evaluation.services import Given, answer
from portal.evaluation.services_questions import Change, add_question, change_question, redact

__all__ = [
    "FLOOR",
    "RECOMMEND",
    "TRAINER",
    "USED",
    "USEFUL",
    "Asked",
    "Cell",
    "Change",
    "Distribution",
    "EvaluatedRun",
    "Given",
    "Kind",
    "Question",
    "Questionnaire",
    "Round",
    "ShownText",
    "Words",
    "add_question",
    "answer",
    "cells_of",
    "change_question",
    "closes_at",
    "distributions",
    "evaluated_runs",
    "find_asked",
    "find_open",
    "get_text",
    "grouped",
    "of_trainers",
    "open_rounds",
    "opens_at",
    "questionnaire",
    "questions_ever",
    "redact",
    "texts_of_course",
    "to_ask",
    "trainers_of",
    "within",
]
