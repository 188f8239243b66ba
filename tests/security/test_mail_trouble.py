"""Mail when the server, or one message, is the trouble."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.foundation import clock, outbox, sending
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage, Recipient
from portal.foundation.transaction import abandon, commit


class Server:
    """A mail server that raises ``trouble`` for one address, or for all."""

    sender = "portal@portal.test"

    def __init__(self, trouble, only=None):
        self.trouble, self.only, self.sent = trouble, only, []

    def send(self, message):
        if self.trouble is not None and self.only in {None, message["To"]}:
            raise self.trouble
        self.sent.append(message["To"])


@pytest.fixture(autouse=True)
def _texts(app, monkeypatch):
    monkeypatch.setattr(outbox, "compose", lambda kind, _language, _facts, _edited: (kind, f"{kind}\n"))


def post(*addresses):
    for address in addresses:
        outbox.post("place_given", Recipient(address, "ka"), {}, event_key=address)
    commit()
    abandon()


def states():
    abandon()
    return dict(db.session.execute(sa.select(OutboxMessage.to_address, OutboxMessage.state)).all())


def after(time, server):
    """What has become of the mail when the server was tried as often as it would be in ``time``."""
    moment = start = clock.now()
    while moment <= start + time:
        with clock.frozen(moment):
            sending.send_due(server)
        moment += timedelta(hours=1)
    return states()


def test_one_message_that_cannot_be_written_holds_up_no_other(app):
    post("a@portal.test", "b@portal.test", "c@portal.test")
    server = Server(TypeError("a header that no library foresaw"), only="a@portal.test")
    assert sending.send_due(server) == 2
    assert server.sent == ["b@portal.test", "c@portal.test"]
    assert states() == {"a@portal.test": "waiting", "b@portal.test": "sent", "c@portal.test": "sent"}


@pytest.mark.parametrize(
    "trouble",
    [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected("gone"), smtplib.SMTPAuthenticationError(535, b"no")],
)
def test_a_server_that_is_down_over_a_weekend_loses_no_mail(app, trouble):
    post("nino@portal.test")
    server = Server(trouble)
    with clock.frozen(clock.now()):
        assert after(timedelta(hours=60), server) == {"nino@portal.test": "waiting"}
    server.trouble = None
    with clock.frozen(clock.now() + timedelta(hours=62)):
        assert sending.send_due(server) == 1
    assert states() == {"nino@portal.test": "sent"}


def test_a_mailbox_that_refuses_is_given_up_within_a_day(app):
    post("nobody@portal.test")
    assert after(timedelta(days=1), Server(smtplib.SMTPRecipientsRefused({}))) == {"nobody@portal.test": "failed"}
