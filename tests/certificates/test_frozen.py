"""What was issued stays as it was, whatever becomes of the person, the course, the template and the logo: file, digests and the page that verifies."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.certificates.chain.models import RegisterEntry
from portal.certificates.models import Certificate, CertificateCredential, CertificateFile
from portal.courses.models import Course, CourseRun, CourseVersion, FundingProject, Topic, Venue
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.transaction import abandon, writing
from portal.municipalities.models import Municipality
from portal.people.models import Person
from tests import factories
from tests.certificates import designs, scenes
from tests.certificates.tampering import findings

EVERYTHING = (Person, Enrolment, Course, CourseVersion, CourseRun, Topic, Venue, FundingProject, Municipality)


@pytest.fixture
def municipalities_put_back(app):
    """What every test finds in the database is there again afterwards."""
    kept = [dict(row) for row in db.session.execute(sa.select(Municipality.__table__)).mappings()]
    yield
    with writing():
        for row in kept:
            db.session.execute(sa.update(Municipality).where(Municipality.id == row["id"]).values(row))


@pytest.fixture
def issued(cast):
    """A certificate of somebody, for a run that a donor with a logo paid for, with a design of all: its secret and number."""
    designs.save("all", cast.staff, heading=("მოწმობა", "Attestation"))
    project = factories.funding_project(logo=designs.picture())
    scenes.issued_run(cast.staff, [cast.learner], funding_project=project)
    abandon()
    return db.session.execute(sa.select(Certificate.secret, Certificate.number)).one()


def all_of_it(app, issued) -> dict[str, object]:
    """What stands in the register, and what whoever checks is shown."""
    abandon()
    rows = {
        model.__tablename__: [tuple(row) for row in db.session.execute(sa.select(model.__table__))]
        for model in (Certificate, CertificateFile, CertificateCredential, RegisterEntry)
    }
    paths = (f"/ka/verify/{issued.secret}", f"/en/verify/{issued.secret}", f"/verify/{issued.secret}.json")
    answers = {path: app.test_client().get(path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    return rows | {path: answer.get_data(as_text=True) for path, answer in answers.items()}


def overwrite(model: type) -> None:
    """Something else in every column of every row that holds words, numbers or bytes, where nothing else refers to them."""
    table = model.__table__
    for column in table.c:
        if column.foreign_keys or column.primary_key or column.unique:
            continue
        if isinstance(column.type, sa.String):
            db.session.execute(sa.update(table).values({column.key: "წაშლილია"}))
        elif isinstance(column.type, sa.LargeBinary):
            db.session.execute(sa.update(table).values({column.key: None if column.nullable else b""}))


@pytest.mark.usefixtures("municipalities_put_back")
def test_whatever_becomes_of_person_course_template_and_logo_the_certificate_stays(app, cast, issued):
    before = all_of_it(app, issued)
    assert "მოწმობა" in before[f"/ka/verify/{issued.secret}"]
    with writing():
        for model in EVERYTHING:
            overwrite(model)
    designs.save("all", cast.staff, heading=("სხვა", "Other"))
    assert db.session.scalar(sa.select(Person.family_name_ka).where(Person.id == cast.learner.id)) == "წაშლილია"
    after = all_of_it(app, issued)
    assert [part for part in before if before[part] != after[part]] == []
    assert findings() == []
