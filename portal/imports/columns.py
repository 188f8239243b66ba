"""What the headings of a spreadsheet and the words for a category mean, in Georgian and in English."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from portal.foundation import headings
from portal.foundation.georgian import fold_for_search
from portal.foundation.headings import Headings
from portal.people.models import PostCategory

if TYPE_CHECKING:
    from collections.abc import Sequence


class Column(StrEnum):
    """What a column can hold."""

    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    NAME = "name"
    NAME_BY_FAMILY = "name_by_family"
    PERSONAL_NUMBER = "personal_number"
    TITLE = "title"
    UNIT = "unit"
    CATEGORY = "category"
    EMAIL = "email"
    PHONE = "phone"


_HEADINGS: Final[dict[Column, tuple[str, ...]]] = {
    Column.NAME: ("სახელი გვარი", "სახელი და გვარი", "name surname", "first name last name", "first and last name", "full name", "name"),
    Column.NAME_BY_FAMILY: ("გვარი სახელი", "გვარი და სახელი", "surname name", "last name first name", "last and first name"),
    Column.FAMILY_NAME: ("გვარი", "last name", "family name", "surname"),
    Column.GIVEN_NAME: ("სახელი", "first name", "given name"),
    Column.PERSONAL_NUMBER: (
        "პირადი ნომერი", "პ ნ", "პირადი n", "პირადი no", "პირადი", "პირ ნომერი", "პნ", "საიდენტიფიკაციო ნომერი",
        "personal number", "personal no", "personal id", "id number", "id",
    ),
    Column.TITLE: ("თანამდებობა", "პოზიცია", "თანამდებობის დასახელება", "position", "job title", "post", "title"),
    Column.UNIT: (
        "სტრუქტურული ერთეული", "სამსახური", "დეპარტამენტი", "განყოფილება", "სტრუქტურული ქვედანაყოფი", "მერიის სამსახური",
        "structural unit", "unit", "department", "division",
    ),
    Column.CATEGORY: ("კატეგორია", "თანამდებობის კატეგორია", "category", "category of position"),
    Column.EMAIL: (
        "ელფოსტა", "ელ ფოსტა", "ელექტრონული ფოსტა", "საკონტაქტო ელფოსტა", "მეილი", "იმეილი",
        "e mail", "email", "mail", "e mail address", "email address",
    ),
    Column.PHONE: (
        "ტელეფონი", "ტელეფონის ნომერი", "ტელ", "ტელ ნომერი", "მობილური", "მობილური ტელეფონი", "მობილურის ნომერი", "საკონტაქტო ნომერი",
        "phone", "phone number", "telephone", "mobile", "mobile phone", "mobile number", "tel",
    ),
}  # fmt: skip
_KNOWN: Final = Headings(_HEADINGS)

_CATEGORIES: Final[dict[PostCategory, tuple[str, ...]]] = {
    PostCategory.POLITICAL_OFFICIAL: ("პოლიტიკური თანამდებობის პირი", "political official"),
    PostCategory.SAKREBULO_MEMBER: ("საკრებულოს წევრი", "დეპუტატი", "sakrebulo member", "council member"),
    PostCategory.CIVIL_SERVANT: ("პროფესიული საჯარო მოხელე", "საჯარო მოხელე", "მოხელე", "professional civil servant", "civil servant"),
    PostCategory.PUBLIC_CONTRACT: (
        "ადმინისტრაციული ხელშეკრულებით დასაქმებული პირი", "ადმინისტრაციული ხელშეკრულება", "contract under public law",
    ),
    PostCategory.EMPLOYMENT_CONTRACT: (
        "შრომითი ხელშეკრულებით დასაქმებული პირი", "შრომითი ხელშეკრულება", "შრომითი ხელშეკრულებით დასაქმებული", "employment contract",
    ),
    PostCategory.MUNICIPAL_ENTITY: (
        "მუნიციპალიტეტის ა(ა)იპ-ის ან საწარმოს თანამშრომელი", "მუნიციპალიტეტის ა(ა)იპ-ის თანამშრომელი", "ა(ა)იპ-ის თანამშრომელი", "ააიპ", "ა(ა)იპ",
        "municipal non-profit or company staff", "municipal entity",
    ),
    PostCategory.OTHER: ("სხვა", "other"),
}  # fmt: skip
_CATEGORY_OF: Final = {fold_for_search(word): category for category, words in _CATEGORIES.items() for word in words}


def guess_columns(written: Sequence[str]) -> list[str]:
    """What each column seems to hold, "" for none; nothing is held by two columns."""
    return _KNOWN.guess(written)


def find_category(text: str) -> PostCategory | None:
    """The category that ``text`` means."""
    return _CATEGORY_OF.get(fold_for_search(text))


def has_names(columns: Sequence[str]) -> bool:
    """True when the columns say what people are called: without it nobody can be nominated."""
    return bool({Column.NAME, Column.NAME_BY_FAMILY} & set(columns)) or {Column.FAMILY_NAME, Column.GIVEN_NAME} <= set(columns)


def are_sound(columns: Sequence[str], width: int) -> bool:
    """True for one known word, or none, for each of ``width`` columns, none of them twice."""
    return headings.are_sound(columns, width, Column)
