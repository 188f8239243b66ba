"""Pages of staff: the texts of mails, edited with placeholders and tried on an invented person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.widgets import HiddenInput

from portal import notices as domain
from portal import reports
from portal.access import Permission
from portal.foundation import edited_texts
from portal.foundation.mail_texts import LANGUAGES, Wording
from portal.foundation.placeholders import written
from portal.web.fields import Whole, line, lines
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.notices import pages
from portal.web.outbox.message import paragraphs
from portal.web.outbox.words import kind_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.foundation.edited_texts import MailText
    from portal.notices import EditableMail

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.NOTICE_MANAGE
MOST_EDITIONS = 100_000


class TextForm(FlaskForm):
    """Subject and text of a mail; ``seen`` is the newest edition when the form was drawn: what somebody saved since is not overwritten."""

    seen = Whole(_("Edition"), low=0, high=MOST_EDITIONS, widget=HiddenInput())
    subject = line(_("Subject"))
    body = lines(_("Text"), optional=False)

    def __init__(self, mail: EditableMail, newest: MailText | None) -> None:
        subject, body = newest.wording if newest and newest.body else mail.standard
        super().__init__(data={"subject": subject, "body": body, "seen": newest.number if newest else 0})

    @property
    def wording(self) -> Wording:
        """What was typed."""
        return Wording(self.subject.data, self.body.data)


def mail_to_word(_actor: Actor, kind: str, text_language: str) -> EditableMail:
    """The mail, if staff may word it."""
    return domain.get_editable(kind, text_language)


@pages.get("/staff/notices/texts")
@requires(MANAGE)
def texts() -> str:
    """All mails that staff may word, and who last did."""
    newest = edited_texts.newest_texts()
    return render_template(
        "notices/texts.html",
        kinds=list(domain.EDITABLE),
        languages=LANGUAGES,
        newest=newest,
        people=reports.names_of_people(text.edited_by for text in newest.values()),
        kind_words=kind_words,
    )


@pages.route("/staff/notices/texts/<kind>/<text_language>", methods=["GET", "POST"])
@requires(MANAGE, load=mail_to_word)
def text(mail: EditableMail) -> Answer:
    """Word a mail in one language; "Preview" saves nothing."""
    editions = edited_texts.editions_of(mail.kind, mail.language)
    form, previewing = TextForm(mail, editions[0] if editions else None), request.form.get("do") == "preview"
    if previewing:
        tried = attempt(form, lambda: domain.preview(mail, form.wording))
        return _page(mail, form, editions, tried.value if tried else None)
    if attempt(form, lambda: domain.save_text(mail, form.wording, seen=form.seen.data, by=actor().person_id)):
        return _done(mail, gettext("Saved."))
    return _page(mail, form, editions)


@pages.post("/staff/notices/texts/<kind>/<text_language>/standard")
@requires(MANAGE, load=mail_to_word)
def reset_text(mail: EditableMail) -> Answer:
    """Bring the standard text back."""
    domain.reset_text(mail, seen=find_id(request.form.get("seen")) or 0, by=actor().person_id)
    return _done(mail, gettext("The standard text is back."))


def _page(mail: EditableMail, form: TextForm, editions: Sequence[MailText], shown: Wording | None = None) -> tuple[str, int]:
    return form_page(
        "notices/text.html",
        form,
        mail=mail,
        editions=editions,
        people=reports.names_of_people(edition.edited_by for edition in editions),
        placeholders=[(written(name), gettext(domain.MEANINGS[name])) for name in mail.placeholders],
        shown=shown,
        paragraphs=paragraphs,
        kind_words=kind_words,
    )


def _done(mail: EditableMail, words: str) -> Answer:
    flash(words, "good")
    return redirect(url_for("notices.text", kind=mail.kind, text_language=mail.language), 303)
