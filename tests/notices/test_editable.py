"""Mails that staff word: only plain placeholders, and each of them says in their words what it says in the standard text."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal import courses, notices
from portal.foundation import edited_texts, outbox
from portal.foundation.database import db
from portal.foundation.edited_texts import MailText
from portal.foundation.errors import RefusedError
from portal.foundation.mail_texts import LANGUAGES, Wording, compose, may_be_edited
from portal.foundation.outbox import OutboxMessage, Recipient
from portal.foundation.placeholders import written
from portal.foundation.transaction import commit
from tests.foundation.test_mail_texts import FACTS, KINDS
from tests.statements import counting

GUARD_ACCOUNTS = {"confirm_account", "confirm_email", "account_exists", "reset_password", "password_changed"}
BEGINS = "გთხოვთ, {{ name }}, წაიკითხოთ: ჰოი, ᲛᲗᲐᲕᲠᲣᲚᲘ"


@pytest.fixture(params=[(kind, language) for kind in notices.EDITABLE for language in LANGUAGES], ids=" ".join)
def mail(request):
    return notices.get_editable(*request.param)


def test_every_mail_written_with_placeholders_may_be_worded_and_no_other():
    assert {kind for kind in KINDS if may_be_edited(kind)} == set(notices.EDITABLE)
    assert not GUARD_ACCOUNTS & set(notices.EDITABLE)
    assert set(KINDS) >= GUARD_ACCOUNTS
    assert {name for names in notices.EDITABLE.values() for name in names} == set(notices.MEANINGS)


def test_the_standard_text_typed_anew_says_the_same(mail):
    for facts in (
        notices.sample_facts(mail.language),
        FACTS,
        FACTS | {"reason": "", "had_place": False, "can_withdraw": False, "links": []},
    ):
        assert compose(mail.kind, mail.language, facts, mail.standard) == compose(mail.kind, mail.language, facts)


def test_the_standard_text_is_written_with_every_placeholder_and_nothing_else(mail):
    both = " ".join(mail.standard)
    assert {name for name in mail.placeholders if written(name) not in both} <= {"begins", "title"}
    assert re.sub(r"\{\{ \w+ \}\}", "", both).count("{") == 0


def test_every_placeholder_shows_in_the_preview(mail):
    for name in mail.placeholders:
        shown = notices.preview(mail, Wording("სათაური", f"–{written(name)}–"))
        assert re.fullmatch(r"–[^{}]{3,}–\n", shown.body), (name, shown.body)


@pytest.mark.parametrize(
    "mark",
    [
        "{{ nmae }}",
        "{{ name.x }}",
        "{{ name | upper }}",
        "{{ 7*7 }}",
        "{{ ''.__class__ }}",
        "{{ name() }}",
        "{{- name -}}",
        "{% if name %}",
        "{% include 'x' %}",
        "{# note #}",
        "{% raw %}{% endraw %}",
        "{{ name",
        "{{ }}",
        "{{ სახელი }}",
        "{{ trainings }}",
    ],
)
@pytest.mark.parametrize("field", ["subject", "body"])
def test_what_is_no_placeholder_is_refused_and_quoted(app, cast, mark, field):
    mail = notices.get_editable("reminder_day", "ka")
    typed = mail.standard._replace(**{field: f"გამარჯობა {mark} და"})
    for service in (lambda: notices.preview(mail, typed), lambda: notices.save_text(mail, typed, seen=0, by=cast.staff.id)):
        with pytest.raises(courses.WrongValuesError) as refused:
            service()
        (problem,) = refused.value.problems
        assert problem.field == field
        assert dict(problem.facts)["quote"].startswith(mark.split(" %}")[0])
    assert edited_texts.newest_texts() == {}


@pytest.mark.parametrize("mark", ["{{ 'x", "{{ a ) }}", "{{ a }"])
def test_what_cannot_be_read_is_quoted_with_its_line(app, mark):
    mail = notices.get_editable("reminder_day", "ka")
    with pytest.raises(courses.WrongValuesError) as refused:
        notices.preview(mail, Wording("სათაური", f"პირველი\nმეორე {mark}\nმესამე"))
    assert dict(refused.value.problems[0].facts)["quote"] == f"მეორე {mark}"


def test_a_value_is_never_read_as_a_text_with_placeholders():
    facts = FACTS | {"name": "{{ title }} {% raw %}"}
    assert "{{ title }} {% raw %}" in compose("reminder_day", "en", facts, Wording("s", "{{ name }}")).body


def post(language, key):
    outbox.post("reminder_day", Recipient("nino@portal.test", language), FACTS, event_key=key)
    commit()
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.event_key == key)).one()


def test_a_text_edited_in_georgian_leaves_english_as_it_was(app, cast):
    mail = notices.get_editable("reminder_day", "ka")
    notices.save_text(mail, Wording("{{ name }}, ხვალ", BEGINS), seen=0, by=cast.staff.id)
    assert (post("ka", "1").subject, post("ka", "2").body) == (
        "Nino Abashidze, ხვალ",
        BEGINS.replace("{{ name }}", "Nino Abashidze") + "\n",
    )
    assert post("en", "3").subject.startswith("Reminder: ")


def test_back_to_the_standard_text_keeps_what_was_typed(app, cast):
    mail = notices.get_editable("reminder_day", "en")
    notices.save_text(mail, Wording("Soon", "{{ training }}"), seen=0, by=cast.staff.id)
    notices.reset_text(mail, seen=1, by=cast.administrator.id)
    assert post("en", "1").subject.startswith("Reminder: ")
    notices.reset_text(mail, seen=2, by=cast.administrator.id)
    assert [(text.number, text.subject, text.edited_by) for text in edited_texts.editions_of("reminder_day", "en")] == [
        (2, "", cast.administrator.id),
        (1, "Soon", cast.staff.id),
    ]


def test_what_says_nothing_new_is_not_kept(app, cast):
    mail = notices.get_editable("reminder_day", "en")
    notices.save_text(mail, mail.standard, seen=0, by=cast.staff.id)
    assert edited_texts.editions_of("reminder_day", "en") == []


def test_who_was_slower_does_not_overwrite_and_a_double_click_saves_once(app, cast):
    mail = notices.get_editable("reminder_day", "en")
    for _click in range(2):
        notices.save_text(mail, Wording("First", "{{ training }}"), seen=0, by=cast.staff.id)
    with pytest.raises(RefusedError):
        notices.save_text(mail, Wording("Second", "{{ training }}"), seen=0, by=cast.administrator.id)
    assert db.session.scalars(sa.select(MailText.subject)).all() == ["First"]


def test_a_hundred_mails_ask_once_for_edited_texts(app, cast):
    notices.save_text(notices.get_editable("reminder_day", "ka"), Wording("სულ მალე", "{{ training }}"), seen=0, by=cast.staff.id)
    commit()
    with counting() as statements:
        for number in range(100):
            outbox.post("reminder_day", Recipient("nino@portal.test", "ka"), FACTS, event_key=f"many:{number}")
        db.session.flush()
    assert sum("FROM mail_text" in statement for statement in statements) == 1
    assert sum(statement.startswith("SELECT") for statement in statements) == 1


def test_a_mail_that_guards_an_account_asks_for_none(app):
    with counting() as statements:
        outbox.post("password_changed", Recipient("nino@portal.test", "ka"), FACTS, event_key="guard")
    assert statements == []
