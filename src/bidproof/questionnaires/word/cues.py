"""Recognise where an answer goes: blank text, prompts, answer cues, boxes to tick; and where none does."""

import re

from bidproof.language.rules import read_patterns
from bidproof.questionnaires.sheets.headers import Role, role_of
from bidproof.questionnaires.wording import is_placeholder

BOX = re.compile(r"[☐□❏❑▢⬜]|\[\s?\]|\(\s\)")
"""An empty box to tick, as typed text."""

TICKED = re.compile(r"[☒☑✓✔■]|\[[xX✓]\]")
"""A ticked box, as typed text."""

_BARE_TICK = re.compile(r"[✓✔■]")
ANY_BOX = re.compile(f"{BOX.pattern}|{TICKED.pattern}")
"""Either; boxes of a paragraph are counted from 1 by this pattern."""

LABELLED = re.compile(r"(?P<label>(?:[^\s:：]+ ){0,3}[^\s:：]{1,30} ?[:：])\s*(?P<value>.*)")
"""A label of a few words with what stands behind it."""

_PATTERNS = read_patterns("bidproof.questionnaires.word", "cues")
_REMARK = re.compile(r"(?P<label>[^:：_…\n]{3,90}[:：]?)(?P<value>(?:(?<=[:：])|\s*[_…]).*|\s*)", re.DOTALL)
_MAX_REMARK_WORDS = {True: 12, False: 4}
_RUN_OF_BLANKS = re.compile(r"[_.…]{3,}")


def is_prompt(text: str) -> bool:
    """Whether a text only marks the place of an answer: "[Response]", "{{answer}}", "____"."""
    text = text.strip()
    if not text or ANY_BOX.fullmatch(text):
        return False
    return _PATTERNS["prompt"].fullmatch(text) is not None


def is_blank(text: str) -> bool:
    """Whether a place holds no answer yet: empty, only a prompt, or only labels with nothing behind them."""
    text = text.strip()
    if not text or is_prompt(text):
        return True
    if is_placeholder(text) and not ANY_BOX.fullmatch(text):
        return True
    values = labelled_values(text)
    return bool(values) and not any(values)


def labelled_values(text: str) -> tuple[str, ...]:
    """What stands behind the label of each line: "Web: Supports", "Software:"; empty for any other text.

    A form asks for the same thing about several parts of a product in one cell so.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    found = [LABELLED.fullmatch(line.strip()) for line in lines]
    if len(lines) < 2 or not all(found):
        return ()
    return tuple(match["value"] for match in found if match is not None)


def is_closed(text: str) -> bool:
    """Whether a cell says that it is not to be filled: "Heading cell – no response required"."""
    return _PATTERNS["closed"].fullmatch(" ".join(text.split())) is not None


def offers_boxes(text: str) -> bool:
    """Whether a line has boxes to tick; bare ticks alone are a bullet, or a mark of the buyer's own."""
    return any(_BARE_TICK.fullmatch(box.group()) is None for box in ANY_BOX.finditer(text))


def answer_cue(text: str) -> str | None:
    """The cue that opens an answer paragraph ("Answer:"), when nothing but a prompt follows it.

    Returns:
        The cue as written; None when the text is no cue or already has an answer after it.
    """
    found = _PATTERNS["cue"].fullmatch(text.strip())
    return found["cue"] if found is not None and is_blank(found["rest"]) else None


def answer_after_cue(text: str) -> str | None:
    """The answer that already stands after a cue; empty when none, None when there is no cue."""
    found = _PATTERNS["cue"].fullmatch(text.strip())
    if found is None:
        return None
    return "" if is_blank(found["rest"]) else found["rest"].strip()


def remark_of(text: str) -> tuple[str, str] | None:
    """The label of a place for a remark, as written, with what stands behind it; None for other texts.

    A form sets it below the boxes to tick: "Comments:", "If yes, please explain: ____".
    """
    found = _REMARK.fullmatch(text.strip())
    if found is None or "?" in found["label"]:
        return None
    is_conditional = _PATTERNS["conditional"].match(found["label"]) is not None
    is_short = len(found["label"].split()) <= _MAX_REMARK_WORDS[is_conditional]
    is_remark = is_short and (is_conditional or role_of(found["label"]) is Role.COMMENT)
    return (found["label"], found["value"].strip()) if is_remark else None


def box_options(text: str) -> tuple[str, ...]:
    """The words beside each box of a line: "☐ Yes ☐ No" gives ("Yes", "No"); empty for fewer than two."""
    boxes = list(ANY_BOX.finditer(text))
    if len(boxes) < 2:
        return ()
    ends = [box.start() for box in boxes[1:]] + [len(text)]
    after = tuple(_option(text[box.end() : end]) for box, end in zip(boxes, ends, strict=True))
    if all(after):
        return after
    starts = [0] + [box.end() for box in boxes[:-1]]
    before = tuple(_option(text[start : box.start()]) for start, box in zip(starts, boxes, strict=True))
    return before if all(before) else ()


def without_boxes(text: str) -> str:
    """The text before the first box: the question on a line "Encrypted? ☐ Yes ☐ No"."""
    first = ANY_BOX.search(text)
    return text if first is None else text[: first.start()].rstrip(" \t:")


def _option(text: str) -> str:
    words = " ".join(_RUN_OF_BLANKS.sub("", text).split()).strip(" ,;/|:")
    return words if len(words) <= 60 else ""
