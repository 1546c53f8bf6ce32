"""Keep gold answers out of prompts: what a prompt may not repeat of a gold set, word for word.

A proposing model that has read right answers may write them into an instruction, and
an example may hold the answer to a question that candidates are measured on. Either
would win the measurement and help nobody.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from bidproof.evaluation.records import GoldCase
from bidproof.prompts.program import Example

WORDS = 8
"""So many words in a row are taken from a text, not found by chance."""

LEAST_WORDS = 4
"""A whole answer counts from this length on; a shorter one only where it holds a figure."""

_WORD = re.compile(r"\w+")
_LEAST_RARE_CHARS = 4
_COMMON = 3

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forbidden:
    """Word sequences by length, so that a text is read once a length."""

    by_length: dict[int, frozenset[Gram]]

    def found_in(self, text: str) -> Gram | None:
        """The first forbidden sequence of a text, in the text's order, shortest length first."""
        words = _words(text)
        for length in sorted(self.by_length):
            forbidden = self.by_length[length]
            for gram in _grams(words, length):
                if gram in forbidden:
                    return gram
        return None


class LeakCheck:
    """What instructions and examples may not hold of these cases.

    Args:
        train: Cases that examples are made of: an example may hold its own.
        dev: Cases that candidates are measured on.
        held_out: Cases kept for the proof; read here and nowhere else.
        allowed: Texts whose words are not new, such as the instructions to start from.
    """

    def __init__(
        self,
        *,
        train: Sequence[GoldCase],
        dev: Sequence[GoldCase],
        held_out: Sequence[GoldCase] = (),
        allowed: Iterable[str] = (),
    ) -> None:
        known = [_words(text) for text in allowed]
        unseen = (*dev, *held_out)
        self._answers = _forbidden((item.reference for item in (*train, *unseen)), known)
        self._long = _forbidden((item.reference for item in unseen), [], least=LEAST_WORDS)
        self._unseen = _forbidden((item.reference for item in unseen), [])
        common = _common(item.question for item in (*train, *unseen))
        self._questions = _forbidden((item.question for item in unseen), [], but=common, least=LEAST_WORDS)

    def in_instruction(self, text: str) -> str:
        """Why an instruction repeats an answer; empty when it does not."""
        gram = self._answers.found_in(text)
        return "" if gram is None else f"it repeats {len(gram)} words of a right answer"

    def in_example(self, example: Example) -> str:
        """Why an example tells of a case that is not for training; empty when it does not.

        Figures alone are looked for in question and reply only: any passage holds some.
        """
        said = "\n".join((example.question, *_strings(example.reply)))
        shown = "\n".join((said, *(item.text for item in example.passages)))
        if (gram := self._unseen.found_in(said) or self._long.found_in(shown)) is not None:
            return f"it holds {len(gram)} words of an answer that is not for training"
        if (gram := self._questions.found_in(shown)) is not None:
            return f"it holds {len(gram)} words of a question that is not for training"
        return ""


def _forbidden(
    texts: Iterable[str],
    known: Sequence[Sequence[str]],
    *,
    but: frozenset[Gram] = frozenset(),
    least: int = 1,
) -> _Forbidden:
    found: dict[int, set[Gram]] = {}
    for text in texts:
        words = _words(text)
        if len(words) < least or not _counts(words):
            continue
        length = min(WORDS, len(words))
        found.setdefault(length, set()).update(_grams(words, length))
    return _Forbidden(
        by_length={
            length: frozenset(grams) - but - {gram for words in known for gram in _grams(words, length)}
            for length, grams in found.items()
        }
    )


def _counts(words: Sequence[str]) -> bool:
    """Whether a text is long enough, or rare enough, to be recognised again."""
    if len(words) >= LEAST_WORDS:
        return True
    has_figure = any(character.isdigit() for word in words for character in word)
    return has_figure and sum(map(len, words)) >= _LEAST_RARE_CHARS


def _common(questions: Iterable[str]) -> frozenset[Gram]:
    """Wordings that several questions share: a questionnaire's manner of asking."""
    counts: Counter[Gram] = Counter()
    for question in questions:
        words = _words(question)
        counts.update(set(_grams(words, min(WORDS, len(words)))))
    return frozenset(gram for gram, count in counts.items() if count >= _COMMON)


def _grams(words: Sequence[str], length: int) -> list[Gram]:
    return (
        [tuple(words[start : start + length]) for start in range(len(words) - length + 1)] if length else []
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _strings(value: object) -> list[str]:
    """Every text in a reply, whatever its shape."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in cast("Mapping[str, object]", value).values() for text in _strings(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in cast("Sequence[object]", value) for text in _strings(item)]
    return []
