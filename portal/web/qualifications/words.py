"""An edition of a rule in plain words, and how it differs from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.foundation import formats
from portal.qualifications import ExpiryBase
from portal.web.labels import label
from portal.web.language import language
from portal.web.requirement_words import names_in, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.qualifications import Audience, Version
    from portal.qualifications.models import QualificationVersion
    from portal.web.requirement_words import Names, Said

LEAP_YEAR: Final = 2_000


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """What an edition asks for, the first time and for renewal (None: the same), and the ``facts`` besides: labels and their words."""

    asked: Said
    renewal: Said | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that an edition changes: a fact before and after, or lines that are gone and lines that are new."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditionSaid:
    """An edition for the list of editions. Without an earlier one there are no differences."""

    row: QualificationVersion
    rule: RuleSaid
    differences: tuple[Difference, ...]


def rule_said(version: Version, names: Names | None = None) -> RuleSaid:
    """``version`` in the language of the page."""
    trees = [version.requirement, *([version.renewal] if version.renewal else [])]
    names = names or names_in(trees)
    return RuleSaid(
        asked=said(version.requirement, names),
        renewal=said(version.renewal, names) if version.renewal else None,
        facts=tuple(_facts(version)),
    )


def editions_said(rows: Sequence[QualificationVersion], versions: Sequence[Version]) -> list[EditionSaid]:
    """All editions of a rule, the newest first; ``rows`` and ``versions`` are the same in two shapes, the oldest first."""
    names = names_in(tree for version in versions for tree in (version.requirement, version.renewal) if tree)
    rules = [rule_said(version, names) for version in versions]
    earlier = [None, *rules]
    made = [EditionSaid(row, rule, tuple(_differences(before, rule))) for row, rule, before in zip(rows, rules, earlier, strict=False)]
    return made[::-1]


def audience_said(audience: Audience) -> str:
    """Whose posts call for it."""
    if not audience.categories:
        return str(_("No post calls for it"))
    words = [label("category", code) for code in sorted(audience.categories)]
    if audience.sakrebulo_roles and "sakrebulo_member" in audience.categories:
        roles = ", ".join(label("sakrebulo_role", code) for code in sorted(audience.sakrebulo_roles))
        words.append(_("of the sakrebulo only: %(roles)s", roles=roles))
    return "; ".join(words)


def _facts(version: Version) -> Iterator[tuple[str, str]]:
    yield _("Posts that call for it"), audience_said(version.audience)
    if version.audience.categories:
        yield _("To be reached"), _term(version.grace_months)
        yield _("Counts as due"), ngettext("%(num)s day before that", "%(num)s days before that", version.lead_days)
    yield _("Valid for"), validity_said(version)
    if version.validity_months is not None or version.base == ExpiryBase.FIXED:
        yield _("Can be renewed"), _window(version.window_months)
    if version.asks_holders:
        yield _("Those who hold it on the first day"), _("keep it only if they fulfil the new rule by then")


def _term(months: int) -> str:
    if not months:
        return str(_("from the first day of the post"))
    return str(ngettext("within %(num)s month of beginning the post", "within %(num)s months of beginning the post", months))


def _window(months: int) -> str:
    if not months:
        return str(_("after it has ended"))
    return str(ngettext("from %(num)s month before it ends", "from %(num)s months before it ends", months))


def validity_said(version: Version) -> str:
    """How long it is held."""
    months = version.validity_months
    length = "" if months is None else ngettext("%(num)s month", "%(num)s months", months)
    if version.base == ExpiryBase.FIXED and version.fixed_day:
        day = _day_of_year(version.fixed_day)
        return str(_("%(length)s, and on to the next %(day)s", length=length, day=day) if length else _("to the next %(day)s", day=day))
    if not length:
        return str(_("without end"))
    if version.base == ExpiryBase.PREVIOUS:
        return str(_("%(length)s; a renewal counts on from the day on which it would have ended", length=length))
    return str(_("%(length)s from the day on which it was reached", length=length))


def _day_of_year(fixed: tuple[int, int]) -> str:
    return formats.format_day(date(LEAP_YEAR, *fixed), language())


def _differences(before: RuleSaid | None, after: RuleSaid) -> Iterator[Difference]:
    if before is None:
        return
    yield from _changed(_("Asks for"), _lines(before.asked), _lines(after.asked))
    yield from _changed(_("Renewal asks for"), _lines(before.renewal), _lines(after.renewal))
    old = dict(before.facts)
    for name, words in after.facts:
        if old.get(name) != words:
            yield Difference(name, tuple(filter(None, [old.get(name)])), (words,))


def _lines(tree: Said | None) -> list[str]:
    return [_("the same as the first time")] if tree is None else [words for _depth, words in tree.lines()]


def _changed(name: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    gone = tuple(line for line in before if line not in after)
    new = tuple(line for line in after if line not in before)
    if gone or new:
        yield Difference(name, gone, new)
    elif before != after:
        yield Difference(name, tuple(before), tuple(after))
