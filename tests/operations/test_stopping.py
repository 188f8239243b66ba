"""Processes that are killed, and told to stop at a bad moment. ``python -m tests.operations.web_server`` does it again and again."""

from __future__ import annotations

import os
import signal
import time

import pytest

from portal import serving, worker
from portal.foundation import jobs
from tests.conftest import settings_for
from tests.operations.web_server import BACK_WITHIN_SECONDS, STOPS_WITHIN_SECONDS, back_after_kill, load_for, web_server


def without_database(folder):
    """Settings for what asks no database."""
    return settings_for(f"sqlite:///{folder / 'none.sqlite3'}", folder)


@pytest.mark.race
def test_whoever_was_told_yes_has_it_though_the_web_server_was_stopped_under_load(app):
    with web_server(app.config["SETTINGS"], workers=1) as server:
        server.wait()
        with load_for(app, server.port) as load:
            load.wait_for_answers(60)
            assert server.stop() < STOPS_WITHIN_SECONDS
    assert load.lost(app) == []
    assert {answer for answer in load.answers if isinstance(answer, int)} == {303}


def test_a_web_server_told_to_stop_while_its_processes_start_stops(tmp_path):
    with web_server(without_database(tmp_path), program="granian") as server:
        while len(server.workers()) < 2:
            time.sleep(0.005)
        time.sleep(0.2)  # the processes import the portal now
        assert server.stop() < 2


def test_a_process_of_the_web_server_that_is_killed_is_replaced_at_once(tmp_path):
    with web_server(without_database(tmp_path), workers=1) as server:
        server.wait()
        assert back_after_kill(server) < BACK_WITHIN_SECONDS


def test_what_dies_beside_make_serve_is_started_again_unless_it_cannot_live():
    child = serving.Child("sleeper", ["sleep", "60"])
    child.start()
    try:
        first = child.process
        child.start_again()
        assert child.process is first
        first.kill()
        first.wait()
        with pytest.raises(RuntimeError, match="ends as soon as"):
            child.start_again()
        child.started_at -= serving.LIVES_AT_LEAST_SECONDS
        child.start_again()
        assert child.process is not first
        assert child.process.poll() is None
    finally:
        child.kill()
        child.process.wait()


def test_the_worker_finishes_what_is_under_way_before_it_stops(app, monkeypatch):
    done = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}

    def slow():
        while signal.getsignal(signal.SIGTERM) == before[signal.SIGTERM]:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)
        done.append("all of it")

    monkeypatch.setattr(jobs, "_queue", None)
    jobs.init(app.config["SETTINGS"])
    monkeypatch.setattr(worker, "work_of", lambda _app: {"slow": slow})
    try:
        worker.run(app)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert done
