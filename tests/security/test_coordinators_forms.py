"""Forms of a coordinator that links of the demo do not lead to, or that bring a file: nothing that they can send is a 500."""

from __future__ import annotations

import io

import pytest
from flask import g

from portal import enrolment
from portal.foundation.transaction import abandon, commit
from tests import factories
from tests.crawl.test_bad_input import NASTY
from tests.imports import sheets
from tests.page_client import PageClient

BASE = "https://portal.test"
HUGE = "9" * 15
OF_THESE_FORMS = [f"up:{HUGE}", "up:-1", f"down:{'9' * 40}", HUGE, "31.12.9999", "a\r\nBcc: x@portal.test"]


@pytest.fixture
def coordinator(app, cast, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return PageClient(app).sign_in(cast.coordinator).client


@pytest.fixture
def forms(app, cast, coordinator):
    """Each address with the fields that are read there, and one value of each that is right."""
    run, decided = factories.run(code="RUN-LISTED"), factories.run(code="RUN-DECIDED")
    factories.place_rules(decided, decided_by="employer_then_staff", decision_days=5)
    asked = enrolment.enrol(decided.id, cast.learner.id, by=cast.learner.id)
    here = enrolment.own_posts_of([factories.municipality("telavi").id], [cast.learner.id])
    enrolment.add_to_list(run.id, here, by=cast.coordinator.id)
    commit()
    upload = send(
        coordinator, "/ka/municipality/nominate/RUN-LISTED/import", {"file": (io.BytesIO(sheets.as_csv([sheets.nominee(1)])), "a.csv")}
    )
    imported = upload.headers["Location"]
    one, nominate = str(cast.learner.id), "/ka/municipality/nominate/RUN-LISTED"
    return {
        nominate: {"person": one, "q": "", "after": "1", "before": "1", "form_key": "abc"},
        f"{nominate}/list": {"person": one, "q": ""},
        f"{nominate}/list?": {"move": "up:1", "version": "1"},
        f"{nominate}/list??": {"drop": "1"},
        f"{nominate}/send": {"version": "1", "form_key": "abc"},
        f"{nominate}/take-back/1": {"reason": "მიზეზი"},
        f"{nominate}/take-back/{HUGE}": {"reason": "მიზეზი"},
        f"{nominate}/new": {
            "who": one,
            "given_name_ka": "ნინო",
            "family_name_ka": "ბერიძე",
            "phone": "",
            "title_ka": "მრჩეველი",
            "drawn_at": "",
        },
        f"{imported}/columns": {"column-0": "given_name", "column-1": "family_name", "column-999": ""},
        f"{imported}/confirm": {"left_out": "0", "row-2": "0", f"row-{HUGE}": "1", "row-\x00": "1"},
        "/ka/municipality/applications": {"application": asked.reference, "verdict": "reject", "reason": "მიზეზი"},
        f"/ka/municipality/applications/{asked.reference}/undo": {"reason": "მიზეზი"},
        "/ka/municipality/deputy": {"post": "1", "starts_on": "01.12.2026", "ends_on": "02.12.2026"},
        f"/ka/municipality/deputy/{HUGE}/end": {"nothing": ""},
        f"/ka/municipality/people/{one}/letters": {"reference": asked.reference, "kind": "participation", "language": "ka"},
    }


def send(client, path, data, **more):
    abandon()
    for name in list(g):
        g.pop(name)
    answer = client.post(path, data=data, base_url=BASE, **more)
    abandon()
    return answer


def test_no_value_of_no_field_is_a_500(coordinator, forms):
    """One field at a time, so that the rest lets it through; each takes every fourth value, and its neighbours the others."""
    values = [*NASTY, *OF_THESE_FORMS]
    for path, right in forms.items():
        for place, field in enumerate(right):
            for value in values[place % 4 :: 4]:
                typed = {name: text.encode("utf-8", "surrogatepass") for name, text in (right | {field: value}).items()}
                assert send(coordinator, path, typed).status_code < 500, f"{path} {field} {value[:40]!r}"


@pytest.mark.parametrize("name", ["\ud800.csv", "a\x00.csv", "=cmd.csv", "../../x.csv", "a\r\nb.csv", "ა" * 3_000, "{{ 7*7 }}.csv"])
def test_no_name_of_a_file_is_a_500(coordinator, forms, name):
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode("utf-8", "surrogatepass")
    body = head + sheets.as_csv([sheets.nominee(5)]) + b"\r\n--B--\r\n"
    answer = send(coordinator, "/ka/municipality/nominate/RUN-LISTED/import", body, content_type="multipart/form-data; boundary=B")
    assert answer.status_code in {303, 400, 422}
    if answer.status_code == 303:
        assert coordinator.get(answer.headers["Location"], base_url=BASE).status_code == 200
