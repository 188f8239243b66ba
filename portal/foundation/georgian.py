"""Georgian text: cleaning, folding, romanisation and order.

Pure functions on plain strings, fast enough for every row of a long list. Georgian has no
capital letters; Python's case methods would turn its letters into Mtavruli, which most fonts
lack, so nothing here uses them.
"""

import re
import unicodedata
from typing import Final

# Mtavruli letters stand at the same distance from their Mkhedruli twins, with one gap.
_MTAVRULI_OFFSET: Final = 0x1C90 - 0x10D0
_MTAVRULI: Final = {code: code - _MTAVRULI_OFFSET for code in (*range(0x1C90, 0x1CBB), *range(0x1CBD, 0x1CC0))}

# Georgian national system of romanisation (2002), its apostrophes dropped, in alphabetical order.
_MODERN: Final = {
    "ა": "a", "ბ": "b", "გ": "g", "დ": "d", "ე": "e", "ვ": "v", "ზ": "z", "თ": "t", "ი": "i",
    "კ": "k", "ლ": "l", "მ": "m", "ნ": "n", "ო": "o", "პ": "p", "ჟ": "zh", "რ": "r", "ს": "s",
    "ტ": "t", "უ": "u", "ფ": "p", "ქ": "k", "ღ": "gh", "ყ": "q", "შ": "sh", "ჩ": "ch", "ც": "ts",
    "ძ": "dz", "წ": "ts", "ჭ": "ch", "ხ": "kh", "ჯ": "j", "ჰ": "h",
}  # fmt: skip
# Old and dialect letters, which the national system does not know: after ALA-LC, in ASCII.
_OLD: Final = {
    "ჱ": "e", "ჲ": "y", "ჳ": "w", "ჴ": "q", "ჵ": "o", "ჶ": "f", "ჷ": "e", "ჸ": "",
    "ჹ": "g", "ჺ": "", "჻": " ", "ჼ": "n", "ჽ": "e", "ჾ": "", "\u10ff": "",
}  # fmt: skip
_ROMAN: Final = str.maketrans(_MODERN | _OLD)

# The keys of the common Georgian keyboard ("QWERTY"), in the order of the alphabet; Shift gives
# seven letters of their own, and with any other key the same letter as without it.
_LAYOUT_KEYS: Final = "abgdevzTiklmnopJrstufqRySCcZwWxjh"
_CASE_DISTANCE: Final = ord("a") - ord("A")
_KEYS: Final = {ord(key): letter for key, letter in zip(_LAYOUT_KEYS, _MODERN, strict=True)}
_LAYOUT: Final = {code - _CASE_DISTANCE: letter for code, letter in _KEYS.items() if code >= ord("a")} | _KEYS

# Control characters and everything that Unicode calls "default ignorable" (joiners, direction
# marks, soft hyphens, variation selectors), lone surrogates, non-characters and private use:
# none can be seen, and each breaks a search, a spreadsheet or a page.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]",
)
_APOSTROPHES: Final = re.compile("['`\u00b4\u02b9-\u02bf\u2018\u2019\u201b\u2032\u2035\uff07]")
_MARKS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_NAME_START: Final = re.compile(r"(?<![^\s\-\N{EN DASH}])[a-z]")
_NUMBER: Final = re.compile("[0-9]+")
_NON_ASCII: Final = re.compile("[^ -~]+")
_LATIN_WORD: Final = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")
_GEORGIAN_WORD: Final = re.compile("[\u10d0-\u10fa\u10fd-\u10ff]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def fold_mtavruli(text: str) -> str:
    """Return the text with every Mtavruli letter (U+1C90-1CBF) as its Mkhedruli twin."""
    return text if text.isascii() else text.translate(_MTAVRULI)


def drop_invisible(text: str) -> str:
    """Return the text without characters that nobody can see (see `_INVISIBLE`)."""
    return _INVISIBLE.sub("", text)


def clean_text(text: str) -> str:
    """Return what somebody typed as one tidy line.

    NFC, Mtavruli folded, invisible characters gone, white space (line breaks too) collapsed and
    trimmed. Applying it twice changes nothing more.
    """
    # First drop, then compose: a dropped joiner may have kept a letter and its mark apart.
    visible = unicodedata.normalize("NFC", drop_invisible(text))
    return fold_mtavruli(" ".join(visible.split()))


def clean_lines(text: str) -> str:
    """Return what somebody typed in a large box: `clean_text` line by line.

    Line breaks of every system become a newline; at most one empty line in a row is kept.
    """
    lines = "\n".join(clean_text(line) for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip()


def fold_for_search(text: str) -> str:
    """Return words in one shape for comparing: casefolded, NFC, single spaces between them.

    Diacritics and apostrophes are dropped, punctuation becomes a space.
    """
    plain = _APOSTROPHES.sub("", drop_invisible(text))
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
        plain = unicodedata.normalize("NFC", _APOSTROPHES.sub("", plain.casefold()))
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


def name_key(*names: str) -> str:
    """Return a name for comparing, whichever of its parts stands first."""
    return " ".join(sorted(fold_for_search(" ".join(names)).split()))


def romanise(text: str) -> str:
    """Return the text with Georgian letters in Latin ones (national system, 2002), all small.

    The way back is not possible: keep both spellings. Anything not Georgian stays as it is.
    """
    return text if text.isascii() else fold_mtavruli(text).translate(_ROMAN)


def romanise_name(text: str) -> str:
    """Return a name in Latin letters, each part of it with a capital: a prefill to correct."""
    return _NAME_START.sub(_latin_capital, romanise(text))


def _latin_capital(match: re.Match[str]) -> str:
    return chr(ord(match.group()) - _CASE_DISTANCE)


def latin_layout_to_georgian(text: str) -> str:
    """Return what the same keys give on the Georgian keyboard: "Sesyidvebi" → "შესყიდვები"."""
    return text.translate(_LAYOUT)


def is_georgian(text: str) -> bool:
    """Tell whether there are letters, and all of them are Georgian (digits and marks ignored)."""
    letters = _LETTERS.findall(fold_mtavruli(text))
    return bool(letters) and all(_GEORGIAN_WORD.fullmatch(word) for word in letters)


def is_latin(text: str) -> bool:
    """Tell whether there are letters, and all of them are Latin (digits and marks ignored)."""
    letters = _LETTERS.findall(unicodedata.normalize("NFC", text))
    return bool(letters) and all(_LATIN_WORD.fullmatch(word) for word in letters)


def collation_key(text: str) -> str:
    """Return a key to sort by: Georgian first, then Latin, then numbers, then everything else.

    Store it in a column compared by code point (SQLite's BINARY, PostgreSQL's COLLATE "C") and
    both databases give the same order. Case, diacritics and punctuation do not count, a word
    comes before its continuation, and numbers sort by their value. Allow for five times the
    length of the text, and end every ORDER BY with the primary key: keys of different texts
    may be equal.
    """
    key: list[str] = []
    for word in fold_for_search(text).split():
        at = 0
        for number in _NUMBER.finditer(word):
            key.extend(map(_rank_letter, word[at : number.start()]))
            digits = number.group().lstrip("0") or "0"
            key.append(f"②{len(digits):03d}{digits}")
            at = number.end()
        key.extend(map(_rank_letter, word[at:]))
        key.append(" ")
    return "".join(key[:-1])


def _rank_letter(letter: str) -> str:
    # Georgian letters sort as they are; the signs before the others stand behind them in Unicode.
    if "\u10d0" <= letter <= "\u10ff":
        return letter
    return f"①{letter}" if _LATIN_WORD.fullmatch(letter) else f"③{letter}"


def slug(text: str, limit: int = 80) -> str:
    """Return small ASCII words joined by hyphens for an address, at most `limit` characters.

    Empty when the text holds neither Georgian nor Latin letters nor digits.
    """
    words = _NON_ASCII.sub("", fold_for_search(romanise(text))).split()
    short = "-".join(words)
    if len(short) <= limit:
        return short
    return short[: limit + 1].rpartition("-")[0] or short[:limit]
