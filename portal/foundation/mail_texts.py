"""Texts of mails: ``templates/mail/<kind>.txt``, first line the subject, in the language of the person.

Plain Jinja and gettext, because mail is composed below the pages, in the transaction that is its reason.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from babel.support import NullTranslations, Translations

from portal.foundation import clock, formats

PORTAL_DIR = Path(__file__).resolve().parent.parent
TEMPLATES = PORTAL_DIR.parent / "templates" / "mail"
TRANSLATIONS = PORTAL_DIR / "translations"
LANGUAGES = ("ka", "en")


@cache
def catalogue(language: str) -> NullTranslations:
    """The message catalogue of ``language`` for mails and pages; English needs none, its texts are the message ids."""
    return Translations.load(TRANSLATIONS, [language])


@cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701  (plain text, never HTML)
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = catalogue(language)
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["lang"] = language
    environment.filters["day"] = lambda value: formats.format_date(value, language)
    environment.filters["moment"] = lambda value: formats.format_moment(value, language, today=clock.today())
    return environment


def compose(kind: str, language: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of the mail ``kind`` in ``language``, filled with ``facts``; a missing fact raises."""
    text = _environment(language).get_template(f"{kind}.txt").render(facts)
    subject, _, body = text.partition("\n")
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"  # parts left out leave empty lines behind
