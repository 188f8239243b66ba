"""What every page that a test fetches is checked for is shown to be caught when it is missing."""

from __future__ import annotations

import html5lib
import lxml.html
import pytest

from tests.page_client import check_page, check_syntax

SOUND = """<!doctype html><html lang="ka"><head><title>გვერდი</title></head><body><h1>გვერდი</h1>
<div class="summary"><a href="#code">კოდი აუცილებელია.</a></div>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="x">
<label for="code">კოდი</label><input id="code" name="code"><p id="code-error">კოდი აუცილებელია.</p><button>შენახვა</button></form>
</body></html>"""

FLAWS = {
    "a second h1": ("</h1>", "</h1><h1>სხვა</h1>"),
    "no title": ("<title>გვერდი</title>", "<title> </title>"),
    "an id twice": ("<h1>", '<h1 id="code">'),
    "a field without a label": ('<label for="code">', "<label>"),
    "a form without its token": ("csrf_token", "other"),
    "a summary that leads nowhere": ('href="#code"', 'href="#none"'),
    "a summary in other words": ("კოდი აუცილებელია.</p>", "შეცდომა</p>"),
    "a browser's own day": ('name="code"', 'name="code" type="date"'),
    "an inline style": ("<h1>", '<h1 style="color: red">'),
}


def test_a_sound_page_passes():
    check_page(lxml.html.fromstring(SOUND))


@pytest.mark.parametrize(("sound", "flawed"), FLAWS.values(), ids=FLAWS)
def test_a_flaw_is_caught(sound, flawed):
    assert sound in SOUND
    with pytest.raises(AssertionError):
        check_page(lxml.html.fromstring(SOUND.replace(sound, flawed)))


SYNTAX = {
    "an element that is not closed": ("</label>", ""),
    "an element closed twice": ("</label>", "</label></label>"),
    "a block in a paragraph": ('<p id="code-error">', '<p id="code-error"><div>'),
    "an attribute twice": ('name="code"', 'name="code" name="x"'),
    "a bare ampersand in words": ("შენახვა", "შენახვა &copy და"),
    "a bare ampersand in an attribute": ('action="/x"', 'action="/x?a=1&copy=2"'),
    "a block between the rows of a table": ("<h1>", "<table><div></div></table><h1>"),
    "a row that is wrong among others": ("<h1>", "<ul><li>a</li><li>b</li><li>c</i></li><li>d</li></ul><h1>"),
    "a row closed twice": ("<h1>", "<ul><li>a</li><li>b</li></li><li>d</li></ul><h1>"),
    "a character that is none": ("შენახვა", "შენახვა\x01"),
    "half a character": ("შენახვა", "შენახვა\ud800"),
}


@pytest.mark.parametrize(("sound", "flawed"), SYNTAX.values(), ids=SYNTAX)
def test_wrong_html_is_caught(sound, flawed):
    """A page that differs in words only from one that was read is not read again; these must be."""
    check_syntax(SOUND)
    check_syntax(SOUND.replace("<h1>", "<ul><li>a</li><li>b</li><li>c</li><li>d</li></ul><h1>").replace("შენახვა", "სხვა სიტყვები"))
    assert sound in SOUND
    with pytest.raises(html5lib.html5parser.ParseError):
        check_syntax(SOUND.replace(sound, flawed))
