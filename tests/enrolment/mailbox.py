"""What lies in the outbox, read as a person's mailbox and calendar would."""

import icalendar
import sqlalchemy as sa

from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage


def mails_to(person, kind=None):
    """The mails to ``person``, oldest first."""
    statement = sa.select(OutboxMessage).where(OutboxMessage.person_id == person.id).order_by(OutboxMessage.id)
    if kind is not None:
        statement = statement.where(OutboxMessage.kind == kind)
    db.session.flush()
    return list(db.session.scalars(statement))


def kinds_to(person):
    """The kinds of the mails to ``person``, oldest first."""
    return [mail.kind for mail in mails_to(person)]


def events_of(text):
    """The events of a calendar."""
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def calendar_after(mails):
    """The calendar of somebody who takes in these mails, in this order: uid → event; what is older than known is left aside."""
    known = {}
    for mail in mails:
        for event in events_of(mail.calendar) if mail.calendar else ():
            uid = str(event["uid"])
            if uid not in known or int(event["sequence"]) > int(known[uid]["sequence"]):
                known[uid] = event
    return known
