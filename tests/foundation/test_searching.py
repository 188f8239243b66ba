"""Search keys: every spelling of a word meets the others, and strangers stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import searching

CATALOGUE = (
    "სამშენებლო ნებართვები და სამართლებრივი რეგულირება",
    "სახელმწიფო შესყიდვები მუნიციპალიტეტში",
    "ევროპული ფონდების ათვისება: პროექტის მართვა და ლოგიკური მატრიცა",
    "თვითმმართველობა: ბიუჯეტი, ეთიკა და აუდიტი",
    "ყვარელი, წყალტუბო, ჟურნალი, ხობი, ჭიათურა, ღონისძიება, ძეგლი",
    "თელავი",
    "გორი",
    "Public procurement and youth",
)


def find(query: str) -> set[str]:
    """Answer a query the way the database does, over the words of `CATALOGUE`."""
    held = {title: set(searching.words_of(title)) for title in CATALOGUE}
    vocabulary = set().union(*held.values())
    matches = [match_term(term, vocabulary) for term in searching.parse_query(query)]
    return {title for title, keys in held.items() if all(keys & match for match in matches)}


def match_term(term: searching.SearchTerm, vocabulary: set[str]) -> set[str]:
    return (
        {key for key in vocabulary if begins(key, term.prefixes)}
        or {key for key in vocabulary if begins(key, term.stems)}
        or {key for key in vocabulary for typed in term.prefixes if searching.is_alike(typed, key)}
    )


def begins(key: str, prefixes: tuple[str, ...]) -> bool:
    return any(low <= key < high for low, high in map(searching.prefix_range, prefixes))


PROCUREMENT, PERMITS, FUNDS, SELF_GOVERNMENT, LETTERS = (
    CATALOGUE[1],
    CATALOGUE[0],
    CATALOGUE[2],
    CATALOGUE[3],
    CATALOGUE[4],
)


@pytest.mark.parametrize(
    "typed",
    [
        "შესყიდვები",
        "ᲨᲔᲡᲧᲘᲓᲕᲔᲑᲘ",
        "შესყიდ",
        "shesqidvebi",
        "shesyidvebi",
        "Shesyidvebi",
        "SHESYIDVEBI",
        "Sesyidvebi",
        "SesyidvebI",
        "sesyidvebi",
        "„შესყიდვები“!",
        "შესყიდვების",
        "შესყიდვა",
        "შესყდვები",
        "saxelmwifo Sesyidvebi",
        "sakhelmtsipo",
        "saxelmcifo",
        "სახელმწიფო და შესყიდვები",
        "შესყიდვები მუნიციპალიტეტები",
    ],
)
def test_every_spelling_finds_procurement(typed: str) -> None:
    assert find(typed) == {PROCUREMENT}


@pytest.mark.parametrize(
    "typed",
    [
        "yvareli",
        "qvareli",
        "kvareli",
        "Kvareli",
        "ყვარელში",
        "wyaltubo",
        "tskaltubo",
        "wqaltubo",
        "jurnali",
        "Jurnali",
        "zhurnali",
        "xobi",
        "khobi",
        "Wiatura",
        "chiatura",
        "ჭიათურაში",
        "Ronisziebi",
        "RonisZieba",
        "ghonisdzieba",
        "dzegli",
        "Zegli",
    ],
)
def test_letters_with_many_spellings_are_found(typed: str) -> None:
    assert find(typed) == {LETTERS}


@pytest.mark.parametrize("typed", ["tvitmartveloba", "thvithmmarthveloba", "TviTmmarTveloba"])
def test_doubled_letters_may_be_typed_once(typed: str) -> None:
    assert find(typed) == {SELF_GOVERNMENT}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ბიუჯეტის", SELF_GOVERNMENT),
        ("ბიუჯტი", SELF_GOVERNMENT),
        ("ეთიკის", SELF_GOVERNMENT),
        ("fondebi", FUNDS),
        ("პროექტები", FUNDS),
        ("ნებართვა", PERMITS),
        ("თელავში", "თელავი"),
        ("გორში", "გორი"),
        ("გორის მუნიციპალიტეტში", None),
        ("procurment", CATALOGUE[-1]),
        ("YOUTH", CATALOGUE[-1]),
        ("შეხვედრა", None),
        ("სახელმწიფო აუდიტი", None),
    ],
)
def test_endings_and_slips_are_forgiven_and_all_words_count(typed: str, found: str | None) -> None:
    assert find(typed) == ({found} if found else set())


@pytest.mark.parametrize("typed", ["", "   ", "…!", "\u200b"])
def test_an_empty_query_asks_for_nothing(typed: str) -> None:
    assert searching.parse_query(typed) == ()


def test_small_words_count_only_when_alone() -> None:
    assert [term.prefixes for term in searching.parse_query("the budget")] == [("budget",)]
    assert [term.prefixes for term in searching.parse_query("და")] == [("da",)]


def test_long_queries_are_cut() -> None:
    letters = " ".join(f"x{number}" for number in range(100))
    assert len(searching.parse_query(letters)) == searching.MAX_QUERY_WORDS
    assert len(searching.search_key("ხ" + "აბ" * 100)) == searching.MAX_KEY_LENGTH


@pytest.mark.parametrize(("georgian", "latin"), [("ფონდი", "Fondi"), ("ვებგვერდი", "webgverdi"), ("ფოთი", "Photi")])
def test_georgian_and_borrowed_spellings_share_a_key(georgian: str, latin: str) -> None:
    assert searching.search_key(latin) == searching.search_key(georgian)


def test_codes_are_found_by_their_parts() -> None:
    assert searching.words_of("DEMO-OPEN", "NALAG-2026-000123") == (
        "000123", "2026", "demo", "nalag", "open",
    )  # fmt: skip


@given(st.text(max_size=60))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    keys = set(searching.words_of(text))
    for term in searching.parse_query(text):
        assert not keys or any(begins(key, term.prefixes) for key in keys)


@given(st.text(), st.text())
def test_keys_are_within_the_range_of_their_prefix(prefix: str, rest: str) -> None:
    low, high = searching.prefix_range(prefix)
    assert low <= prefix + rest
    assert (prefix + rest < high) or rest.startswith("\U0010ffff")


def test_trigrams_are_padded_as_pg_trgm_pads_them() -> None:
    assert searching.trigrams("cat") == {"  c", " ca", "cat", "at "}
    assert searching.trigrams("") == frozenset()


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_between_none_and_all(one: str, other: str) -> None:
    assert 0 <= searching.similarity(one, other) <= 1
    assert searching.similarity(one, other) == searching.similarity(other, one)
    assert searching.similarity(one, one) == (1 if one else 0)


@given(st.text(alphabet="abde", max_size=12), st.text(alphabet="abde", max_size=12))
def test_the_sieve_never_drops_a_word_that_is_alike(one: str, other: str) -> None:
    shared = len(searching.trigrams(one) & searching.trigrams(other))
    if searching.is_alike(one, other):
        assert shared >= searching.least_shared(one)
