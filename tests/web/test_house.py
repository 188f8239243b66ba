"""The application stands."""


def test_the_process_and_the_database_answer(page):
    assert page.get("/healthz").text == "ok\n"
    assert page.get("/readyz").text == "ready\n"


def test_a_page_of_nobody_asks_to_sign_in(page):
    assert page.get("/my").location.startswith("/ka/sign-in?next=")


def test_a_learner_may_not_see_the_staff_pages(page, cast):
    assert page.sign_in(cast.learner).get("/staff/runs").status == 403
