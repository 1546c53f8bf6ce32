"""Limits that a text sets once for all answers below it: "Answers must not exceed 100 words."."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bidproof.core.records import Question
from bidproof.language.prose import split_sentences
from bidproof.language.rules import read_patterns
from bidproof.questionnaires.wording import TextLimits

_ROOM = "bidproof.questionnaires.requirements"
_PATTERNS = read_patterns(_ROOM, "asking")
_ASKING = (_PATTERNS["imperative"], read_patterns(_ROOM, "en")["imperative"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLimit:
    """A limit, the place in reading order where it is set, and the section that it holds for."""

    order: int
    section_path: tuple[str, ...]
    limits: TextLimits


def answer_limits(sentence: str) -> TextLimits | None:
    """The limit that a sentence sets for answers; None when it sets none, or itself asks for something."""
    text = sentence.strip()
    if not any(map(str.isdigit, text)) or not _PATTERNS["answers"].search(text):
        return None
    if text.endswith("?") or _PATTERNS["least"].search(text) or any(item.match(text) for item in _ASKING):
        return None
    words, characters = (_count(_PATTERNS[unit].search(text)) for unit in ("words", "characters"))
    return TextLimits(max_words=words, max_chars=characters) if words or characters else None


def _count(found: re.Match[str] | None) -> int | None:
    return int(re.sub(r"\D", "", found["count"])) if found is not None else None


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
