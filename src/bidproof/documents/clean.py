"""What is stripped from every text before it becomes a document.

Invisible characters hide instructions and break verbatim matching: zero-width
and bidirectional controls, tag characters (U+E0000 to U+E007F), soft hyphens
and control codes are dropped in every format.
"""

import re

_DROPPED = (
    (0x00, 0x08),
    (0x0E, 0x1F),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xE000, 0xF8FF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFC),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE01EF),
)
_REPLACED: dict[int, str] = {
    0x0B: "\n",
    0x0C: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
    0xA0: " ",
    0x1680: " ",
    0x202F: " ",
    0x205F: " ",
    0x3000: " ",
    0xF0B7: "•",
    0xF0A7: "•",
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_TABLE: dict[int, str | None] = {
    **{code: None for low, high in _DROPPED for code in range(low, high + 1)},
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **_REPLACED,
}

_SPACES = re.compile(r"[ \t]+")
_BLANK = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Drop invisible characters, unfold ligatures, and make line ends and spaces plain.

    Private-use characters (icon fonts) go too, save the two bullets that Word
    writes with them. Visible text and line structure stay as they are.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)


def clean_line(text: str) -> str:
    """Clean text and fold every run of white space, line ends included, to one space."""
    return _BLANK.sub(" ", clean_text(text)).strip()


def clean_lines(text: str) -> str:
    """Clean text line by line: spaces folded, ends trimmed, blank lines dropped."""
    lines = (_SPACES.sub(" ", line).strip() for line in clean_text(text).split("\n"))
    return "\n".join(line for line in lines if line)
