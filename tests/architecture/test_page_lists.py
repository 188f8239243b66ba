"""The browser looks at every page: no address that answers with a page is missing from its lists."""

from __future__ import annotations

import pytest

from tests.browser.pages import PAGES, RARE, lines_of

# What answers GET and is no page: files, numbers for a script, whether the portal lives, and ways that lead to a page.
NO_PAGES = {
    "attendance_bare.scanned",
    "attendance_bare.typed",
    "attendance.document",
    "attendance.phone_manifest",
    "attendance.phone_roll",
    "attendance.phone_runs",
    "attendance_bare.worker",
    "bare.healthz",
    "bare.readyz",
    "bare.root",
    "certificates.verify_file",
    "certificates.credential",
    "certificates.my_credential",
    "certificates_bare.credential_of_secret",
    "certificates_bare.given",
    "certificates_bare.scanned",
    "certificates_bare.status_list",
    "certificates_bare.typed",
    "certificates.bundle",
    "certificates.bundle_progress",
    "certificates.progress_numbers",
    "enrolment.participation",
    "enrolment.import_progress",
    "attendance.counts",
    "attendance.material",
    "recognition.employer_proof",
    "recognition.own_proof",
    "recognition.staff_proof",
    "reports.file",
    "reports.own_file",
    "needs.plan_file",
    "needs.staff_plan_file",
    "reports.project_file",
}
FILES = (".csv", ".ics", ".json", ".jwt", ".pdf", ".png", ".xlsx", ".zip")


@pytest.mark.parametrize("empty_app", ["sqlite"], indirect=True)
def test_every_page_is_in_a_list(empty_app):
    answering = {rule.endpoint for rule in empty_app.url_map.iter_rules() if "GET" in rule.methods and not rule.rule.endswith(FILES)}
    listed = {kind for name in PAGES for kind, _way in lines_of(name) if not kind.isdigit()}
    assert sorted(answering - NO_PAGES - listed - RARE) == []
    assert sorted((listed | RARE | NO_PAGES) - answering) == []
    assert sorted(listed & RARE) == []
