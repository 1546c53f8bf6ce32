"""What a question asks, read once: its parts, their terms and the shape of answer that each wants."""

import re
from dataclasses import dataclass

from bidproof.answering.answer_types import AnswerShape, wanted_shape
from bidproof.answering.decompose import split_question
from bidproof.core.records import Question
from bidproof.language.detect import reading_language
from bidproof.language.words import asked_stems, stem, words

_QUESTION_END = re.compile(r"(?<=[?？؟])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, or one part of a compound one, as search, ranking and the checks need it.

    Attributes:
        text: Its wording, without its section.
        shape: The shape of answer that the wording calls for; of several sentences, the last one.
        stems: Distinct stems of what it asks about, in order; empty for a blank text.
        written: The words that these stems come from, as written, each with its stem.
        language: By whose lists it is read, and so are the statements that are held against it.
    """

    text: str
    shape: AnswerShape
    stems: tuple[str, ...]
    written: tuple[tuple[str, str], ...]
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A buyer's question with its parts in reading order; a plain question is its own only part."""

    question: Question
    parts: tuple[Asked, ...]


def read_question(question: Question, *, is_split: bool = True) -> AskedQuestion:
    """Read a question, split where ``is_split`` and its wording shows that it asks for several things."""
    texts = split_question(question.text) if is_split else ()
    return AskedQuestion(
        question=question, parts=tuple(read_asked(text) for text in texts or (question.text,))
    )


def read_asked(text: str) -> Asked:
    """Read one question as a whole."""
    language = reading_language(text)
    shape = wanted_shape(_QUESTION_END.split(text.strip())[-1], language)
    stems = tuple(dict.fromkeys(asked_stems(text, language)))
    written = tuple((word, found) for word in words(text) if (found := stem(word, language)) in stems)
    return Asked(text=text, shape=shape, stems=stems, written=written, language=language)
