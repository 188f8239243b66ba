"""Texts of mails: ``templates/mail/<kind>.txt``, first line the subject, in the language of the person.

Plain Jinja and gettext, because mail is composed below the pages, in the transaction that is its reason. ``templates/mail/_places.txt`` says what
the placeholders stand for that are not simply a fact: staff write with them (``edited_texts``), and so do the standard texts that they may edit.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
from babel.support import NullTranslations, Translations
from jinja2 import meta

from portal.foundation import clock, formats, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable

PORTAL_DIR = Path(__file__).resolve().parent.parent
TEMPLATES = PORTAL_DIR.parent / "templates" / "mail"
TRANSLATIONS = PORTAL_DIR / "translations"
LANGUAGES = ("ka", "en")
PLACES = "_places.txt"


class Wording(NamedTuple):
    """Subject and body of a mail; with placeholders, or filled in."""

    subject: str
    body: str


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


def compose(kind: str, language: str, facts: dict[str, Any], edited: Wording | None = None) -> Wording:
    """Subject and body of the mail ``kind`` in ``language``, filled with ``facts``; a missing fact raises.

    ``edited`` is the text with placeholders that staff gave it, if they did.
    """
    if edited is not None:
        names = placeholders.names_in(edited.subject) | placeholders.names_in(edited.body)
        values = _values(names, language, facts)
        return _tidy(placeholders.fill(edited.subject, values), placeholders.fill(edited.body, values))
    places = _places_in(kind, language) - facts.keys()
    text = _environment(language).get_template(f"{kind}.txt").render(facts | _values(places, language, facts))
    subject, _, body = text.partition("\n")
    return _tidy(subject, body)


def standard_wording(kind: str, language: str, names: Iterable[str]) -> Wording:
    """The standard text of the mail ``kind`` as staff would have typed it with the placeholders ``names``."""
    return compose(kind, language, {name: placeholders.written(name) for name in names})


def may_be_edited(kind: str) -> bool:
    """Whether staff may word the mail ``kind``: its standard text is written with placeholders of ``_places.txt``, as theirs would be."""
    return bool(_places_in(kind, LANGUAGES[0]))


def _tidy(subject: str, body: str) -> Wording:
    """One line of subject; parts of the body left out leave no empty lines behind."""
    return Wording(" ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n")


def _values(names: Iterable[str], language: str, facts: dict[str, Any]) -> dict[str, str]:
    """What the placeholders ``names`` stand for: a fact, or what ``_places.txt`` makes of several."""
    places = _environment(language).get_template(PLACES).make_module(facts)
    return {name: str(facts[name] if name in facts else getattr(places, name)()).strip() for name in names}


@cache
def _places_in(kind: str, language: str) -> frozenset[str]:
    """The placeholders of ``_places.txt`` with which the standard text of the mail ``kind`` is written."""
    environment = _environment(language)
    source = (TEMPLATES / f"{kind}.txt").read_text(encoding="utf-8")
    known = {name for name in vars(environment.get_template(PLACES).module) if not name.startswith("_")}
    return frozenset(meta.find_undeclared_variables(environment.parse(source)) & known)
