"""Somebody comes whom nobody knows."""

import pytest

from portal import enrolment, journeys, people
from portal.enrolment import rules
from portal.foundation import clock
from portal.people import PersonDetails, PostDetails
from tests import factories

KHVICHA = PersonDetails(given_name_ka="ხვიჩა", family_name_ka="კვარაცხელია", email="khvicha@portal.test")


def post_in(code):
    return PostDetails(
        municipality_id=factories.municipality(code).id, title_ka="სპეციალისტი", category="employment_contract", starts_on=clock.today()
    )


def test_a_newcomer_is_entered_with_the_post_and_has_a_place(cast):
    run = factories.run(starts_at=clock.now(), state="running", trainers=(cast.trainer,))
    place = journeys.admit_newcomer(run.id, KHVICHA, post_in("kutaisi"), by=cast.trainer.id)
    assert (place.state, place.post_title_ka, place.post_category) == ("confirmed", "სპეციალისტი", "employment_contract")
    assert place.person.name_latin == "Khvicha Kvaratskhelia"
    assert people.find_current_post(place.person_id).municipality.code == "kutaisi"
    assert [one.id for one in enrolment.roster(run.id)] == [place.id]


@pytest.mark.parametrize(("values", "refusal"), [({"capacity": 0}, rules.FullError), ({"state": "cancelled"}, rules.RunCancelledError)])
def test_a_newcomer_is_refused_as_anybody_is(cast, values, refusal):
    run = factories.run(starts_at=clock.now(), **{"state": "running"} | values)
    with pytest.raises(refusal):
        journeys.admit_newcomer(run.id, KHVICHA, post_in("kutaisi"), by=cast.trainer.id)
