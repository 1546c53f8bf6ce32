from concurrent.futures import ThreadPoolExecutor

import pytest

from bidproof.core.errors import MissingExtra, WorkspaceError
from bidproof.language.packaged_files import TOKENIZER, PackagedFile, read_packaged_file
from bidproof.language.tokens import count_tokens, count_tokens_many, token_spans


def test_counts_word_pieces_without_frame_tokens() -> None:
    assert count_tokens("") == 0
    assert count_tokens("encryption at rest") == 3


def test_long_texts_are_counted_whole() -> None:
    assert count_tokens("data " * 5000) == 5000


def test_many_counts_agree_with_single_counts() -> None:
    texts = ["one", "", "two words", "REQ-004217"]
    assert count_tokens_many(texts) == [count_tokens(text) for text in texts]


def test_spans_point_at_the_words() -> None:
    text = "Keys are rotated yearly"
    assert [text[token.start : token.end] for token in token_spans(text)] == text.split()


def test_threads_agree() -> None:
    texts = [f"passage {number} about access reviews" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(count_tokens, texts)) == [count_tokens(text) for text in texts]


def test_a_changed_file_is_refused() -> None:
    changed = PackagedFile(distribution=TOKENIZER.distribution, path=TOKENIZER.path, sha256="0" * 64)
    with pytest.raises(WorkspaceError, match="expected 0000000000000000"):
        read_packaged_file(changed)


def test_an_absent_package_is_named() -> None:
    absent = PackagedFile(distribution="no-such-distribution-here", path="x", sha256="")
    with pytest.raises(MissingExtra, match="no-such-distribution-here"):
        read_packaged_file(absent)
