"""Which weights an embedder gets that no weights were fitted for: what each rule loses.

    python benchmarks/unmeasured_embedders.py coarse128 signs256      # on all sets
    python benchmarks/unmeasured_embedders.py mpnet --sets k8gb

The packaged embedder's weights are compared with the same tilted towards words or meaning
(``retrieval.dense_weight``). The tilt is the one that finds most with this very embedder on the
other sets: no rule that learns an embedder's strength anywhere but in the corpus at hand can know
more. ``best`` is the tilt that finds most on the set itself, which nobody knows beforehand. Figures
are the measure that weights are fitted to (``Candidates.graded``, 0 to 1); the gain is the mean of
sets with its 95% bootstrap interval over questions. Last, how early a passage finds another one of
its own document (mean reciprocal rank), by meaning and by words: what could be told of an unknown
embedder without any question.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from embedders import EMBEDDERS, open_measured
from measuring_sets import SETS, gold_questions
from retrieval_corpus import Corpus, open_corpus
from retrieval_weights import Signalled, signalled

from bidproof.language.terms import query_terms
from bidproof.retrieval.weights import measured_weights

TILTS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
_PLAIN = 0.5
_DRAWS, _SAMPLE, _WORDS, _LEAST_PASSAGES, _FIRST = 1000, 120, 25, 3, 10

Graded = Mapping[float, np.ndarray]


def graded(known: Signalled) -> Graded:
    """What each question finds under each tilt."""
    return {tilt: known.graded(measured_weights(dense_weight=tilt)) for tilt in TILTS}


def tilted_by_others(sets: Mapping[str, Graded]) -> dict[str, float]:
    """For each set the tilt that finds most on the others."""
    return {
        name: max(
            TILTS,
            key=lambda tilt: np.mean([own[tilt].mean() for other, own in sets.items() if other != name]),
        )
        for name in sets
    }


def self_retrieval(corpus: Corpus) -> tuple[float, float]:
    """Mean reciprocal rank of the first other passage of the same document, by meaning and by words."""
    pool = corpus.index.pool()
    documents, everything = pool.document_rows, np.arange(pool.size)
    rows = np.flatnonzero(np.bincount(documents)[documents] >= _LEAST_PASSAGES)
    rows = np.random.default_rng(0).permutation(rows)[:_SAMPLE]

    def reciprocal(row: int, values: np.ndarray) -> float:
        order = [at for at in np.argsort(-values, kind="stable")[: _FIRST + 1] if at != row]
        same = np.flatnonzero(documents[order] == documents[row])
        return 1 / (1 + int(same[0])) if len(same) else 0.0

    meaning, words = [], []
    for row, vector, passage in zip(rows, pool.vectors(rows), pool.passages(rows), strict=True):
        terms = dict.fromkeys(query_terms(passage.text)[:_WORDS], 1.0)
        meaning.append(reciprocal(row, pool.similarities(vector).of(everything)))
        words.append(reciprocal(row, pool.body.match(terms).scores()))
    return float(np.mean(meaning)), float(np.mean(words))


def report(name: str, corpora: Mapping[str, Corpus]) -> None:
    """Print what each rule finds with an embedder."""
    sets = {
        own: graded(signalled(corpus, gold_questions(own, corpus.passages)))
        for own, corpus in corpora.items()
    }
    others = tilted_by_others(sets) if len(sets) > 1 else {}
    gains: list[np.ndarray] = []
    for own, found in sets.items():
        tilt = others.get(own, _PLAIN)
        best = max(TILTS, key=lambda tilt: found[tilt].mean())
        gains.append(found[tilt] - found[_PLAIN])
        values = [f"{which:4}: {found[which].mean():.4f}" for which in (_PLAIN, tilt, best)]
        meaning, words = self_retrieval(corpora[own])
        print(
            f"{name:10}{own:10}plain {values[0]}  by the others {values[1]}  best {values[2]}  "
            f"its own document: {meaning:.2f} by meaning, {words:.2f} by words",
            flush=True,
        )
    rng = np.random.default_rng(0)
    draws = [np.mean([rng.choice(own, len(own)).mean() for own in gains]) for _ in range(_DRAWS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    gain = np.mean([own.mean() for own in gains])
    print(f"{name:10}gain of the tilt by the others {gain:+.4f} [{low:+.4f}, {high:+.4f}]", flush=True)


def main() -> None:
    """Report on the named embedders."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("embedders", nargs="+", choices=EMBEDDERS)
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    chosen = parser.parse_args()
    for name in chosen.embedders:
        embedder = open_measured(name)
        opened = {own: open_corpus(own, cache=chosen.cache, embedder=embedder) for own in chosen.sets}
        report(name, {own: corpus for own, corpus in opened.items() if corpus is not None})


if __name__ == "__main__":
    main()
