"""Look once more whether a document speaks of a name at all."""

from functools import lru_cache

from bidproof.answering.gate.names import SpeaksOf
from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import DocumentId
from bidproof.language.words import spellings, words
from bidproof.retrieval.protocol import Filters, Query

_READ = 3
_KEPT = 4096


def look_up(source: PassageSource) -> SpeaksOf:
    """A way to ask whether a document speaks of a name, by one search for all questions."""

    @lru_cache(maxsize=_KEPT)
    def speaks_of(document: DocumentId, name: str) -> bool:
        found = source.search(Query(text=name, filters=Filters(document_ids=(document,)), top_k=_READ))
        texts = (item.passage.located_text for item in found if item.passage.document_id == document)
        return any(frozenset(words(name)) <= spellings(text) for text in texts)

    return speaks_of
