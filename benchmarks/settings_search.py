"""Search the settings of the extractive engine on every question set there is, and test what is found.

    export BIDPROOF_DATA=../shared/data OPENBLAS_NUM_THREADS=1   # threads cost more than they save here
    python benchmarks/settings_search.py --cache COPY [aws whitepact k8gb sec10q]

Each set is split by group into train, dev and test. Settings are searched on train
and dev; the winner is held against the defaults on the test split, paired. Then each
set is left out in turn: the settings that gain most over the other sets (mean of the
paired gains on their train and dev splits) are tried on the test split of the one left
out. Two objectives: ``task_score`` and, by searching alone, ``hit_at_3``.

Killed anywhere, the same command goes on. Writes ``results/settings-search.json`` and
the table in ``docs/optimization.md``. Give it a cache folder of its own.
"""

import argparse
import asyncio
import json
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gold_quality import import_set
from measuring_sets import SETS, data_folder
from retrieval_corpus import Corpus, open_corpus

from bidproof.answering.extractive import ExtractiveEngine, extractive_program
from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import PassageId
from bidproof.core.jsonable import to_json
from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import Settings
from bidproof.evaluation.gold.split import split_gold
from bidproof.evaluation.metrics.registry import choose_metrics
from bidproof.evaluation.protocol import MetricKind
from bidproof.evaluation.records import GoldCase
from bidproof.optimization.evaluator import ProgramEvaluator, ResultLedger
from bidproof.optimization.records import Evaluator, Running
from bidproof.optimization.retrieval_evaluator import RetrievalEvaluator
from bidproof.optimization.settings.ablation import one_at_a_time, paired_test
from bidproof.optimization.settings.halving import nested_subsets
from bidproof.optimization.settings.search import SettingsSearch
from bidproof.optimization.settings.space import SearchSpace, Value, default_space
from bidproof.optimization.settings.stages import CachedEmbedder, CachedSource, SearchCache
from bidproof.optimization.settings.trials import SearchReport, SearchStep
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "settings-search.json"
PAGE = HERE.parent / "docs" / "optimization.md"
MARKS = ("<!-- settings-search: start -->", "<!-- settings-search: end -->")
SEED = 0
TRIALS = {"hit_at_3": 16, "task_score": 20}
KINDS: dict[str, MetricKind] = {"task_score": "proportion", "hit_at_3": "binary"}
THIRD = ("sec10q",)
BEST_OF_EACH = 2


class NoRanking:
    """The ranking below a draft, which ``task_score`` does not read."""

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        return ()


class HeldIndex:
    """An index whose passages are read from memory: thousands of searches find the same few."""

    def __init__(self, corpus: Corpus) -> None:
        self._index = corpus.index
        self._held = {passage.id: replace(passage, boxes=()) for passage in corpus.passages}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def passages(self, ids: Collection[PassageId]) -> dict[PassageId, Passage]:
        return {name: self._held[name] for name in ids if name in self._held}


@dataclass(kw_only=True)
class Bench:
    """One set, split, with what measures programs on it."""

    name: str
    corpus: Corpus
    cases: tuple[GoldCase, ...]
    gold_digest: str
    folder: Path
    cache: SearchCache = field(default_factory=lambda: SearchCache(40_000))
    sources: dict[Any, PassageSource] = field(default_factory=dict)
    evaluators: dict[str, Evaluator] = field(default_factory=dict)

    def part(self, *splits: str, metric: str) -> tuple[GoldCase, ...]:
        """Cases of some splits that the metric can score."""
        known = [case for case in self.cases if metric == "task_score" or case.relevant]
        return tuple(case for case in known if case.split in splits)

    def searched(self, metric: str) -> tuple[GoldCase, ...]:
        return self.part("train", "dev", metric=metric)

    def source(self, program: Program) -> PassageSource:
        settings = program.retrieval
        if settings not in self.sources:
            made = Retriever(self.corpus.index, self.corpus.embedder, settings)
            self.sources[settings] = CachedSource(made, settings=settings, cache=self.cache)
        return self.sources[settings]

    def open(self, program: Program) -> Running:
        settings = Settings(retrieval=program.retrieval, answering=program.answering)
        return Running(engine=ExtractiveEngine(self.source(program), settings), source=NoRanking())

    def evaluator(self, metric: str) -> Evaluator:
        if metric not in self.evaluators:
            self.evaluators[metric] = self._evaluator(metric)
        return self.evaluators[metric]

    def _evaluator(self, metric: str) -> Evaluator:
        chosen = choose_metrics((metric,), is_judge=False)[metric]
        if metric == "hit_at_3":
            return RetrievalEvaluator(self.source, metric=chosen)
        ledger = ResultLedger(self.folder / f"{self.name}.results.jsonl")
        return ProgramEvaluator(self.open, metric=chosen, ledger=ledger, concurrency=1)


def open_bench(name: str, *, cache: Path, folder: Path) -> Bench | None:
    corpus = open_corpus(name, cache=cache)
    if corpus is None:
        return None
    corpus = replace(corpus, index=HeldIndex(corpus), embedder=CachedEmbedder(corpus.embedder))
    gold = import_set(name, corpus).gold
    if name in THIRD:
        gold = replace(gold, cases=nested_subsets(gold.cases, shares=(1 / 3, 1.0), seed=SEED)[0])
    cases = split_gold(gold, seed=SEED).gold.cases
    return Bench(
        name=name,
        corpus=corpus,
        cases=cases,
        gold_digest=gold.digest(),
        folder=folder,
    )


def space_of(metric: str, base: Program) -> SearchSpace:
    """For the ranking alone only settings of retrieval count, and not how much of it is read."""
    space = default_space(base)
    if metric == "task_score":
        return space
    kept = ("retrieval.dense_weight", "retrieval.depth")
    return SearchSpace(parameters=tuple(item for item in space.parameters if item.name in kept))


def tell(name: str, metric: str) -> Callable[[SearchStep], None]:
    def step(step: SearchStep) -> None:
        if step.state:
            best = "–" if step.best is None else f"{step.best:.4f}"
            print(f"  {name} {metric} trial {step.trial}: {step.state} {step.result.worst:.4f}", end=" ")
            print(f"on {step.result.cases}, best {best}", flush=True)

    return step


async def search_set(bench: Bench, metric: str, base: Program) -> tuple[SearchReport, dict[str, Any]]:
    """Search on train and dev, test the winner, set each change back."""
    evaluator, cases = bench.evaluator(metric), bench.searched(metric)
    space = space_of(metric, base)
    began = time.process_time()
    report = await SettingsSearch(
        base=base,
        cases=cases,
        space=space,
        evaluator=evaluator,
        trials=TRIALS[metric],
        seed=SEED,
        storage=bench.folder / f"{bench.name}-{metric}.jsonl",
        progress=tell(bench.name, metric),
    ).run()
    kind = KINDS[metric]
    rows = await one_at_a_time(report.best, base, cases, space=report.space, evaluator=evaluator, kind=kind)
    tested = await compare(bench, metric, base, report.best)
    found = {
        "searched": len(cases),
        "rungs": report.rungs,
        "trials": len(report.trials),
        "pruned": sum(trial.state == "pruned" for trial in report.trials),
        "winner": report.best.digest(),
        "changed": {name: list(pair) for name, pair in report.changed.items()},
        "incumbent_value": report.trials[0].rungs[-1].worst,
        "winner_value": report.trials[report.best_trial].rungs[-1].worst,
        "importance": to_json(report.importance),
        "ablation": to_json(rows),
        "test": tested,
        "cpu_minutes": round((time.process_time() - began) / 60, 2),
    }
    return report, found


async def compare(bench: Bench, metric: str, base: Program, other: Program) -> dict[str, Any]:
    """The other program less the base, on the sealed split."""
    evaluator, cases = bench.evaluator(metric), bench.part("test", metric=metric)
    first = await evaluator.measure(base, cases)
    second = await evaluator.measure(other, cases)
    test = paired_test(first, second, cases=cases, kind=KINDS[metric], seed=SEED)
    return {"before": first.worst, "after": second.worst, **to_json(test)}


def candidates(
    reports: Mapping[str, SearchReport], space: SearchSpace, base: Program
) -> list[dict[str, Value]]:
    """Points to choose among for all sets: each search's best, and each single change of the defaults."""
    home = space.values_of(base)
    points = [home]
    for report in reports.values():
        whole = [trial for trial in report.trials if trial.last and trial.last.cases == report.rungs[-1]]
        whole.sort(key=lambda trial: (-trial.rungs[-1].worst, trial.number))
        points += [dict(trial.values) for trial in whole[:BEST_OF_EACH]]
    for item in space.parameters:
        points += [{**home, item.name: value} for value in item.choices]
    return [dict(point) for point in dict.fromkeys(tuple(point.items()) for point in points)]


async def leave_one_out(
    benches: Sequence[Bench], metric: str, reports: Mapping[str, SearchReport], base: Program
) -> dict[str, Any]:
    """Choose by the others, try on the one left out; and what each candidate gains everywhere."""
    space, kind = space_of(metric, base), KINDS[metric]
    points = candidates(reports, space, base)
    gains: dict[str, list[float]] = {}
    for bench in benches:
        evaluator, cases = bench.evaluator(metric), bench.searched(metric)
        first = await evaluator.measure(base, cases)
        gains[bench.name] = []
        for at, point in enumerate(points):
            second = await evaluator.measure(space.apply(base, point), cases)
            test = paired_test(first, second, cases=cases, kind=kind)
            gains[bench.name].append(test.effect or 0.0)
            print(
                f"  {bench.name} {metric} candidate {at + 1} of {len(points)}: {test.effect:+.4f}", flush=True
            )
    home = space.values_of(base)
    left: dict[str, Any] = {}
    for bench in benches:
        others = [gains[other.name] for other in benches if other.name != bench.name]
        means = [sum(column) / len(column) for column in zip(*others, strict=True)]
        at = max(range(len(points)), key=lambda place: (means[place], -place))
        chosen = space.apply(base, points[at])
        left[bench.name] = {
            "chosen": chosen.digest(),
            "changed": {
                name: [home[name], value] for name, value in points[at].items() if value != home[name]
            },
            "gain_on_others": means[at],
            "test": await compare(bench, metric, base, chosen),
        }
    table = [
        {
            "changed": {name: value for name, value in point.items() if value != home[name]},
            "gains": {bench.name: gains[bench.name][at] for bench in benches},
        }
        for at, point in enumerate(points)
    ]
    proposals = await propose(benches, metric, base, space, points, gains)
    return {"left_out": left, "candidates": table, "proposals": proposals}


async def propose(
    benches: Sequence[Bench],
    metric: str,
    base: Program,
    space: SearchSpace,
    points: Sequence[Mapping[str, Value]],
    gains: Mapping[str, Sequence[float]],
) -> list[dict[str, Any]]:
    """Candidates that lose on no set's train and dev and gain on one: what they do on every test split."""
    home = space.values_of(base)
    found: list[dict[str, Any]] = []
    for at, point in enumerate(points):
        own = [gains[bench.name][at] for bench in benches]
        if min(own) < 0 or max(own) <= 0:
            continue
        program = space.apply(base, point)
        tests = {bench.name: await compare(bench, metric, base, program) for bench in benches}
        changed = {name: value for name, value in point.items() if value != home[name]}
        found.append({"changed": changed, "mean_gain": sum(own) / len(own), "tests": tests})
    return sorted(found, key=lambda item: -item["mean_gain"])[:5]


def table(results: Mapping[str, Any]) -> str:
    """The Markdown tables of the page."""
    lines: list[str] = []
    for metric, found in results["objectives"].items():
        lines += [
            f"`{metric}`, searched on train and dev, tested on the sealed split:",
            "",
            "| set (searched / tested) | winner's changes | defaults | winner | gain [95%] | p |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for name, item in found["sets"].items():
            test = item["test"]
            lines.append(
                f"| {name} ({item['searched']} / {test['n']}) | {_changes(item['changed'])} "
                f"| {test['before']:.3f} | {test['after']:.3f} | {_gain(test)} | {_p(test)} |"
            )
        if "across" not in found:
            lines.append("")
            continue
        lines += ["", "Settings chosen by the other sets, tried on the one left out:", ""]
        lines += ["| left out | changes | gain on the others | gain on its test split [95%] | p |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for name, item in found["across"]["left_out"].items():
            lines.append(
                f"| {name} | {_changes(item['changed'])} | {item['gain_on_others']:+.3f} "
                f"| {_gain(item['test'])} | {_p(item['test'])} |"
            )
        lines.append("")
    return "\n".join(lines).rstrip()


def _changes(changed: Mapping[str, Any]) -> str:
    said = [f"`{name.partition('.')[2]}` {old} → {new}" for name, (old, new) in changed.items()]
    return ", ".join(said) or "none"


def _gain(test: Mapping[str, Any]) -> str:
    if test["effect"] is None:
        return "–"
    if test["low"] is None:
        return f"{test['effect']:+.3f}"
    return f"{test['effect']:+.3f} [{test['low']:+.3f}, {test['high']:+.3f}]"


def _p(test: Mapping[str, Any]) -> str:
    if test["p_value"] is None:
        return "–"
    return "< 0.01" if test["p_value"] < 0.01 else f"{test['p_value']:.2f}"


def write(results: dict[str, Any], began: float, cpu: float) -> None:
    results["minutes"] = round((time.monotonic() - began) / 60, 1)
    results["cpu_minutes"] = round((time.process_time() - cpu) / 60, 1)
    show(results)


def show(results: Mapping[str, Any]) -> None:
    """Write the results and put the tables into the page."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if PAGE.exists():
        start, end = map(re.escape, MARKS)
        made = f"{MARKS[0]}\n{table(results)}\n{MARKS[1]}"
        text = PAGE.read_text("utf-8")
        PAGE.write_text(re.sub(f"{start}.*?{end}", lambda _: made, text, flags=re.DOTALL), "utf-8")


async def run(benches: Sequence[Bench], objectives: Sequence[str]) -> dict[str, Any]:
    base = extractive_program(Settings())
    results: dict[str, Any] = {
        "command": "OPENBLAS_NUM_THREADS=1 python benchmarks/settings_search.py --cache COPY",
        "program_digest": base.digest(),
        "seed": SEED,
        "sets": {
            bench.name: {
                "gold_digest": bench.gold_digest,
                "cases": len(bench.cases),
                "searched": len(bench.searched("task_score")),
                "test": len(bench.part("test", metric="task_score")),
            }
            for bench in benches
        },
        "objectives": {},
    }
    began, cpu = time.monotonic(), time.process_time()
    for metric in objectives:
        reports: dict[str, SearchReport] = {}
        sets: dict[str, Any] = {}
        for bench in benches:
            reports[bench.name], sets[bench.name] = await search_set(bench, metric, base)
            print(bench.name, metric, sets[bench.name]["changed"], sets[bench.name]["test"], flush=True)
            results["objectives"][metric] = {"trials": TRIALS[metric], "sets": sets}
            write(results, began, cpu)
        across = await leave_one_out(benches, metric, reports, base)
        results["objectives"][metric]["across"] = across
        write(results, began, cpu)
    return results


def main() -> None:
    """Search the sets named, all by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--cache", type=Path, required=True, help="a copy of the measuring cache")
    parser.add_argument("--objectives", nargs="*", default=list(TRIALS))
    parser.add_argument("--show", action="store_true", help="only write the table again")
    options = parser.parse_args()
    if options.show:
        show(json.loads(RESULTS.read_text("utf-8")))
        return
    folder = options.cache / "settings-search"
    opened = [open_bench(name, cache=options.cache, folder=folder) for name in options.sets]
    benches = [bench for bench in opened if bench is not None]
    print(f"{len(benches)} of {len(options.sets)} sets in {data_folder()}", flush=True)
    print(table(asyncio.run(run(benches, options.objectives))))


if __name__ == "__main__":
    main()
