"""Georgian is complete: every text of templates and code is in the catalogue, translated, not fuzzy, with the same places to fill in."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parents[2]
CATALOGUE = PROJECT / "portal" / "translations" / "ka" / "LC_MESSAGES" / "messages.po"
PLACES = re.compile(r"%\(\w+\)[sd]")
MTAVRULI = re.compile("[\u1c90-\u1cbf]")


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ka")


@pytest.fixture(scope="module")
def texts():
    """The ids of all texts that templates and code show."""
    with (PROJECT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = DEFAULT_KEYWORDS | {"N_": None, "NP_": ((1, "c"), 2), "lazy_gettext": None, "_": None}
    found = set()
    for folder in ("portal", "templates"):
        rooted = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods if pattern.startswith(folder)]
        placed = {pattern.removeprefix(f"{folder}/"): values for pattern, values in options.items() if pattern.startswith(folder)}
        for _file, _line, message, _comments, _context in extract_from_dir(PROJECT / folder, rooted, placed, keywords=keywords):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def plain(message) -> tuple[str, list[str]]:
    """The English of a message, of two forms the first, and its Georgian, which has one form for all numbers."""
    return (message.id[0], list(message.string)) if message.pluralizable else (message.id, [message.string])


def messages(catalogue):
    """What the catalogue holds, without its head."""
    return [message for message in catalogue if message.id]


def missing(catalogue, texts) -> list[str]:
    """Texts that are shown and not in the catalogue."""
    return sorted(text for text in texts if text and text not in catalogue)


def untranslated(catalogue, _texts) -> list[str]:
    """Messages without their Georgian, or with one that nobody has looked at."""
    return [plain(message)[0] for message in messages(catalogue) if message.fuzzy or not all(plain(message)[1])]


def forgotten(catalogue, texts) -> list[str]:
    """Messages that nobody shows any more."""
    return sorted(plain(message)[0] for message in messages(catalogue) if plain(message)[0] not in texts)


def with_other_places(catalogue, _texts) -> list[str]:
    """Messages whose Georgian has other places to fill in."""
    return [
        plain(message)[0]
        for message in messages(catalogue)
        for english in [message.id[1] if message.pluralizable else message.id]
        if any(set(PLACES.findall(english)) != set(PLACES.findall(georgian)) for georgian in plain(message)[1])
    ]


def with_capitals(catalogue, _texts) -> list[str]:
    """Messages with Mtavruli in them, which most fonts lack."""
    return [plain(message)[0] for message in messages(catalogue) if MTAVRULI.search("".join(plain(message)[1]))]


RULES = [missing, untranslated, forgotten, with_other_places, with_capitals]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_georgian_is_complete(catalogue, texts, rule):
    assert rule(catalogue, texts) == []


def test_texts_are_found_in_code_and_templates(texts):
    assert len(texts) > 900
    assert {"Registration has not opened yet.", "Previous", "%(num)s training day"} <= texts


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        (missing, 'msgid "Open"\nmsgstr "ღია"'),
        (untranslated, 'msgid "Save"\nmsgstr ""'),
        (untranslated, '#, fuzzy\nmsgid "Save"\nmsgstr "შენახვა"'),
        (untranslated, 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] ""'),
        (forgotten, 'msgid "Open"\nmsgstr "ღია"'),
        (with_other_places, 'msgid "Until %(day)s"\nmsgstr "%(date)s-მდე"'),
        (with_other_places, 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "დღე"'),
        (with_capitals, 'msgid "Save"\nmsgstr "ᲨᲔᲜᲐᲮᲕᲐ"'),
    ],
)
def test_a_gap_is_caught(rule, written):
    assert rule(read_po(io.BytesIO(written.encode()), locale="ka"), {"Save"})
