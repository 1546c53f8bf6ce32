"""Which quotes prove a text that a person has changed.

Words alone decide, since this runs while a person types: what a quote holds in other words stays unproven.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.proof.verifier import Verifier
from bidproof.core.records import Citation
from bidproof.language.words import content_stems

_VERIFIER = Verifier()
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
        if held[item] and _VERIFIER.check(sentence, (item,)).is_supported:
            return (item,)
    sharing = tuple(item for item in citations if held[item])
    return sharing if len(sharing) > 1 and _VERIFIER.check(sentence, sharing).is_supported else ()
