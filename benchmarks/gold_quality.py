"""Evaluate the default program on every question set there is: one table, each figure with its interval.

    BIDPROOF_DATA=../shared/data python benchmarks/gold_quality.py [aws whitepact k8gb sec10q] [--limit N]

The default program is the extractive engine with default settings: no model, no
network. Questions are imported as ``bidproof gold import`` does, answered, and
scored by every metric that needs no judge. Documents are parsed and embedded
once and kept in ``--cache``. Writes ``benchmarks/results/quality-sets.json`` and
puts the table into ``docs/quality.md`` between its two marks.
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from measuring_sets import SETS, data_folder
from retrieval_corpus import Corpus, open_corpus

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.core.jsonable import to_json
from bidproof.core.settings import Settings
from bidproof.evaluation.gold.importing import ImportedGold, import_gold
from bidproof.evaluation.gold.questionnaire import questionnaire_gold
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.metrics.registry import default_metrics
from bidproof.evaluation.metrics.run_metrics import run_measures
from bidproof.evaluation.records import GoldCase, MetricSummary
from bidproof.evaluation.running.answerers import EngineAnswerer
from bidproof.evaluation.running.prefetch import PrefetchedEmbedder
from bidproof.evaluation.running.runs import CaseRun, RunStep
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.running.summaries import summarise
from bidproof.questionnaires.read import read_questionnaire
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "quality-sets.json"
PAGE = HERE.parent / "docs" / "quality.md"
MARKS = ("<!-- quality-sets: start -->", "<!-- quality-sets: end -->")
SHOWN = (
    "answered",
    "abstains_rightly",
    "choice_accuracy",
    "support_overlap",
    "reference_recall",
    "reference_similarity",
    "reference_numbers",
    "verbatim_rate",
    "citation_overlap_precision",
    "number_fidelity",
    "hit_at_1",
    "hit_at_3",
    "hit_at_10",
    "recall_at_10",
    "mrr",
    "ndcg_at_10",
    "context_overlap_recall",
    "latency_p50_s",
    "latency_p95_s",
)
"""Rows of the table; the file of results holds every metric."""


def import_set(name: str, corpus: Corpus) -> ImportedGold:
    """The set's questions as gold cases, their paths fitted to the documents."""
    home = data_folder() / name
    if name == "whitepact":
        found = read_questionnaire(home / "completed.xlsx")
        return questionnaire_gold(found, name=name, documents=corpus.paths)
    file = home / ("gold.jsonl" if name == "k8gb" else "questions.csv")
    return import_gold(file, name=name, documents=corpus.paths)


def evaluate_set(
    corpus: Corpus, cases: tuple[GoldCase, ...]
) -> tuple[tuple[MetricSummary, ...], Counter[str]]:
    """Answer and score the cases; gives summaries and how the drafts ended."""
    settings = Settings()
    source = Retriever(corpus.index, corpus.embedder, settings.retrieval)
    source.search(Query(text="warm up", top_k=1))  # weights and index load with the first search
    metrics = tuple(default_metrics(is_judge=False).values())
    embedder = PrefetchedEmbedder(corpus.embedder, metrics=[item.name for item in metrics])

    def tell(step: RunStep) -> None:
        if step.done % 25 == 0 or step.done == step.total or step.note:
            print(f"  {step.done} of {step.total} {step.note}", flush=True)

    result = asyncio.run(
        CaseRun(
            cases=cases,
            answerer=EngineAnswerer(ExtractiveEngine(source, settings, embedder=corpus.embedder), source),
            metrics=metrics,
            scoring=RunScoring(OfflineMatrix(), embedder),
            prepare=embedder.prepare,
            progress=tell,
            concurrency=2,
        ).run()
    )
    summaries = (
        *summarise(result.cells, metrics=metrics),
        *run_measures(cases, result.outcomes, result.cells),
    )
    return summaries, Counter(str(outcome.draft.state) for outcome in result.outcomes)


def table(sets: dict[str, Any]) -> str:
    """The Markdown table: rows are metrics, columns are sets."""
    names = [name for name in SETS if name in sets]
    heads = [f"{name} ({sets[name]['cases']} questions, {sets[name]['groups']} groups)" for name in names]
    lines = [f"| metric | {' | '.join(heads)} |", f"| --- |{' --- |' * len(names)}"]
    for metric in SHOWN:
        cells = [_cell(sets[name]["metrics"].get(metric)) for name in names]
        lines.append(f"| `{metric}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: dict[str, Any] | None) -> str:
    estimate = (found or {}).get("estimate", {})
    if estimate.get("value") is None:
        return "–"
    text = f"{estimate['value']:.3f}"
    if estimate["low"] is not None:
        text += f" [{estimate['low']:.3f}, {estimate['high']:.3f}]"
    return f"{text} n={estimate['n']}"


def write(sets: dict[str, Any]) -> None:
    """Write results and put the table into the page."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(sets, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if PAGE.exists():
        start, end = map(re.escape, MARKS)
        text = PAGE.read_text("utf-8")
        made = f"{MARKS[0]}\n{table(sets)}\n{MARKS[1]}"
        PAGE.write_text(re.sub(f"{start}.*?{end}", lambda _: made, text, flags=re.DOTALL), "utf-8")


def main() -> None:
    """Evaluate the sets named, all by default; results of others are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["k8gb", "whitepact", "sec10q", "aws"])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    sets: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for name in options.sets:
        started = time.perf_counter()
        corpus = open_corpus(name, cache=options.cache)
        if corpus is None:
            print(f"{name}: absent from {data_folder()}, skipped")
            continue
        imported = import_set(name, corpus)
        cases = imported.gold.cases[: options.limit]
        print(f"{name}: {len(cases)} cases, {len(corpus.passages)} passages", flush=True)
        summaries, states = evaluate_set(corpus, cases)
        found = {
            "cases": len(cases),
            "groups": len({case.group or case.id for case in cases}),
            "gold_digest": imported.gold.digest(),
            "program_digest": ExtractiveEngine(None, Settings()).program_digest,  # type: ignore[arg-type]
            "states": dict(states),
            "seconds": round(time.perf_counter() - started, 1),
            "metrics": {item.metric: to_json(item) for item in summaries},
        }
        sets[name] = found
        print(table({name: found}), flush=True)
        if options.limit is None:
            write(sets)


if __name__ == "__main__":
    main()
