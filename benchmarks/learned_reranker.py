"""Whether a learned re-ranker helps: fitted on three sets and tried on the fourth, and within each set.

    python benchmarks/learned_reranker.py                  # all sets, written to results/
    python benchmarks/learned_reranker.py k8gb whitepact   # these alone, printed

Every set goes down the product's own road with default settings; the first 20
passages of each question are put in a new order. A passage counts as right where
it stands in a gold document and, for answers taken from a table, holds a figure of
the gold answer. Two ways to fit, neither of which has seen what it is tried on:

- ``others``: on all questions of the other sets; tried on the whole set;
- ``own``: on four fifths of the set by group (section of the questionnaire, else
  gold document), tried on the last fifth, five times over.

Figures are of the passages' order before and after, with the paired difference, its
95% interval (clustered by group) and its p-value; p-values of one set and way are
corrected for three measures (Holm).
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from measuring_sets import SETS, GoldQuestion, data_folder, gold_questions
from retrieval_corpus import Corpus, open_corpus

from bidproof.core.records import ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.evaluation.metrics.retrieval import hit_at, ndcg_at, reciprocal_rank
from bidproof.evaluation.statistics.multiple import holm
from bidproof.evaluation.statistics.paired import compare_paired
from bidproof.optimization.reranker_fit import LabelledRanking, fit_reranker
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.reranker import LearnedReranker, candidate_features
from bidproof.retrieval.search import Retriever

DEPTH = 20
FOLDS = 5
RESULTS = Path(__file__).parent / "results" / "learned-reranker.json"
MEASURES = ("hit_at_3", "mrr", "ndcg_at_10")


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranked:
    """A question with its first passages, and which gold documents each of them is right for."""

    question: GoldQuestion
    group: str
    passages: tuple[ScoredPassage, ...]

    def matches(self, passages: Sequence[ScoredPassage]) -> list[set[int]]:
        """For each passage the gold documents that it answers from, by number."""
        documents = sorted(self.question.documents)
        return [{documents.index(item.passage.path)} if self._is_right(item) else set() for item in passages]

    def _is_right(self, item: ScoredPassage) -> bool:
        if item.passage.path not in self.question.documents:
            return False
        text = item.passage.located_text.replace(",", "")
        return not self.question.figures or any(figure in text for figure in self.question.figures)

    def scores(self, passages: Sequence[ScoredPassage]) -> tuple[float, float, float]:
        """The three measures of an order."""
        matches = self.matches(passages)
        items = len(self.question.documents)
        return hit_at(matches, 3), reciprocal_rank(matches), ndcg_at(matches, 10, items=items)

    @cache  # noqa: B019 - each is fitted on several times, in a process that ends
    def labelled(self, name: str) -> LabelledRanking:
        """The ranking to fit on."""
        return LabelledRanking(
            id=self.question.text,
            group=f"{name}: {self.group}" if self.group else "",
            features=tuple(candidate_features(self.question.text, self.passages)),
            labels=tuple(bool(found) for found in self.matches(self.passages)),
        )


def ranked(corpus: Corpus, questions: Sequence[GoldQuestion]) -> list[Ranked]:
    """Search each question as the product does."""
    retriever = Retriever(corpus.index, corpus.embedder, RetrievalSettings())
    queries = [Query(text=item.text, context=item.context, top_k=DEPTH) for item in questions]
    return [
        Ranked(
            question=item,
            group=item.context[0] if item.context else " ".join(sorted(item.documents)),
            passages=found,
        )
        for item, found in zip(questions, retriever.search_many(queries), strict=True)
    ]


def fit(sets: dict[str, list[Ranked]], embedder: str) -> LearnedReranker | None:
    """One model over all questions of some sets."""
    rankings = [item.labelled(name) for name, items in sets.items() for item in items]
    found = fit_reranker(rankings, embedder=embedder, depth=DEPTH)
    return found.reranker if found else None


def after(items: Sequence[Ranked], reranker: LearnedReranker | None) -> list[tuple[float, float, float]]:
    """The measures of each question in the new order; the old one where nothing could be fitted."""
    return [
        item.scores(
            reranker.rerank(item.question.text, item.passages, depth=DEPTH) if reranker else item.passages
        )
        for item in items
    ]


def within(name: str, items: list[Ranked], embedder: str) -> list[tuple[float, float, float]]:
    """Each fifth of a set, by group, in the order of a model that was fitted on the other four."""
    groups = sorted({item.group for item in items}, key=lambda group: (-_size(items, group), group))
    fold_of = {group: place % FOLDS for place, group in enumerate(groups)}
    found: dict[int, tuple[float, float, float]] = {}
    for fold in range(FOLDS):
        inside = [item for item in items if fold_of[item.group] != fold]
        places = [at for at, item in enumerate(items) if fold_of[item.group] == fold]
        model = fit({name: inside}, embedder)
        found |= dict(zip(places, after([items[at] for at in places], model), strict=True))
    return [found[at] for at in range(len(items))]


def _size(items: Sequence[Ranked], group: str) -> int:
    return sum(item.group == group for item in items)


def held_against(items: Sequence[Ranked], new: Sequence[tuple[float, float, float]]) -> dict[str, object]:
    """What the new order gains, measure by measure."""
    old = after(items, None)
    groups = [item.group for item in items]
    tests = [
        compare_paired(
            [row[at] for row in old],
            [row[at] for row in new],
            groups=groups,
            kind="binary" if name == "hit_at_3" else "proportion",
        )
        for at, name in enumerate(MEASURES)
    ]
    adjusted = holm([1.0 if test.p_value is None else test.p_value for test in tests])
    return {
        name: {
            "before": round(sum(row[at] for row in old) / len(old), 4),
            "after": round(sum(row[at] for row in new) / len(new), 4),
            "difference": _round(tests[at].effect),
            "low": _round(tests[at].low),
            "high": _round(tests[at].high),
            "adjusted_p": round(adjusted[at], 4),
            "verdict": _verdict(tests[at].effect, adjusted[at]),
        }
        for at, name in enumerate(MEASURES)
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _verdict(effect: float | None, p_value: float) -> str:
    if effect is None or p_value >= 0.05:
        return "not proven"
    return "better" if effect > 0 else "worse"


def measure(sets: dict[str, list[Ranked]], embedder: str) -> dict[str, object]:
    """Both ways for every set."""
    rows: dict[str, object] = {}
    for name, items in sets.items():
        others = fit({other: found for other, found in sets.items() if other != name}, embedder)
        rows[name] = {
            "questions": len(items),
            "groups": len({item.group for item in items}),
            "others": held_against(items, after(items, others)),
            "own": held_against(items, within(name, items, embedder)),
        }
        print(name, json.dumps(rows[name], indent=1), flush=True)
    return rows


def main() -> None:
    """Measure the named sets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}; all when none is named")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    chosen = parser.parse_args()
    sets: dict[str, list[Ranked]] = {}
    embedder = ""
    for name in chosen.sets or SETS:
        corpus = open_corpus(name, cache=chosen.cache)
        if corpus is None:
            print(f"{name:10}skipped: not in {data_folder()}; set BIDPROOF_DATA to where it is", flush=True)
            continue
        sets[name] = ranked(corpus, gold_questions(name, corpus.passages))
        embedder = corpus.embedder.name
        print(f"{name:10}{len(sets[name])} questions searched", flush=True)
    rows = measure(sets, embedder)
    if set(sets) == set(SETS):
        whole = fit(sets, embedder)
        weights = {item.name: round(item.weight, 3) for item in whole.features} if whole else {}
        content = {
            "command": "python benchmarks/learned_reranker.py",
            "depth": DEPTH,
            "embedder": embedder,
            "sets": rows,
            "weights_of_all_sets": dict(sorted(weights.items(), key=lambda item: -abs(item[1]))),
        }
        RESULTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {RESULTS}", flush=True)


if __name__ == "__main__":
    main()
