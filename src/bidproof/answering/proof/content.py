"""How far the content of a sentence is in its source: clause by clause, and phrase by phrase.

A sentence that is half true has one clause that its source lacks: the least counts, never the mean. What a
piece says is there by its words, by its meaning (the cosine of its vector with the nearest piece of the
source), or by both together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bidproof.answering.closeness import Closeness
from bidproof.language.polarity import NEGATORS, split_clauses, without_lead
from bidproof.language.rules import read_patterns
from bidproof.language.words import content_stems, stem

_PHRASE_END = read_patterns("bidproof.answering.proof", "en")["phrase_end"]
_DENIALS = frozenset(map(stem, NEGATORS))
_LEAST_CLAUSE = 3
_LEAST_PHRASE = 2
"""Words of content below which a piece is read together with the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How far a sentence's content is in a source, each of its least piece.

    Attributes:
        clause: Share of a clause's words plus its cosine, up to 2; without an embedder, the share alone.
            No more than one above ``phrase``: what is added to a long clause is a small part of it.
        phrase: The same of the phrases that the clauses consist of, up to 1.
        is_by_words: Whether meanings were not compared.
    """

    clause: float
    phrase: float
    is_by_words: bool


def read_content(
    claim: str, sources: Sequence[str], *, stems: frozenset[str], closeness: Closeness | None
) -> Content:
    """Measure how far a sentence's content is in its source.

    Args:
        claim: One sentence.
        sources: The statements that it rests on.
        stems: Words of content of these, of title and headings.
        closeness: Compares meanings; None compares words alone.
    """
    texts = tuple(sources)
    clauses, phrases = clauses_of(claim), phrases_of(claim)
    pieces = _pieces_of(texts)
    clause = _least(clauses, stems, pieces, closeness)
    phrase = _least(phrases, stems, pieces, closeness)
    return Content(
        clause=min(clause, phrase + 1.0),
        phrase=min(phrase, 1.0),
        is_by_words=closeness is None,
    )


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a text that have something to say, short ones joined to the next."""
    return _joined([clause.text for clause in split_clauses(text)], least=_LEAST_CLAUSE)


def phrases_of(text: str) -> tuple[str, ...]:
    """The phrases of a text, cut before prepositions and conjunctions, short ones joined to the next."""
    return _joined(_PHRASE_END.split(without_lead(text)), least=_LEAST_PHRASE)


def _joined(pieces: Sequence[str], *, least: int) -> tuple[str, ...]:
    found: list[str] = []
    for piece in pieces:
        if found and _size(found[-1]) < least:
            found[-1] = f"{found[-1]} {piece}"
        elif piece and piece.strip():
            found.append(piece.strip())
    if len(found) > 1 and _size(found[-1]) < least:
        found[-2:] = [f"{found[-2]} {found[-1]}"]
    return tuple(piece for piece in found if _size(piece))


def _size(piece: str) -> int:
    return len(said_stems(piece))


def said_stems(piece: str) -> frozenset[str]:
    """What a piece speaks of; whether it denies it is another check's."""
    return frozenset(content_stems(piece)) - _DENIALS


@lru_cache(maxsize=1024)
def _pieces_of(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Each source whole, its clauses and its phrases."""
    cut: tuple[Callable[[str], tuple[str, ...]], ...] = (lambda text: (text,), clauses_of, phrases_of)
    return tuple(dict.fromkeys(piece for source in sources for pieces in cut for piece in pieces(source)))


def _least(
    pieces: Sequence[str], stems: frozenset[str], sources: Sequence[str], closeness: Closeness | None
) -> float:
    return min((_held(piece, stems, sources, closeness) for piece in pieces), default=0.0)


def _held(piece: str, stems: frozenset[str], sources: Sequence[str], closeness: Closeness | None) -> float:
    share = _share(piece, stems)
    if closeness is None:
        return share
    # Where every word is there, the vectors have nothing to add.
    return 2.0 if share == 1 else share + max(closeness.to(piece, sources), default=0.0)


def _share(piece: str, stems: frozenset[str]) -> float:
    mine = said_stems(piece)
    return len(mine & stems) / len(mine) if mine else 0.0
