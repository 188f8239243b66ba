"""Starting several clients at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from portal.foundation.database import db
from portal.foundation.transaction import abandon, commit
from tests.races import clients

if TYPE_CHECKING:
    import multiprocessing
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from flask import Flask

    from tests.races.clients import Step

PATIENCE_SECONDS = 60


@dataclass
class Client:
    """One client process and the pipe through which it tells what came of its steps."""

    process: BaseProcess
    pipe: Connection

    def told(self) -> object:
        """The next thing that it tells."""
        assert self.pipe.poll(PATIENCE_SECONDS), "a client says nothing"
        return self.pipe.recv()


@dataclass
class Race:
    """Client processes on the database of this test, all waiting for one start."""

    nursery: multiprocessing.context.BaseContext
    url: str
    folder: Path
    started: list[Client] = field(default_factory=list)

    def ready(self, works: list[list[Step]], *, way: str = clients.LOCKED) -> None:
        """Start one client for each of ``works``; returns when all of them are ready."""
        commit()
        for work in works:
            ours, theirs = self.nursery.Pipe(duplex=False)
            process = self.nursery.Process(target=clients.serve, args=(self.url, str(self.folder), way, work, theirs))
            process.start()
            theirs.close()
            self.started.append(Client(process, ours))
        assert [client.told() for client in self.started] == ["ready"] * len(works)

    def go(self) -> None:
        """Let all clients begin."""
        (self.folder / "start").touch()

    def run(self, works: list[list[Step]], *, way: str = clients.LOCKED) -> list[tuple[Step, str]]:
        """Do all ``works`` at once; returns each step with what came of it."""
        self.ready(works, way=way)
        self.go()
        done = [told for client in self.started for told in iter(client.told, None)]
        self.stop()
        abandon()
        db.session.expire_all()
        return done

    def stop(self) -> None:
        """Leave no client behind."""
        while self.started:
            client = self.started.pop()
            client.process.kill()
            client.process.join()
            client.pipe.close()


@pytest.fixture
def race(app: Flask, nursery: multiprocessing.context.BaseContext, tmp_path: Path) -> Iterator[Race]:
    """Clients on this test's database; they are gone when the test ends."""
    made = Race(nursery, app.config["SETTINGS"].database_url, tmp_path)
    yield made
    made.stop()
