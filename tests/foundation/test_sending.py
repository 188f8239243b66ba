"""Mail leaves the outbox once, whatever the mail server does meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.foundation import clock, outbox, sending
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.outbox import Calendar, OutboxMessage, Recipient
from portal.foundation.transaction import abandon, commit


class Server:
    """A mail server that is down for a while."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.sent = []
        self.sender = "portal@portal.test"

    def send(self, message) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError
        self.sent.append(message)


@pytest.fixture(autouse=True)
def _texts(app, monkeypatch):
    monkeypatch.setattr(outbox, "compose", lambda kind, _language, facts, _edited: (f"გამარჯობა, {facts['name']}", f"{kind}\n"))


def posted(key: str = "enrolment/1/place_given", **more) -> OutboxMessage:
    outbox.post("place_given", Recipient("nino@portal.test", "ka"), {"name": "ნინო"}, event_key=key, **more)
    commit()
    abandon()
    return message(key)


def message(key: str = "enrolment/1/place_given") -> OutboxMessage:
    return db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.event_key == key)).one()


def test_a_message_leaves_once(app):
    posted()
    server = Server()
    assert [sending.send_due(server), sending.send_due(server)] == [1, 0]
    assert message().state == "sent"
    assert server.sent[0]["Subject"] == "გამარჯობა, ნინო"


def test_the_same_event_is_never_posted_twice(app):
    posted()
    with pytest.raises(sa.exc.IntegrityError):
        posted()


def test_what_is_undone_sends_nothing(app):
    outbox.post("place_given", Recipient("nino@portal.test", "ka"), {"name": "ნინო"}, event_key="x")
    abandon()
    commit()
    assert sending.send_due(Server()) == 0


def test_it_waits_longer_and_longer_while_the_server_is_down_and_then_leaves_once(app):
    posted()
    server, moment = Server(failures=4), clock.now()
    pauses = []
    for _attempt in range(5):
        with clock.frozen(moment):
            sending.send_due(server)
            assert sending.send_due(server) == 0
        abandon()
        pauses.append((message().next_attempt_at - moment) / timedelta(minutes=1))
        moment = message().next_attempt_at
    assert pauses[:4] == [1, 2, 4, 8]
    assert (message().state, len(server.sent)) == ("sent", 1)


def test_a_claim_of_a_worker_that_died_runs_out(app):
    posted()
    moment = clock.now()
    with clock.frozen(moment):
        assert len(sending._claim()) == 1
        assert sending._claim() == []
    with clock.frozen(moment + sending.CLAIM_LASTS):
        assert sending.send_due(Server()) == 1


def test_a_stopped_message_stays_and_can_be_sent_again(app):
    waiting = posted()
    sending.stop(waiting, by=1)
    commit()
    abandon()
    assert sending.send_due(Server()) == 0
    sending.send_again(message(), by=1)
    commit()
    abandon()
    assert sending.send_due(Server()) == 1


def test_a_message_that_left_cannot_be_stopped(app):
    posted()
    sending.send_due(Server())
    abandon()
    with pytest.raises(RefusedError):
        sending.stop(message(), by=1)


def test_an_invitation_carries_its_method(app):
    server = Server()
    posted(calendar=Calendar("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "CANCEL"))
    sending.send_due(server)
    part = server.sent[0].get_payload()[1]
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "CANCEL")
