"""Rare pages about places: nominations, offers, applications and what was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal import enrolment
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories

if TYPE_CHECKING:
    from portal.people.models import Person
    from tests.cast import Cast
    from tests.page_client import Page, PageClient

from tests.browser.rare import link_in_mail, scene


@scene
def what_became_of_the_nominated(browser: PageClient, cast: Cast) -> Page:
    factories.run(code="NOMINATE")
    browser.sign_in(cast.coordinator).get("/municipality/nominate/NOMINATE")
    return browser.submit(None, person=[str(cast.learner.id), str(cast.coordinator.id)])


@scene
def a_nomination_to_be_taken_back(browser: PageClient, cast: Cast) -> Page:
    factories.run(code="NOMINATE")
    path = "/municipality/nominate/NOMINATE"
    browser.sign_in(cast.coordinator).post(path, {"person": str(cast.learner.id)})
    return browser.get(browser.get(path).all("a[href*=take-back]")[0].get("href"))


@scene
def a_person_of_the_same_name(browser: PageClient, cast: Cast) -> Page:
    factories.run(code="NOMINATE")
    browser.sign_in(cast.coordinator).get("/municipality/nominate/NOMINATE/new")
    typed = {"given_name_ka": "ნინო", "family_name_ka": "აბაშიძე", "category": "other", "title_ka": "სპეციალისტი", "phone": "555123456"}
    return browser.submit("/new", **typed)


def a_full_run_that_offers(cast: Cast, code: str) -> None:
    """The only place was given back: it is offered to the learner, and the neighbour waits."""
    run = factories.run(code=code, capacity=1)
    factories.place_rules(run, freed_places="offered")
    for person in (cast.colleague, cast.learner, cast.neighbour):
        enrolment.enrol(run.id, person.id, by=person.id)
    enrolment.withdraw(run.id, cast.colleague.id, by=cast.colleague.id)
    commit()


@scene
def an_offered_place(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    return browser.sign_in(cast.learner).get("/runs/OFFERS")


@scene
def an_offered_place_of_mine(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    return browser.sign_in(cast.learner).get("/my")


@scene
def an_offer_to_decline(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    return browser.sign_in(cast.learner).get("/runs/OFFERS/withdraw")


@scene
def an_offer_by_mail(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    return browser.get(link_in_mail("place_offered"))


@scene
def an_offer_answered_by_mail(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    browser.post(link_in_mail("place_offered"), {"answer": "accept"})
    return browser.follow()


@scene
def an_offer_that_ended(browser: PageClient, cast: Cast) -> Page:
    a_full_run_that_offers(cast, "OFFERS")
    with clock.frozen(clock.now() + timedelta(days=3)):
        return browser.get(link_in_mail("place_offered"))


@scene
def a_nomination_by_mail(browser: PageClient, cast: Cast) -> Page:
    run = factories.run(code="NOMINATED")
    telavi = factories.municipality("telavi").id
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=telavi)
    commit()
    return browser.get(link_in_mail("nominated"))


@scene
def an_application(browser: PageClient, cast: Cast) -> Page:
    factories.place_rules(factories.run(code="APPLY"), decided_by="staff")
    browser.sign_in(cast.learner).post("/runs/APPLY/enrol")
    return browser.follow()


def decided(browser: PageClient, path: str, decided_by: str, *people: Person) -> Page:
    """Those who have applied are approved; nobody decides on their own application."""
    run = factories.run(code="APPLY")
    factories.place_rules(run, decided_by=decided_by)
    asked = [enrolment.enrol(run.id, person.id, by=person.id) for person in people]
    browser.post(path, {"application": [one.reference for one in asked], "verdict": "approve"})
    return browser.follow()


@scene
def what_came_of_a_decision_of_the_staff(browser: PageClient, cast: Cast) -> Page:
    return decided(browser.sign_in(cast.staff), "/staff/applications", "staff", cast.learner, cast.staff)


@scene
def what_came_of_a_decision_of_an_employer(browser: PageClient, cast: Cast) -> Page:
    return decided(browser.sign_in(cast.coordinator), "/municipality/applications", "employer_then_staff", cast.learner)


@scene
def a_place_in_line_with_quotas(browser: PageClient, cast: Cast) -> Page:
    factories.place_rules(factories.run(code="LINE", capacity=3), {"gurjaani": 3})
    browser.sign_in(cast.learner).post("/runs/LINE/enrol")
    return browser.follow()
