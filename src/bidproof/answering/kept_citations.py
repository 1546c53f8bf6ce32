"""Which quotes prove a text that a person has changed.

The checks of ``verify.py`` are silent on plain words: alone they would let any
quote stand for a sentence without figures or names. So a quote must also hold
most of the sentence's words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.verify import check_claim
from bidproof.core.records import Citation
from bidproof.language.words import content_stems

PROVING_SHARE = 0.7
"""Least share of a sentence's telling words that its quotes must hold."""

_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[^\W_a-z])|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenSentence:
    """A sentence with the quotes that prove it; none where nothing does."""

    text: str
    citations: tuple[Citation, ...]


def prove_text(text: str, citations: Sequence[Citation]) -> tuple[ProvenSentence, ...]:
    """Find for each sentence of a text the quotes that prove it.

    The first quote that proves a sentence alone is taken; else the quotes that share
    words with it are tried together.

    Args:
        text: An answer; its choice taken out.
        citations: Quotes to prove it by, the likeliest first.

    Returns:
        One for each sentence, in order; empty for an empty text.
    """
    distinct = tuple(dict.fromkeys(citations))
    return tuple(
        ProvenSentence(text=sentence, citations=_proof(sentence, distinct)) for sentence in sentences_of(text)
    )


def kept_citations(text: str, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The quotes that prove the whole of a text, in order; none where a sentence stays unproven."""
    proven = prove_text(text, citations)
    if not proven or not all(item.citations for item in proven):
        return ()
    return tuple(dict.fromkeys(citation for item in proven for citation in item.citations))


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of an answer, each line at least one, white space evened out."""
    pieces = (" ".join(piece.split()) for piece in _BREAK.split(text))
    return tuple(piece for piece in pieces if piece)


def _proof(sentence: str, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    wanted = frozenset(content_stems(sentence))
    if not wanted:
        return ()
    held = {item: wanted & frozenset(content_stems(item.quote)) for item in citations}
    for item in citations:
        if _is_enough(wanted, held[item]) and not check_claim(sentence, citations=(item,)):
            return (item,)
    sharing = tuple(item for item in citations if held[item])
    joined = frozenset[str]().union(*(held[item] for item in sharing))
    if len(sharing) > 1 and _is_enough(wanted, joined) and not check_claim(sentence, citations=sharing):
        return sharing
    return ()


def _is_enough(wanted: frozenset[str], held: frozenset[str]) -> bool:
    return len(held) >= PROVING_SHARE * len(wanted)
