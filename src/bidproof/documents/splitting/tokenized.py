"""A document with the tokens and vectors of its stretches: what every way of cutting works on."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from semantic_text_splitter import TextSplitter

from bidproof.core.errors import InvalidSetting
from bidproof.core.records import Document, Span
from bidproof.language.tokens import Token, count_tokens_many, local_tokenizer, token_spans

Embed = Callable[[Sequence[str]], Any]


class TokenizedDocument:
    """Text and blocks of a document, and the tokens and vectors of any stretch.

    Args:
        document: Its blocks must be ordered and not overlap.
        embed: Texts to unit vectors, float [n, d]; None where nothing is cut by meaning.
    """

    def __init__(self, document: Document, *, embed: Embed | None) -> None:
        self.text = document.text
        self.blocks = document.blocks
        self._embed = embed

    def count(self, spans: Iterable[Span]) -> list[int]:
        """Tokens of each span, counted together; a span by itself costs more."""
        return count_tokens_many([self.text[span.start : span.end] for span in spans])

    def vectors(self, spans: Iterable[Span]) -> Any:
        """The vector of each span, float [n, d]."""
        if self._embed is None:
            raise InvalidSetting(
                "setting 'documents.chunking': found 'semantic' without an embedder, expected one",
                hint="set documents.chunking to structural",
            )
        return self._embed([self.text[span.start : span.end] for span in spans])

    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        return token_spans(self.text)

    def cut(self, span: Span, *, max_tokens: int) -> list[Span]:
        """Cut at sentences, words at worst, to stretches of at most so many tokens.

        Line ends count as spaces: in a page's text they are only where the line was full.
        """
        plain = self.text[span.start : span.end].replace("\n", " ")
        return [
            Span(start=span.start + offset, end=span.start + offset + len(part))
            for offset, part in _splitter(max_tokens).chunk_indices(plain)
        ]


@lru_cache(maxsize=16)
def _splitter(max_tokens: int) -> TextSplitter:
    """A splitter for one cap; each holds its own copy of the tokenizer, so few are kept."""
    return TextSplitter.from_huggingface_tokenizer(local_tokenizer(), max_tokens)
