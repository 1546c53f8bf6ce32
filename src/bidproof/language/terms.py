"""Words to index and to search for: stems, parts of compounds, and codes kept whole."""

# Stemmer ships no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import re
import threading
import unicodedata
from functools import lru_cache

# A run of word characters, joined by marks that occur inside codes, versions, paths and names.
_WORD = re.compile(r"\w+(?:(?:[-_./:&'’+#]|,(?=\d{3}))\w+)*[+#]*")
_SEPARATOR = re.compile(r"[^\w]+|_+")
_HUMP = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]{2})|[A-Z]?[a-z]+|[A-Z]+|\d+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")

_STOP_TEXT = """
a about above after again all also am an and any are as at be because been before being below between
both but by can could did do does doing down during each etc few for from further had has have having he
her here hers him his how i if in into is it its itself just me more most must my no nor not now of off
on once only or other our ours out over own per same shall she should so some such than that the their
theirs them then there these they this those through to too under until up upon us very was we were what
when where whether which while who whom whose why will with within without would you your yours
"""

STOP_WORDS = frozenset(_STOP_TEXT.split())
"""English words that carry no topic; dropped from queries, kept in the index."""

_stemmers = threading.local()


def index_terms(text: str) -> list[str]:
    """Terms a passage can be found by, in order, repeats kept.

    A plain word gives its stem. A compound (``REQ-004217``, ``AES-256``,
    ``KeyRotation``, ``v1.2.3``, ``docs/intro.md``) gives itself in lower case
    and the stems of its parts, so a code matches exactly and its parts match
    in prose.
    """
    terms: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text)):
        terms.extend(_word_terms(match.group()))
    return terms


def query_terms(text: str) -> list[str]:
    """Distinct terms of a question, in order, stop words left out.

    When a text is stop words alone, they are kept: a poor query beats none.
    """
    words = [match.group() for match in _WORD.finditer(unicodedata.normalize("NFKC", text))]
    telling = [word for word in words if word.lower() not in STOP_WORDS]
    terms = [term for word in telling or words for term in _word_terms(word)]
    return list(dict.fromkeys(terms))


@lru_cache(maxsize=200_000)
def _word_terms(word: str) -> tuple[str, ...]:
    word = _POSSESSIVE.sub("", word)
    if _UNSPACED.search(word):
        return tuple(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
    whole = word.lower()
    parts = _parts(word)
    if len(parts) <= 1 and (not parts or parts[0] == whole):
        return (_stem(whole),) if whole else ()
    stems = tuple(_stem(part) for part in parts if len(part) > 1)
    return (whole, *(stem for stem in stems if stem != whole))


def _parts(word: str) -> list[str]:
    """Split at punctuation and, within plain letters, where capitals or digits begin."""
    parts: list[str] = []
    for piece in _SEPARATOR.split(word):
        humps = _HUMP.findall(piece) if piece.isascii() else [piece]
        parts.extend(hump.lower() for hump in humps if hump)
    return parts


def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha():
        return word
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        import Stemmer

        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(word))
