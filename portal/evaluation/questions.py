"""Questions, and the standard set in both languages.

A question's words never change: another wording is another code, so that old answers keep the words that were asked. A test holds the standard
ones to theirs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from portal.evaluation.models import Kind, Round

if TYPE_CHECKING:
    from collections.abc import Iterable


class Words(NamedTuple):
    """The same in Georgian and in English."""

    ka: str
    en: str

    def said(self, language: str) -> str:
        """In ``language``."""
        return self.ka if language == "ka" else self.en


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``options`` of a choice, its values counted from 0. ``of_trainer``: asked for each trainer of the run."""

    code: str
    kind: Kind
    words: Words
    options: tuple[Words, ...] = ()
    of_trainer: bool = False
    archived: bool = False

    @property
    def values(self) -> range:
        """All answers that can be counted; none of one that is answered in words."""
        sizes = {Kind.SCALE: range(1, 6), Kind.LIKELY: range(11), Kind.CHOICE: range(len(self.options)), Kind.TEXT: range(0)}
        return sizes[self.kind]

    def to_record(self) -> dict[str, Any]:
        """As an edition keeps it."""
        return asdict(self) | {"words": list(self.words), "options": [list(one) for one in self.options]}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Question:
        """Read what ``to_record`` wrote."""
        options = tuple(Words(*one) for one in record["options"])
        return cls(**record | {"kind": Kind(record["kind"]), "words": Words(*record["words"]), "options": options})


def _scale(code: str, ka: str, en: str, *, of_trainer: bool = False) -> Question:
    return Question(code, Kind.SCALE, Words(ka, en), of_trainer=of_trainer)


def _choice(code: str, ka: str, en: str, *options: tuple[str, str]) -> Question:
    return Question(code, Kind.CHOICE, Words(ka, en), tuple(Words(*one) for one in options))


def _text(code: str, ka: str, en: str) -> Question:
    return Question(code, Kind.TEXT, Words(ka, en))


RECOMMEND, USEFUL, TRAINER, USED = "recommend", "useful", "trainer", "used"
STANDARD: Final[dict[Round, tuple[Question, ...]]] = {
    Round.AFTER: (
        _scale("content", "ტრენინგის შინაარსი", "Content of the training"),
        _scale(USEFUL, "სარგებლიანობა თქვენი სამსახურისთვის", "Usefulness for your work"),
        _scale(
            TRAINER,
            "ტრენერის მუშაობა: ახსნა და პასუხები კითხვებზე",
            "The trainer's work: explanations and answers to questions",
            of_trainer=True,
        ),
        _scale("organisation", "ორგანიზება", "Organisation"),
        _scale("venue", "სივრცე, ან ონლაინ შეხვედრის ხარისხი", "The venue, or the quality of the online meeting"),
        _scale("materials", "მასალები", "Materials"),
        _choice("pace", "ტემპი", "Pace", ("ძალიან ნელი", "Too slow"), ("სწორი", "Right"), ("ძალიან სწრაფი", "Too fast")),
        Question(
            RECOMMEND,
            Kind.LIKELY,
            Words("ურჩევდით თუ არა ამ ტრენინგს კოლეგას?", "Would you recommend this training to a colleague?"),
        ),
        _text("best", "რა იყო ყველაზე სასარგებლო?", "What was most useful?"),
        _text("improve", "რა უნდა გაუმჯობესდეს?", "What should be improved?"),
    ),
    Round.LATER: (
        _choice(
            USED,
            "იყენებთ თუ არა სამსახურში იმას, რაც ტრენინგზე ისწავლეთ?",
            "Do you use at work what you learned in the training?",
            ("ხშირად", "Often"),
            ("ზოგჯერ", "Sometimes"),
            ("ჯერ არა", "Not yet"),
            ("ჩემს სამუშაოს არ ეხება", "It does not concern my work"),
        ),
        _choice(
            "obstacle",
            "რა გიშლით ხელს ყველაზე მეტად?",
            "What hinders you most?",
            ("არაფერი", "Nothing"),
            ("დრო არ არის", "No time"),
            ("ხელმძღვანელობა ვერ მეხმარება", "No support from the management"),
            ("წესები ან რესურსები არ იძლევა საშუალებას", "Rules or resources do not allow it"),
            ("მეტი ცოდნა მჭირდება", "I need to know more"),
        ),
        _text("changed", "რა შეიცვალა თქვენს სამუშაოში ტრენინგის შემდეგ?", "What has changed in your work since the training?"),
    ),
}


def arranged(round_: Round, edition: Iterable[Question]) -> tuple[Question, ...]:
    """The questions of a round as ``edition`` has them, and behind them what came to the standard set since."""
    kept = tuple(edition)
    known = {one.code for one in kept}
    return (*kept, *(one for one in STANDARD[round_] if one.code not in known))
