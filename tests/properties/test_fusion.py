"""What fusion keeps whatever the numbers are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bidproof.retrieval.fusion import (
    Signals,
    document_scores,
    fuse,
    spread_out,
)
from bidproof.retrieval.postings import Postings, count_terms, hashes
from bidproof.retrieval.weights import measured_weights

FLOATS = st.floats(-5, 5, width=32)


@st.composite
def ranked(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Scores of passages and the documents they stand in, in reading order, without gaps."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return draw(arrays(np.float32, len(rows), elements=FLOATS)), rows


@given(ranked(), st.floats(0, 2), st.integers(1, 60))
def test_ranking_lists_each_row_once_and_begins_with_the_best(
    case: tuple[np.ndarray, np.ndarray], repeat: float, depth: int
) -> None:
    scores, rows = case
    order = spread_out(scores, rows, repeat=repeat, depth=depth)
    assert len(order) == len(set(order)) == len(scores)
    assert scores[order[0]] == scores.max()


@given(ranked())
def test_without_a_penalty_the_order_is_that_of_the_scores(case: tuple[np.ndarray, np.ndarray]) -> None:
    scores, rows = case
    order = spread_out(scores, rows, repeat=0.0, depth=len(scores))
    assert [float(scores[row]) for row in order] == sorted(map(float, scores), reverse=True)


@given(ranked(), st.floats(0, 2))
def test_within_a_document_better_passages_stay_ahead(
    case: tuple[np.ndarray, np.ndarray], repeat: float
) -> None:
    scores, rows = case
    order = spread_out(scores, rows, repeat=repeat, depth=len(scores))
    for document in set(rows.tolist()):
        own = [float(scores[row]) for row in order if rows[row] == document]
        assert own == sorted(own, reverse=True)


@given(ranked(), st.data())
def test_left_out_passages_never_return(case: tuple[np.ndarray, np.ndarray], data: st.DataObject) -> None:
    scores, rows = case
    out = data.draw(st.sets(st.integers(0, len(scores) - 1)))
    scores[list(out)] = -np.inf
    assert not out & set(spread_out(scores, rows, repeat=0.5, depth=len(scores)))
    values = document_scores(scores, rows)
    for document in set(rows.tolist()):
        is_left_out = all(row in out for row in np.flatnonzero(rows == document))
        assert np.isneginf(values[document]) == is_left_out


@given(ranked())
def test_a_document_scores_as_the_mean_of_its_best_three(case: tuple[np.ndarray, np.ndarray]) -> None:
    scores, rows = case
    for document, value in enumerate(document_scores(scores, rows)):
        best = sorted(scores[rows == document], reverse=True)[:3]
        assert np.isclose(value, np.mean(best), atol=1e-4)


@given(st.integers(2, 20), st.randoms())
def test_fusion_ignores_the_order_of_passages(size: int, random: object) -> None:
    order = list(range(size))
    random.shuffle(order)  # type: ignore[attr-defined]
    generator = np.random.default_rng(size)
    values = {name: generator.random(size, dtype=np.float32) for name in Signals.__slots__}
    plain = fuse(Signals(**values), measured_weights())
    moved = fuse(Signals(**{name: value[order] for name, value in values.items()}), measured_weights())
    assert np.allclose(plain[order], moved)


def test_the_dense_weight_tilts_between_words_and_meaning() -> None:
    words, meaning = measured_weights(dense_weight=0), measured_weights(dense_weight=1)
    assert words.dense == words.document == meaning.keyword == meaning.place == 0
    assert words.keyword == 2 * measured_weights().keyword


def test_an_embedder_that_was_not_measured_gets_weights_too() -> None:
    assert measured_weights("endpoint/https://host/v1/model/text-1") == measured_weights("minilm/1/2/3")


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=8),
    st.sampled_from("abcdefz"),
)
def test_words_score_exactly_the_rows_that_hold_them(rows: list[list[str]], word: str) -> None:
    words = sorted({term for row in rows for term in row})
    numbers = np.array([words.index(term) for row in rows for term in row], dtype=np.int64)
    found = Postings([count_terms(numbers, np.array([len(row) for row in rows]), words)]).match({word: 1.0})
    holding = [word in row for row in rows]
    assert (found.scores() > 0).tolist() == holding
    assert np.allclose(found.coverage(np.arange(len(rows))), np.array(holding, dtype=np.float32))
    assert (found.shares() <= 1.0001).all()


@given(
    st.lists(
        st.lists(st.lists(st.sampled_from("abcd"), max_size=5), min_size=1, max_size=4),
        min_size=1,
        max_size=5,
    )
)
def test_words_of_a_document_are_those_of_its_passages(documents: list[list[list[str]]]) -> None:
    rows = [row for document in documents for row in document]
    words = sorted({term for row in rows for term in row})
    numbers = np.array([words.index(term) for row in rows for term in row], dtype=np.int64)
    owners = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
    starts = np.searchsorted(owners, np.arange(len(documents)))
    merged = count_terms(numbers, np.array([len(row) for row in rows]), words).by_document(owners, starts)
    whole = [[term for row in document for term in row] for document in documents]
    terms = np.repeat(merged.terms, np.diff(merged.starts)).tolist()
    held = dict(zip(zip(terms, merged.rows.tolist(), strict=True), merged.counts.tolist(), strict=True))
    names = dict(zip(words, hashes(words).tolist(), strict=True))
    expected = {(names[term], row): own.count(term) for row, own in enumerate(whole) for term in own}
    assert held == expected
