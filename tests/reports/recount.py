"""Every figure of every report once more: slowly, from plain rows, sharing no code with the reports.

What a person attended is worked out by what the ledger promises: a fact takes the place of those that its recorder knew (all before it, or up to
``seen_id``), and of earlier ones of the same device; of what is left nobody may dispute a minute for it to count.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import sqlalchemy as sa

from portal.foundation.database import db

TABLES = (
    "person",
    "municipality",
    "course",
    "course_run",
    "course_session",
    "run_trainer",
    "enrolment",
    "attendance_fact",
    "certificate",
    "certificate_status",
)
HELD, GIVEN = {"confirmed", "completed", "not_completed"}, {"open", "closed", "running", "completed"}
TBILISI = timedelta(hours=4)
LARGE = {"record"}


def moment(value) -> datetime | None:
    """A moment of either database."""
    if value is None:
        return None
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def month(at: datetime) -> str:
    return f"{at + TBILISI:%Y-%m}"


class Books:
    """All rows, read once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rows = {name: [dict(row) for row in db.session.execute(sa.text(f"SELECT * FROM {name}")).mappings()] for name in TABLES}
        self.by_id = {name: {row["id"]: row for row in rows} for name, rows in self.rows.items() if rows and "id" in rows[0]}
        for run in self.rows["course_run"]:
            run["starts"] = moment(run["starts_at"])
        self.days = defaultdict(list)
        for day in self.rows["course_session"]:
            starts, ends = moment(day["starts_at"]), moment(day["ends_at"])
            day["minutes"] = int((ends - starts).total_seconds() // 60)
            if not day["cancelled"] and starts <= now:
                self.days[day["run_id"]].append(day)
        self.facts = defaultdict(list)
        for fact in self.rows["attendance_fact"]:
            self.facts[fact["enrolment_id"], fact["session_id"]].append(fact)
        self.first_certificate = {row["enrolment_id"] for row in self.rows["certificate"] if row["supersedes_id"] is None}
        self.places_of_run = defaultdict(list)
        for place in self.rows["enrolment"]:
            self.places_of_run[place["run_id"]].append(place)

    def minutes(self, place_id: int, day) -> int:
        """Minutes of a session that nobody disputes."""
        facts = self.facts[place_id, day["id"]]
        standing = [fact for fact in facts if not any(replaces(other, fact) for other in facts if other is not fact)]
        if not standing or any(fact["mark"] != "present" for fact in standing):
            return 0
        until = min(day["minutes"], *(fact["to_minute"] for fact in standing))
        return max(0, until - max(fact["from_minute"] for fact in standing))


def replaces(newer, older) -> bool:
    known = newer["id"] - 1 if newer["seen_id"] is None else newer["seen_id"]
    same_device = newer["device"] is not None and newer["device"] == older["device"]
    return older["id"] <= known or (same_device and older["sequence"] < newer["sequence"])


class Recount:
    """The figures of one scope."""

    def __init__(self, books: Books, scope) -> None:
        self.books, self.scope = books, scope
        first = datetime.combine(scope.first, datetime.min.time(), UTC) - TBILISI
        last = datetime.combine(scope.last, datetime.min.time(), UTC) - TBILISI + timedelta(days=1)
        self.period = first, last
        runs = [run for run in books.rows["course_run"] if run["state"] in GIVEN and run["starts"] and first <= run["starts"] < last]
        self.planned = [run for run in runs if self.of_course(run)]
        self.places = [
            self.place(row, run)
            for run in self.planned
            if run["starts"] <= books.now
            for row in books.places_of_run[run["id"]]
            if row["state"] in HELD and self.from_place(row)
        ]

    def of_course(self, run) -> bool:
        topic = self.books.by_id["course"][run["course_id"]]["topic_id"]
        wanted = self.scope.topic_id, self.scope.project_id
        return wanted[0] in {None, topic} and wanted[1] in {None, run["funding_project_id"]}

    def region(self, row) -> int | None:
        return self.books.by_id["municipality"][row["municipality_id"]]["region_id"] if row["municipality_id"] else None

    def from_place(self, row) -> bool:
        scope = self.scope
        inside = scope.within is None or row["municipality_id"] in scope.within
        return inside and scope.municipality_id in {None, row["municipality_id"]} and scope.region_id in {None, self.region(row)}

    def place(self, row, run):
        books, starts = self.books, month(run["starts"])
        days = books.days[run["id"]]
        return {
            "person": row["person_id"],
            "sex": books.by_id["person"][row["person_id"]]["sex"] or None,
            "municipality": row["municipality_id"],
            "region": self.region(row),
            "category": row["post_category"] or None,
            "topic": books.by_id["course"][run["course_id"]]["topic_id"],
            "project": run["funding_project_id"],
            "form": run["form"],
            "course": run["course_id"],
            "run": run["id"],
            "month": starts,
            "quarter": f"{starts[:4]}-{(int(starts[5:]) - 1) // 3 + 1}",
            "year": starts[:4],
            "attended": sum(books.minutes(row["id"], day) for day in days),
            "held": sum(day["minutes"] for day in days),
            "state": row["state"],
            "certified": row["id"] in books.first_certificate,
        }

    def everything(self):
        """By the code of each table: the values of each row, and of the total."""
        told = {code: self.grouped(code) for code in ("sex", "category", "region", "topic", "project", "form", "municipality")}
        told |= {code: self.grouped(code) for code in ("course", "run")}
        told |= {code: self.over_time(code) for code in ("month", "quarter", "year")}
        told |= {"category_sex": self.crossed(), "trainer": (self.trainers(), None)}
        told |= {"demand": (self.demand(), None), "demand_municipality": (self.waiting(), None)}
        return told | self.register()

    def grouped(self, code: str):
        groups = defaultdict(list)
        for place in self.places:
            groups[place[code]].append(place)
        return {key: values(places) for key, places in groups.items()}, values(self.places) if groups else None

    def over_time(self, code: str):
        found, total = self.grouped(code)
        if not found:
            return found, total
        at = min(place["month"] for place in self.places)
        while at <= max(place["month"] for place in self.places):
            year, number = int(at[:4]), int(at[5:])
            found.setdefault({"month": at, "quarter": f"{year}-{(number - 1) // 3 + 1}", "year": at[:4]}[code], values([]))
            at = f"{year}-{number + 1:02}" if number < 12 else f"{year + 1}-01"
        return found, total

    def crossed(self):
        groups = defaultdict(list)
        for place in self.places:
            groups[place["category"]].append(place)

        def line(places, count):
            women, men, unknown = ([place for place in places if place["sex"] == sex] for sex in ("female", "male", None))
            numbers = [count(women), count(men), count(unknown)]
            share = numbers[0] * 100 // (numbers[0] + numbers[1]) if numbers[0] + numbers[1] else None
            return (*numbers, share, hours(women), hours(men))

        found = {key: line(places, lambda some: len({place["person"] for place in some})) for key, places in groups.items()}
        return found, line(self.places, len) if groups else None

    def trainers(self):
        found = {}
        for person in {row["person_id"] for row in self.books.rows["run_trainer"]}:
            taught = {row["run_id"] for row in self.books.rows["run_trainer"] if row["person_id"] == person}
            places = [place for place in self.places if place["run"] in taught]
            days = [day for run in {place["run"] for place in places} for day in self.books.days[run]]
            if places:
                minutes = in_hours(sum(day["minutes"] for day in days))
                people = {place["person"] for place in places}
                found[person] = (len({place["run"] for place in places}), len(days), minutes, len(people), len(places))
        return found

    def queue(self):
        """Those on a waiting list, with their run, and whether they have a place in another run of the course."""
        served = {
            (row["person_id"], self.books.by_id["course_run"][row["run_id"]]["course_id"])
            for row in self.books.rows["enrolment"]
            if row["state"] in HELD
        }
        for run in self.planned:
            for row in self.books.places_of_run[run["id"]]:
                if row["state"] == "waiting" and self.from_place(row):
                    yield row, run, (row["person_id"], run["course_id"]) in served

    def demand(self):
        groups = defaultdict(list)
        for row, run, served in self.queue():
            if not served:
                groups[run["course_id"]].append((row["person_id"], row["municipality_id"], run["id"]))
        return {
            course: (len({one[0] for one in some}), len({one[1] for one in some} - {None}), len({one[2] for one in some}))
            for course, some in groups.items()
        }

    def waiting(self):
        groups = defaultdict(list)
        for row, _run, served in self.queue():
            groups[row["municipality_id"]].append((row["person_id"], served))
        return {
            place: (len({one for one, _served in some}), len({one for one, served in some if not served}), len(some))
            for place, some in groups.items()
        }

    def register(self):
        counts = defaultdict(lambda: [0, 0, 0, 0, 0])
        states = defaultdict(set)
        for row in self.books.rows["certificate_status"]:
            states[row["certificate_id"]].add(row["state"])
        for certificate in self.books.rows["certificate"]:
            place = self.books.by_id["enrolment"][certificate["enrolment_id"]]
            if not (self.of_course(self.books.by_id["course_run"][certificate["run_id"]]) and self.from_place(place)):
                continue
            events = [(0, certificate["issued_at"])]
            events += [(1, certificate["issued_at"])] if certificate["supersedes_id"] else []
            lost = states[certificate["id"]] & {"superseded", "revoked"}
            events += [(4, certificate["expires_at"])] if certificate["expires_at"] and not lost else []
            events += (
                [
                    (2 if row["state"] == "superseded" else 3, row["at"])
                    for row in self.books.rows["certificate_status"]
                    if row["certificate_id"] == certificate["id"] and row["state"] in {"superseded", "revoked"}
                ]
                if lost
                else []
            )
            for position, at in events:
                if self.period[0] <= moment(at) < self.period[1]:
                    counts[month(moment(at))][position] += 1
        years = defaultdict(lambda: [0, 0, 0, 0, 0])
        for name, numbers in counts.items():
            years[name[:4]] = [one + other for one, other in zip(years[name[:4]], numbers, strict=True)]
        total = tuple(map(sum, zip(*counts.values(), strict=True))) if counts else None
        told = {"certificate_month": counts, "certificate_year": years}
        return {code: ({key: tuple(one) for key, one in groups.items()}, total) for code, groups in told.items()}


def values(places):
    """The eight values of a group."""
    people = {sex: {place["person"] for place in places if place["sex"] == sex} for sex in ("female", "male", None)}
    finished = [place for place in places if place["state"] != "confirmed"]
    completed = [place for place in finished if place["state"] == "completed"]
    held = sum(place["held"] for place in places)
    return (
        sum(map(len, people.values())),
        len(people["female"]),
        len(people["male"]),
        len(places),
        hours(places),
        sum(place["attended"] for place in places) * 100 // held if held else None,
        len(completed) * 100 // len(finished) if finished else None,
        sum(place["certified"] for place in places),
    )


def hours(places) -> Decimal:
    return in_hours(sum(place["attended"] for place in places))


def in_hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
