from collections.abc import Sequence

from bidproof.retrieval.near_duplicates import drop_near_duplicates
from bidproof.retrieval.passage_text import body_terms
from bidproof.retrieval.protocol import IndexedPassage
from wordvectors import WordEmbedder, make_passage


def indexed(texts: Sequence[str]) -> list[IndexedPassage]:
    passages = [make_passage(text, path=f"{number}.md") for number, text in enumerate(texts)]
    vectors = WordEmbedder().embed_passages(texts)
    return [
        IndexedPassage(passage=passage, vector=vector, terms=frozenset(body_terms(passage)))
        for passage, vector in zip(passages, vectors, strict=True)
    ]


def test_the_first_of_equal_passages_stays() -> None:
    text = "Access is reviewed every quarter by the security team."
    kept = drop_near_duplicates(indexed([text, "Keys are rotated yearly.", text + " "]))
    assert [item.passage.path for item in kept] == ["0.md", "1.md"]


def test_a_changed_number_is_no_duplicate() -> None:
    kept = drop_near_duplicates(indexed(["Logs are kept for 90 days.", "Logs are kept for 365 days."]))
    assert len(kept) == 2


def test_nothing_stays_nothing() -> None:
    assert drop_near_duplicates([]) == []
