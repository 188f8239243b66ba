"""Texts that staff type, with places to fill in: ``{{ name }}`` and nothing more of Jinja's language.

What staff type is never trusted: it is checked when it is saved and filled in a sandbox.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_QUOTE = 80
ENDS = frozenset({"variable_end", "block_end", "comment_end", "raw_begin", "raw_end"})

_sandbox = ImmutableSandboxedEnvironment(autoescape=False, undefined=jinja2.StrictUndefined)


def written(name: str) -> str:
    """The placeholder ``name`` as it is typed."""
    return f"{{{{ {name} }}}}"


def check(text: str, allowed: Collection[str]) -> None:
    """Raise the ``RefusedError`` that quotes what is in braces in ``text`` and is none of the ``allowed`` placeholders."""
    for mark in _marks(text):
        if not (mark.startswith("{{") and mark.endswith("}}") and mark[2:-2].strip() in allowed):
            raise RefusedError(N_("“%(quote)s” is not a placeholder that can be used here."), quote=mark[:LONGEST_QUOTE])


def names_in(text: str) -> frozenset[str]:
    """The placeholders in a ``text`` that was checked."""
    return frozenset(mark[2:-2].strip() for mark in _marks(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each placeholder replaced by its value; a value is text and is not looked into."""
    return _template(text).render(values)


@lru_cache(200)
def _template(text: str) -> jinja2.Template:
    return _sandbox.from_string(text)


def _marks(text: str) -> list[str]:
    """Everything in ``text`` that Jinja would not copy as it stands, in order."""
    marks, mark = [], ""
    try:
        for _line, token, value in _sandbox.lex(text):
            if token != "data":  # noqa: S105  (a kind of token of Jinja's)
                mark += value
            if token in ENDS:
                marks.append(mark)
                mark = ""
    except jinja2.TemplateSyntaxError as error:
        raise RefusedError(N_("The placeholder in “%(quote)s” cannot be read."), quote=_line_of(text, error.lineno)) from None
    return [*marks, mark] if mark else marks


def _line_of(text: str, number: int) -> str:
    return text.splitlines()[number - 1][:LONGEST_QUOTE]
