"""A coordinator never meets a person of another municipality, wherever links or guessed addresses lead."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.certificates.models import Certificate
from portal.courses.models import CourseRun, CourseSession, RunMaterial, RunTrainer
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.letters.models import IssuedLetter
from portal.municipalities.models import Municipality
from portal.people.models import Person, Post
from tests.crawl.crawler import BASE, client_of, crawl
from tests.security.reading import texts_of

WHO = "coordinator2"
PUBLIC_NAMES = ("style_guide.style_guide",)  # samples


@pytest.fixture
def names(demo_app):
    """How people of Telavi are written, without those who have a namesake in Kutaisi or whom everybody sees as trainers."""
    with demo_app.app_context():
        shown = set(db.session.scalars(sa.select(RunTrainer.person_id)))
        people = {
            code: [
                person
                for person in db.session.scalars(
                    sa.select(Person).join(Post, Post.person_id == Person.id).join(Municipality).where(Municipality.code == code)
                )
                if person.id not in shown
            ]
            for code in ("telavi", "kutaisi")
        }
        return ways_to_write(people["telavi"]) - ways_to_write(people["kutaisi"])


def ways_to_write(people):
    return {
        way
        for one in people
        for way in (one.name_ka, one.name_by_family("ka"), one.name_latin, f"{one.family_name_latin} {one.given_name_latin}", one.email)
        if way
    }


def guessed(demo_app):
    """Addresses that no link of a coordinator leads to, each with an id that exists."""
    with demo_app.app_context():
        codes = list(db.session.scalars(sa.select(CourseRun.code)))
        sessions = list(db.session.scalars(sa.select(CourseSession.id).limit(10)))
        numbers = list(db.session.scalars(sa.select(Certificate.number).limit(10)))
        persons = list(db.session.scalars(sa.select(Person.id).limit(10)))
        letters = list(db.session.scalars(sa.select(IssuedLetter.number)))
        of_telavi = list(db.session.scalars(sa.select(Post.person_id).join(Municipality).where(Municipality.code == "telavi")))
        materials = db.session.execute(sa.select(CourseRun.code, RunMaterial.id).join(CourseRun, CourseRun.id == RunMaterial.run_id)).all()
        places = db.session.execute(sa.select(CourseRun.code, Enrolment.id, Enrolment.reference).join(Enrolment.run).limit(10)).all()
    own = ("enrolment", "calendar.ics", "participation", "withdraw")
    staff = ("", "/certificates", "/certificates.pdf", "/certificates.zip", "/certificates/batches/1", "/attendance", "/participants/new")
    yield from (f"/runs/{code}/{page}" for code in codes for page in own)
    yield from (f"/staff/runs/{code}{page}" for code in codes for page in staff)
    yield from (f"/staff/runs/{code}/certificates/preview/{place}.pdf" for code, place, _reference in places)
    yield from (
        f"/staff/runs/{code}/participants/{reference}/{page}" for code, _place, reference in places for page in ("withdraw", "letters")
    )
    yield from (f"/municipality/people/{person}/{page}" for person in of_telavi for page in ("letters", "hours", "qualifications"))
    yield from (
        f"{page}/{number}.pdf" for number in letters for page in ("/my/letters", "/municipality/letters", "/staff/runs/DEMO-CERT/letters")
    )
    yield from (f"/teaching/runs/{code}/{page}" for code in codes for page in ("scores", "materials", "message"))
    yield from (f"/runs/{code}/materials/{material}" for code, material in materials)
    yield from (f"/my/runs/{code}/attendance" for code in codes)
    yield from (f"/my/recognition/{one}{page}" for one in range(1, 15) for page in ("/correct", "/again", "/withdraw", "/proofs/1"))
    yield from (f"/staff/recognition{one}" for one in ("", "/1", "/2", "/1/proofs/1"))
    yield from (f"/{desk}/appeals{one}" for desk in ("staff", "teaching") for one in ("", "/1", "/2", "/3"))
    yield from (
        f"/teaching/sessions/{one}{page}"
        for one in sessions
        for page in ("", "/counts", "/sheet.pdf", "/history", "/walk-in", "/walk-in/new")
    )
    yield from (f"{page}/{number}.pdf" for number in numbers for page in ("/my/certificates", "/staff/certificates"))
    yield from (f"/staff/certificates/{number}" for number in numbers)
    yield from (f"/admin/people/{person}{page}" for person in persons for page in ("", "/deactivate", "/personal-number"))
    yield from (f"/staff/{page}" for page in ("outbox", "outbox/1", "history", "reports", "reports/municipality.csv", "certificates"))
    yield from (f"/municipality?{query}" for query in ("q=telavi", "q=თელავი", "after=1", "before=99999", "municipality=1"))


@pytest.mark.parametrize("language", ["ka", "en"])
def test_no_page_that_links_lead_to_names_a_person_of_the_neighbours(demo_app, names, language):
    assert len(names) > 20
    visits = [visit for visit in crawl(demo_app, WHO, language) if visit.endpoint not in PUBLIC_NAMES]
    assert {"enrolment.municipality", "enrolment.nominate", "enrolment.run"} <= {visit.endpoint for visit in visits}
    for visit in visits:
        text = "\n".join(texts_of(visit.response.data, visit.response.mimetype))
        assert not [name for name in names if name in text], visit.url


def test_no_guessed_address_does_either(demo_app, names):
    client = client_of(demo_app, WHO)
    for path in guessed(demo_app):
        answer = client.get(f"/ka{path}", base_url=BASE)
        assert answer.status_code in ({200} if path.startswith("/municipality?") else {303, 403, 404}), path
        text = answer.get_data(as_text=True)
        assert not [name for name in names if name in text], path
