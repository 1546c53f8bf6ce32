"""Texts that were embedded before are not embedded again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bidproof.retrieval.kept_vectors import KeptVectors
from wordvectors import WordEmbedder


class Counting(WordEmbedder):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        return super().embed_passages(texts)


def test_only_new_texts_are_embedded_and_all_come_back_in_order(tmp_path: Path) -> None:
    KeptVectors(Counting(), tmp_path / "kept").embed_passages(["a plan", "a key"])
    embedder = Counting()
    found = KeptVectors(embedder, tmp_path / "kept").embed_passages(["a key", "a door", "a plan", "a key"])
    assert embedder.seen == ["a door"]
    assert np.allclose(found, WordEmbedder().embed_passages(["a key", "a door", "a plan", "a key"]))


def test_a_text_that_is_gone_is_kept_no_longer(tmp_path: Path) -> None:
    KeptVectors(Counting(), tmp_path / "kept").embed_passages(["a plan", "a key"])
    KeptVectors(Counting(), tmp_path / "kept").embed_passages(["a key"])
    embedder = Counting()
    KeptVectors(embedder, tmp_path / "kept").embed_passages(["a plan"])
    assert embedder.seen == ["a plan"]


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b"no json\nxx", b'{"embedder": "words/1", "names": ["a"]}\nx']
)
def test_a_damaged_file_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept").write_bytes(content)
    found = KeptVectors(Counting(), tmp_path / "kept").embed_passages(["a plan"])
    assert found.shape == (1, WordEmbedder.dimension)


def test_where_nothing_can_be_written_the_vectors_are_still_right(tmp_path: Path) -> None:
    found = KeptVectors(Counting(), tmp_path / "absent" / "kept").embed_passages(["a plan"])
    assert np.allclose(found, WordEmbedder().embed_passages(["a plan"]))
