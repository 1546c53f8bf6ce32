"""How many near misses are written as answers, and how many of their answerable twins still come through.

    BIDPROOF_DATA=../shared/data python benchmarks/near_misses.py [--removed] [QUESTIONS.csv ...]

A near miss asks for something that the documents do not hold while they hold something close to it:
another standard, product, period, place, modifier or kind of value. Its twin asks for what they hold.
``near_misses.csv`` was written first and tuned on; ``near_misses_fresh.csv`` and ``near_misses_third.csv``
afterwards, each before it was first run, and their figures are those of the first run. *Right* are twins
whose draft holds the figures that the documents tell. ``--removed`` asks every set's questions of its own
documents and once more without the documents that answer them, and prints a curve: for each threshold the
share that is still answered and the share that is refused. Other documents may answer as well, so the
second is a lower bound.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from answer_quality import area, share
from measuring_sets import SETS, gold_questions
from retrieval_corpus import Corpus, open_corpus

from bidproof.answering.asked import read_question
from bidproof.answering.extractive import ExtractiveEngine
from bidproof.answering.gate.judge import gate
from bidproof.answering.gate.lookup import look_up
from bidproof.answering.gate.values import told_as
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.sufficiency import judge_sufficiency
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Draft, DraftState, Question
from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.language.numbers import missing_quantities
from bidproof.retrieval.protocol import Filters, Query
from bidproof.retrieval.search import Retriever

HERE = Path(__file__).parent
FILES = tuple(HERE / f"near_misses{name}.csv" for name in ("", "_fresh", "_third"))
NEAR_MISS, TWIN = "near miss", "twin"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question of a set, what it is, and what the documents say to it or instead."""

    id: str
    name: str
    kind: str
    text: str
    documents_say: str


def read_cases(path: Path) -> list[Case]:
    """The rows of a file of near misses and twins."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Case(
                id=row["id"],
                name=row["set"],
                kind=row["kind"],
                text=row["question"],
                documents_say=row["documents_say"],
            )
            for row in csv.DictReader(file)
        ]


def retriever(corpus: Corpus) -> Retriever:
    """The product's search over a set."""
    return Retriever(corpus.index, corpus.embedder, RetrievalSettings())


def is_written(draft: Draft) -> bool:
    """Whether something of a draft would stand in the buyer's cell."""
    return draft.state is DraftState.DRAFTED or (
        draft.state is DraftState.NEEDS_PERSON and bool(draft.text or draft.choice)
    )


def report(cases: Sequence[Case], drafts: Sequence[Draft], *, name: str, is_shown: bool) -> None:
    """Print both shares of one set, and its mistakes."""
    held = [(case, draft) for case, draft in zip(cases, drafts, strict=True) if name in (case.name, "all")]
    missed = [is_written(draft) for case, draft in held if case.kind == NEAR_MISS]
    offered = [
        is_written(draft) or draft.state is DraftState.SUGGESTED for case, draft in held if case.kind == TWIN
    ]
    print(f"  {name:7s} near misses written {share(sum(missed), len(missed))}", end="")
    told = [
        bool(draft.text) and not missing_quantities(case.documents_say, evidence=draft.text)
        for case, draft in held
        if case.kind == TWIN
    ]
    print(f"   twins written or suggested {share(sum(offered), len(offered))}, right {sum(told)}")
    for case, draft in held if is_shown and name != "all" else ():
        print(f"    {case.id} {case.kind:9s} {draft.state.value:12s} {case.text}")
        print(f"        {draft.text[:100] or draft.reasons[0]!r}   documents: {case.documents_say}")


def removed(name: str, corpus: Corpus) -> None:
    """Print the curve of one set: answered from its documents, refused without those that answer."""
    source = retriever(corpus)
    paths = {passage.path: passage.document_id for passage in corpus.passages}
    own, without = list[float](), list[float]()
    for question in gold_questions(name, corpus.passages):
        rest = tuple(number for path, number in paths.items() if path not in question.documents)
        own.append(_score(source, question.text, question.context, ()))
        without.append(_score(source, question.text, question.context, rest))
    print(f"\n{name}: {len(own)} questions, AUROC {area(own, without):.3f}; ", end="")
    print(f"stopped by a rule with their documents there {own.count(0.0)}, without {without.count(0.0)}")
    for least in THRESHOLDS:
        answered, refused = sum(score >= least for score in own), sum(score < least for score in without)
        print(f"  {least:.1f}  answered {share(answered, len(own))}   refused {share(refused, len(without))}")


def _score(
    source: Retriever, text: str, context: tuple[str, ...], documents: tuple[DocumentId, ...]
) -> float:
    """The best score of a part; 0 where no statement may answer."""
    scores, speaks_of = [0.0], look_up(source)
    for part in read_question(Question(id=QuestionId("q"), text=text)).parts:
        query = Query(
            text=part.text,
            context=context,
            rewrites=told_as(part.text),
            top_k=10,
            filters=Filters(document_ids=documents),
        )
        passages = source.search(query)
        held = gate(part, passages, ranked=rank_evidence(part, passages), speaks_of=speaks_of).may_answer
        scores.append(judge_sufficiency(part, passages, ranked=held).score_0_1)
    return max(scores)


def main() -> None:
    """Draft every question of the files; with ``--removed`` the curves as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--removed", action="store_true")
    parser.add_argument("--show", action="store_true", help="print every draft")
    options = parser.parse_args()
    tables = {path: read_cases(path) for path in options.files}
    drafts: dict[str, Draft] = {}
    for name in sorted({case.name for cases in tables.values() for case in cases}):
        corpus = open_corpus(name, cache=options.cache)
        if corpus is None:
            print(f"{name}: skipped: not in the measuring data; set BIDPROOF_DATA to where it is")
            continue
        engine = ExtractiveEngine(retriever(corpus), Settings(), embedder=corpus.embedder)
        for case in [case for cases in tables.values() for case in cases if case.name == name]:
            drafts[case.id] = engine.draft_now(Question(id=QuestionId(case.id), text=case.text))
    for path, cases in tables.items():
        known = [case for case in cases if case.id in drafts]
        print(f"\n{path.name}: {len(known)} questions")
        for name in (*sorted({case.name for case in known}), "all"):
            report(known, [drafts[case.id] for case in known], name=name, is_shown=options.show)
    for name in SETS if options.removed else ():
        corpus = open_corpus(name, cache=options.cache)
        if corpus is not None:
            removed(name, corpus)


if __name__ == "__main__":
    main()
