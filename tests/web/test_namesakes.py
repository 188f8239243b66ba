"""Two people of one name in one list: the post tells them apart, the personal number never does."""

from __future__ import annotations

import pytest

from portal import people
from tests import factories
from tests.attendance.hall import Hall
from tests.page_client import PageClient

NAME = ("ნინო", "აბაშიძე")
TWIN = ("ინსპექტორი", "ზედამხედველობის სამსახური")
NUMBER = "01024056789"


@pytest.fixture
def hall(cast):
    """Nino of the cast, another Nino of the same municipality, and somebody else, all of them in one run."""
    hall = Hall(cast, names=[("გიორგი", "არველაძე")], version=factories.course(score_percent=60), code="RUN-TWINS")
    twin = factories.person(*NAME)
    factories.post(twin, title_ka=TWIN[0], title_en="", unit=TWIN[1])
    people.set_personal_number(twin, NUMBER, by=cast.staff.id)
    factories.enrolment(hall.run, cast.learner)
    factories.enrolment(hall.run, twin, post_unit=TWIN[1])
    return hall


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("trainer", "{hall}"),
        ("trainer", "/teaching/runs/RUN-TWINS/scores"),
        ("trainer", "{hall}/walk-in?q=აბაშიძე"),
        ("staff", "/staff/runs/RUN-TWINS"),
        ("staff", "/staff/runs/RUN-TWINS/attendance"),
        ("staff", "/staff/runs/RUN-TWINS/certificates"),
        ("staff", "/staff/runs/RUN-TWINS/participants/new?q=აბაშიძე"),
        ("coordinator", "/municipality"),
        ("coordinator", "/municipality/nominate/RUN-TWINS"),
        ("administrator", "/admin?q=აბაშიძე"),
    ],
)
def test_the_post_stands_beside_people_of_the_same_name(app, cast, hall, who, path):
    shown = PageClient(app).sign_in(getattr(cast, who)).get(path.format(hall=hall.path))
    assert shown.status == 200
    for words in ("მთავარი სპეციალისტი", *TWIN):
        assert words in shown.text
    assert NUMBER not in shown.response.get_data(as_text=True)


def test_the_roll_keeps_short_for_all_others(page, cast, hall):
    shown = page.sign_in(cast.trainer).get(hall.path)
    beside = dict(zip(shown.texts(".roll-who"), shown.texts(".roll-who + span"), strict=True))
    assert beside["არველაძე გიორგი"] == "თელავი"
    assert beside["აბაშიძე ნინო"].startswith("თელავი, ")
