"""Split a compound question into parts that can each be searched and answered.

Rules first, and only where the wording shows the parts: several question marks,
an enumeration, or a second question word after "and". Everything else stays one
question, since a wrong split loses more than it wins. The parts are answered in
order, each seeing the answers before it (least-to-most prompting, Zhou et al.,
ICLR 2023).
"""

import re
from collections.abc import Sequence

from bidproof.language.detect import reading_language
from bidproof.language.questions import asks, pattern
from bidproof.language.sentences import split_sentences

MAX_PARTS = 6
_LEAST_WORDS = 4
_SHORT_WORDS = 6

_ITEM = re.compile(r"(?:^|(?<=[\s:;,.?]))(?:\(?(?:[a-h]|[ivx]{1,4}|[1-9])[.)]|[-•*–])\s+(?=\S)")
_NUMBERED = re.compile(r"\(?([a-h]|[ivx]{1,4}|[1-9])[.)]")


def split_question(text: str) -> tuple[str, ...]:
    """Split a question where its wording shows that it asks for several things.

    A part that points back ("If so, how often is it tested?") is preceded by the
    question it points to, so that it can be searched alone.

    Returns:
        Two to six parts in reading order, or the text itself as the only one.
    """
    plain, language = " ".join(text.split()), reading_language(text)
    if 1 < len(parts := _enumerated(text)) <= MAX_PARTS:
        return parts
    for rule in (_several_sentences, _second_question):
        if 1 < len(parts := rule(plain, language)) <= MAX_PARTS:
            return _with_context(parts, language)
    return (plain,) if plain else ()


def seems_compound(text: str) -> bool:
    """Whether a question may hold several that the rules cannot tell apart."""
    return len(text.split()) > 25 and text.count(",") + text.count(" and ") >= 3


def _enumerated(text: str) -> tuple[str, ...]:
    """Items marked (a), 1., or by bullets on lines of their own; the lead goes before each."""
    marks = [match for match in _ITEM.finditer(text) if _is_mark(match, text)]
    if len(marks) < 2 or not _is_sequence([_mark(match) for match in marks]):
        return ()
    lead = text[: marks[0].start()].strip().rstrip(":;,")
    ends = [match.start() for match in marks[1:]] + [len(text)]
    items = [
        " ".join(text[match.end() : end].split()).strip(" ;,") for match, end in zip(marks, ends, strict=True)
    ]
    items = [re.sub(r"[;,]?\s+(?:and|or)$", "", item) for item in items if item]
    if any(len(item.split()) < 2 for item in items):
        return ()
    lead = " ".join(lead.split())
    return tuple(f"{lead}: {item}" if lead else item for item in items)


def _is_mark(match: re.Match[str], text: str) -> bool:
    mark = match.group().strip()
    if mark in "-•*–":
        return match.start() == 0 or text[: match.start()].rstrip(" \t").endswith("\n")
    return True


def _mark(match: re.Match[str]) -> str:
    found = _NUMBERED.match(match.group().strip())
    return found.group(1).lower() if found else ""


def _is_sequence(marks: Sequence[str]) -> bool:
    orders = ("", "a b c d e f g h", "i ii iii iv v vi vii viii", "1 2 3 4 5 6 7 8 9")
    if not any(marks):
        return True
    return any(list(marks) == order.split()[: len(marks)] for order in orders if order)


def _several_sentences(text: str, language: str) -> tuple[str, ...]:
    """Sentences that each ask; one that does not ask goes with the next that does."""
    parts: list[str] = []
    waiting = ""
    for sentence in (segment.text for segment in split_sentences(text)):
        if sentence.startswith("(") and parts:
            parts[-1] = f"{parts[-1]} {sentence}"
            continue
        is_question = sentence.endswith(("?", "？", "؟"))
        is_asking = is_question or (asks(sentence, language) and (bool(parts) or not waiting))
        if is_asking and len(sentence.split()) >= _LEAST_WORDS - 1:
            parts.append(f"{waiting} {sentence}".strip())
            waiting = ""
        elif parts and not waiting and not is_question:
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            waiting = f"{waiting} {sentence}".strip()
    if waiting and parts:
        parts[-1] = f"{parts[-1]} {waiting}"
    return tuple(parts)


def _second_question(text: str, language: str) -> tuple[str, ...]:
    """``Who approves the policy and how often is it reviewed?``."""
    if not (pattern("en", "asks").match(text) if language == "en" else asks(text, language)):
        return ()
    cuts = list(pattern(language, "second_question").finditer(text))
    starts = [0] + [match.end() for match in cuts]
    ends = [match.start() for match in cuts] + [len(text)]
    parts = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    if any(len(part.split()) < _LEAST_WORDS for part in parts):
        return ()
    return tuple(part if part.endswith(("?", ".")) else f"{part}{text.rstrip()[-1:]}" for part in parts)


def _with_context(parts: Sequence[str], language: str) -> tuple[str, ...]:
    first, *others = parts
    pointing = [_needs_context(part, language) and first not in part for part in others]
    return (
        first,
        *(f"{first} {part}" if points else part for part, points in zip(others, pointing, strict=True)),
    )


def _needs_context(part: str, language: str) -> bool:
    return bool(pattern(language, "points_back").search(part)) or (
        len(part.split()) <= _SHORT_WORDS and not part.endswith("?")
    )
