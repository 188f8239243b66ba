"""A browser of the load: sends forms over HTTP, clicks twice, gives up, and keeps what the portal said."""

from __future__ import annotations

import http.client
import itertools
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from portal.foundation.database import db
from portal.foundation.transaction import reading
from tests.benchmarks.visitors import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from tests.benchmarks.visitors import Visitor
    from tests.races.stage import Stage

PATIENCE_SECONDS = 30
IMPATIENCE_SECONDS = 0.02
FIRST_REFUSAL = 400

Wishes = dict[tuple[int, str], str]


@dataclass(slots=True)
class Told:
    """What the portal said: answers by status, what was done by its name, the last acknowledged wish of each person and run.

    ``unsure`` are those of whom a request was given up: it may still wait for its turn when later ones are answered. ``files`` are the numbers
    of the people in each spreadsheet, the run, and whether it was confirmed (None: given up). ``broken`` are snapshots that broke a rule.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    wishes: Wishes = field(default_factory=dict)
    unsure: set[tuple[int, str]] = field(default_factory=set)
    files: list[tuple[str, Sequence[int], bool | None]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0
    guard: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(100))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the status is 0 when the client gave up."""

    status: int
    body: bytes = b""
    location: str = ""

    @property
    def accepted(self) -> bool:
        """True when it was done: forms are refused with 422."""
        return 0 < self.status < FIRST_REFUSAL


def ask(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes | None, patience: float) -> Answer:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.headers.get("Location", ""))
    except (TimeoutError, OSError, http.client.HTTPException):
        return Answer(0)
    finally:
        connection.close()


class Client(ABC):
    """Somebody at a browser, with a chance of their own: now and then they click twice, now and then they give up."""

    def __init__(self, port: int, stage: Stage, told: Told, seed: int) -> None:
        self.port, self.stage, self.told = port, stage, told
        self.chance = random.Random(seed)

    def work(self, operations: int) -> None:
        """Do so many operations; what there is nobody for at the moment counts too."""
        for _operation in range(operations):
            with self.stage.app.app_context():
                self.do()

    @abstractmethod
    def do(self) -> None:
        """One operation."""

    def read(self, visitor: Visitor, path: str) -> Answer:
        """A page."""
        answer = ask(self.port, "GET", path, visitor.headers, None, PATIENCE_SECONDS)
        with self.told.guard:
            self.told.statuses[answer.status] += 1
        return answer

    def send(self, name: str, visitor: Visitor, path: str, wishes: Wishes | None = None, **values: object) -> Answer:
        """Send a form, once or twice; ``wishes`` are what is so when it is accepted."""
        values = {"csrf_token": visitor.csrf_token, "form_key": f"{self.chance.getrandbits(60):x}"} | values
        return self.post(name, visitor.headers | FORM, path, urlencode(values, doseq=True).encode(), wishes or {})

    def post(self, name: str, headers: dict[str, str], path: str, body: bytes, wishes: Wishes) -> Answer:
        """Post it, once or twice; returns the last answer, or that one was given up."""
        patience = IMPATIENCE_SECONDS if self.chance.random() < 0.05 else PATIENCE_SECONDS
        answers = []
        for _click in range(2 if self.chance.random() < 0.2 else 1):
            started = time.perf_counter()
            answer = ask(self.port, "POST", path, headers, body, patience)
            answers.append(answer)
            with self.told.guard:
                self.told.slowest = max(self.told.slowest, time.perf_counter() - started)
                self.told.statuses[answer.status] += 1
                if answer.accepted:
                    self.told.done[name] += 1
                    self.told.wishes |= wishes
                elif answer.status == 422:
                    self.told.done[f"{name}, refused"] += 1
                elif answer.status == 0:
                    self.told.unsure |= wishes.keys()
        return next((answer for answer in answers if answer.status == 0), answers[-1])

    def one_of(self, statement: sa.Select[Any]) -> Any | None:
        """One of the rows, by chance; None when there is none."""
        with reading():
            rows = db.session.execute(statement).all()
        return self.chance.choice(sorted(map(tuple, rows))) if rows else None
