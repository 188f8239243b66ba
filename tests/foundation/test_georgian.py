"""Georgian text, dates and identifiers: examples from life, and laws that hold for any text."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import formats, georgian, identifiers

ALPHABET = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
MTAVRULI = "ᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰ"
LAYOUT = "abgdevzTiklmnopJrstufqRySCcZwWxjh"
ALL_GEORGIAN = "".join(map(chr, (*range(0x10D0, 0x1100), *range(0x1C90, 0x1CBB), 0x1CBD, 0x1CBF)))

anything = st.text(alphabet=st.characters())
georgian_text = st.text(alphabet=ALL_GEORGIAN)
single_words = st.text(alphabet=ALPHABET, min_size=1)


def holds_mtavruli(text: str) -> bool:
    return any("\u1c90" <= letter <= "\u1cbf" for letter in text)


# --- cleaning and folding ---


def test_mtavruli_becomes_mkhedruli_letter_by_letter() -> None:
    assert georgian.fold_mtavruli(MTAVRULI) == ALPHABET


def test_a_line_loses_what_nobody_sees_and_keeps_what_was_said() -> None:
    typed = "  ᲗᲐᲛᲐᲠ\u200b \t ბერი\u00adძე\x00\ud800\u202e\n"
    assert georgian.clean_text(typed) == "თამარ ბერიძე"


def test_a_letter_and_its_mark_become_one() -> None:
    assert georgian.clean_text("Zoe\u200d\u0308") == "Zo\u00eb"


def test_a_large_box_keeps_its_lines_and_one_empty_line_at_most() -> None:
    assert georgian.clean_lines(" ა\r\n\r\n\r\n\r\nბ  გ\u2028დ \n") == "ა\n\nბ გ\nდ"


@given(anything)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    for clean in (georgian.clean_text, georgian.clean_lines, georgian.fold_for_search):
        assert clean(clean(text)) == clean(text)


@given(anything)
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    line = georgian.clean_text(text)
    assert line.encode().decode() == line
    assert unicodedata.is_normalized("NFC", line)
    assert not holds_mtavruli(line)
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Co"} for letter in line)


@given(anything)
def test_folding_yields_no_mtavruli_and_no_capital(text: str) -> None:
    folded = georgian.fold_for_search(text)
    assert not holds_mtavruli(folded)
    assert folded == folded.casefold()
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("„სახელმწიფო შესყიდვები“: 2026", "სახელმწიფო შესყიდვები 2026"),
        ("ა(ა)იპ", "ა ა იპ"),
        ("D'Angelo, Zoë", "dangelo zoe"),
        ("ᲗᲔᲚᲐᲕᲘ-TELAVI", "თელავი telavi"),
        ("…", ""),
    ],
)
def test_folded_words_are_plain(typed: str, folded: str) -> None:
    assert georgian.fold_for_search(typed) == folded


# --- romanisation, layout, script ---


def test_every_letter_is_romanised_by_the_national_system() -> None:
    assert georgian.romanise(ALPHABET) == ("abgdevztiklmnopzhrstupkghqshchtsdztschkhjh")  # ა b გ … : 33 letters, apostrophes dropped


@given(georgian_text)
def test_romanised_georgian_is_ascii(text: str) -> None:
    assert georgian.romanise(text).isascii()
    assert georgian.romanise(text) == georgian.romanise(georgian.fold_mtavruli(text))


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("თამარ ღვინიაშვილი", "Tamar Ghviniashvili"),
        ("ჟუჟუნა ჭყონია-ძიძიგური", "Zhuzhuna Chqonia-Dzidziguri"),
        ("Nino O'Neil", "Nino O'Neil"),
    ],
)
def test_names_are_romanised_with_capitals(name: str, latin: str) -> None:
    assert georgian.romanise_name(name) == latin


def test_the_latin_layout_is_read_letter_by_letter() -> None:
    assert georgian.latin_layout_to_georgian(LAYOUT) == ALPHABET
    assert georgian.latin_layout_to_georgian("SesyidvebI, 2026!") == "შესყიდვები, 2026!"


@given(single_words)
def test_the_layout_goes_there_and_back(word: str) -> None:
    keys = "".join(LAYOUT[ALPHABET.index(letter)] for letter in word)
    assert georgian.latin_layout_to_georgian(keys) == word


@pytest.mark.parametrize(
    ("text", "is_georgian", "is_latin"),
    [
        ("თამარ ბერიძე-ლომიძე", True, False),
        ("ᲗᲐᲛᲐᲠ", True, False),
        ("Tamar Beridze, 2", False, True),
        ("Zoë", False, True),
        ("თამარ Beridze", False, False),
        ("თamar", False, False),
        ("Тамара", False, False),
        ("123 -", False, False),
        ("", False, False),
    ],
)
def test_scripts_are_told_apart(text: str, is_georgian: bool, is_latin: bool) -> None:  # noqa: FBT001
    assert georgian.is_georgian(text) is is_georgian
    assert georgian.is_latin(text) is is_latin


# --- order and addresses ---


def test_mixed_lists_have_one_order() -> None:
    ordered = ["აბაშა", "ბათუმი", "ჯგუფი 2", "ჯგუფი 10", "ჰერეთი", "Zoo", "2 დღე", "10 დღე", "Яна"]
    backwards = ordered[::-1]
    assert sorted(backwards, key=georgian.collation_key) == ordered


def test_a_word_comes_before_its_continuation() -> None:
    names = ["თამარ აბაშიძე", "თამარა აბაშიძე"]
    backwards = names[::-1]
    assert sorted(backwards, key=georgian.collation_key) == names


def test_case_and_marks_do_not_change_the_order() -> None:
    assert georgian.collation_key("Zoë, A.") == georgian.collation_key("zoe a")


@given(st.lists(single_words))
def test_georgian_words_sort_by_the_alphabet(words: list[str]) -> None:
    assert sorted(words, key=georgian.collation_key) == sorted(words)


@given(anything, anything)
def test_keys_compare_the_same_as_text_and_as_bytes(one: str, other: str) -> None:
    first, second = georgian.collation_key(one), georgian.collation_key(other)
    assert (first < second) == (first.encode() < second.encode())


@given(anything)
def test_a_key_is_at_most_five_times_as_long_as_the_folded_text(text: str) -> None:
    assert len(georgian.collation_key(text)) <= 5 * len(georgian.fold_for_search(text))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("სახელმწიფო შესყიდვები: 2026", "sakhelmtsipo-shesqidvebi-2026"),
        ("ᲔᲗᲘᲙᲐ", "etika"),
        ("Zoë & Co.", "zoe-co"),
        ("???", ""),
    ],
)
def test_slugs_are_romanised(title: str, slug: str) -> None:
    assert georgian.slug(title) == slug


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert georgian.slug("თელავი ქუთაისი", limit=10) == "telavi"
    assert georgian.slug("თელავი ქუთაისი", limit=6) == "telavi"
    assert georgian.slug("თელავი", limit=4) == "tela"


@given(anything, st.integers(min_value=1, max_value=20))
def test_slugs_are_safe_in_addresses(text: str, limit: int) -> None:
    slug = georgian.slug(text, limit)
    assert len(slug) <= limit
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


# --- personal numbers and phones ---


@pytest.mark.parametrize("typed", ["01234567890", " 012 345-67890", "01234\u200b567\u2013890\u00a0"])
def test_separators_in_personal_numbers_are_ignored(typed: str) -> None:
    assert identifiers.parse_personal_number(typed) == "01234567890"


@pytest.mark.parametrize(
    "typed",
    ["", "0123456789", "012345678901", "0123456789²", "٠١٢٣٤٥٦٧٨٩٠", "0123456789a", "+1234567890"],
)
def test_anything_but_eleven_digits_is_no_personal_number(typed: str) -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        identifiers.parse_personal_number(typed)


def test_a_masked_personal_number_shows_four_digits() -> None:
    assert identifiers.mask_personal_number("01234567890") == "•••••••7890"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("555 12 34 56", "+995555123456"),
        ("+995 555 12-34-56", "+995555123456"),
        ("995555123456", "+995555123456"),
        ("00995 (555) 123456", "+995555123456"),
        ("032 299 88 77", "+995322998877"),
        ("+49 30 901820", "+4930901820"),
    ],
)
def test_phones_are_kept_in_one_form(typed: str, e164: str) -> None:
    assert identifiers.parse_phone(typed) == e164


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12",
        "555 12 34 5",
        "555 12 34 567",
        "٥٥٥١٢٣٤٥٦",
        "555-CALL-ME",
        "+0",
        "+995",
        "²²²²²²²²²",
    ],
)
def test_impossible_phones_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="phone"):
        identifiers.parse_phone(typed)


@given(anything)
def test_only_value_errors_come_out_of_parsing(text: str) -> None:
    for parse in (identifiers.parse_phone, identifiers.parse_personal_number, formats.parse_date):
        try:
            parse(text)
        except ValueError:
            continue


def test_phones_are_shown_in_groups() -> None:
    assert identifiers.format_phone("+995555123456") == "+995 555 12 34 56"
    assert identifiers.format_phone("+4930901820") == "+4930901820"


# --- dates, times, numbers ---


@pytest.mark.parametrize("typed", ["22.11.2026", " 2026-11-22 "])
def test_two_ways_of_writing_a_date_are_read(typed: str) -> None:
    assert formats.parse_date(typed) == date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["", "11/22/2026", "22/11/2026", "22.11.26", "31.02.2026", "2026-13-01", "٢٢.١١.٢٠٢٦"])
def test_other_dates_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day"):
        formats.parse_date(typed)


@given(st.dates())
def test_dates_in_digits_are_read_back(day: date) -> None:
    assert formats.parse_date(formats.format_date_short(day)) == day
    assert formats.parse_date(day.isoformat()) == day


DAY = date(2026, 12, 12)


@pytest.mark.parametrize(
    ("first", "last", "ka", "en"),
    [
        (DAY, DAY, "12 დეკემბერი, 2026", "12 December 2026"),
        (DAY, date(2026, 12, 13), "12–13 დეკემბერი, 2026", "12–13 December 2026"),
        (
            date(2026, 11, 30),
            DAY,
            "30 ნოემბერი – 12 დეკემბერი, 2026",
            "30 November – 12 December 2026",
        ),
        (
            DAY,
            date(2027, 1, 2),
            "12 დეკემბერი, 2026 – 2 იანვარი, 2027",
            "12 December 2026 – 2 January 2027",
        ),
    ],
)
def test_ranges_say_once_what_both_days_share(first: date, last: date, ka: str, en: str) -> None:
    assert formats.format_dates(first, last, "ka") == ka
    assert formats.format_dates(first, last, "en") == en


def test_days_and_months_are_named() -> None:
    assert formats.format_date(DAY, "ka") == "12 დეკემბერი, 2026"
    assert formats.format_date_short(DAY) == "12.12.2026"
    assert formats.format_day(DAY, "ka") == "12 დეკემბერი"
    assert formats.format_month(DAY, "ka") == "დეკემბერი"
    assert formats.format_month(DAY, "ka", with_year=True) == "დეკემბერი, 2026"
    assert formats.format_month(DAY, "en", with_year=True) == "December 2026"
    assert formats.format_month_short(DAY, "ka") == "დეკ"
    assert formats.format_month_short(DAY, "en") == "Dec"


def test_moments_are_shown_in_the_time_of_tbilisi() -> None:
    evening = datetime(2026, 12, 8, 14, 0, tzinfo=UTC)
    late = datetime(2026, 12, 8, 21, 5, tzinfo=UTC)
    assert formats.format_moment(evening, "ka") == "8 დეკემბერი, 18:00"
    assert formats.format_moment(evening, "en", with_year=True) == "8 December 2026, 18:00"
    assert formats.format_moment(late, "ka") == "9 დეკემბერი, 01:05"
    assert formats.format_moment(evening, "ka", today=date(2026, 1, 1)) == "8 დეკემბერი, 18:00"
    assert formats.format_moment(evening, "ka", today=date(2025, 12, 31)) == "8 დეკემბერი, 2026, 18:00"
    assert formats.format_date(late, "en") == "9 December 2026"
    assert formats.format_times(evening, late) == "18:00–01:05"


def test_a_moment_is_the_same_from_wherever_it_is_told() -> None:
    berlin = datetime(2026, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))
    assert formats.format_time(berlin) == "11:00"


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.format_time(datetime(2026, 12, 8, 14, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "ka", "en"),
    [
        (Decimal("12.50"), "12,5", "12.5"),
        (Decimal(100), "100", "100"),
        (0.1 + 0.2, "0,3", "0.3"),
        (2.675, "2,68", "2.68"),
        (-0.001, "0", "0"),
        (Decimal("1E+3"), "1000", "1000"),
    ],
)
def test_numbers_have_the_sign_of_their_language(value: Decimal | float, ka: str, en: str) -> None:
    assert formats.format_decimal(value, "ka") == ka
    assert formats.format_decimal(value, "en") == en


def test_percentages_are_set_as_each_language_does() -> None:
    assert formats.format_percent(85.55, "ka") == "85,6\N{NO-BREAK SPACE}%"
    assert formats.format_percent(80, "en") == "80%"
