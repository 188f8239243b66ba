"""What several rings of page tests begin with."""

from __future__ import annotations

import pytest

from portal import qualifications
from portal.qualifications import QualificationValues


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


@pytest.fixture
def budgeting():
    return qualifications.create_qualification(QualificationValues(name_ka="ბიუჯეტი", name_en="Budgeting"), by=None)
