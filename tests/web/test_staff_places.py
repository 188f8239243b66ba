"""Venues, funding projects and topics in the hands of staff."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from portal import courses
from portal.courses.models import FundingProject, Topic, Venue
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from tests import factories


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def picture(kind="PNG", size=(300, 200)):
    out = BytesIO()
    Image.new("RGB", size, "#0f4c5c").save(out, kind)
    return out.getvalue()


def test_a_venue_is_added_and_changed(staff):
    staff.get("/staff/venues/new")
    values = {"name_ka": "სასტუმრო „მესტია“", "name_en": "Hotel Mestia", "address_ka": "სეტის მოედანი 1", "address_en": "1 Seti Square"}
    place = factories.municipality("mestia")
    assert staff.submit(**values, municipality_id=str(place.id)).status == 303
    assert "Hotel Mestia" in staff.follow().text
    venue = db.session.scalars(sa.select(Venue)).one()
    assert (venue.name_ka, venue.municipality_id) == ("სასტუმრო „მესტია“", place.id)
    staff.post(f"/staff/venues/{venue.id}", values | {"municipality_id": str(place.id), "name_en": "Hotel Ushba"})
    db.session.expire_all()
    assert courses.get_venue(venue.id).name_en == "Hotel Ushba"


def test_an_address_that_moves_tells_the_participants(staff, cast):
    venue = factories.venue()
    factories.enrolment(factories.run(venue_id=venue.id), cast.learner)
    values = {"name_ka": venue.name_ka, "name_en": venue.name_en, "address_ka": "ახალი ქ. 2", "address_en": "2 New St"}
    assert staff.post(f"/staff/venues/{venue.id}", values | {"municipality_id": str(venue.municipality_id)}).status == 303
    assert db.session.scalars(sa.select(OutboxMessage.kind)).all() == ["run_moved"]


def test_an_archived_venue_is_not_offered_for_new_runs(staff):
    venue = factories.venue(name_en="Old hall")
    assert "Old hall" in staff.get("/staff/runs/new").text
    staff.get(f"/staff/venues/{venue.id}")
    staff.submit(f"/{venue.id}/archive")
    assert "Archived" in staff.follow().text
    assert "Old hall" not in staff.get("/staff/runs/new").text
    run = factories.run(venue_id=venue.id, code="R")
    assert "Old hall" in staff.get(f"/staff/runs/{run.code}/edit").text


def test_a_project_gets_a_clean_logo(staff):
    values = {"name_ka": "პროექტი", "name_en": "Project", "donor_ka": "ევროკავშირი", "donor_en": "EU"}
    sent = values | {"logo": (BytesIO(picture("JPEG")), "logo.jpg")}
    assert staff.post("/staff/projects/new", sent).status == 303
    project = db.session.scalars(sa.select(FundingProject)).one()
    assert courses.find_logo(project.id).startswith(b"\x89PNG")
    assert "Remove the logo" in staff.get(f"/staff/projects/{project.id}").text
    assert staff.post(f"/staff/projects/{project.id}", values | {"without_logo": "y"}).status == 303
    assert courses.find_logo(project.id) is None


@pytest.mark.parametrize("upload", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n broken", b"x" * (2 * 1024 * 1024 + 5)])
def test_what_is_no_picture_is_refused_beside_the_field(staff, upload):
    values = {"name_ka": "პროექტი", "name_en": "Project", "donor_ka": "ევროკავშირი", "donor_en": "EU"}
    refused = staff.post("/staff/projects/new", values | {"logo": (BytesIO(upload), "logo.png")})
    assert (refused.status, len(refused.all("#logo-error"))) == (422, 1)
    assert refused.tree.get_element_by_id("name_en").get("value") == "Project"
    assert db.session.scalars(sa.select(FundingProject)).all() == []


def test_a_municipality_has_no_two_venues_of_one_name(staff):
    known = factories.venue("telavi", name_ka="სასტუმრო „ალაზანი“", archived=True)
    values = {"name_ka": "სასტუმრო ალაზანი", "name_en": "Alazani", "address_ka": "ქ. 1", "address_en": "1 St"}
    telavi, kutaisi = (str(factories.municipality(code).id) for code in ("telavi", "kutaisi"))
    refused = staff.post("/staff/venues/new", values | {"municipality_id": telavi})
    assert (refused.status, refused.all(".summary a")[0].get("href")) == (422, "#name_ka")
    assert refused.tree.get_element_by_id("address_en").get("value") == "1 St"
    assert staff.post("/staff/venues/new", values | {"municipality_id": kutaisi}).status == 303
    assert staff.post(f"/staff/venues/{known.id}", values | {"municipality_id": telavi}).status == 303  # its own name is no other's
    assert staff.post(f"/staff/venues/{known.id}", values | {"municipality_id": kutaisi}).status == 422


def test_no_two_topics_have_one_name(staff):
    factories.topic(name_ka="შესყიდვები")
    other = factories.topic(name_ka="ბიუჯეტი")
    for path in ("/staff/topics/new", f"/staff/topics/{other.id}"):
        refused = staff.post(path, {"name_ka": " შესყიდვები ", "name_en": "Procurement", "position": "3"})
        assert (refused.status, refused.texts(".summary a")) == (422, ["There is a topic of this name already."])
    assert staff.post(f"/staff/topics/{other.id}", {"name_ka": "ბიუჯეტი", "name_en": "Budget", "position": "3"}).status == 303


def test_an_archived_project_can_still_be_found_in_the_list(staff):
    project = factories.funding_project(name_en="Finished project")
    staff.post(f"/staff/projects/{project.id}/archive")
    assert "Finished project Archived" in staff.get("/staff/projects").text
    assert "Finished project" not in staff.get("/staff/runs/new").text


def test_a_topic_gets_its_address_from_its_name(staff):
    staff.get("/staff/topics/new")
    assert staff.submit(name_ka="ადამიანის უფლებები", name_en="Human rights").status == 303
    topic = db.session.scalars(sa.select(Topic)).one()
    assert topic.slug == "human-rights"
    staff.get(f"/staff/topics/{topic.id}")
    assert staff.submit(position="7").status == 303
    db.session.expire_all()
    assert courses.get_topic(topic.id).position == 7
    refused = staff.post("/staff/topics/new", {"name_ka": "სხვა", "name_en": "Other", "slug": "human-rights", "position": "1"})
    assert (refused.status, len(refused.all("#slug-error"))) == (422, 1)


def test_a_new_topic_is_last_in_the_list(staff):
    staff.get("/staff/topics/new")
    staff.submit(name_ka="ადამიანის უფლებები", name_en="Human rights", position="7")
    staff.get("/staff/topics/new")
    staff.submit(name_ka="შესყიდვები", name_en="Procurement")
    assert [topic.name_en for topic in courses.topics_in_order()] == ["Human rights", "Procurement"]


def test_empty_lists_say_what_to_do(staff):
    for path in ("venues", "projects", "topics", "courses"):
        assert staff.get(f"/staff/{path}").all(".empty .button"), path


def test_places_are_closed_to_everybody_else(page, cast):
    venue, project, topic = factories.venue(), factories.funding_project(), factories.topic()
    for nosy in (cast.learner, cast.coordinator, cast.trainer):
        page.sign_in(nosy)
        for path in ("venues", "projects", "topics", f"venues/{venue.id}", f"projects/{project.id}", f"topics/{topic.id}"):
            assert page.get(f"/staff/{path}").status == 403
        for path in (f"venues/{venue.id}/archive", f"projects/{project.id}/archive", "venues/new", "projects/new", "topics/new"):
            assert page.post(f"/staff/{path}").status == 403
    page.sign_in(cast.staff)
    for path in ("venues", "projects", "topics"):
        assert page.get(f"/staff/{path}/999999").status == 404
