"""How often the right document or page is found, beside simpler ways to search.

    python benchmarks/retrieval_quality.py                    # all sets, ours and three baselines
    python benchmarks/retrieval_quality.py k8gb --ablation    # without each signal in turn
    python benchmarks/retrieval_quality.py --embedder mpnet   # with another embedder, see embedders.py
    python benchmarks/retrieval_quality.py --held-out         # weights found on the other sets, and on all

Every set goes down the product's own road (find, parse, split, embed, index,
``Retriever.search``) with default settings; section titles of a questionnaire
are given as context, answers never. Figures, each with its 95% Wilson interval:

- ``top 3`` / ``top 10``: a gold document is among those of the first passages;
- ``10 documents``: it is among the first ten distinct documents (``search_documents``);
- ``single top 3``: the same as top 3 for questions that one document answers;
- ``passage@3``: a passage that holds the answer is among the first three, where the set tells such
  passages: by the words of the answer (aws) or its figures (sec10q);
- ``page nDCG@10``: how early their pages come among the pages of the first ten passages;
- ``any figure`` / ``all figures``: for answers taken from tables, a number (all
  numbers) of the gold answer stands in the first ten passages; numbers have
  three digits or more, or decimals; years do not count.

Baselines search the same passages: BM25 over text, headings and file name;
cosine of the question alone; and reciprocal-rank fusion (k = 60) of those two.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from embedders import EMBEDDERS, open_measured
from measuring_sets import SETS, GoldQuestion, data_folder, gold_questions, page_of
from retrieval_corpus import Corpus, open_corpus
from retrieval_weights import BY_HAND, Signalled, climb, signalled

from bidproof.core.records import Passage
from bidproof.core.settings import RetrievalSettings
from bidproof.evaluation.metrics.retrieval import ndcg_at
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.language.terms import query_terms
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever
from bidproof.retrieval.weights import Weights, measured_weights

_DEEP = 2000


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one way of searching found for one question."""

    passages: tuple[Passage, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Share:
    """Successes of trials."""

    hits: int
    trials: int

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.trials)
        return f"{self.hits / self.trials:.3f} [{low:.2f}, {high:.2f}]" if self.trials else "none"


def score(questions: Sequence[GoldQuestion], found: Sequence[Found]) -> dict[str, Share]:
    """Count hits; the measures are described at the top of this file."""
    pairs = list(zip(questions, found, strict=True))

    def hit(question: GoldQuestion, item: Found, depth: int) -> bool:
        return any(passage.path in question.documents for passage in item.passages[:depth])

    single = [pair for pair in pairs if pair[0].is_single]
    quoted = [
        (question.figures, " ".join(passage.located_text for passage in item.passages[:10]).replace(",", ""))
        for question, item in pairs
        if question.figures
    ]
    shares = {
        "top 3": [hit(question, item, 3) for question, item in pairs],
        "top 10": [hit(question, item, 10) for question, item in pairs],
        "10 documents": [bool(question.documents & set(item.documents[:10])) for question, item in pairs],
    }
    if len(single) < len(pairs):
        shares["single top 3"] = [hit(question, item, 3) for question, item in single]
    located = [pair for pair in pairs if pair[0].passages]
    if located:
        shares["passage@3"] = [
            any(passage.id in question.passages for passage in item.passages[:3])
            for question, item in located
        ]
    if quoted:
        shares["any figure"] = [any(figure in text for figure in own) for own, text in quoted]
        shares["all figures"] = [all(figure in text for figure in own) for own, text in quoted]
    return {name: Share(hits=sum(values), trials=len(values)) for name, values in shares.items()}


def page_gain(questions: Sequence[GoldQuestion], found: Sequence[Found]) -> float | None:
    """Mean nDCG@10 of the pages that hold the answers; None where the set tells none."""
    gains: list[float] = []
    for question, item in zip(questions, found, strict=True):
        if question.pages:
            pages = list(dict.fromkeys(map(page_of, item.passages)))
            numbers = {page: number for number, page in enumerate(sorted(question.pages))}
            matches = [{numbers[page]} if page in numbers else set[int]() for page in pages]
            gains.append(ndcg_at(matches, 10, items=len(numbers)))
    return sum(gains) / len(gains) if gains else None


def ours(corpus: Corpus, questions: Sequence[GoldQuestion]) -> list[Found]:
    """The product as a user gets it."""
    retriever = Retriever(corpus.index, corpus.embedder, RetrievalSettings())
    queries = [Query(text=item.text, context=item.context, top_k=10) for item in questions]
    return [
        Found(
            passages=tuple(hit.passage for hit in hits),
            documents=tuple(item.path for item in retriever.search_documents(query, top_k=10)),
        )
        for query, hits in zip(queries, retriever.search_many(queries), strict=True)
    ]


def baselines(corpus: Corpus, questions: Sequence[GoldQuestion]) -> dict[str, list[Found]]:
    """BM25 alone, cosine alone, and the two fused by rank, over the same passages."""
    vectors = corpus.embedder.embed_queries([item.text for item in questions])
    pool = corpus.index.pool()
    everything = np.arange(pool.size)
    rows = pool.passages(everything)
    found: dict[str, list[Found]] = {"BM25 alone": [], "dense alone": [], "rank fusion": []}
    for item, vector in zip(questions, vectors, strict=True):
        terms = dict.fromkeys(query_terms(item.text), 1.0)
        words = pool.body.match(terms).scores() + pool.place.match(terms).scores()
        near = pool.similarities(vector).of(everything)
        ranked = 1 / (60 + _ranks(words)) + 1 / (60 + _ranks(near))
        for name, values in zip(found, (words, near, ranked), strict=True):
            order = [rows[at] for at in np.argsort(-values, kind="stable")[:_DEEP]]
            paths = list(dict.fromkeys(passage.path for passage in order))
            found[name].append(Found(passages=tuple(order[:10]), documents=tuple(paths[:10])))
    return found


def _ranks(values: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(values))
    ranks[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return ranks


def ablation(corpus: Corpus, questions: Sequence[GoldQuestion]) -> dict[str, list[Found]]:
    """All signals, without the section titles, and without each signal in turn."""
    known = signalled(corpus, questions)
    rows = {
        "all signals": under(known, measured_weights()),
        "without section titles": under(signalled(corpus, questions, sections=False), measured_weights()),
    }
    for signal in fields(Weights):
        name = f"without {signal.name.replace('_', ' ')}"
        rows[name] = under(known, replace(measured_weights(), **{signal.name: 0.0}))
    return rows


def under(known: Signalled, weights: Weights) -> list[Found]:
    """What is found with other weights."""
    return [Found(passages=passages, documents=names) for passages, names in known.rankings(weights)]


def held_out(sets: dict[str, tuple[Corpus, list[GoldQuestion]]]) -> None:
    """For each set: hits with weights chosen by hand, and with those fitted on the other sets and on all."""
    known = {name: signalled(*pair) for name, pair in sets.items()}
    of_all = climb(list(known.values()), start=BY_HAND)
    print(f"fitted on all: {_moved(of_all)}", flush=True)
    for name, own in known.items():
        fitted = climb([other for other in known.values() if other is not own], start=BY_HAND)
        ways = {"chosen by hand": BY_HAND, "fitted on the others": fitted, "fitted on all": of_all}
        print_rows(name, own.questions, {label: under(own, weights) for label, weights in ways.items()})
        print(f"  {_moved(fitted)}", flush=True)


def _moved(fitted: Weights) -> dict[str, float]:
    """The weights that a fit moved."""
    names = [field.name for field in fields(Weights)]
    return {name: getattr(fitted, name) for name in names if getattr(fitted, name) != getattr(BY_HAND, name)}


def print_rows(name: str, questions: Sequence[GoldQuestion], rows: dict[str, list[Found]]) -> None:
    """One line per way of searching."""
    for label, found in rows.items():
        shares = "  ".join(f"{key} {share}" for key, share in score(questions, found).items())
        gain = page_gain(questions, found)
        pages = "" if gain is None else f"  page nDCG@10 {gain:.3f}"
        print(f"{name:10}{label:28}{shares}{pages}", flush=True)


def main() -> None:
    """Measure the named sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}; all when none is named")
    parser.add_argument("--ablation", action="store_true", help="one row per signal left out")
    parser.add_argument("--held-out", action="store_true", help="weights found on the other sets")
    parser.add_argument("--embedder", choices=EMBEDDERS, default="minilm", help="see embedders.py")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    chosen = parser.parse_args()
    sets: dict[str, tuple[Corpus, list[GoldQuestion]]] = {}
    embedder = open_measured(chosen.embedder)
    for name in chosen.sets or SETS:
        corpus = open_corpus(name, cache=chosen.cache, embedder=embedder)
        if corpus is None:
            print(f"{name:10}skipped: not in {data_folder()}; set BIDPROOF_DATA to where it is", flush=True)
            continue
        questions = gold_questions(name, corpus.passages)
        sets[name] = (corpus, questions)
        counts = (len(questions), len(corpus.paths), len(corpus.passages))
        print("{:10}{} questions, {} documents, {} passages".format(name, *counts), flush=True)
        if not chosen.held_out:
            rows = ablation(corpus, questions) if chosen.ablation else {}
            rows = {**baselines(corpus, questions), "ours": ours(corpus, questions), **rows}
            print_rows(name, questions, rows)
    if chosen.held_out:
        held_out(sets)


if __name__ == "__main__":
    main()
