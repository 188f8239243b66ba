"""Templates by language: each is compiled for Georgian and for English by itself, with the words of the catalogue written into it.

A page has fifty words and hundreds of dates and numbers. Looking up each word at every request, and asking each time which language the
page has, cost more than the page's queries. Here the language is known when a template is compiled.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from portal.foundation.mail_texts import catalogue
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from gettext import NullTranslations

    from jinja2 import Template

_PLACE = re.compile(r"%\((\w+)\)[sd]|%(%)")


def written(value: Any) -> str:
    """What ``{{ value }}`` writes: escaped as by Jinja, but not wrapped into a ``Markup`` that nobody asks anything; a list has hundreds of these."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


class _Code(CodeGenerator):
    """Jinja's own, but what a template puts out goes through ``written``."""

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class PageTemplates(Environment):
    """The environment that Flask asks for templates: it passes the question on to the one of the page's language."""

    code_generator_class = _Code
    written = staticmethod(written)
    lang = ""
    speak: Callable[[str], tuple[dict[str, Any], dict[str, Any]]] = staticmethod(lambda _lang: ({}, {}))
    """From a language to the globals and the filters that are its own."""

    def get_or_select_template(self, template_name_or_list: Any, parent: Any = None, globals: Any = None) -> Template:  # noqa: A002  (Jinja's name)
        """The template of a name, or the first that there is of several, in the language of the page."""
        if self.lang:
            return super().get_or_select_template(template_name_or_list, parent, globals)
        return self.in_language(language()).get_or_select_template(template_name_or_list, parent, globals)

    def in_language(self, lang: str) -> PageTemplates:
        """The templates of ``lang``. Set up at its first page, when every extension has added its globals."""
        made: dict[str, PageTemplates] = self.__dict__.setdefault("made", {})
        if lang not in made:
            own = self.overlay()
            own.lang = lang
            globals_, filters = self.speak(lang)
            own.globals = self.globals | {"_": _gettext(catalogue(lang)), "ngettext": _ngettext(catalogue(lang))} | globals_
            own.filters = self.filters | filters
            made[lang] = own
        return made[lang]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Globals for one template: a dictionary, because Jinja copies them at each page and its chain of two is slow to copy."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        if self.lang:
            _Words(catalogue(self.lang)).visit(source)
        return super()._generate(source, *args, **options)


class _Words(NodeTransformer):
    """Puts the translation in place of ``_("…")`` wherever the message is written out; what is put out in pieces is not joined first."""

    def __init__(self, texts: NullTranslations) -> None:
        self.texts = texts

    def visit_Output(self, output: nodes.Output) -> nodes.Output:  # noqa: N802  (the visitor looks for this name)
        """``{{ a ~ b }}`` puts out a, then b."""
        self.generic_visit(output)
        output.nodes = [piece for node in output.nodes for piece in (node.nodes if isinstance(node, nodes.Concat) else [node])]
        return output

    def visit_Call(self, call: nodes.Call) -> nodes.Expr:  # noqa: N802  (the visitor looks for this name)
        """``_("Save")`` becomes a constant, ``_("Issued: %(day)s", day=…)`` its pieces, joined."""
        self.generic_visit(call)
        if not (isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(call.args[0], nodes.Const)):
            return call
        values = {pair.key: pair.value for pair in call.kwargs}
        text = self.texts.gettext(call.args[0].value)
        pieces: list[nodes.Expr] = []
        done = 0
        for place in _PLACE.finditer(text):
            pieces.append(nodes.Const(_ours(text[done : place.start()] + (place[2] or "")), lineno=call.lineno))
            if place[1]:
                pieces.append(values[place[1]])
            done = place.end()
        pieces.append(nodes.Const(_ours(text[done:]), lineno=call.lineno))
        return pieces[0] if len(pieces) == 1 else nodes.Concat(pieces, lineno=call.lineno)


def _ours(text: str) -> Markup:
    """Words of the catalogue, which may hold marks of HTML; what is put into them is escaped."""
    return Markup(text)  # noqa: S704


def _gettext(texts: NullTranslations) -> Callable[..., Markup]:
    """For messages that are known only when the page is made."""
    return lambda message, **values: _ours(texts.gettext(message)) % values


def _ngettext(texts: NullTranslations) -> Callable[..., Markup]:
    @lru_cache(1_000, typed=True)  # lists count the same few things again and again
    def ngettext(one: str, many: str, count: float, **values: Any) -> Markup:
        # gettext takes no decimals
        return _ours(texts.ngettext(one, many, 1 if count == 1 else 2)) % {"num": count, **values}

    return ngettext
