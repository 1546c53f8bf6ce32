"""Would a small fitted score refuse better than the one that refuses today? Each set left out in turn.

    BIDPROOF_DATA=../shared/data python benchmarks/refusal_fit.py [--every N]

Answerable are the questions of each set and the twins of ``near_misses*.csv``; unanswerable the same
questions without the documents that answer them, and the near misses. Four features, no sign against its
sense: the share of a question's words, weighed by their rarity in all documents, that a statement holds
which breaks no rule of the gate and has the shape asked for; the best cosine of question and such a
statement among the first six; whether the best of the right kind misses a name; whether it has a modifier
replaced. Prints the AUROC of today's score (0 where the gate lets none through), of each feature, and of
the fit that did not see the set; then what ``route fit`` would set on one part of a set and do on the other.
"""

import argparse
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from answer_quality import area
from measuring_sets import SETS, gold_questions
from near_misses import FILES, TWIN, read_cases, retriever
from retrieval_corpus import Corpus, open_corpus
from scipy.optimize import minimize

from bidproof.answering.answer_types import has_shape, is_told_by_form
from bidproof.answering.asked import Asked, read_question
from bidproof.answering.closeness import Closeness
from bidproof.answering.compose import wording
from bidproof.answering.evidence import Evidence
from bidproof.answering.gate.judge import gate, read_rules
from bidproof.answering.gate.lookup import look_up
from bidproof.answering.gate.values import told_as
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.signals import RAW
from bidproof.answering.sufficiency import judge_sufficiency
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Question
from bidproof.core.settings import Settings
from bidproof.language.words import content_stems, term_value
from bidproof.retrieval.protocol import Filters, Query
from bidproof.routing.cases import RouteCase
from bidproof.routing.refusal import fit_refusal

NAMES = ("coverage", "closeness", "named", "replaced")
READ, COMPARED = 25, 6
RIDGE = 0.3
KEEP = 0.95
LEAST = Settings().answering.sufficiency


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question with its features, today's score, and whether the documents at hand answer it."""

    group: str
    is_answerable: bool
    today: float
    features: tuple[float, ...]


class Measure:
    """The features of questions against one set's documents."""

    def __init__(self, corpus: Corpus) -> None:
        self._source = retriever(corpus)
        self._speaks_of = look_up(self._source)
        self._closeness = Closeness(corpus.embedder)
        self._count = len(corpus.passages)
        self._held = Counter[str]()
        for passage in corpus.passages:
            self._held.update(set(content_stems(f"{passage.title} {passage.located_text}")))

    def of(
        self, text: str, *, context: tuple[str, ...] = (), documents: tuple[DocumentId, ...] = ()
    ) -> tuple[float, tuple[float, ...]]:
        """Today's score and the features of a question: those of its part that scores best today."""
        parts = read_question(Question(id=QuestionId("q"), text=text)).parts
        return max(self._part(part, context, documents) for part in parts)

    def _part(
        self, asked: Asked, context: tuple[str, ...], documents: tuple[DocumentId, ...]
    ) -> tuple[float, tuple[float, ...]]:
        query = Query(
            text=asked.text,
            context=context,
            rewrites=told_as(asked.text),
            top_k=10,
            filters=Filters(document_ids=documents),
        )
        passages = self._source.search(query)
        ranked = rank_evidence(asked, passages)
        may_answer = gate(asked, passages, ranked=ranked, speaks_of=self._speaks_of).may_answer
        today = judge_sufficiency(asked, passages, ranked=may_answer).score_0_1
        rules = read_rules(asked, passages, speaks_of=self._speaks_of)
        is_told = is_told_by_form(asked.shape)
        shaped = [item for item in ranked[:READ] if not is_told or has_shape(item.text, asked.shape)]
        broken = [{finding.kind for finding in rules.findings(item)} for item in shaped]
        clean = [item for item, kinds in zip(shaped, broken, strict=True) if not kinds]
        best = next((kinds for kinds in broken if "value" not in kinds), set[str]())
        cosines = self._closeness.to(asked.text, [wording(item) for item in clean[:COMPARED]])
        return today, (
            max((self._coverage(asked, item) for item in clean), default=0.0),
            max(cosines, default=0.0),
            -float("named" in best),
            -float("substituted" in best),
        )

    def _coverage(self, asked: Asked, evidence: Evidence) -> float:
        own = frozenset(content_stems(f"{evidence.header} {evidence.text}"))
        around = frozenset(content_stems(" ".join(evidence.passage.passage.heading_path)))
        weights = {
            term: term_value(term) * math.log((self._count + 1) / (self._held[term] + 0.5))
            for term in asked.stems
        }
        held = sum(
            weight * (1.0 if term in own else 0.6 * (term in around)) for term, weight in weights.items()
        )
        return held / (sum(weights.values()) or 1.0)


def collect(name: str, corpus: Corpus, *, every: int) -> list[Asking]:
    """A set's own questions with and without their documents, and its near misses and twins."""
    measure, found = Measure(corpus), list[Asking]()
    for case in [case for path in FILES for case in read_cases(path) if case.name == name]:
        today, features = measure.of(case.text)
        found.append(
            Asking(group="near misses", is_answerable=case.kind == TWIN, today=today, features=features)
        )
    paths = {passage.path: passage.document_id for passage in corpus.passages}
    questions = gold_questions(name, corpus.passages)[::every] if name in SETS else []
    for question in questions:
        rest = tuple(number for path, number in paths.items() if path not in question.documents)
        for is_answerable, documents in ((True, ()), (False, rest)):
            today, features = measure.of(question.text, context=question.context, documents=documents)
            found.append(Asking(group=name, is_answerable=is_answerable, today=today, features=features))
    return found


def fitted(items: Sequence[Asking]) -> np.ndarray:
    """Constant and weights of a logistic curve, no weight below 0, every set counting the same."""
    values = np.array([item.features for item in items])
    labels = np.array([item.is_answerable for item in items], dtype=float)
    groups = Counter(item.group for item in items)
    each = np.array([1 / groups[item.group] for item in items])
    each *= len(each) / each.sum()

    def loss(weights: np.ndarray) -> float:
        total = values @ weights[1:] + weights[0]
        return float(
            np.sum(each * (np.logaddexp(0, total) - labels * total)) + RIDGE * np.sum(weights[1:] ** 2)
        )

    bounds = [(None, None), *[(0, None)] * values.shape[1]]
    return minimize(loss, np.zeros(values.shape[1] + 1), bounds=bounds).x


def _area(items: Sequence[Asking], score: Callable[[Asking], float]) -> float:
    own = [score(item) for item in items if item.is_answerable]
    return area(own, [score(item) for item in items if not item.is_answerable])


def _case(number: int, item: Asking) -> RouteCase:
    return RouteCase(
        case_id=str(number),
        group="",
        is_answer=item.today >= LEAST,
        is_right=item.is_answerable and item.today >= LEAST,
        is_answerable=item.is_answerable,
        signals={RAW: item.today},
    )


def report(items: Sequence[Asking], group: str) -> None:
    """Print one set's figures."""
    own = [item for item in items if item.group == group]
    weights = fitted([item for item in items if item.group != group])
    line = [f"today {_area(own, lambda item: item.today):.3f}"]
    line += [
        f"{name} {_area(own, lambda item, at=place: item.features[at]):.3f}"
        for place, name in enumerate(NAMES)
    ]
    score = _area(own, lambda item: float(np.dot(item.features, weights[1:])))
    print(f"{group}: {len(own)} questions; {', '.join(line)}; fitted without it {score:.3f}")
    cases = [_case(number, item) for number, item in enumerate(own)]
    halves = [[case for at, case in enumerate(cases) if at // 2 % 2 == half] for half in (0, 1)]
    found = fit_refusal(halves[0], halves[1], keep=KEEP)
    print(
        f"    route fit on one half: below {found.threshold:.2f}; on the other {found.refused} of "
        f"{found.unanswerable} refused (without it {found.refused_before}), "
        f"{found.kept} of {found.right} stay"
    )


def main() -> None:
    """Collect every set's questions and report on each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--every", type=int, default=1, help="take every Nth question of a set")
    options = parser.parse_args()
    items: list[Asking] = []
    for name in ("sample", *SETS):
        corpus = open_corpus(name, cache=options.cache)
        if corpus is None:
            print(f"{name}: skipped: not in the measuring data; set BIDPROOF_DATA to where it is")
            continue
        items += collect(name, corpus, every=options.every)
        print(f"{name}: measured", flush=True)
    for group in dict.fromkeys(item.group for item in items):
        report(items, group)


if __name__ == "__main__":
    main()
