"""Nothing that a visitor can send is a 500."""

from __future__ import annotations

import time

import pytest

from tests.crawl.crawler import BASE, client_of, crawl, endpoint_of

NASTY = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "²",
    "٣",
    "-1",
    "0",
    "1e309",
    "NaN",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999999999",
    "31.02.2026",
    "9999-12-31",
    "0000-00-00",
    "2026-11-22T25:61",
    "'; DROP TABLE person; --",
    "<script>alert(1)</script>",
    '<img src="file:///etc/passwd">',
    "{{ 7*7 }}",
    "%s%n%(x)s",
    "../../../etc/passwd",
    "=HYPERLINK(1)",
    "ᲐᲑᲒ",
    "\u202eevil\u200b",
    "ა" * 5_000,
    "💥" * 50,
    "null",
    "[]",
    '{"a":' * 200,
]
SLOW = 2.0
WHO = ("visitor", "learner", "coordinator", "trainer", "admin")  # administrators reach all that staff do


def forms_of(app, who):
    """One form of each kind that ``who`` can reach: the address it posts to, and its filled fields. A kind has one endpoint and one set of fields."""
    found = {}
    for visit in crawl(app, who, "ka"):
        if visit.tree is None:
            continue
        for form in visit.tree.forms:
            if (form.get("method") or "get").lower() != "post":
                continue
            action = form.get("action") or visit.url.removeprefix(BASE)
            names = tuple(sorted({name for name in form.fields if name}))
            found.setdefault((endpoint_of(app, f"{BASE}{action}", "POST"), names), (action, form))
    return list(found.values())


@pytest.mark.parametrize("who", WHO)
def test_no_bad_input_is_a_500(demo_app, untouched, who):
    """Every field of every form with every nasty value; the fields of one form take different values in one request, so that it stays fast."""
    forms = forms_of(demo_app, who)  # the tour is kept for other tests, which look for the tokens in its forms
    demo_app.config["WTF_CSRF_ENABLED"] = False
    try:
        client = client_of(demo_app, who, keep=True)
        for action, form in forms:
            if endpoint_of(demo_app, f"{BASE}{action}") is None and "sign-out" in action:
                continue
            fields = [name for name in form.fields if name and name != "csrf_token"]
            typed = dict(form.form_values())
            for round_number in range(0, len(NASTY), 2):
                data = typed | {name: NASTY[(round_number + 7 * place) % len(NASTY)] for place, name in enumerate(fields)}
                started = time.process_time()  # not by the clock on the wall: tests share the machine
                answer = client.post(
                    action,
                    data={name: value.encode("utf-8", "surrogatepass") for name, value in data.items() if isinstance(value, str)},
                    base_url=BASE,
                )
                assert answer.status_code < 500, f"{action} {data}"
                assert time.process_time() - started < SLOW, f"{action} {data}"
    finally:
        demo_app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("who", ["visitor", "admin"])
def test_no_bad_query_is_a_500(demo_app, who):
    client = client_of(demo_app, who)
    visits = {visit.endpoint: visit for visit in crawl(demo_app, who, "ka") if visit.tree is not None}
    for visit in visits.values():
        forms = [form for form in visit.tree.forms if (form.get("method") or "get").lower() == "get"]
        names = {field.get("name") for form in forms for field in form.cssselect("[name]")}
        names |= {"q", "before", "after", "page", "month", "topic", "region", "form", "free", "next", "state"}
        for value in NASTY[::2]:
            query = dict.fromkeys(sorted(names), value.encode("utf-8", "surrogatepass"))
            answer = client.get(visit.url.split("?")[0].removeprefix(BASE), query_string=query, base_url=BASE)
            assert answer.status_code < 500, f"{visit.url} {value!r}"


@pytest.mark.parametrize(
    "path",
    ["/ka/courses/%00", "/ka/runs/%ff", "/ka/courses/" + "a" * 3000, "/ka/teaching/sessions/²", "/ka/%F0%9F%92%A5", "/xx/courses", "//"],
)
def test_no_bad_path_is_a_500(demo_app, path):
    assert client_of(demo_app, "staff").get(path, base_url=BASE).status_code < 500
