"""Tables: people, the posts they hold, how they sign in, and the roles they were given."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation import georgian
from portal.foundation.database import Base, BigId, Key, SortKey
from portal.municipalities.models import Municipality


class Sex(StrEnum):
    """As asked for in reports; people may leave it open."""

    FEMALE = "female"
    MALE = "male"


class PostCategory(StrEnum):
    """Categories of post (law on public service, local self-government code)."""

    POLITICAL_OFFICIAL = "political_official"
    SAKREBULO_MEMBER = "sakrebulo_member"
    CIVIL_SERVANT = "civil_servant"
    PUBLIC_CONTRACT = "public_contract"
    EMPLOYMENT_CONTRACT = "employment_contract"
    MUNICIPAL_ENTITY = "municipal_entity"
    OTHER = "other"


class SakrebuloRole(StrEnum):
    """What a member does in the sakrebulo."""

    CHAIR = "chair"
    DEPUTY_CHAIR = "deputy_chair"
    COMMISSION_CHAIR = "commission_chair"
    FACTION_CHAIR = "faction_chair"
    MEMBER = "member"


class Role(StrEnum):
    """What somebody may be besides a learner, which everyone with an account is."""

    COORDINATOR = "coordinator"
    TRAINER = "trainer"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


class Person(Base):
    """Somebody who learns, teaches or works with the portal, with or without an account.

    The personal number is sealed; ``personal_number_index`` finds it. The Latin spelling is the person's own, since romanisation cannot be
    undone. ``sort_key`` orders lists by family name, the same on both databases; ``search_text`` is the folded name.
    """

    __tablename__ = "person"
    # In the order of lists, with the words that are searched: a search walks the index and opens no row that it does not show.
    __table_args__ = (sa.Index("ix_person_sort", "sort_key", "id", "search_text"),)

    id: Mapped[Key]
    given_name_ka: Mapped[str]
    family_name_ka: Mapped[str]
    given_name_latin: Mapped[str]
    family_name_latin: Mapped[str]
    sex: Mapped[str | None]
    personal_number_sealed: Mapped[bytes | None]
    personal_number_index: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="ka")
    sort_key: Mapped[str] = mapped_column(SortKey)
    search_text: Mapped[str]
    created_at: Mapped[datetime]

    @property
    def name_ka(self) -> str:
        """Given and family name in Georgian letters."""
        return f"{self.given_name_ka} {self.family_name_ka}"

    @property
    def name_latin(self) -> str:
        """Given and family name in Latin letters."""
        return f"{self.given_name_latin} {self.family_name_latin}"

    def name_by_family(self, language: str) -> str:
        """Family name first, as lists are read, as written in ``language``."""
        if language == "ka":
            return f"{self.family_name_ka} {self.given_name_ka}"
        return f"{self.family_name_latin} {self.given_name_latin}"

    def name(self, language: str) -> str:
        """Given and family name as written in ``language``."""
        return self.name_ka if language == "ka" else self.name_latin


def post_line(title: str, unit: str) -> str:
    """A post in one line, for lists in which people may have the same name: what somebody is, and in which unit unless the title says it."""
    return ", ".join(part for part in (title, "" if _names_unit(title, unit) else unit) if part)


def _names_unit(title: str, unit: str) -> bool:
    """True when the title has the unit in it: Georgian nouns change their last letter. Compared in Latin, as an English title has it."""
    stem = georgian.romanise(unit).casefold()[:-1]
    return bool(stem) and f" {stem}" in f" {georgian.romanise(title).casefold()}"


class Post(Base):
    """A person holds a post in a municipality, from a day to a day (open while ``ends_on`` is empty). Ranks are for civil servants only.

    ``person_sort_key`` repeats the person's, so that the people of a municipality can be read in their order along an index, page by page.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.Index("ix_post_municipality", "municipality_id", "person_sort_key", "person_id"),
        sa.CheckConstraint("rank IS NULL OR category = 'civil_servant'", name="rank_for_civil_servants"),
        sa.CheckConstraint("rank IS NULL OR rank BETWEEN 1 AND 4", name="rank_1_to_4"),
        sa.CheckConstraint("sakrebulo_role IS NULL OR category = 'sakrebulo_member'", name="sakrebulo_role_for_members"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person_sort_key: Mapped[str] = mapped_column(SortKey)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    unit: Mapped[str] = mapped_column(default="")
    title_ka: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    category: Mapped[str]
    sakrebulo_role: Mapped[str | None]
    rank: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    municipality: Mapped[Municipality] = relationship()

    def title(self, language: str) -> str:
        """The title as written in ``language``; the Georgian one while nobody has given another."""
        return (self.title_en if language != "ka" else "") or self.title_ka

    def line(self, language: str) -> str:
        """The title, as written in ``language``, and the unit."""
        return post_line(self.title(language), self.unit)

    def held_on(self, day: date) -> bool:
        """True when the person holds this post on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class Account(Base):
    """How a person signs in. ``email`` is folded to lower case and found by its beginning; it is a way in, not an identity."""

    __tablename__ = "account"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(SortKey, unique=True)
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class RoleGrant(Base):
    """A role given to a person from a day to a day; a coordinator's grant names the municipality.

    ``deputy_for`` is the coordinator who named this one to stand in for them while they are away.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint("(role = 'coordinator') = (municipality_id IS NOT NULL)", name="coordinator_has_municipality"),
        sa.Index("ix_role_grant_person", "person_id"),
        sa.Index("ix_role_grant_deputy_for", "deputy_for"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    deputy_for: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    municipality: Mapped[Municipality | None] = relationship()
    stood_in_for: Mapped[Person | None] = relationship(foreign_keys=[deputy_for])


class PersonMerge(Base):
    """Two records were of one person: since then ``merged_id`` is on no list, and what was with it is with ``kept_id``, until it is undone.

    ``moved`` says what the merge changed of people, so that undoing it changes that back and nothing else: the ids of ``posts``, the
    ``account`` if it went over, and the fields that were empty and were ``filled``. Enrolments keep themselves whose they were.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        sa.Index(
            "uq_person_merge_standing",
            "merged_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
        sa.CheckConstraint("kept_id <> merged_id", name="two_records"),
    )

    id: Mapped[Key]
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    moved: Mapped[dict[str, Any]]
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Person] = relationship(foreign_keys=[merged_id])


class SignIn(Base):
    """A sign-in session, kept on the server: the cookie holds a token, this row its digest. Ended rows open nothing."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    token_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class SignInAttempt(Base):
    """One try to sign in, for the throttle. E-mail and address are kept as keyed digests only."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_email", "email_index", "at"),
        sa.Index("ix_sign_in_attempt_address", "address_index", "at"),
    )

    id: Mapped[Key]
    email_index: Mapped[str]
    address_index: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class MailToken(Base):
    """A link sent by mail, good once and for a while. ``payload`` is sealed: a new account's data until its e-mail is confirmed.

    ``email_index`` is a keyed digest of the address: it counts what was asked for one mailbox, whether it belongs to anybody or not.
    """

    __tablename__ = "mail_token"
    __table_args__ = (sa.Index("ix_mail_token_email", "email_index", "created_at"),)

    id: Mapped[Key]
    token_digest: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("account.id"), index=True)
    payload: Mapped[bytes | None]
    email_index: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
