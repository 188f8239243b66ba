"""What people do at their browsers under load, each for people of their own: learners, coordinators, staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import enrolment
from portal.enrolment.models import LIVE, AnswerPurpose, ApplicationDecision, Enrolment, EnrolmentState, Nomination
from portal.foundation.database import db
from portal.foundation.transaction import reading, writing
from tests.benchmarks.visitors import FORM
from tests.imports import sheets
from tests.races.browsers import Client
from tests.races.stage import AT_ONCE, DECIDED, OFFERS, QUOTAS, RULES, RUNS, WIDE

if TYPE_CHECKING:
    from tests.races.browsers import Told
    from tests.races.stage import Group, Someone, Stage

IN, OUT, PLACED = "in", "out", "placed"
"""What a person wishes to be in a run; whoever only wished to be in may have been sent out by a decision or the end of an offer."""
LIST_RUNS = (QUOTAS, OFFERS, DECIDED, RULES, "DEMO-FULL")
MOVE_RUNS = (*AT_ONCE, QUOTAS, RULES)
ROWS = 5
REASON = "ჯგუფები შეიცვალა"
BOUNDARY = "portal-load"


class Learner(Client):
    """Several people in turn: they enrol, withdraw, and answer offers, on the page or by the link of a mail."""

    def __init__(self, port: int, stage: Stage, told: Told, seed: int, people: list[Someone]) -> None:
        super().__init__(port, stage, told, seed)
        self.people = {one.person_id: one.visitor for one in people}

    def do(self) -> None:
        """Answer an offer if there is one, mostly; else enrol or withdraw."""
        offered = sa.select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.state == EnrolmentState.OFFERED, Enrolment.person_id.in_(self.people)
        )
        if self.chance.random() < 0.7 and (found := self.one_of(offered)):
            self.answer(*found)
            return
        person_id, code = self.chance.choice(list(self.people)), self.chance.choice(RUNS)
        verb, wish = self.chance.choice([("enrol", IN), ("enrol", IN), ("withdraw", OUT)])
        self.send(verb, self.people[person_id], f"/ka/runs/{code}/{verb}", {(person_id, code): wish})

    def answer(self, enrolment_id: int, person_id: int) -> None:
        """Accept or decline. By link, an answer that comes too late leads to the same page as one in time."""
        visitor, of_whom = self.people[person_id], (person_id, OFFERS)
        word, wish = self.chance.choice([("accept", PLACED), ("accept", PLACED), ("decline", OUT)])
        if self.chance.random() < 0.5:
            self.send(f"{word} on the page", visitor, f"/ka/runs/{OFFERS}/offer", {of_whom: wish}, answer=word)
            return
        with writing():
            one = db.session.get_one(Enrolment, enrolment_id)
            if one.offer_ends_at is None:
                return
            url = enrolment.new_answer_url(one, AnswerPurpose.OFFER, one.offer_ends_at, "ka")
        self.send(f"{word} by link", visitor, url[url.index("/ka/") :], {of_whom: OUT if wish == OUT else IN}, answer=word)


class Office(Client):
    """Somebody who acts for a group of others."""

    def __init__(self, port: int, stage: Stage, told: Told, seed: int, group: Group) -> None:
        super().__init__(port, stage, told, seed)
        self.group, self.visitor = group, group.actor.visitor

    def do(self) -> None:
        """One of the things that such people do."""
        self.chance.choice(self.duties())()


class Coordinator(Office):
    """Keeps the lists of a municipality, sends them, takes people back, and nominates by spreadsheet."""

    def duties(self) -> list:
        return [self.add, self.add, self.send_list, self.send_list, self.take_back, self.upload]

    def add(self) -> None:
        """Put some of the people on a list."""
        code = self.chance.choice(LIST_RUNS)
        some = self.chance.sample(self.group.people, 3)
        self.send("put on the list", self.visitor, f"/ka/municipality/nominate/{code}/list", person=some)

    def send_list(self) -> None:
        """Send a list as it stands; whoever stands on it is in the run afterwards."""
        code = self.chance.choice(LIST_RUNS)
        with reading():
            nominees = enrolment.nominees_of(self.stage.runs[code], [self.group.municipality_id])
            version = enrolment.version_of(one.nomination for one in nominees)
            wishes = {(one.post.person_id, code): IN for one in enrolment.waiting_of(nominees)}
        if wishes:
            self.send("send the list", self.visitor, f"/ka/municipality/nominate/{code}/send", wishes, version=version)

    def take_back(self) -> None:
        """Take somebody back who was sent."""
        sent = (
            sa.select(Nomination.id, Nomination.person_id, Nomination.run_id)
            .join(Enrolment, Enrolment.id == Nomination.enrolment_id)
            .where(Nomination.dropped_at.is_(None), Nomination.person_id.in_(self.group.people), Enrolment.state.in_(LIVE))
        )
        if found := self.one_of(sent):
            nomination_id, person_id, run_id = found
            code = self.stage.code_of(run_id)
            path = f"/ka/municipality/nominate/{code}/take-back/{nomination_id}"
            self.send("take back", self.visitor, path, {(person_id, code): OUT}, reason=REASON)

    def upload(self) -> None:
        """Upload a spreadsheet of people whom nobody knows, as XLSX or CSV, and confirm it: all of them or nobody."""
        code = self.chance.choice(LIST_RUNS)
        with self.told.guard:
            numbers = [next(self.told.numbers) for _row in range(ROWS)]
        data = self.chance.choice([sheets.as_xlsx, sheets.as_csv])(map(sheets.nominee, numbers))
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.visitor.csrf_token}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="people"\r\n\r\n'
        )
        headers = self.visitor.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        parked = self.post("upload", headers, f"/ka/municipality/nominate/{code}/import", body, {})
        confirmed = self.send("confirm", self.visitor, f"{parked.location}/confirm", left_out=0) if parked.location else parked
        with self.told.guard:
            self.told.files.append((code, numbers, confirmed.accepted))


class Staff(Office):
    """Gives people places, moves them, takes them out, decides on applications, and changes how many places there are and for whom."""

    def duties(self) -> list:
        return [self.add, self.add, self.move, self.take_out, self.decide, self.decide, self.undo, self.resize, self.keep]

    def add(self) -> None:
        """Give somebody a place, or a place in the line."""
        person_id, code = self.chance.choice(self.group.people), self.chance.choice(RUNS)
        path = f"/ka/staff/runs/{code}/participants/new"
        self.send("add", self.visitor, path, {(person_id, code): IN}, person_id=person_id)

    def move(self) -> None:
        """Move one of the people to another run."""
        here, there = self.chance.choice([self.chance.sample(MOVE_RUNS, 2), [self.chance.choice(MOVE_RUNS), WIDE]])
        states = (EnrolmentState.CONFIRMED, EnrolmentState.WAITING)
        if found := self.one_of(self.own(here, states)):
            reference, person_id = found
            path, run = f"/ka/staff/runs/{here}/participants/{reference}/move", self.stage.runs[there]
            self.send("move", self.visitor, path, {(person_id, here): OUT, (person_id, there): PLACED}, run=run, reason=REASON)

    def take_out(self) -> None:
        """Take one of the people out of a run."""
        code = self.chance.choice(RUNS)
        if found := self.one_of(self.own(code, LIVE)):
            reference, person_id = found
            path = f"/ka/staff/runs/{code}/participants/{reference}/withdraw"
            self.send("take out", self.visitor, path, {(person_id, code): OUT}, reason=REASON)

    def own(self, code: str, states: tuple[EnrolmentState, ...]) -> sa.Select:
        """Those of the people who stand in one of ``states`` in a run."""
        return sa.select(Enrolment.reference, Enrolment.person_id).where(
            Enrolment.run_id == self.stage.runs[code], Enrolment.person_id.in_(self.group.people), Enrolment.state.in_(states)
        )

    def decide(self) -> None:
        """Approve or reject some applications, whoever applied."""
        with reading():
            asked = sa.select(Enrolment.reference).where(
                Enrolment.state == EnrolmentState.APPLIED, Enrolment.run_id == self.stage.runs[DECIDED]
            )
            found = db.session.scalars(asked.order_by(Enrolment.id)).all()
        if found:
            some, verdict = self.chance.sample(found, min(3, len(found))), self.chance.choice(["approve", "approve", "reject"])
            self.send(verdict, self.visitor, "/ka/staff/applications", application=some, verdict=verdict, reason=REASON)

    def undo(self) -> None:
        """Take a decision back, whoever took it."""
        decided = sa.select(Enrolment.reference).join(ApplicationDecision, ApplicationDecision.enrolment_id == Enrolment.id)
        if found := self.one_of(decided.where(Enrolment.run_id == self.stage.runs[DECIDED])):
            self.send("undo", self.visitor, f"/ka/staff/applications/{found[0]}/undo", reason=REASON)

    def resize(self) -> None:
        """Give a run more or fewer places."""
        path = f"/ka/staff/runs/{RULES}/edit"
        self.fill_in("resize", path, capacity=str(self.chance.randint(6, 16)))

    def keep(self) -> None:
        """Keep other numbers of places for municipalities, or none."""
        kept = {f"municipality-{one}": self.chance.choice(["", "1", "2", "4"]) for one in self.stage.homes.values()}
        self.fill_in("keep", f"/ka/staff/runs/{RULES}/places", **kept)

    def fill_in(self, name: str, path: str, **values: str) -> None:
        """Send the form of a page with other ``values``."""
        page = self.read(self.visitor, path)
        if page.accepted:
            self.post(name, self.visitor.headers | FORM, path, self.visitor.filled(page.body, "", **values), {})
