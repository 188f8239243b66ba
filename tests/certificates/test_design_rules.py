"""What a design may say, how designs inherit, how their texts are filled in. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.certificates.designs import rules
from portal.certificates.designs.rules import NAMES, NOTHING, PLACEHOLDERS, USUAL, Gap, Parts, Signing
from portal.certificates.facts import USUAL_TEXTS, Signatory, Texts
from tests.certificates.designs import LELA
from tests.certificates.samples import FACTS

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=20)
PAIRS = st.tuples(WORDS, WORDS)
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SIGNINGS = st.builds(Signing, st.builds(Signatory, WORDS, WORDS, WORDS, WORDS), st.none() | st.integers(1, 9))
PARTS = st.builds(
    Parts,
    **dict.fromkeys(("heading", "sentence", "statement", "note"), st.none() | PAIRS),
    logos=st.none() | st.lists(st.integers(0, 9), max_size=8).map(tuple),
    signatories=st.none() | st.lists(SIGNINGS, max_size=3).map(tuple),
    frame=st.none() | st.sampled_from(rules.FRAMES),
    brand=st.none() | COLOURS,
    accent=st.none() | COLOURS,
    seal=st.none() | st.integers(0, 9),
)


@given(PARTS, PARTS, PARTS)
def test_each_part_is_that_of_the_nearest_design_that_says_it(project, topic, for_all):
    effective = rules.inherit(project, topic, for_all)
    for name in NAMES:
        said = [getattr(parts, name) for parts in (project, topic, for_all, USUAL)]
        assert getattr(effective, name) == next(value for value in said if value is not None)


@given(PARTS)
def test_what_a_design_says_is_kept_as_it_is_and_nothing_else(parts):
    kept = rules.to_json(parts)
    assert rules.from_json(kept) == parts
    assert set(kept) == set(parts.said())


@given(PARTS, PARTS)
def test_what_looks_as_above_is_left_to_those_above_and_the_look_stays(own, above):
    above = rules.inherit(above)
    wanted = rules.inherit(own, above)
    said = rules.own_parts(wanted, above, NOTHING, ())
    assert rules.inherit(said, above) == wanted
    assert all(getattr(said, name) != getattr(above, name) for name in said.said())


@given(PARTS, PARTS, st.sets(st.sampled_from(NAMES)))
def test_what_was_said_before_stays_said_until_it_is_given_back(own, above, given_back):
    above = rules.inherit(above)
    said = rules.own_parts(rules.inherit(own, above), above, own, given_back)
    assert set(said.said()) == set(own.said()) - given_back


def test_what_nobody_says_is_as_usual():
    assert rules.inherit() == USUAL
    assert USUAL.said() == NAMES
    assert USUAL.texts() == USUAL_TEXTS
    assert rules.faults_in(USUAL, {}) == []


@given(PAIRS, PAIRS)
def test_a_text_without_placeholders_is_printed_as_it_was_typed(statement, note):
    texts = Texts(statement=statement, note=note)
    assert rules.fill(texts, FACTS) == texts
    assert rules.gaps_in(texts, FACTS) == ()


@given(st.sampled_from(sorted(PLACEHOLDERS)), WORDS)
def test_a_placeholder_is_replaced_by_what_it_stands_for_in_its_language(name, words):
    facts = replace(FACTS, credits=FACTS.contact_hours, independent_hours=FACTS.contact_hours, valid_until=FACTS.issued_on)
    text = f"– {{{{ {name} }}}} –"
    filled = rules.fill(Texts(statement=(text, text)), replace(facts, name_ka=f"x{words}", name_latin=f"y{words}")).statement
    if name == "name":
        assert filled == (f"– x{words} –", f"– y{words} –")
    assert not any("{{ name" in one for one in filled) or "{{ name" in words
    assert all(len(one) > len("–  –") for one in filled)


def test_what_a_name_holds_is_not_looked_into():
    facts = replace(FACTS, name_ka="{{ number }}{% x %}")
    assert rules.fill(Texts(note=("{{ name }}", "{{name}}")), facts).note == ("{{ number }}{% x %}", "Tamar Beridze")


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("post", {"post_ka": "", "post_en": ""}),
        ("score", {"score_percent": None}),
        ("attendance", {"attendance_percent": None}),
        ("place", {"place_ka": "", "place_en": ""}),
        ("municipality", {"municipality_ka": "", "municipality_en": ""}),
        ("project", {"projects": ()}),
        ("trainers", {"trainers": ()}),
        ("credits", {"credits": None}),
        ("independent_hours", {}),
        ("valid_until", {}),
    ],
)
def test_a_placeholder_that_is_empty_for_somebody_is_named(name, empty):
    texts = Texts(statement=(f"{{{{ {name} }}}}", "–"), note=("–", f"{{{{{name}}}}} {{{{ name }}}}"))
    assert rules.gaps_in(texts, replace(FACTS, **empty)) == (Gap(name, "ka"), Gap(name, "en"))


def test_an_english_post_that_is_missing_matters_to_the_english_text_only():
    facts = replace(FACTS, post_en="")
    assert rules.gaps_in(Texts(statement=("{{ post }}", "official")), facts) == ()
    assert rules.gaps_in(Texts(statement=("–", "{{ post }}")), facts) == (Gap("post", "en"),)


def faults(**said):
    return [(fault.field, fault.message) for fault in rules.faults_in(Parts(**said), {1: "logo", 2: "signature", 3: "seal"})]


@pytest.mark.parametrize(
    "text", ["{{ nmae }}", "{{ name", "{% if x %}", "{{ name.x }}", "{{ name|upper }}", "{{ ''.__class__ }}", "{#", "{{}}"]
)
def test_what_is_in_braces_and_no_placeholder_is_refused(text):
    ((field, _message),) = faults(statement=("ტექსტი", text))
    assert field == "statement_en"


def test_single_braces_are_text():
    assert faults(statement=("{name}", "a } b { c")) == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"heading": ("", "Certificate")}, ["heading_ka"]),
        ({"sentence": ("", "")}, ["sentence_ka", "sentence_en"]),
        ({"statement": ("ტექსტი", "")}, ["statement_en"]),
        ({"statement": ("", ""), "note": ("", "")}, []),
        ({"note": ("漢", "ok")}, ["note_ka"]),
        ({"logos": (1, 1)}, ["logos"]),
        ({"logos": (0, 1)}, []),
        ({"logos": (2,)}, ["logos"]),
        ({"logos": (99,)}, ["logos"]),
        ({"seal": 3}, []),
        ({"seal": 1}, ["seal"]),
        ({"seal": 0}, []),
        ({"signatories": (Signing(LELA, 2),)}, []),
        ({"signatories": (Signing(LELA), Signing(LELA, 3))}, ["signatories-1"]),
        ({"signatories": (Signing(replace(LELA, post_en="")),)}, ["signatories-0"]),
        ({"signatories": (Signing(Signatory("", "", "", ""), 2),)}, ["signatories-0"]),
        ({"signatories": (Signing(LELA),) * 4}, ["signatories"]),
        ({"frame": "baroque"}, ["frame"]),
        ({"brand": "#xyz"}, ["brand"]),
        ({"brand": "#0F4C5C"}, ["brand"]),
        ({"accent": "#fafafa"}, ["accent"]),
        ({"accent": "#000000"}, []),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(said, fields):
    assert [field for field, _message in faults(**said)] == fields
