"""The cast: a few named people who play in every test. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.foundation.transaction import commit
from portal.people.models import Role
from tests import factories

if TYPE_CHECKING:
    from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Cast:
    """Who they are, and what they must not see."""

    learner: Person  # Nino, civil servant in Telavi: sees her own training only
    colleague: Person  # Davit, sakrebulo member in Kutaisi: sees nothing of Nino
    coordinator: Person  # Maia, coordinator of Telavi: sees people of Telavi, nobody of Kutaisi
    neighbour: Person  # Zurab, coordinator of Kutaisi: must never see a name from Telavi
    trainer: Person  # Levan, trains: sees the runs that he teaches, no other
    other_trainer: Person  # Eka, trains elsewhere: sees nothing of Levan's runs
    staff: Person  # Ana, works for the association: plans, issues, reports; grants no roles
    administrator: Person  # Giga, administrator: accounts and roles besides

    @classmethod
    def assemble(cls) -> Cast:
        """Put them all into the database, each with an account."""
        with factories.together():
            person = factories.person_with_account
            cast = cls(
                learner=person("ნინო", "აბაშიძე", municipality="telavi", email="nino@portal.test"),
                colleague=person("დავით", "ლომიძე", municipality="kutaisi", category="sakrebulo_member", email="davit@portal.test"),
                coordinator=person("მაია", "კაპანაძე", municipality="telavi", email="maia@portal.test"),
                neighbour=person("ზურაბ", "დოლიძე", municipality="kutaisi", email="zurab@portal.test"),
                trainer=person("ლევან", "მაისურაძე", email="levan@portal.test"),
                other_trainer=person("ეკა", "ბერიძე", email="eka@portal.test"),
                staff=person("ანა", "წერეთელი", email="ana@portal.test"),
                administrator=person("გიგა", "ჯაფარიძე", email="giga@portal.test"),
            )
            factories.grant(cast.coordinator, Role.COORDINATOR, municipality="telavi")
            factories.grant(cast.neighbour, Role.COORDINATOR, municipality="kutaisi")
            factories.grant(cast.trainer, Role.TRAINER)
            factories.grant(cast.other_trainer, Role.TRAINER)
            factories.grant(cast.staff, Role.STAFF)
            factories.grant(cast.administrator, Role.ADMINISTRATOR)
        commit()
        return cast
