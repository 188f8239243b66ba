"""A coordinator who is away names a deputy for the time; the deputy coordinates in it, and no longer."""

from datetime import timedelta

import pytest

from portal import enrolment, people
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.formats import format_date_short
from portal.foundation.history import HistoryRow
from portal.people.models import Role, RoleGrant
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.page_client import PageClient

PATH = "/municipality/deputy"


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


def days(first, last):
    return {
        "starts_on": format_date_short(clock.today() + timedelta(days=first)),
        "ends_on": format_date_short(clock.today() + timedelta(days=last)),
    }


def post_of(person):
    return str(people.find_current_post(person.id).id)


def name(page, person, first=0, last=7):
    return page.post(PATH, {"post": post_of(person)} | days(first, last))


def grants_of(person):
    return db.session.query(RoleGrant).filter_by(person_id=person.id).all()


def test_the_deputy_coordinates_in_that_time_and_is_told(app, telavi, cast):
    telavi.get(PATH)
    assert telavi.submit(post=post_of(cast.learner), **days(0, 7)).status == 303
    assert "Abashidze" in telavi.follow().texts("tbody tr")[0]
    (told,) = mails_to(cast.learner)
    assert (told.kind, kinds_to(cast.coordinator)) == ("deputy_named", [])
    assert "მაია კაპანაძე" in told.body
    deputy = PageClient(app, "en").sign_in(cast.learner)
    assert deputy.get("/municipality").status == deputy.get("/municipality/applications").status == 200
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert deputy.get("/municipality").status == 403


def test_a_deputy_of_next_week_is_none_today(app, telavi, cast):
    assert name(telavi, cast.learner, 7, 14).status == 303
    assert PageClient(app, "en").sign_in(cast.learner).get("/municipality").status == 403
    assert "Abashidze" in telavi.follow().texts("tbody tr")[0]


def test_the_deputy_decides_on_the_application_of_the_coordinator(app, telavi, cast):
    name(telavi, cast.learner)
    run = factories.run()
    factories.place_rules(run, decided_by="employer_then_staff")
    asked = enrolment.enrol(run.id, cast.coordinator.id, by=cast.coordinator.id)
    assert asked.stage == "employer"
    deputy = PageClient(app, "en").sign_in(cast.learner)
    deputy.post("/municipality/applications", {"application": asked.reference, "verdict": "approve"})
    assert "The association decides next." in deputy.follow().text


def test_a_deputy_names_no_further_deputy(app, telavi, cast):
    name(telavi, cast.learner)
    deputy = PageClient(app, "en").sign_in(cast.learner)
    shown = deputy.get(PATH)
    assert "Only the coordinator can name a deputy." in shown.text
    assert shown.all("main form") == []
    refused = name(deputy, cast.trainer)
    assert (refused.status, "a deputy cannot" in refused.text) == (422, True)
    with pytest.raises(RefusedError, match="deputy cannot"):
        people.name_deputy(
            cast.trainer.id, grants_of(cast.learner)[0].municipality_id, starts_on=clock.today(), ends_on=clock.today(), by=cast.learner.id
        )
    assert [grant.role for grant in grants_of(cast.trainer)] == [Role.TRAINER]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (-1, 5, "The first day must not be in the past."),
        (5, 4, "The last day must not be before the first"),
        (0, 60, "Somebody can stand in for at most 60 days."),
    ],
)
def test_wrong_days_are_refused_in_words(telavi, cast, first, last, words):
    refused = name(telavi, cast.learner, first, last)
    assert (refused.status, refused.texts(".summary li")) == (422, [words])
    assert refused.all("#post option[selected]")[0].get("value") == post_of(cast.learner)
    assert grants_of(cast.learner) == []


def test_sixty_days_are_enough(telavi, cast):
    assert name(telavi, cast.learner, 0, 59).status == 303


def test_no_deputy_stays_longer_than_the_coordinator(telavi, cast):
    grants_of(cast.coordinator)[0].ends_on = clock.today() + timedelta(days=3)
    refused = name(telavi, cast.learner, 0, 7)
    assert (refused.status, refused.texts(".summary li")) == (422, ["Your own role as coordinator ends before that day."])


def test_nobody_is_their_own_deputy(telavi, cast):
    telavi.get(PATH)
    assert post_of(cast.coordinator) not in [option.get("value") for option in telavi.page.all("#post option")]
    refused = name(telavi, cast.coordinator)
    assert (refused.status, refused.texts(".summary li")) == (422, ["You cannot be your own deputy. Choose somebody else."])


def test_somebody_without_an_account_or_of_another_municipality_is_refused_alike(telavi, cast):
    unknown = factories.person("ია", "აბულაძე")
    factories.post(unknown)
    closed = factories.person_with_account("ეთერ", "ჯანელიძე")
    people.get_account_of(closed.id).active = False
    telavi.get(PATH)
    assert not {"Abuladze", "Janelidze", "Lomidze"} & set(" ".join(telavi.page.texts("#post option")).replace(",", "").split())
    for person in (unknown, closed, cast.colleague):
        refused = name(telavi, person)
        assert (refused.status, refused.texts(".summary li")) == (
            422,
            ["Choose somebody who works in your municipality and has an active profile."],
        )
        assert [grant.deputy_for for grant in grants_of(person)] == []


def test_nothing_typed_is_refused_field_by_field(telavi, cast):
    telavi.get(PATH)
    assert telavi.submit().status == 422
    assert [link.get("href") for link in telavi.page.all(".summary a")] == ["#post", "#starts_on", "#ends_on"]


def test_the_same_deputy_is_not_named_twice_for_a_day(telavi, cast):
    name(telavi, cast.learner, 0, 7)
    shown = name(telavi, cast.learner, 7, 9)
    assert (shown.status, shown.texts(".summary li")) == (422, ["This person coordinates the municipality in that time already."])
    assert kinds_to(cast.learner) == ["deputy_named"]


def test_it_is_ended_early(app, telavi, cast):
    name(telavi, cast.learner)
    deputy = PageClient(app, "en").sign_in(cast.learner)
    (grant,) = grants_of(cast.learner)
    telavi.get(PATH)
    assert telavi.submit(f"/{grant.id}/end").status == 303
    assert telavi.follow().all("tbody") == []
    assert deputy.get("/municipality").status == 403


def test_nobody_ends_what_others_named_or_their_own_role(app, telavi, cast):
    name(telavi, cast.learner)
    (grant,) = grants_of(cast.learner)
    assert PageClient(app, "en").sign_in(cast.neighbour).post(f"{PATH}/{grant.id}/end").status == 404
    assert PageClient(app, "en").sign_in(cast.learner).post(f"{PATH}/{grant.id}/end").status == 404
    assert telavi.post(f"{PATH}/{grants_of(cast.coordinator)[0].id}/end").status == 404


def test_with_the_coordinator_the_deputy_goes(telavi, cast):
    name(telavi, cast.learner, 0, 7)
    name(telavi, cast.trainer, 20, 27)
    people.end_grant(grants_of(cast.coordinator)[0], by=cast.administrator.id)
    for person in (cast.learner, cast.trainer):
        assert all(
            grant.deputy_for is None or grant.ends_on < clock.today() or grant.ends_on < grant.starts_on for grant in grants_of(person)
        )


def test_the_administrator_reads_for_whom_somebody_stands_in_and_so_does_the_history(app, telavi, cast):
    name(telavi, cast.learner)
    admin = PageClient(app, "en").sign_in(cast.administrator)
    assert "deputy for: Maia Kapanadze" in admin.get(f"/admin/people/{cast.learner.id}").text
    row = db.session.query(HistoryRow).filter_by(action="role:grant").one()
    assert (row.actor_id, row.person_id, row.change["deputy_for"]) == (cast.coordinator.id, cast.learner.id, cast.coordinator.id)
    assert "Maia Kapanadze" in admin.get("/staff/history").text
