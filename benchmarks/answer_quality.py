"""Run the extractive engine over whole question sets and print what its drafts are worth.

    BIDPROOF_DATA=../shared/data python benchmarks/answer_quality.py k8gb whitepact aws

For each set: how many questions were answered, not found, left to a person;
whether every citation stands verbatim in its document; how much of the gold
answer's content words the draft holds (``support overlap``: a proxy that is
blind to small edits, not a measure of truth); and for yes/no questions how
many were decided and how many of those rightly, with 95% Wilson intervals.
``--refusal`` asks every set's questions of the other sets' documents, where
none can be answered, and prints how well the sufficiency score tells the two
apart. Indexes are kept in ``--cache``; ``--keyword-only`` skips embeddings.
"""

import argparse
import csv
import json
import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook
from retrieval_corpus import document_texts, open_corpus

from bidproof.answering.asked import Asked, read_asked
from bidproof.answering.extractive import ExtractiveEngine
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.sufficiency import judge_sufficiency
from bidproof.core.ids import DocumentId, QuestionId
from bidproof.core.records import Draft, DraftState, Question, QuestionKind
from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.language.words import content_stems
from bidproof.retrieval.open import open_embedder
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever

DATA = Path(os.environ.get("BIDPROOF_DATA", Path(__file__).parents[2] / "shared" / "data"))
SETS = ("k8gb", "whitepact", "aws")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question with its gold answer; ``choice`` is empty where none is given."""

    question: Question
    answer: str
    choice: str


class NoEmbedder:
    """Stands in where only keywords are searched: one constant dimension."""

    name, dimension = "none", 1

    def embed_passages(self, texts):
        return np.ones((len(texts), 1), dtype=np.float32)

    embed_queries = embed_documents = embed_passages

    def count_tokens(self, text):
        return len(text.split())


def load_cases(name: str) -> list[Case]:
    """The questions of one measuring set."""
    if name == "aws":
        with (DATA / "aws/questions.csv").open(encoding="utf-8-sig") as file:
            return [
                _case(n, row["Question"], row["Answer_True"], row["Yes_No_True"].replace("None", ""))
                for n, row in enumerate(csv.DictReader(file))
            ]
    if name == "k8gb":
        rows = [json.loads(line) for line in (DATA / "k8gb/gold.jsonl").read_text().splitlines()]
        cases = [_case(n, row["question"], row["answer"], "") for n, row in enumerate(rows)]
        return [
            replace(case, question=replace(case.question, section_path=(row["section"], row["subsection"])))
            for case, row in zip(cases, rows, strict=True)
        ]
    if name == "sec10q":
        with (DATA / "sec10q/questions.csv").open(encoding="utf-8-sig") as file:
            return [
                _case(n, row["Question"], row["Answer"], "") for n, row in enumerate(csv.DictReader(file))
            ]
    sheet = CalamineWorkbook.from_path(str(DATA / "whitepact/completed.xlsx")).get_sheet_by_name("CAIQv4.0.3")
    rows = [row for row in sheet.to_python() if str(row[2]) in ("Yes", "No", "NA")]
    return [
        _case(n, " ".join(str(row[1]).split()), str(row[4]), str(row[2]), options=("Yes", "No", "NA"))
        for n, row in enumerate(rows)
    ]


def _case(number: int, text: str, answer: str, choice: str, *, options: tuple[str, ...] = ()) -> Case:
    kind = QuestionKind.YES_NO if options else QuestionKind.FREE
    question = Question(id=QuestionId(f"q{number}"), text=text.strip(), kind=kind, options=options)
    return Case(question=question, answer=answer, choice=choice)


def open_set(name: str, *, cache: Path, keyword_only: bool) -> tuple[Retriever, dict[DocumentId, str]] | None:
    """A set's retriever and every document's text; None when the set is absent."""
    settings = replace(RetrievalSettings(), dense_weight=0.0) if keyword_only else RetrievalSettings()
    corpus = open_corpus(name, cache=cache, embedder=NoEmbedder() if keyword_only else None)
    if corpus is None:
        return None
    return Retriever(corpus.index, corpus.embedder, settings), document_texts(name, cache=cache)


def share(hits: int, count: int) -> str:
    """A rate with its 95% Wilson interval, as text."""
    if count == 0:
        return "none"
    low, high = wilson(hits, count)
    return f"{hits}/{count} = {hits / count:.3f} [{low:.3f}, {high:.3f}]"


def area(answerable: list[float], unanswerable: list[float]) -> float:
    """AUROC: how often an answerable question scores above an unanswerable one, ties half."""
    wins = sum((a > b) + 0.5 * (a == b) for a in answerable for b in unanswerable)
    return wins / max(1, len(answerable) * len(unanswerable))


def report(name: str, cases: list[Case], drafts: list[Draft], texts: dict[DocumentId, str]) -> None:
    """Print one set's figures."""
    states = Counter(draft.state for draft in drafts)
    print(f"\n{name}: {len(cases)} questions")
    for state in DraftState:
        print(f"  {state:14s} {share(states[state], len(cases))}")
    citations = [c for draft in drafts for claim in draft.claims for c in claim.citations]
    verbatim = sum(texts[c.document_id][c.start : c.end] == c.quote for c in citations)
    print(f"  citations verbatim at their position: {verbatim}/{len(citations)}")
    with_problems = sum(bool(claim.problems) for draft in drafts for claim in draft.claims)
    print(f"  claims with a failed check: {with_problems} of {sum(len(d.claims) for d in drafts)}")
    pairs = [(case, draft) for case, draft in zip(cases, drafts, strict=True) if draft.text]
    overlaps = [_overlap(case.answer, draft.text) for case, draft in pairs]
    words = [len(draft.text.split()) for _, draft in pairs]
    if pairs:
        mean = sum(overlaps) / len(pairs)
        print(f"  support overlap (gold content words in the draft), where drafted: {mean:.3f}")
        print(f"  words in a draft, median: {sorted(words)[len(words) // 2]}")
    asked = [(case, draft) for case, draft in zip(cases, drafts, strict=True) if case.choice]
    if asked:
        decided = [(case, draft) for case, draft in asked if draft.choice]
        right = sum(case.choice == draft.choice for case, draft in decided)
        print(f"  choices decided: {share(len(decided), len(asked))}")
        print(f"  decided rightly: {share(right, len(decided))}")


def _overlap(gold: str, draft: str) -> float:
    wanted = set(content_stems(gold))
    return len(wanted & set(content_stems(draft))) / len(wanted) if wanted else 1.0


def main() -> None:
    """Run the sets named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--keyword-only", action="store_true")
    parser.add_argument("--refusal", action="store_true")
    parser.add_argument("--show", type=int, default=0, help="print this many drafts of each set")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    opened: dict[str, tuple[Retriever, dict[DocumentId, str]]] = {}
    embedder = None if options.keyword_only else open_embedder(RetrievalSettings())
    for name in options.sets:
        found = open_set(name, cache=options.cache, keyword_only=options.keyword_only)
        if found is None:
            print(f"{name}: skipped: not in {DATA}; set BIDPROOF_DATA to where it is")
        else:
            opened[name] = found
    for name, (source, texts) in opened.items():
        cases = load_cases(name)
        engine = ExtractiveEngine(source, Settings(), embedder=embedder)
        drafts = [engine.draft_now(case.question) for case in cases]
        report(name, cases, drafts, texts)
        chosen = random.Random(options.seed).sample(range(len(cases)), min(options.show, len(cases)))
        for number in chosen:
            _show(cases[number], drafts[number])
    if options.refusal:
        refusal(opened)


def _show(case: Case, draft: Draft) -> None:
    print(f"\n  Q: {case.question.text}\n  gold: {case.choice} {case.answer[:200]!r}")
    print(f"  {draft.state}, choice {draft.choice}, {draft.support}: {draft.text}")
    print(f"  reasons: {draft.reasons}")


def refusal(opened: dict[str, tuple[Retriever, dict[DocumentId, str]]]) -> None:
    """Print AUROC and the operating point of the sufficiency score, right against wrong documents."""
    threshold = Settings().answering.sufficiency
    print("\nsufficiency: own documents against another set's (unanswerable by construction)")
    for name in opened:
        own, other = _scores(name, opened[name][0]), list[float]()
        for wrong in opened:
            if wrong != name:
                other += _scores(name, opened[wrong][0])
        if other:
            refused = sum(score < threshold for score in other)
            answered = sum(score >= threshold for score in own)
            print(f"  {name}: AUROC {area(own, other):.3f}")
            print(f"    refused when unanswerable {share(refused, len(other))}")
            print(f"    answered from own documents {share(answered, len(own))}")


def _scores(name: str, source: Retriever) -> list[float]:
    return [_score(read_asked(case.question.text), case.question, source) for case in load_cases(name)]


def _score(asked: Asked, question: Question, source: Retriever) -> float:
    passages = source.search(Query(text=asked.text, context=question.section_path, top_k=10))
    return judge_sufficiency(asked, passages, ranked=rank_evidence(asked, passages)).score_0_1


if __name__ == "__main__":
    main()
