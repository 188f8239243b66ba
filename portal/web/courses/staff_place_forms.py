"""Forms of staff: venues, funding projects and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField

from portal import courses, municipalities
from portal.foundation import georgian
from portal.web.fields import KeyChoice, Whole, line
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.courses.models import FundingProject, Topic, Venue

LARGEST_LOGO = 2 * 1024 * 1024


def venues_by_name(venues: Iterable[Venue]) -> list[Venue]:
    """Venues by municipality and name, in the alphabet of this page."""
    lang = language()
    return sorted(
        venues, key=lambda one: (georgian.collation_key(one.municipality.name(lang)), georgian.collation_key(one.name(lang)), one.id)
    )


class VenueForm(FlaskForm):
    """A place where runs are held."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))
    municipality_id = KeyChoice(_("Municipality"))
    address_ka = line(_("Address in Georgian"))
    address_en = line(_("Address in English"))

    def __init__(self, venue: Venue | None = None) -> None:
        super().__init__(obj=venue)
        lang = language()
        known = sorted(municipalities.municipalities_in_order(), key=lambda one: georgian.collation_key(one.name(lang)))
        self.municipality_id.choices = [("", _("Choose")), *((one.id, one.name(lang)) for one in known)]

    def values(self) -> courses.VenueValues:
        """What was typed, for the service."""
        return courses.VenueValues(
            name_ka=self.name_ka.data,
            name_en=self.name_en.data,
            address_ka=self.address_ka.data,
            address_en=self.address_en.data,
            municipality_id=self.municipality_id.data,
        )


class ProjectForm(FlaskForm):
    """A donor's project that pays for runs."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))
    donor_ka = line(_("Donor in Georgian"))
    donor_en = line(_("Donor in English"))
    logo = FileField(_("Logo"), description=_("PNG, JPEG or WebP, at most 2 MB. It stands on the run's page and on certificates."))
    without_logo = BooleanField(_("Remove the logo"))

    def __init__(self, project: FundingProject | None = None) -> None:
        super().__init__(data=_texts(project, "name_ka", "name_en", "donor_ka", "donor_en"))

    def values(self) -> courses.ProjectValues:
        """What was typed, for the service."""
        return courses.ProjectValues(
            name_ka=self.name_ka.data, name_en=self.name_en.data, donor_ka=self.donor_ka.data, donor_en=self.donor_en.data
        )

    def logo_sent(self) -> bytes | None:
        """The file that was sent, as far as it is allowed to go, or None."""
        return self.logo.data.stream.read(LARGEST_LOGO + 1) if self.logo.data else None


class TopicForm(FlaskForm):
    """A subject area of the catalogue."""

    name_ka = line(_("Name in Georgian"))
    name_en = line(_("Name in English"))
    slug = line(
        _("Web address"),
        optional=True,
        description=_("Latin letters, digits and hyphens. Left empty, it is made from the English name."),
    )
    position = Whole(_("Place in the list"), low=0, high=2000, description=_("Small numbers come first."))

    def __init__(self, topic: Topic | None = None, *, position: int = 0) -> None:
        super().__init__(obj=topic, data={"position": position})

    def values(self) -> courses.TopicValues:
        """What was typed, for the service."""
        return courses.TopicValues(name_ka=self.name_ka.data, name_en=self.name_en.data, slug=self.slug.data, position=self.position.data)


def _texts(row: object | None, *names: str) -> dict[str, str]:
    return {name: getattr(row, name) for name in names} if row else {}
