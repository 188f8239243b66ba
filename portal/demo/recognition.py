"""Training taken elsewhere: requests in every state, of the demo learner and of people of the coordinators, and the kinds of certificates."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from portal import recognition
from portal.attendance import Scan
from portal.demo.moments import DAY, at
from portal.foundation import sheets, typeface
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.people.models import Account, Post
from portal.recognition.models import OutsideCertificate, RecognitionProof, RecognitionRequest, RecognitionState, RecognitionStep

if TYPE_CHECKING:
    from portal.demo.people import Someone
    from portal.demo.world import World

State = RecognitionState
KINDS = (
    ("CSB-LEAD", "სავალდებულო პროგრამა ხელმძღვანელებისთვის", "Mandatory programme for managers", False),
    ("ICDL", "კომპიუტერული უნარების საერთაშორისო სერტიფიკატი", "International Certification of Digital Literacy", False),
    ("SPA-EXPERT", "შესყიდვების სპეციალისტის სერტიფიკატი", "Certificate of a procurement specialist", False),
    ("ECDL", "კომპიუტერული უნარების ევროპული სერტიფიკატი", "European Computer Driving Licence", True),
)
ACTIONS = {
    State.SUBMITTED: "recognition:submit",
    State.CONFIRMED: "recognition:confirm",
    State.RETURNED: "recognition:return",
    State.RECOGNISED: "recognition:recognise",
    State.REFUSED: "recognition:refuse",
    State.REVOKED: "recognition:revoke",
    State.WITHDRAWN: "recognition:withdraw",
}
COURSE, KIND = "public-procurement", "SPA-EXPERT"
KNOWN = "ტრენინგი სამუშაო დროს, მუნიციპალიტეტის თანხმობით გაიარა."
SECOND_PAGE = "სერტიფიკატის მეორე გვერდი არ ჩანს, საათები კი სწორედ იქ წერია."
NO_STAMP = "გამცემი ორგანიზაცია არ იკითხება. ატვირთეთ უფრო მკაფიო ასლი."
TOPIC_ONLY = "აღიარებულია მხოლოდ მუნიციპალიტეტის საქმიანობასთან დაკავშირებული ნაწილი."
TAKEN_BACK = "გამცემმა ორგანიზაციამ სერტიფიკატი გააუქმა."
PROOF = "სერტიფიკატი"
NOTHING: dict[str, Any] = dict.fromkeys(
    ("contact_hours", "independent_hours", "credits", "topic_id", "course_id", "outside_id", "valid_until")
)


class _Training(NamedTuple):
    """What was taken, how many days ago it ended, and for how many hours."""

    title: str
    organiser: str
    days_ago: int
    hours: int
    credits: Decimal | None = None
    number: str = ""


PROCUREMENT = _Training("სახელმწიფო შესყიდვების ელექტრონული სისტემა", "სახელმწიფო შესყიდვების სააგენტო", 210, 24, Decimal(1), "SPA-20417")
DIGITAL = _Training("ელექტრონული საქმისწარმოება", "ციფრული მმართველობის სააგენტო", 95, 16)
MEDIATION = _Training("მედიაცია ადგილობრივ დავებში", "სახელმწიფო უნივერსიტეტი", 60, 12)
LEADERSHIP = _Training("ხელმძღვანელის უნარები საჯარო სამსახურში", "საჯარო სამსახურის ბიურო", 130, 40, Decimal("1.5"), "CSB-0932")
WASTE = _Training("ნარჩენების მართვა მცირე ქალაქებში", "რეგიონული გარემოსდაცვითი ცენტრი", 45, 8)


def make_recognitions(world: World) -> None:
    """Make the kinds, and the requests step by step."""
    when, staff = at(world.day(-300), 12), world.office.staff.id
    kinds: dict[str, int] = {}
    for code, name_ka, name_en, archived in KINDS:
        kinds[code] = world.rows.add(OutsideCertificate, code=code, name_ka=name_ka, name_en=name_en, archived=archived)
        world.past.note(
            when, "outside_certificate:create", OutsideCertificate, kinds[code], by=staff, change={"code": code, "name": name_en}
        )
        if archived:
            world.past.note(when + DAY, "outside_certificate:archive", OutsideCertificate, kinds[code], by=staff)
    version = world.catalogue.versions[COURSE]
    equal = {"topic_id": version.course.topic_id, "course_id": version.course_id, "outside_id": kinds[KIND]}
    whole = _award(24, Decimal(1), independent_hours=Decimal(6), **equal)
    telavi, kutaisi = (_people(world, coordinator) for coordinator in world.office.coordinators)
    others = _people(world, None)
    learner = _post_of(world.office.learner)
    sent, confirmed = (State.SUBMITTED, "", 12), (State.CONFIRMED, KNOWN, 9)
    _request(world, learner, PROCUREMENT, [(State.SUBMITTED, "", 180), (State.CONFIRMED, KNOWN, 176), (State.RECOGNISED, "", 170)], whole)
    _request(world, learner, MEDIATION, [(State.SUBMITTED, "", 40), (State.CONFIRMED, "", 38), (State.REFUSED, NO_STAMP, 31)])
    _request(world, learner, DIGITAL, [(State.SUBMITTED, "", 6), (State.RETURNED, SECOND_PAGE, 4)])
    _request(world, learner, LEADERSHIP, [(State.SUBMITTED, "", 2)])
    _request(world, telavi[0], WASTE, [(State.SUBMITTED, "", 5)])
    _request(world, telavi[1], DIGITAL, [sent, confirmed])
    _request(world, telavi[1], MEDIATION, [(State.SUBMITTED, "", 50), (State.CONFIRMED, "", 45), (State.REFUSED, NO_STAMP, 41)])
    _request(world, kutaisi[0], LEADERSHIP, [sent, confirmed])
    _request(world, kutaisi[1], WASTE, [(State.SUBMITTED, "", 3)])
    _request(world, others[0], DIGITAL, [sent])
    part = _award(8, None, topic_id=version.course.topic_id)
    _request(world, others[1], MEDIATION, [(State.SUBMITTED, "", 44), (State.RECOGNISED, TOPIC_ONLY, 36)], part)
    steps = [(State.SUBMITTED, "", 120), (State.RECOGNISED, "", 112), (State.REVOKED, TAKEN_BACK, 20)]
    lasting = _award(40, Decimal("1.5"), outside_id=kinds["CSB-LEAD"], valid_until=world.day(400))
    _request(world, others[2], LEADERSHIP, steps, lasting)
    _request(world, others[3], WASTE, [(State.SUBMITTED, "", 15), (State.WITHDRAWN, "", 14)])
    world.rows.write()


def _award(hours: int, credit: Decimal | None, **equal: Any) -> dict[str, Any]:
    return NOTHING | {"contact_hours": Decimal(hours), "independent_hours": Decimal(0), "credits": credit} | equal


def _request(
    world: World, post: Post, training: _Training, steps: list[tuple[State, str, int]], award: dict[str, Any] | None = None
) -> None:
    """One request with its proof; ``steps`` are what was done, the words, and how many days ago."""
    coordinators = {one.job.municipality.id: one.id for one in world.office.coordinators if one.job}
    ended = world.day(-training.days_ago)
    request_id = world.rows.add(
        RecognitionRequest,
        person_id=post.person_id,
        title=training.title,
        organiser=training.organiser,
        starts_on=ended - DAY,
        ends_on=ended,
        contact_hours=Decimal(training.hours),
        credits=training.credits,
        certificate_number=training.number,
        municipality_id=post.municipality_id,
        employer_confirms=post.municipality_id in coordinators,
        post_title_ka=post.title_ka,
        post_title_en=post.title_en,
        post_unit=post.unit,
    )
    proof = _proof(training)
    world.rows.add(
        RecognitionProof,
        request_id=request_id,
        media_type=proof.media_type,
        sha256=proof.sha256,
        sealed=keyring.seal_bytes(proof.data, recognition.sealed_for(request_id)),
        added_at=at(world.day(-steps[0][2]), 11),
    )
    by_others = dict.fromkeys((State.CONFIRMED, State.RETURNED), coordinators.get(post.municipality_id))
    by_others |= dict.fromkeys((State.RECOGNISED, State.REFUSED, State.REVOKED), world.office.staff.id)
    for step, words, days_ago in steps:
        when, by = at(world.day(-days_ago), 11), by_others.get(step, post.person_id)
        what = (award or NOTHING) if step == State.RECOGNISED else NOTHING
        world.rows.add(RecognitionStep, request_id=request_id, step=step.value, words=words, by=by, at=when, **what)
        world.past.note(when, ACTIONS[step], RecognitionRequest, request_id, by=by, person=post.person_id)


@cache
def _proof(training: _Training) -> Scan:
    typeface.register()
    buffer = io.BytesIO()
    canvas = sheets.new_canvas(buffer, "ka", title=training.title, subject=PROOF)
    sheets.mosaic(canvas)
    width = sheets.RIGHT - sheets.LEFT
    for drop, text, size in ((60, PROOF, 22), (100, training.title, 16), (130, training.organiser, 12)):
        sheets.put(canvas, sheets.fit(text, typeface.BOLD, size, width, sheets.BRAND), sheets.LEFT, sheets.TOP - drop)
    canvas.showPage()
    canvas.save()
    return Scan("application/pdf", buffer.getvalue())


def _post_of(someone: Someone) -> Post:
    return db.session.scalars(sa.select(Post).where(Post.person_id == someone.id).order_by(Post.id)).first() or Post()


def _people(world: World, coordinator: Someone | None) -> list[Post]:
    """The posts of the first learners whom the coordinator has; without one, of those whom none of them has."""
    ids = [one.job.municipality.id for one in world.office.coordinators if one.job]
    own = [coordinator.job.municipality.id] if coordinator and coordinator.job else []
    where = Post.municipality_id.in_(own) if own else Post.municipality_id.not_in(ids)
    named = sa.select(Account.person_id).where(Account.email.like("learner0%"))
    return list(db.session.scalars(sa.select(Post).where(where, Post.person_id.in_(named)).order_by(Post.id).limit(4)))
