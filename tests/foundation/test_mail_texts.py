"""Every mail in both languages: whole sentences, nothing left in the other language, nothing forgotten."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import jinja2
import pytest

from portal.foundation.mail_texts import TEMPLATES, compose

KINDS = sorted(path.stem for path in TEMPLATES.glob("[!_]*.txt"))
MOMENT = datetime(2026, 12, 7, 14, tzinfo=UTC)
CLASH = {"title": "Public finance", "moment": "14 December, 10:00", "url": "https://portal.test/en/runs/OTHER"}
MOVED = [
    {"kind": "day", "was": "12 December 2026, 10:00–18:00", "now": "14 December 2026, 11:00–15:00"},
    {"kind": "day", "was": "", "now": "15 December 2026, 11:00–15:00"},
]
LINK = [{"kind": "link", "was": "", "now": "12 December 2026, 10:00–18:00"}]
RUN = {"title": "Public finance", "begins_at": MOMENT, "closes_at": MOMENT, "url": "https://portal.test/en/municipality/nominate/R"}
QUEUE = {
    "stage": "staff",
    "number": 3,
    "oldest_at": MOMENT,
    "overdue": 1,
    "runs": [{"title": "Public finance", "begins_at": MOMENT, "number": 3}],
    "url": "https://portal.test/en/staff/applications",
}
FACTS = {
    "name": "Nino Abashidze",
    "title": "Construction permits",
    "days": ["12 December 2026, 10:00–18:00", "13 December 2026, 10:00–18:00"],
    "place": "Hotel Alazani, 1 Erekle II St, Telavi",
    "links": ["https://meet.example/abc"],
    "reference": "E-7K2M4A",
    "cancel_until": MOMENT,
    "opens_at": MOMENT,
    "closes_at": MOMENT,
    "can_withdraw": True,
    "run_url": "https://portal.test/en/runs/R",
    "teaching_url": "https://portal.test/en/teaching",
    "contact": "portal@portal.example",
    "has_place": True,
    "by_municipality": True,
    "had_place": True,
    "by_themselves": True,
    "other": "Public procurement",
    "reason": "clash",
    "clash": CLASH,
    "changes": MOVED,
    "number": "NALAG-2026-000123",
    "reason_code": "name_corrected",
    "replaced": "NALAG-2026-000007",
    "since": MOMENT,
    "last_day": MOMENT.date(),
    "my_url": "https://portal.test/en/my",
    "qualifications_url": "https://portal.test/en/my/qualifications",
    "last_date": "12 December 2026",
    "verify_url": "https://portal.test/en/verify",
    "url": "https://portal.test/en/confirm/abc",
    "sign_in_url": "https://portal.test/en/sign-in",
    "reset_url": "https://portal.test/en/reset-password",
    "until": MOMENT,
    "begins_at": MOMENT,
    "runs": [RUN],
    "queues": [QUEUE],
    "at": MOMENT,
    "state": "confirmed",
    "stage": "employer",
    "decide_by": MOMENT,
    "kept_until": MOMENT,
    "offers": True,
    "offer_ends_at": MOMENT,
    "answer_url": "https://portal.test/en/answers/abc",
    "was": "waiting",
    "words": "Your unit has sent two people already.",
    "position": 3,
    "post": "Chief specialist, Architecture Service",
    "coordinator": "Maia Kapanadze",
    "municipality": "Telavi Municipality",
    "starts_on": MOMENT.date(),
    "ends_on": MOMENT.date(),
    "day": "12 December 2026, 10:00–18:00",
    "upheld": True,
    "mark": "present",
    "minutes": 450,
    "total": 480,
    "author": "Levan Beridze",
    "subject": "Bring your laptop",
    "message": "We begin at nine in hall 2.",
    "report": "Audit for donors",
    "first": "1 January 2026",
    "last": "31 December 2026",
    "people": "1,866",
    "participations": "2,677",
    "hours": "26,879",
    "saved_url": "https://portal.test/en/staff/reports/saved",
    "municipality_url": "https://portal.test/en/municipality",
}
VARIANTS = [
    {},
    {
        "has_place": False,
        "by_municipality": False,
        "had_place": False,
        "by_themselves": False,
        "reason": "no_post",
        "can_withdraw": False,
        "state": "waiting",
        "was": "offered",
        "stage": "staff",
        "offers": False,
        "words": "",
        "upheld": False,
        "author": "",
        "queues": [QUEUE | {"stage": "employer", "overdue": 0}],
    },
    {"reason": "quota_used", "state": "waiting", "has_place": False, "was": "applied", "mark": "absent"},
    {"reason": "kept_for_others", "state": "applied", "was": "confirmed", "by_themselves": False, "mark": "excused"},
    {"reason_code": "other"},
    {"clash": None, "reason": "", "changes": LINK, "links": [], "place": "", "can_withdraw": False},
    {"has_place": False, "by_municipality": False, "had_place": False, "by_themselves": False, "reason": "no_post", "can_withdraw": False},
    {"clash": None, "opens_at": None, "reason": "", "changes": LINK, "links": [], "place": "", "can_withdraw": False},
]
FILLED_IN = {value for facts in (FACTS, CLASH, RUN, QUEUE, *VARIANTS) for value in facts.values() if value and isinstance(value, str)}
VALUES = re.compile("|".join(re.escape(value) for value in sorted(FILLED_IN, key=len, reverse=True)))
GREETINGS = {"ka": "გამარჯობა, Nino Abashidze!", "en": "Hello, Nino Abashidze,"}


def every_mail():
    return [pytest.param(kind, facts, id=f"{kind}-{number}") for kind in KINDS for number, facts in enumerate(VARIANTS)]


def body_of(kind, language, facts):
    greeting, *lines = compose(kind, language, FACTS | facts)[1].splitlines()
    assert greeting == GREETINGS[language]
    return [line for line in lines if line]


@pytest.mark.parametrize(("kind", "facts"), every_mail())
def test_english_mails_are_written_in_whole_sentences(kind, facts):
    for line in body_of(kind, "en", facts):
        assert not line[0].islower() or line.startswith("https://"), line
        said = VALUES.sub("", line)
        assert "  " not in line
        assert not re.search(r"[.!?] [a-z]", said), line


@pytest.mark.parametrize(("kind", "facts"), every_mail())
def test_georgian_mails_are_in_georgian(kind, facts):
    subject = compose(kind, "ka", FACTS | facts)[0]
    for line in [subject, *body_of(kind, "ka", facts)]:
        said = re.sub(r"https?://\S+|\S+@\S+|E-\w+|QR|№|\d+ December( 2026)?", "", VALUES.sub("", line))
        assert not re.search("[A-Za-z]", said), line


@pytest.mark.parametrize(("kind", "facts"), every_mail())
def test_a_mail_says_no_sentence_twice(kind, facts):
    said = [line for line in body_of(kind, "en", facts) if line.endswith(".")]
    assert len(said) == len(set(said))


def test_a_fact_that_is_missing_is_an_error_and_not_a_gap():
    with pytest.raises(jinja2.UndefinedError):
        compose("place_given", "ka", {"name": "ნინო"})
