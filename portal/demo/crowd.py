"""Making the people of the demo: their names, posts, accounts and roles."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from portal import people
from portal.demo import content
from portal.demo.moments import at
from portal.demo.people import Job, Jobs, Office, Someone
from portal.foundation import georgian
from portal.people.models import Account, Person, Post, PostCategory, Role, RoleGrant, Sex

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from datetime import datetime

    from portal.demo.past import Past
    from portal.demo.rows import Rows
    from portal.municipalities.models import Municipality

PASSWORD = "portal-demo-2026"  # noqa: S105  (shown to everybody who tries the demo)
DOMAIN = "portal.example"
LEARNERS, COLLEAGUES = 200, 150
DEMO_TRAINER = "tr-03"
# Days since when: the office, then everybody else, all before the first run is planned.
OFFICE_SINCE, FIRST_SINCE, LAST_SINCE, TRAINERS_SINCE = 735, 729, 726, 725
LONGEST_IN_POST = 2900
# How often each category comes among the people of the demo, roughly as in a municipality.
CATEGORIES = (
    *(PostCategory.CIVIL_SERVANT,) * 8,
    *(PostCategory.SAKREBULO_MEMBER,) * 4,
    *(PostCategory.EMPLOYMENT_CONTRACT,) * 3,
    *(PostCategory.PUBLIC_CONTRACT,) * 2,
    *(PostCategory.MUNICIPAL_ENTITY,) * 2,
    PostCategory.POLITICAL_OFFICIAL,
    PostCategory.OTHER,
)
# Shares of the people: who reads English, who has an account, who left their sex open.
ENGLISH, WITH_ACCOUNT, UNTOLD = 0.04, 0.6, 0.03
# The municipalities of the two demo coordinators, and the capital, send more people than others.
LARGER = ("telavi", "kutaisi", "tbilisi")
PEOPLE_OF_LARGER = 8


class Crowd:
    """Makes people, with ``today`` as the day of the demo: they joined the portal two years ago."""

    def __init__(self, rows: Rows, past: Past, chance: random.Random, places: Sequence[Municipality], today: date) -> None:
        self._rows = rows
        self._past = past
        self._chance = chance
        self._places = {place.code: place for place in places}
        self._codes = list(self._places)
        self._jobs = Jobs(chance, places)
        self._today = today
        self._hash = people.hash_password(PASSWORD)
        self._addresses: Counter[str] = Counter()
        self._names_taken: set[tuple[str, str]] = set()

    def office(self) -> Office:
        """Make the accounts that everybody is told of, one for each role."""
        admin = self._named("admin", ("გიგა", "ჯაფარიძე"), Sex.MALE)
        staff = self._named("staff", ("ანა", "წერეთელი"), Sex.FEMALE)
        hr = [self._jobs.draw(code, PostCategory.CIVIL_SERVANT, "განყოფილების უფროსი", "hr") for code in LARGER[:2]]
        office = Office(
            learner=self._named(
                "learner", ("ნინო", "ბერიძე"), Sex.FEMALE, self._jobs.draw("telavi", PostCategory.CIVIL_SERVANT, "მთავარი სპეციალისტი")
            ),
            coordinators=(
                self._named("coordinator", ("მაია", "კაპანაძე"), Sex.FEMALE, hr[0]),
                self._named("coordinator2", ("ზურაბ", "დოლიძე"), Sex.MALE, hr[1]),
            ),
            trainer=self._trainer(content.by_code("trainers")[DEMO_TRAINER], "trainer"),
            staff=staff,
            admin=admin,
        )
        self._grant(admin, Role.ADMINISTRATOR, None, by=None)
        self._grant(staff, Role.STAFF, None, by=admin.id)
        self._grant(office.trainer, Role.TRAINER, None, by=admin.id)
        for coordinator in office.coordinators:
            self._grant(coordinator, Role.COORDINATOR, coordinator.job.municipality if coordinator.job else None, by=admin.id)
        return office

    def trainers(self, office: Office, block: int) -> dict[str, Someone]:
        """Make the trainers of one block, by the code of whom they are like; in the first block they have accounts, and the demo trainer is one."""
        made: dict[str, Someone] = {}
        for number, trainer in enumerate(content.read("trainers"), 1):
            if block == 0 and trainer["code"] == DEMO_TRAINER:
                made[trainer["code"]] = office.trainer
                continue
            someone = self._trainer(trainer, f"trainer{number}", since=FIRST_SINCE) if block == 0 else self._anyone(None, account=None)
            self._grant(someone, Role.TRAINER, None, by=office.admin.id, since=TRAINERS_SINCE)
            made[trainer["code"]] = someone
        return made

    def learners(self, *, named: bool) -> list[Someone]:
        """Two hundred learners of all municipalities and categories; the ``named`` ones are learner001 and so on."""
        places = self._spread()
        categories = [CATEGORIES[number % len(CATEGORIES)] for number in range(LEARNERS)]
        self._chance.shuffle(categories)
        return [
            self._anyone(self._jobs.draw(place, category), account=f"learner{number:03}@{DOMAIN}" if named else None)
            for number, (place, category) in enumerate(zip(places, categories, strict=True), 1)
        ]

    def colleagues(self) -> list[Someone]:
        """More people, some with an account; they fill the runs that are still to come."""
        return [
            self._anyone(self._jobs.draw(self._chance.choice(self._codes), self._chance.choice(CATEGORIES)), account=None)
            for _ in range(COLLEAGUES)
        ]

    def applicants(self, place: str, number: int, categories: Sequence[str]) -> list[Someone]:
        """Make people of one municipality who can sign in and are enrolled in nothing yet, with posts of these ``categories`` (none named: of any)."""
        wanted = [category for category in CATEGORIES if category in categories] or list(CATEGORIES)
        jobs = [self._jobs.draw(place, self._chance.choice(wanted)) for _ in range(number)]
        return [self._anyone(job, account=None, signs_in=True) for job in jobs]

    def somebody(self, place: str, category: str) -> Someone:
        """One more person, of the municipality ``place``."""
        return self._anyone(self._jobs.draw(place, category), account=None)

    def place(self, code: str) -> Municipality:
        """The municipality ``code``."""
        return self._places[code]

    def _spread(self) -> list[str]:
        others = [code for code in self._codes if code not in LARGER]
        codes = [code for code in LARGER for _ in range(PEOPLE_OF_LARGER)]
        while len(codes) < LEARNERS:
            codes += others[: LEARNERS - len(codes)]
        self._chance.shuffle(codes)
        return codes

    def _named(self, account: str, names: tuple[str, str], sex: Sex, job: Job | None = None, *, since: int = OFFICE_SINCE) -> Someone:
        self._names_taken.add(names)
        return self._add(names, sex, job, email=f"{account}@{DOMAIN}", since=since, language="ka", has_account=True)

    def _trainer(self, item: dict[str, str], account: str, *, since: int = OFFICE_SINCE) -> Someone:
        return self._named(account, (item["first_name_ka"], item["last_name_ka"]), Sex(item["sex"]), since=since)

    def _anyone(self, job: Job | None, *, account: str | None, signs_in: bool = False) -> Someone:
        sex = self._chance.choice((Sex.FEMALE, Sex.MALE))
        names = self._names(sex)
        has_account = account is not None or signs_in or (job is not None and self._chance.random() < WITH_ACCOUNT)
        language = "en" if self._chance.random() < ENGLISH else "ka"
        since = self._chance.randint(LAST_SINCE, FIRST_SINCE)
        told = None if self._chance.random() < UNTOLD else sex
        return self._add(names, told, job, email=account or self._address(names), since=since, language=language, has_account=has_account)

    def _names(self, sex: Sex) -> tuple[str, str]:
        listed = content.read("names")
        for _ in range(20):
            names = self._chance.choice(listed["first_names"][sex]), self._chance.choice(listed["surnames"])
            if names not in self._names_taken:
                break
        self._names_taken.add(names)
        return names

    def _address(self, names: tuple[str, str]) -> str:
        stem = ".".join(_slug(name) for name in names)
        self._addresses[stem] += 1
        number = self._addresses[stem]
        return f"{stem}{number if number > 1 else ''}@{DOMAIN}"

    def _add(
        self, names: tuple[str, str], sex: Sex | None, job: Job | None, *, email: str, since: int, language: str, has_account: bool
    ) -> Someone:
        given, family = names
        latin = _latin(given), _latin(family)
        joined = at(self._today - timedelta(days=since), 9, self._chance.randint(0, 59))
        sort_key = georgian.collation_key(f"{family} {given}")
        person_id = self._rows.add(
            Person,
            given_name_ka=given,
            family_name_ka=family,
            given_name_latin=latin[0],
            family_name_latin=latin[1],
            sex=sex.value if sex else None,
            email=email,
            language=language,
            sort_key=sort_key,
            search_text=georgian.fold_for_search(f"{family} {given} {latin[0]} {latin[1]}"),
            created_at=joined,
        )
        by = person_id if has_account else None
        self._past.note(joined, "person:add", Person, person_id, by=by, person=person_id)
        if has_account:
            account = self._rows.add(Account, person_id=person_id, email=email, password_hash=self._hash, active=True, created_at=joined)
            self._past.note(joined, "account:create", Account, account, by=by, person=person_id, change={"privacy_notice": "read"})
        if job is not None:
            self._add_post(person_id, sort_key, job, joined, by)
        return Someone(person_id, job, has_account)

    def _add_post(self, person_id: int, sort_key: str, job: Job, joined: datetime, by: int | None) -> None:
        starts_on = self._today - timedelta(days=self._chance.randint(OFFICE_SINCE, LONGEST_IN_POST))
        post = self._rows.add(
            Post,
            person_id=person_id,
            person_sort_key=sort_key,
            municipality_id=job.municipality.id,
            unit=job.unit,
            title_ka=job.title_ka,
            title_en=job.title_en,
            category=job.category,
            sakrebulo_role=job.sakrebulo_role,
            rank=job.rank,
            starts_on=starts_on,
        )
        told = {"municipality_id": job.municipality.id, "category": job.category, "starts_on": starts_on.isoformat()}
        self._past.note(joined, "post:add", Post, post, by=by, person=person_id, change=told)

    def _grant(self, someone: Someone, role: Role, place: Municipality | None, *, by: int | None, since: int = OFFICE_SINCE) -> None:
        starts_on = self._today - timedelta(days=since)
        place_id = place.id if place else None
        grant = self._rows.add(RoleGrant, person_id=someone.id, role=role.value, municipality_id=place_id, starts_on=starts_on)
        told = {"role": role.value, "municipality_id": place_id, "starts_on": starts_on.isoformat(), "ends_on": None}
        self._past.note(at(starts_on, 10), "role:grant", RoleGrant, grant, by=by, person=someone.id, change=told)


@cache
def _latin(name: str) -> str:
    return georgian.romanise_name(name)


@cache
def _slug(name: str) -> str:
    return georgian.slug(name)
