"""The worker at a moment of a test, and two workers at once."""

from __future__ import annotations

import threading

from portal import notices, worker
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing


def work(moment):
    """What the worker does at ``moment``; returns how many notices went."""
    commit()
    db.session.expunge_all()
    with clock.frozen(moment):
        return worker.send_notices()


def work_twice(app, moment):
    """Two workers ask what is due before either has sent it; returns how many notices each part sent, the least first."""
    commit()
    db.session.expunge_all()
    start, sent = threading.Barrier(2), []

    def work_too():
        with app.app_context(), clock.frozen(moment):
            asked = notices.due_notices()
            db.session.remove()
            start.wait(20)
            for kind, part in asked:
                with writing():
                    sent.append(notices.send_notices(kind, part))

    workers = [threading.Thread(target=work_too) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(30)
    return sorted(sent)
