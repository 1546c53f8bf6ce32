"""How much each signal counts, by embedder, from ``data/weights.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bidproof.language.rules import read_data

_MEANING = ("dense", "document", "section")
_WORDS = ("keyword", "keyword_share", "document_share", "place", "place_share", "periods")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each signal counts in the one score of a passage.

    Attributes:
        dense: Similarity of passage and question.
        keyword: BM25 over the passage's words.
        keyword_share: BM25 over the passage's words as a share of a perfect match, times trust.
        document_share: The same over the whole document's words.
        place: BM25 over file name, title and headings, by the best of this question.
        place_share: The same as a share of a perfect match: strong when a heading names the matter.
        periods: Share of the question's years, quarters and versions that the document is called by.
        latest: How new the document is among all, for questions that ask for the newest.
        section: Similarity of the whole document's direction and the title of the question's section.
        document: Similarity of the whole document's direction and the question.
        figures: Share of figures in the passage, up to double where it holds the question's words,
            for questions that want one.
        repeat: Taken off for each better passage of the same document, up to four.
    """

    dense: float
    keyword: float
    keyword_share: float
    document_share: float
    place: float
    place_share: float
    periods: float
    latest: float
    section: float
    document: float
    figures: float
    repeat: float


def measured_weights(embedder: str = "", *, dense_weight: float = 0.5, language: str = "unknown") -> Weights:
    """The weights that were measured with an embedder, tilted as the user wants.

    Similarities are centred and scaled before they are weighed, so weights do not depend on how
    far apart an embedder keeps its texts; one that was not measured gets those of one that was.

    Args:
        embedder: Its name; the part before the first slash decides.
        dense_weight: 0.5 leaves the weights as they are, 1 leaves meaning alone, 0 words alone.
        language: Of the question, as :func:`~bidproof.language.detect.guess_language` tells it; words
            carry one that the embedder does not know.
    """
    data = read_data("bidproof.retrieval", "weights")
    known_language = data["knows"].get(embedder.partition("/")[0], language)
    if "unknown" != language != known_language and dense_weight < 1:
        dense_weight *= data["in_other_languages"]
    profiles: Mapping[str, Mapping[str, float]] = data["profiles"]
    known = Weights(**profiles.get(embedder.partition("/")[0], profiles[data["unmeasured"]]))
    meaning, words = 2 * dense_weight, 2 * (1 - dense_weight)
    tilted = {name: getattr(known, name) * meaning for name in _MEANING}
    tilted |= {name: getattr(known, name) * words for name in _WORDS}
    return replace(known, **tilted)
