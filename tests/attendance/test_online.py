"""What the report of an online meeting says: how it is read, whom it means, and how long somebody was there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.attendance.meeting_report import Column, Stay, are_enough, choose_block, find_duration, find_moment, read_report
from portal.attendance.models import Mark
from portal.attendance.rules import Fact, MarkWish, SessionTime, Standing
from portal.attendance.rules_online import (
    NOBODY,
    Effect,
    Expected,
    Roster,
    Stretch,
    assign,
    effect_of,
    guests_of,
    presence,
    times_of,
    union,
    wish_of,
    within,
)
from portal.foundation import spreadsheets
from portal.foundation.clock import TBILISI
from tests.attendance import meetings


def at(hour: int, minute: int = 0, second: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=TBILISI)


SESSION = SessionTime(1, at(10), at(18))


def read(data: bytes, columns=None, session=SESSION):
    rows = spreadsheets.read_rows(data)
    block = choose_block(rows)
    return read_report(rows, block, columns or block.columns, session)


def stays_of(data: bytes):
    return [(stay.name, stay.joined, stay.left) for stay in read(data).stays]


# How long somebody was there

STRETCHES = st.lists(st.tuples(st.integers(-4000, 30000), st.integers(1, 9000)), max_size=8)


def stays(pairs):
    return [
        Stay(1, "x", "", SESSION.starts_at + timedelta(seconds=start), SESSION.starts_at + timedelta(seconds=start + length))
        for start, length in pairs
    ]


@given(STRETCHES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert presence(within(stays(pairs), SESSION), 480) == presence(within(stays(shuffled), SESSION), 480)


@given(STRETCHES)
def test_nobody_is_there_for_longer_than_the_session(pairs):
    there = presence(within(stays(pairs), SESSION), 480)
    assert 0 <= there.minutes <= 480
    assert there.late + there.minutes + there.left == 480
    assert min(there.late, there.left) >= 0


@given(STRETCHES, st.tuples(st.integers(-4000, 30000), st.integers(1, 9000)))
def test_one_more_row_never_lowers_the_sum(pairs, more):
    before, after = (presence(within(stays(some), SESSION), 480).minutes for some in (pairs, [*pairs, more]))
    assert after >= before


@given(STRETCHES)
def test_the_same_rows_twice_count_once(pairs):
    assert presence(within(stays(pairs + pairs), SESSION), 480) == presence(within(stays(pairs), SESSION), 480)


@given(STRETCHES)
def test_each_second_counts_once_and_only_within_the_session(pairs):
    covered = {second for start, length in pairs for second in range(max(0, start), min(28800, start + length))}
    joined = union(within(stays(pairs), SESSION))
    assert sum(end - start for start, end in joined) == len(covered)
    assert all(one.end < other.start for one, other in pairwise(joined))


@given(st.integers(1, 600), STRETCHES)
def test_a_session_of_any_length_is_never_left_before_it_began(minutes, pairs):
    session = SessionTime(1, SESSION.starts_at, SESSION.starts_at + timedelta(minutes=minutes))
    there = presence(within(stays(pairs), session), minutes)
    assert there.late + there.minutes + there.left == minutes
    assert min(there.late, there.minutes, there.left) >= 0


def test_two_devices_count_once_and_a_break_is_named():
    there = presence([Stretch(120, 3600), Stretch(600, 3000), Stretch(5400, 28800)], 480)
    assert (there.late, there.minutes, there.left) == (2, 448, 30)
    assert wish_of(7, there, SESSION) == MarkWish(7, Mark.PRESENT, 2, 30, "10:02–11:00, 11:30–18:00")


def test_who_stayed_without_a_break_needs_no_reason():
    there = presence([Stretch(0, 28800)], 480)
    assert wish_of(7, there, SESSION) == MarkWish(7, Mark.PRESENT, 0, 0, None)
    assert times_of(there, SESSION) == "10:00–18:00"


def test_somebody_who_came_and_went_all_day_gets_a_reason_that_fits():
    there = presence([Stretch(start, start + 100) for start in range(0, 28000, 200)], 480)
    assert len(wish_of(7, there, SESSION).reason) <= 250


def test_less_than_half_a_minute_is_nothing():
    assert presence([Stretch(100, 129)], 480).minutes == 0
    assert presence([], 480).minutes == 0


# Moments and durations


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 10:02:11", "11/23/2026 10:02:11 AM", "11/23/26, 10:02:11 AM", "23.11.2026 10:02:11", "23.11.2026, 10:02:11",
        "2026-11-23T10:02:11", "2026-11-23T06:02:11Z", "2026-11-23T10:02:11+04:00", "2026-11-23 06:02:11 UTC", "2026-11-23 08:02:11 (GMT+2)",
        "Nov 23, 2026, 10:02:11 AM", "November 23, 2026 10:02:11 a.m.", "23 Nov 2026 10:02:11", "23 ნოემბერი, 2026, 10:02:11",
        "23 нояб. 2026 г., 10:02:11", "10:02:11", "10:02:11 AM", "10:02:11\u202fam", "2026/11/23 10:02:11", "2026-11-23 10:02:11.417",
    ],
)  # fmt: skip
def test_moments_as_programs_write_them(text):
    assert find_moment(text, SESSION, month_first=True) == at(10, 2, 11)


@pytest.mark.parametrize(
    "text",
    ["", "x", "23.11.2026", "10", "31.02.2026 10:00", "23/11/2026 10:02", "25:00", "13:00 PM", "0:30 AM", "23 Foo 2026 10:02", "10:02:11 XM",
     "٢٣.١١.٢٠٢٦ ١٠:٠٢", "9999-11-23 10:02", "0001-01-01 00:00", "2026-11-23 10:02 +99:99", "²:00", "1" * 999],
)  # fmt: skip
def test_what_is_no_moment(text):
    assert find_moment(text, SESSION, month_first=True) is None


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_none(text):
    found = find_moment(text, SESSION, month_first=False)
    assert found is None or found.tzinfo is not None
    assert find_duration(text) is None or find_duration(text) > timedelta(0)


def test_a_time_alone_is_that_of_the_night_of_a_session_over_midnight():
    night = SessionTime(1, at(22), at(2, day=24))
    assert find_moment("23:30", night, month_first=True) == at(23, 30)
    assert find_moment("1:15", night, month_first=True) == at(1, 15, day=24)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("62", 62), ("1h 2m", 62), ("1 hr 2 min", 62), ("01:02:00", 62), ("1 სთ 2 წთ", 62), ("1 ч 2 мин", 62), ("3720 s", 62), ("61,5", 61.5),
     ("0", None), ("", None), ("ბევრი", None), ("3 ვაშლი", None), ("1h2", None)],
)  # fmt: skip
def test_durations(text, minutes):
    assert find_duration(text) == (timedelta(minutes=minutes) if minutes else None)


def test_more_than_a_week_is_no_duration():
    assert find_duration("168h") == timedelta(days=7)
    assert find_duration("169h") is None
    assert find_duration("999999h " * 120) is None


# Reports


def test_zooms_report_with_the_waiting_room():
    data = meetings.zoom(
        ["ნინო ბერიძე", "nino@portal.test", "11/23/2026 10:02:11 AM", "11/23/2026 11:30:00 AM", "88", "No"],
        ["ნინო ბერიძე", "nino@portal.test", "11/23/2026 09:50:00 AM", "11/23/2026 10:02:11 AM", "13", "Yes"],
    )
    report = read(data)
    assert stays_of(data) == [("ნინო ბერიძე", at(10, 2, 11), at(11, 30))]
    assert (report.unread, report.waiting) == ([], 1)


def test_teams_report_counts_every_joining_and_not_first_and_last():
    data = meetings.teams(
        [
            [
                "Nino Beridze",
                "11/23/26, 10:00:00 AM",
                "11/23/26, 5:59:30 PM",
                "6h 59m 30s",
                "nino@portal.test",
                "nino@portal.test",
                "Presenter",
            ]
        ],
        [
            ["Nino Beridze", "11/23/26, 10:00:00 AM", "11/23/26, 1:00:00 PM", "3h", "nino@portal.test", "Presenter"],
            ["Nino Beridze", "11/23/26, 2:00:00 PM", "11/23/26, 5:59:30 PM", "3h 59m 30s", "nino@portal.test", "Presenter"],
        ],
    )
    assert stays_of(data) == [("Nino Beridze", at(10), at(13)), ("Nino Beridze", at(14), at(17, 59, 30))]
    assert read(data).unread == []


def test_of_first_and_last_as_many_minutes_count_as_are_said():
    data = meetings.as_csv(
        [
            ["Full Name", "First Join (UTC)", "Last Leave (UTC)", "In-Meeting Duration"],
            ["Nino Beridze", "2026-11-23 06:30:00", "2026-11-23 14:00:00", "5h"],
        ]
    )
    assert stays_of(data) == [("Nino Beridze", at(10, 30), at(15, 30))]


def test_google_meets_report_without_days():
    data = meetings.meet(["ნინო", "ბერიძე", "nino@portal.test", "1 hr 2 min", "10:02 AM", "11:04 AM"])
    assert stays_of(data) == [("ნინო ბერიძე", at(10, 2), at(11, 4))]


@pytest.mark.parametrize(
    "headings",
    [
        ["მონაწილე", "შემოსვლის დრო", "გასვლის დრო"],
        ["სახელი", "შემოვიდა", "გავიდა"],
        ["ელ. ფოსტა", "შეერთების დრო", "დატოვების დრო"],
        ["Имя (исходное имя)", "Время входа", "Время выхода"],
        ["Имя участника", "Время присоединения", "Время выхода"],
        ["Электронная почта", "Время подключения", "Продолжительность (минуты)"],
        ["Name", "First seen at", "Time in call (minutes)"],
        ["Participant", "Joined", "Left"],
    ],
)
def test_headings_in_three_languages(headings):
    assert are_enough(choose_block([spreadsheets.Row(1, headings)]).columns)


def test_a_list_that_only_sums_up_the_minutes_does_not_say_enough():
    data = meetings.as_csv([["Name", "User Email", "Total Duration (Minutes)", "Guest"], ["Nino", "nino@portal.test", "62", "No"]])
    assert read(data).stays == []


def test_columns_can_be_named_and_a_file_without_headings_loses_nobody():
    data = meetings.as_csv(
        [["ნინო ბერიძე", "2026-11-23 10:00", "2026-11-23 12:00"], ["გია ლომიძე", "2026-11-23 10:00", "2026-11-23 12:00"]]
    )
    assert read(data).stays == []
    named = read(data, [Column.NAME, Column.JOINED, Column.LEFT])
    assert [stay.name for stay in named.stays] == ["ნინო ბერიძე", "გია ლომიძე"]


@pytest.mark.parametrize("written", [("5/6/2026", 5, 6), ("6/5/2026", 6, 5)])
def test_days_and_months_are_told_apart_by_the_session(written):
    day, month, number = written
    session = SessionTime(1, datetime(2026, 6, 5, 10, tzinfo=TBILISI), datetime(2026, 6, 5, 18, tzinfo=TBILISI))
    (stay,) = read(meetings.own(["Nino", "", f"{day} 10:00", f"{day} 12:00"]), session=session).stays
    assert stay.joined == session.starts_at, (month, number)


def test_a_day_over_twelve_tells_the_order_of_the_whole_file():
    data = meetings.own(["Nino", "", "23/11/2026 10:00", "23/11/2026 12:00"], ["Gia", "", "03/11/2026 10:00", "03/11/2026 12:00"])
    assert [joined for _name, joined, _left in stays_of(data)] == [at(10), at(10, day=3)]


def test_excels_moments_keep_their_time():
    moment = datetime(2026, 11, 23, 10, 2, 11)  # noqa: DTZ001  (Excel knows no zones)
    data = meetings.as_xlsx([["Name", "Joined", "Left"], ["Nino", moment, moment + timedelta(hours=2)]])
    assert stays_of(data) == [("Nino", at(10, 2, 11), at(12, 2, 11))]


def test_rows_that_cannot_be_read_are_counted_by_their_numbers():
    data = meetings.own(
        ["Nino", "", "2026-11-23 10:00", "2026-11-23 12:00"],
        ["Gia", "", "morning", "2026-11-23 12:00"],
        ["Gia", "", "2026-11-23 12:00", "2026-11-23 10:00"],
        ["", "", "2026-11-23 10:00", "2026-11-23 12:00"],
        ["Gia", "", "2026-11-23 10:00", ""],
    )
    report = read(data)
    assert (len(report.stays), report.unread) == (1, [3, 4, 5, 6])


# Whom it means

NINO = Expected(1, ("ნინო ბერიძე", "Nino Beridze"), frozenset({"nino@portal.test"}))
GIORGI = Expected(2, ("გიორგი ხუციშვილი", "Giorgi Khutsishvili"), frozenset({"office@portal.test"}))
QETEVAN = Expected(3, ("ქეთევან ყიფიანი", "Ketevan Kipiani"), frozenset({"office@portal.test"}))
OTHER_NINO = Expected(4, ("ნინო ბერიძე", "Nino Beridze"), frozenset())


def meant(name: str, email: str = "", expected=(NINO, GIORGI, QETEVAN)) -> tuple[int, ...]:
    roster = Roster(expected)
    (guest,) = guests_of([Stay(1, name, email, at(10), at(11))])
    return roster.find(guest)


@pytest.mark.parametrize(
    "name",
    ["ნინო ბერიძე", "ბერიძე ნინო", "Nino Beridze", "BERIDZE, Nino", "ბერიძე Nino", "nino.beridze", "ნინო ბერიძე (სტუმარი)", "iPhone (Nino Beridze)",
     "თელავი - ნინო ბერიძე", "Nino  Béridze", "Telavi_Nino_Beridze"],
)  # fmt: skip
def test_names_in_either_alphabet_and_order(name):
    assert meant(name) == (1,)


@pytest.mark.parametrize("name", ["Giorgi Xucishvili", "Khutsishvili Giorgi", "გიორგი ხუციშვილი"])
def test_other_spellings_in_latin_letters(name):
    assert meant(name) == (2,)


@pytest.mark.parametrize("name", ["Nino", "Nino B.", "iPhone", "ბერიძე", "", "Nino Beridzishvili", "!!!", "Нино Беридзе"])
def test_a_part_of_a_name_means_nobody(name):
    assert meant(name) == ()


def test_the_address_comes_before_the_name():
    assert meant("iPhone", "nino@portal.test") == (1,)


def test_of_a_shared_address_the_name_decides():
    assert meant("Qetevan Qipiani", "office@portal.test") == (3,)
    assert meant("iPad", "office@portal.test") == (2, 3)


def test_an_address_that_means_another_than_the_name_is_asked_about():
    assert meant("Ketevan Kipiani", "nino@portal.test") == (1, 3)


def test_namesakes_are_asked_about():
    assert meant("Nino Beridze", expected=(NINO, OTHER_NINO)) == (1, 4)
    assert meant("Nino Beridze", "nino@portal.test", expected=(NINO, OTHER_NINO)) == (1,)


def test_answers_say_who_it_is():
    roster = Roster([NINO, OTHER_NINO, GIORGI])
    rows = [Stay(5, "Nino Beridze", "", at(10), at(11)), Stay(6, "iPhone", "", at(10), at(12)), Stay(7, "Nino Beridze", "", at(12), at(13))]
    guests = guests_of(rows)
    assert [(guest.number, len(guest.stays)) for guest in guests] == [(5, 2), (6, 1)]
    asked = assign(guests, roster, {})
    assert ([guest.number for guest, _meant in asked.asked], asked.of_person, len(asked.unanswered)) == ([5], {}, 1)
    answered = assign(guests, roster, {5: 4, 6: 2})
    assert {key: [guest.number for guest in of] for key, of in answered.of_person.items()} == {4: [5], 2: [6]}
    assert answered.unanswered == []
    left_out = assign(guests, roster, {5: NOBODY, 6: NOBODY})
    assert (left_out.of_person, left_out.unanswered) == ({}, [])


def test_an_answer_that_was_not_offered_is_none():
    roster = Roster([NINO, OTHER_NINO, GIORGI])
    guests = guests_of([Stay(5, "Nino Beridze", "", at(10), at(11)), Stay(6, "iPhone", "", at(10), at(12))])
    assigned = assign(guests, roster, {5: 2, 6: 99})
    assert (assigned.of_person, len(assigned.unanswered)) == ({}, 1)


def test_strangers_with_a_known_word_in_their_name_come_first():
    roster = Roster([NINO])
    guests = guests_of([Stay(5, "iPhone", "", at(10), at(11)), Stay(6, "Nino", "", at(10), at(11))])
    assert [guest.number for guest in assign(guests, roster, {}).strangers] == [6, 5]


# What recording it does


def standing(mark: Mark = Mark.PRESENT, start: int | None = 0, end: int | None = 480, *, against: tuple[Fact, ...] = ()) -> Standing:
    return Standing(Fact(1, 1, 7, mark, start, end, "", 1, datetime.now(UTC), None, "roll", None, None, 0), against)


def test_what_a_mark_does_to_the_ledger():
    whole, late = MarkWish(7, Mark.PRESENT), MarkWish(7, Mark.PRESENT, 20, 10)
    assert effect_of(whole, None, None, 480) == Effect.FIRST
    assert effect_of(whole, standing(), None, 480) == Effect.SAME
    assert effect_of(late, standing(), None, 480) == Effect.CHANGED
    assert effect_of(late, standing(), ("present", 20, 470), 480) == Effect.BEFORE
    assert effect_of(MarkWish(7, Mark.ABSENT), standing(), ("absent", None, None), 480) == Effect.BEFORE


def test_a_mark_that_others_contradict_is_decided_by_recording_it():
    contradicting = standing(Mark.ABSENT, None, None).fact
    assert effect_of(MarkWish(7, Mark.PRESENT), standing(against=(contradicting,)), None, 480) == Effect.CHANGED
