"""When two questions are the same text, apart from how they are written."""

import re
import unicodedata

_DELIMITER = r"(?:[.):]|\s[-–—])"
_PREFIX = r"(?:(?:q|req|requirement|question|item|no\.?|nr\.?)\s?[-\#]?\s?)?"
_OPENERS = (
    "do|does|did|please|describe|provide|what|how|who|when|where|which|why|explain|list|specify|confirm"
)

# Deliberately narrow. A wrong match would reuse an approved answer for another
# question ("AES-256: supported?" and "AES-128: supported?"); a missed one only drafts again.
_ID = re.compile(
    rf"""
    (?:
        \(?[a-z]\)                                              # (a)  b)
      | \(\d{{1,4}}\)                                           # (12)
      | [A-Z][A-Z&]{{1,5}}-\d{{2,}}\.\d+(?:\.\d+)*{_DELIMITER}?   # A&A-01.1
      | REQ-\d{{3,}}{_DELIMITER}?                               # REQ-004217
      | \d+(?:\.\d+){{2,}}{_DELIMITER}?                         # 1.2.3
      | {_PREFIX}\d+(?:\.\d+)*(?:{_DELIMITER}(?=\s)|(?=\s+(?:{_OPENERS})\b))  # 3.  Q12:  1.2 Describe
    )\s+
    """,
    re.VERBOSE | re.IGNORECASE,
)

_KEPT = frozenset("#%&")


def normalize_question(text: str) -> str:
    """Reduce a question to the form in which the answer library compares it.

    A leading id is dropped; case, white space, punctuation and compatibility
    forms (ﬁ, full-width letters) stop mattering. Symbols that carry meaning
    stay: ``<`` ``>`` ``+`` ``#`` ``%`` ``&`` and currency signs.

    Returns:
        Words joined by single spaces; empty when the text has none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    id_found = _ID.match(plain)
    without_id = plain[id_found.end() :] if id_found else plain
    joined = without_id.replace("'", "").replace("\u2019", "").casefold()
    return " ".join("".join(map(_blank, joined)).split())


def _blank(character: str) -> str:
    is_punctuation = unicodedata.category(character).startswith("P") and character not in _KEPT
    return " " if is_punctuation else character
