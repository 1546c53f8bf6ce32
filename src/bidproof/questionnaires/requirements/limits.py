"""Limits that a text sets once for all answers below it: "Answers must not exceed 100 words."."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import Question
from bidproof.language.prose import split_sentences
from bidproof.language.rules import read_patterns
from bidproof.questionnaires.wording import TextLimits, limits_in

_ANSWERS = read_patterns("bidproof.questionnaires.requirements", "asking")["answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLimit:
    """A limit, the place in reading order where it is set, and the section that it holds for."""

    order: int
    section_path: tuple[str, ...]
    limits: TextLimits


def answer_limits(sentence: str) -> TextLimits | None:
    """The limit that a sentence sets for answers; None when it sets none."""
    if not _ANSWERS.search(sentence) or not any(character.isdigit() for character in sentence):
        return None
    limits = limits_in(sentence)
    return limits if limits != TextLimits() else None


def standing_limits(text: str, *, order: int, section_path: tuple[str, ...]) -> Iterable[StandingLimit]:
    """The limits that a paragraph sets for all answers below it in its section."""
    for sentence in split_sentences(text):
        limits = answer_limits(sentence)
        if limits is not None:
            yield StandingLimit(order=order, section_path=section_path, limits=limits)


def with_standing_limit(question: Question, *, order: int, standing: Sequence[StandingLimit]) -> Question:
    """A question with the last limit set above it in its section, unless it states one itself."""
    if question.max_words is not None or question.max_chars is not None:
        return question
    for item in sorted(standing, key=lambda item: -item.order):
        inside = question.section_path[: len(item.section_path)] == item.section_path
        if item.order < order and inside:
            return replace(question, max_words=item.limits.max_words, max_chars=item.limits.max_chars)
    return question
