"""Forty clients who all want a place in the same run at the same moment."""

from __future__ import annotations

import http.client
import threading
import time
from typing import TYPE_CHECKING

from tests.benchmarks.visitors import FORM, Visitor, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.benchmarks.servers import Server

CLIENTS = 40
RUN = "/ka/runs/DEMO-OPEN"


def hot_run(app: Flask, portal: Server) -> dict[str, float]:
    """Each client enrols in turn with others; returns p50, p95 and the longest wait in milliseconds, and how many were refused."""
    learners = signed_in(app, [f"learner{number:03}@portal.example" for number in range(1, CLIENTS * 4 + 1)])
    forms = []
    for learner in learners:
        page = learner.get(portal, RUN)
        if b"/enrol" in page:
            forms.append((learner, learner.filled(page, "/enrol")))
    walls: list[float] = []
    refused: list[int] = []
    start = threading.Barrier(CLIENTS)

    def client(mine: list[tuple[Visitor, bytes]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
        start.wait()
        for learner, body in mine:
            began = time.perf_counter()
            connection.request("POST", f"{RUN}/enrol", body, learner.headers | FORM)
            answer = connection.getresponse()
            answer.read()
            walls.append((time.perf_counter() - began) * 1e3)
            if answer.status >= 500:
                refused.append(answer.status)

    threads = [threading.Thread(target=client, args=(forms[number::CLIENTS],)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walls.sort()
    return {
        "requests": len(walls),
        "p50_ms": round(walls[len(walls) // 2]),
        "p95_ms": round(walls[int(len(walls) * 0.95)]),
        "longest_ms": round(walls[-1]),
        "answers of 500 or more": len(refused),
    }
