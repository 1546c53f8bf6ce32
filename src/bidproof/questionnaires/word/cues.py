"""Recognise where an answer goes: blank text, prompts, answer cues, boxes to tick."""

import re

from bidproof.questionnaires.wording import is_placeholder

BOX = re.compile(r"[☐□❏❑▢⬜]|\[\s?\]|\(\s\)")
"""An empty box to tick, as typed text."""

TICKED = re.compile(r"[☒☑✓✔■]|\[[xX✓]\]")
"""A ticked box, as typed text."""

ANY_BOX = re.compile(f"{BOX.pattern}|{TICKED.pattern}")
"""Either; boxes of a paragraph are counted from 1 by this pattern."""

_ANSWERER = r"your|vendor|supplier|bidder|offeror|respondent|contractor|proposer|company"
_PROMPT_WORDS = (
    rf"(?:please\s+)?(?:click|tap|enter|insert|type|provide|add|write|fill in|choose|select|{_ANSWERER})?"
    r"[^\[\]{}<>]{0,60}?"
    r"(?:answers?|responses?|repl(?:y|ies)|text|here|details?|comments?|item|date|name|information|explanation|option)"
)
_PROMPT = re.compile(
    rf"(?:\{{\{{[^{{}}]{{1,80}}\}}\}}|\[\s*{_PROMPT_WORDS}[^\[\]]{{0,40}}\]|<\s*{_PROMPT_WORDS}[^<>]{{0,40}}>|"
    r"(?:click or tap|click here|click)\b.{0,40}\bto enter .{1,20}|choose an item\.?|"
    r"(?:enter|insert|type) (?:your |the )?(?:text|answer|response|details?|comments?) here\.?|"
    r"[_.…‥\-–]{3,}|\[\s*(?:…|\.\.\.)?\s*\])",
    re.I,
)
_CUE = re.compile(
    r"(?P<cue>(?:(?:vendor|supplier|bidder|offeror|respondent|contractor|proposer|quoter|tenderer|your|company|applicant)(?:['’]s)?\s+)?"
    r"(?:answer|response|reply|a)(?:\s*\([^)]{1,60}\))?\s*(?:here)?\s*[:：])\s*(?P<rest>.*)",
    re.I | re.S,
)
_RUN_OF_BLANKS = re.compile(r"[_.…]{3,}")


def is_prompt(text: str) -> bool:
    """Whether a text only marks the place of an answer: "[Response]", "{{answer}}", "____"."""
    text = text.strip()
    if not text or ANY_BOX.fullmatch(text):
        return False
    return _PROMPT.fullmatch(text) is not None


def is_blank(text: str) -> bool:
    """Whether a place holds no answer yet: empty, or only a prompt (any bracketed text included)."""
    text = text.strip()
    return not text or is_prompt(text) or (is_placeholder(text) and not ANY_BOX.fullmatch(text))


def answer_cue(text: str) -> str | None:
    """The cue that opens an answer paragraph ("Answer:"), when nothing but a prompt follows it.

    Returns:
        The cue as written; None when the text is no cue or already has an answer after it.
    """
    found = _CUE.fullmatch(text.strip())
    return found["cue"] if found is not None and is_blank(found["rest"]) else None


def answer_after_cue(text: str) -> str | None:
    """The answer that already stands after a cue; empty when none, None when there is no cue."""
    found = _CUE.fullmatch(text.strip())
    if found is None:
        return None
    return "" if is_blank(found["rest"]) else found["rest"].strip()


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
