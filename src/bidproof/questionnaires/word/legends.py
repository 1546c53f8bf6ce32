"""Find the answers that a file defines for itself: "Supports: …", "Partially Supports: …"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.formats.word.body import Paragraph, Table
from bidproof.questionnaires.requirements.units import split_label
from bidproof.questionnaires.word.tables import cell_at, text_of

_TERM = re.compile(
    r"(?P<term>[^\s:：=–—][^:：=–—.?!]{0,38}?)\s*(?:[:：=]|\s[–—-]\s)\s*(?P<meaning>\S.*)", re.S
)
_MAX_TERM_WORDS = 5
_MIN_MEANING_WORDS = 3
_MIN_TERMS, _MAX_TERMS = 2, 12
_CONTEXT_PARAGRAPHS = 2
_MIN_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Terms that stand in a list, each with its meaning, and the words that introduce them.

    ``table`` is the number of the table that lists them, 0 for a list of paragraphs.
    """

    terms: tuple[str, ...]
    context: str
    table: int = 0

    def fits(self, title: str, values: Sequence[str]) -> bool:
        """Whether a column is answered in these terms.

        What is written in it is mostly terms, some more than once: answers recur, labels
        do not. Where little is written yet, its title's words must all stand in the words
        that introduce the list.
        """
        known = {term.casefold() for term in self.terms}
        plain = [value.casefold().strip() for value in values]
        written = sum(value in known for value in plain)
        recurs = len(set(plain)) < len(plain) or len(plain) == 2
        words = _words(title)
        is_named = any(len(word) >= _MIN_WORD for word in words) and set(words) <= set(_words(self.context))
        return written * 2 >= len(plain) and (is_named or (written > 1 and recurs))


def legends_of(blocks: Sequence[Paragraph | Table]) -> tuple[Legend, ...]:
    """The legends among a file's top-level blocks, in reading order."""
    found: list[Legend] = []
    run: list[str] = []
    above: list[str] = []
    for block in (*blocks, None):
        term = _term(block.text) if isinstance(block, Paragraph) and block.heading_level is None else ""
        if term:
            run.append(term)
            continue
        found.extend(_legend(run, above))
        run = []
        if isinstance(block, Table):
            found.extend(_legend(_table_terms(block), above, table=block.number))
        elif block is not None and block.text and not block.is_in_toc:
            above = [*above, block.text][-_CONTEXT_PARAGRAPHS:]
    return tuple(found)


def _legend(terms: Sequence[str], above: Sequence[str], *, table: int = 0) -> list[Legend]:
    is_list = _MIN_TERMS <= len(terms) <= _MAX_TERMS and len(set(terms)) == len(terms)
    return [Legend(terms=tuple(terms), context=" ".join(above), table=table)] if is_list else []


def _term(text: str) -> str:
    found = _TERM.fullmatch(split_label(text).text)
    if found is None or len(found["meaning"].split()) < _MIN_MEANING_WORDS:
        return ""
    return found["term"] if len(found["term"].split()) <= _MAX_TERM_WORDS else ""


def _table_terms(table: Table) -> list[str]:
    """The first column of a table of two whose second explains it."""
    if table.columns != 2 or not all(len(row) == 2 for row in table.rows):
        return []
    pairs = [(text_of(cell_at(row, 1)), text_of(cell_at(row, 2))) for row in table.rows]
    terms = [term for term, meaning in pairs if len(meaning.split()) >= _MIN_MEANING_WORDS]
    is_short = all(0 < len(term.split()) <= _MAX_TERM_WORDS for term in terms)
    return terms if is_short and len(terms) >= len(pairs) - 1 else []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
