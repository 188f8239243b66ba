"""Staff word mails: placeholders are checked, a preview saves nothing, earlier texts stay."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import notices
from portal.foundation.database import db
from portal.foundation.edited_texts import MailText
from portal.foundation.mail_texts import Wording

PATH = "/staff/notices/texts/reminder_day/ka"
SUBJECT = "გახსოვდეთ: {{ title }} – „ხვალ“"
BODY = "მოგესალმებით, {{ name }}!\n\nქართული: ჰ ჱ ჲ ჳ ჴ ჵ ჶ, № 5, „ბრჭყალები“ – ტირე…\n{{ training }}"


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def saved():
    return db.session.scalars(sa.select(MailText).order_by(MailText.id)).all()


def typed(page):
    return Wording(
        page.tree.get_element_by_id("subject").get("value"), page.tree.get_element_by_id("body").text.removeprefix("\n").replace("\r", "")
    )


def test_the_list_names_every_mail_that_may_be_worded_in_both_languages(staff):
    page = staff.get("/staff/notices/texts")
    assert len(page.all("tbody tr")) == 2 * len(notices.EDITABLE)
    assert page.text.count("Standard text") == 2 * len(notices.EDITABLE)


@pytest.mark.parametrize("kind", notices.EDITABLE)
@pytest.mark.parametrize("language", ["ka", "en"])
def test_the_form_begins_with_the_standard_text_and_explains_each_placeholder(staff, kind, language):
    page = staff.get(f"/staff/notices/texts/{kind}/{language}")
    mail = notices.get_editable(kind, language)
    assert typed(page) == mail.standard
    assert page.texts(".panel dt") == [f"{{{{ {name} }}}}" for name in mail.placeholders]
    assert staff.submit(None).status == 303
    assert saved() == []


def test_georgian_is_kept_code_point_by_code_point(staff, cast):
    staff.get(PATH)
    assert staff.submit(None, subject=SUBJECT, body=BODY).status == 303
    page = staff.follow()
    (text,) = saved()
    assert (text.subject, text.body, text.number, text.edited_by) == (SUBJECT, BODY, 1, cast.staff.id)
    assert typed(page) == (SUBJECT, BODY)
    assert "Ana Tsereteli" in page.text
    assert "Own text" in staff.get("/staff/notices/texts").text


def test_a_preview_fills_in_an_invented_person_and_saves_nothing(staff):
    page = staff.post(PATH, {"subject": SUBJECT, "body": BODY, "seen": "0", "do": "preview"})
    assert page.status == 200
    shown = " ".join(page.texts("article .panel"))
    for words in ("გახსოვდეთ: საჯარო ფინანსების მართვა – „ხვალ“", "მოგესალმებით, ნინო მაგალითაძე!", "სასტუმრო „მაგალითი“", "ჱ ჲ ჳ ჴ ჵ ჶ"):
        assert words in shown
    assert "{{" not in shown
    assert typed(page) == (SUBJECT, BODY)
    assert saved() == []


@pytest.mark.parametrize("do", ["save", "preview"])
def test_an_unknown_placeholder_is_named_and_what_was_typed_stays(staff, do):
    page = staff.post(PATH, {"subject": SUBJECT, "body": f"{BODY}\n{{{{ nmae }}}}", "seen": "0", "do": do})
    assert page.status == 422
    assert page.texts(".summary a") == ["“{{ nmae }}” is not a placeholder that can be used here."]
    assert typed(page) == (SUBJECT, f"{BODY}\n{{{{ nmae }}}}")
    assert page.all("article .panel") == []
    assert saved() == []


def test_an_empty_text_is_refused(staff):
    page = staff.post(PATH, {"subject": "", "body": " ", "seen": "0"})
    assert (page.status, page.texts(".summary a")) == (422, ["“Subject” is required.", "“Text” is required."])


def test_markup_that_staff_type_is_only_text(staff):
    page = staff.post(PATH, {"subject": "<b>x</b>", "body": "<script>alert(1)</script>", "seen": "0", "do": "preview"})
    assert page.all("article .panel script, article .panel b") == []
    assert "<script>alert(1)</script>" in page.texts("article .panel")[0]


def test_the_standard_text_comes_back_and_earlier_texts_stay(staff):
    staff.post(PATH, {"subject": SUBJECT, "body": BODY, "seen": "0"})
    staff.get(PATH)
    assert staff.submit("/standard").status == 303
    page = staff.follow()
    assert typed(page) == notices.get_editable("reminder_day", "ka").standard
    assert [(text.number, text.body) for text in saved()] == [(1, BODY), (2, "")]
    assert page.texts("summary[lang=ka]") == [SUBJECT]
    assert page.all("form[action$=standard]") == []


def test_who_was_slower_is_told_and_keeps_what_was_typed(staff, page, cast):
    staff.post(PATH, {"subject": SUBJECT, "body": BODY, "seen": "0"})
    slower = staff.sign_in(cast.administrator).post(PATH, {"subject": "სხვა", "body": BODY, "seen": "0"})
    assert (slower.status, typed(slower).subject) == (422, "სხვა")
    assert "Somebody has changed this text meanwhile." in slower.text
    assert staff.post(f"{PATH}/standard", {"seen": "7"}).status == 422
    assert len(saved()) == 1


@pytest.mark.parametrize("path", ["password_changed/ka", "reset_password/en", "nominated/ka", "reminder_day/ru", "none/ka"])
def test_no_other_mail_can_be_worded(staff, path):
    assert staff.get(f"/staff/notices/texts/{path}").status == 404
    assert staff.post(f"/staff/notices/texts/{path}", {"subject": "x", "body": "x", "seen": "0"}).status == 404
    assert staff.post(f"/staff/notices/texts/{path}/standard", {"seen": "0"}).status == 404


def test_the_history_says_who_changed_which_text(staff):
    staff.post(PATH, {"subject": SUBJECT, "body": BODY, "seen": "0"})
    shown = staff.get("/staff/history").text
    for words in ("Text of a mail changed", "Reminder the day before", "Georgian"):
        assert words in shown
