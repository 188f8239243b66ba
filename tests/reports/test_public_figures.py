"""Editions of the public figures: once a month, as of its end; few people are withheld, and few who come along are not seen to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import reports
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.reports import Dimension, Figures
from portal.reports.public_figures import public_figures
from tests import factories

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
REGIONS = {1: 10, 2: 10, 3: 20}


def counted(people: dict[int, int], certificates: int = 0):
    """What is counted of so many people of three municipalities in two regions, each of whom took part once, last year."""
    by_region = {10: people[1] + people[2], 20: people[3]}
    ways = {Dimension.MUNICIPALITY: people, Dimension.REGION: by_region}
    everybody = sum(people.values())
    ways |= {Dimension.SEX: {"female": everybody}, Dimension.TOPIC: {7: everybody}, Dimension.YEAR: {"2025": everybody}}
    found = {way: {key: figures(number, certificates) for key, number in groups.items() if number} for way, groups in ways.items()}
    return found | {Dimension.SEX: {"female": figures(everybody, certificates)}}


def figures(people: int, certificates: int = 0) -> Figures:
    return Figures(people=people, women=people, participations=people, attended_minutes=60 * people, certificates=certificates)


def shown(lines, way, measure="people"):
    return {line["key"]: line[measure] for line in lines[way]}


def test_few_people_are_withheld_with_all_that_leads_to_them():
    lines = public_figures(counted({1: 2, 2: 30, 3: 50}), REGIONS)
    assert shown(lines, "municipality") == {1: None, 2: None, 3: 50}
    assert shown(lines, "municipality", "minutes") == {1: None, 2: None, 3: 3000}
    assert shown(lines, "region") == {10: 32, 20: 50}


def test_few_certificates_are_withheld_by_themselves():
    lines = public_figures(counted({1: 20, 2: 30, 3: 50}, certificates=3), REGIONS)
    assert set(shown(lines, "total", "certificates").values()) == {None}
    assert shown(lines, "total") == {None: 100}
    assert set(shown(lines, "municipality", "certificates").values()) == {None}, "they are never told of a municipality"


def test_a_line_stays_until_it_has_moved_by_five():
    first = public_figures(counted({1: 20, 2: 30, 3: 50}), REGIONS)
    second = public_figures(counted({1: 21, 2: 30, 3: 55}), REGIONS, first)
    assert shown(second, "municipality") == {1: 20, 2: 30, 3: 55}
    assert shown(second, "region") == {10: 50, 20: 55}
    assert shown(second, "total") == {None: 106}


def test_a_certificate_that_is_taken_away_is_not_seen_to_go():
    first = public_figures(counted({1: 20, 2: 30, 3: 50}, certificates=40), REGIONS)
    second = public_figures(counted({1: 20, 2: 30, 3: 50}, certificates=39), REGIONS, first)
    assert shown(second, "total", "certificates") == {None: 40}


def test_what_is_withheld_in_one_edition_is_not_told_by_a_line_that_stayed():
    first = public_figures(counted({1: 20, 2: 30, 3: 50}), REGIONS)
    second = public_figures(counted({1: 20, 2: 32, 3: 50}) | {}, REGIONS, first)
    assert shown(second, "municipality") == {1: 20, 2: 30, 3: 50}
    third = public_figures(counted({1: 3, 2: 32, 3: 50}), REGIONS, second)
    assert shown(third, "municipality") == {1: None, 2: None, 3: 50}


@pytest.fixture
def learnt(cast):
    with clock.frozen(NOW):
        run = factories.run(starts_at=NOW - timedelta(days=40), state="completed")
        for _number in range(6):
            person = factories.person(sex="female")
            factories.post(person)
            factories.enrolment(run, person, "completed")
        this_month = factories.run(starts_at=NOW - timedelta(days=5), state="completed")
        factories.enrolment(this_month, cast.learner, "completed")
        commit()
        yield run


def test_an_edition_is_published_once_a_month(learnt):
    assert reports.statistics_are_due()
    assert reports.publish_statistics()
    assert not reports.publish_statistics()
    edition = reports.find_newest_edition()
    assert (edition.month, shown(edition.figures["tables"], "total")) == ("2026-05", {None: 6})
    with clock.frozen(datetime(2026, 6, 30, 19, 59, tzinfo=UTC)):
        assert not reports.statistics_are_due()
    with clock.frozen(datetime(2026, 6, 30, 20, 1, tzinfo=UTC)):  # July has begun in Georgia
        assert reports.publish_statistics()
    assert reports.find_newest_edition().month == "2026-06"


def test_everybody_sees_the_newest_edition_and_nothing_since(page, learnt):
    page.get("/en/statistics")
    assert page.page.all(".empty")
    reports.publish_statistics()
    commit()
    seen = page.get("/en/statistics?municipality=1&from=2026-06-01")
    assert dict(zip(seen.texts(".panel dt"), seen.texts(".panel dd"), strict=True)) == {
        "People": "6",
        "Participations": "6",
        "Contact hours": "0",
        "Certificates": "0",
        "Trainings": "1",
        "Municipalities reached": "1",
    }
    assert "May 2026" in seen.text
    assert len(seen.all(".tiles li")) == 64
