"""The list of who is missing, as a page and as a file; who may see whom is settled by the municipalities that are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for
from flask_babel import gettext as _

from portal import qualifications, reports
from portal.foundation import clock, formats
from portal.web import downloads
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Response

    from portal.qualifications import Audience, Missing, MissingPage
    from portal.qualifications.models import Goal


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which municipalities the list is: all that may be seen (None: every one), or the one that the address names."""

    municipality_ids: Collection[int] | None
    municipality_id: int | None

    def address(self, endpoint: str, goal: Goal, after: int | None = None) -> str:
        """The same list at an endpoint, behind a post where one is named."""
        return url_for(endpoint, goal_id=goal.id, municipality=self.municipality_id, after=after, _anchor="missing" if after else None)


def asked_within(scope: Collection[int] | None) -> Asked:
    """Read the address; a municipality outside of ``scope`` is not taken."""
    one = find_id(request.args.get("municipality"))
    if one is None or (scope is not None and one not in scope):
        return Asked(scope, None)
    return Asked([one], one)


def _audience(goal: Goal) -> Audience:
    versions = qualifications.rules_of([goal.qualification_id]).get(goal.qualification_id, [])
    version = qualifications.version_on(versions, clock.today())
    return version.audience if version else qualifications.Audience()


def page_of(goal: Goal, asked: Asked) -> MissingPage:
    """The page that the address asks for."""
    after = find_id(request.args.get("after"))
    return qualifications.missing_page(
        goal.qualification_id, _audience(goal), clock.today(), municipality_ids=asked.municipality_ids, after=after
    )


def file_of(goal: Goal, asked: Asked) -> Response:
    """Everybody on the list, as CSV."""
    found = qualifications.missing_page(
        goal.qualification_id, _audience(goal), clock.today(), municipality_ids=asked.municipality_ids, length=None
    )
    lang = language()
    heads = (_("Name"), _("Municipality"), _("Post"), _("Held until"))
    sheet = [heads, *(_cells(one, lang) for one in found.rows)]
    return downloads.as_file(reports.as_csv(sheet), "text/csv", f"missing-{goal.qualification.slug}-{clock.today().isoformat()}.csv")


def _cells(one: Missing, lang: str) -> tuple[str, ...]:
    until = formats.format_date_short(one.held_until) if one.held_until else ""
    return one.post.person.name_by_family(lang), one.post.municipality.name(lang), one.post.line(lang), until
