"""Personal numbers and phone numbers, as people type them and as we keep them."""

import re
from typing import Final

import phonenumbers

from portal.foundation.georgian import drop_invisible

_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_PERSONAL_NUMBER: Final = re.compile("[0-9]{11}")
_PHONE_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212().]+")
_PHONE: Final = re.compile(r"\+?[0-9]{5,20}")
_GEORGIAN_MOBILE: Final = re.compile(r"\+9955[0-9]{8}")
_GEORGIAN_PREFIX: Final = "+995"
_SHOWN_DIGITS: Final = 4


def parse_personal_number(text: str) -> str:
    """Return the 11 digits of a Georgian personal number.

    Spaces, dashes and invisible characters are ignored. Only 0-9 are digits here. The number
    has no public check digit, so its length is all that can be checked.

    Raises ValueError for anything but eleven digits.
    """
    digits = _SEPARATORS.sub("", drop_invisible(text))
    if not _PERSONAL_NUMBER.fullmatch(digits):
        raise ValueError("a personal number has eleven digits")
    return digits


def mask_personal_number(number: str) -> str:
    """Return the number with all but its last four digits hidden: "•••••••1234"."""
    hidden = max(len(number) - _SHOWN_DIGITS, 0)
    return "•" * hidden + number[hidden:]


def parse_phone(text: str) -> str:
    """Return a phone number in E.164 form: "555 12-34-56" → "+995555123456".

    Without a country code it is Georgian: nine digits, mobiles begin with 5. Numbers of other
    countries need their "+". Spaces, dashes, dots, brackets and invisible characters are ignored.

    Raises ValueError for a number that cannot exist.
    """
    digits = _PHONE_SEPARATORS.sub("", drop_invisible(text))
    message = "not a phone number"
    if not _PHONE.fullmatch(digits):
        raise ValueError(message)
    try:
        number = phonenumbers.parse(digits, "GE")
    except phonenumbers.NumberParseException as error:
        raise ValueError(message) from error
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # New mobile ranges open faster than the library's tables follow.
    if _GEORGIAN_MOBILE.fullmatch(e164) or phonenumbers.is_valid_number(number):
        return e164
    raise ValueError(message)


def format_phone(e164: str) -> str:
    """Return an E.164 number for reading: "+995 555 12 34 56"; other countries' as they are."""
    if not _GEORGIAN_MOBILE.fullmatch(e164):
        return e164
    local = e164.removeprefix(_GEORGIAN_PREFIX)
    return " ".join((_GEORGIAN_PREFIX, local[:3], local[3:5], local[5:7], local[7:]))
