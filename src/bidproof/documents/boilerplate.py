"""What stands in a document for form's sake: the place and date of a press release, notices of mails.

Readers mark it by where it stands; here is what is told by how it is written.
"""

import re

from bidproof.language.lexicon import months
from bidproof.language.rules import read_patterns

_MONTH = rf"(?:{'|'.join(sorted(months(), key=len, reverse=True))})\b\.?"
_SMALL = r"(?:[^\W\d]{1,3}[ .']{1,2})?"
_DATE = (
    rf"(?:{_SMALL}\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+{_SMALL}{_MONTH}(?:,?\s+{_SMALL}(?:19|20)\d\d)?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?"
    r"|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
)
_PLACE = r"[^\W\d_][^\d\n:;!?()]{1,60}?"
_WIRE = r"\s*(?:\([^()\n]{2,40}\)|/[^/\n]{2,40}/)"
_DASH = r"[\s.]*(?:–|—|--|-\s)\s*"
_DATELINE = re.compile(
    rf"({_PLACE})(?:[,\s(–—-]\s*{_DATE}\)?,?(?:{_WIRE})?|{_DASH}{_WIRE}){_DASH}(?=\w)", re.IGNORECASE
)
_LONG_WORD, _LEAST_WORDS = 4, 5
_NOTICE = read_patterns("bidproof.documents", "mail_notices")["notice"]


def dateline_end(text: str) -> int:
    """Where the place and date before a press release's first words end; 0 where there are none."""
    found = _DATELINE.match(text)
    if found is None or len(text[found.end() :].split()) < _LEAST_WORDS or text[found.end()].islower():
        return 0
    words = found[1].split()
    is_name = all(word[:1].isupper() or len(word) < _LONG_WORD for word in words) and words[0][0].isupper()
    return found.end() if is_name else 0


def is_mail_notice(text: str) -> bool:
    """Whether a paragraph of a mail speaks of the mail itself: whom it is meant for, who must not read it."""
    return _NOTICE.search(" ".join(text.split())) is not None
