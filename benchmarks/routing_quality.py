"""Calibrate and certify the extractive engine on each question set, and print what comes of it.

    BIDPROOF_DATA=../shared/data python benchmarks/routing_quality.py [aws whitepact k8gb]

Questions are answered once by the default program, and the run is kept in ``--cache``. Then
confidences are fitted and certificates tested as ``bidproof route fit`` does, over ``--seeds``
partings of the cases. The first parting is what the command would give; the others show how much
that depends on the draw. Right means the choice where a set has one, else agreement with the
reference by code: read the figures as such. Writes ``benchmarks/results/routing.json``.
"""

import argparse
import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from gold_quality import import_set
from measuring_sets import data_folder
from retrieval_corpus import Corpus, open_corpus

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.core.errors import UserError
from bidproof.core.settings import Settings
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.metrics.registry import choose_metrics
from bidproof.evaluation.records import GoldSet, Run, RunInfo
from bidproof.evaluation.running.answerers import EngineAnswerer
from bidproof.evaluation.running.prefetch import PrefetchedEmbedder
from bidproof.evaluation.running.run_store import RunStore
from bidproof.evaluation.running.runs import CaseRun
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.evaluation.statistics.certificates import Certificate
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever
from bidproof.routing.cases import RouteCases, route_cases
from bidproof.routing.curves import routing_curves
from bidproof.routing.fit import FittedRoute, fit_route
from bidproof.routing.options import RouteOptions

RESULTS = Path(__file__).parent / "results" / "routing.json"


def run_set(corpus: Corpus, gold: GoldSet) -> Run:
    """Answer every question once with the default program."""
    settings = Settings()
    source = Retriever(corpus.index, corpus.embedder, settings.retrieval)
    source.search(Query(text="warm up", top_k=1))
    metrics = tuple(choose_metrics(("choice_accuracy", "task_score"), is_judge=False).values())
    engine = ExtractiveEngine(source, settings)
    embedder = PrefetchedEmbedder(corpus.embedder, metrics=[item.name for item in metrics])
    result = asyncio.run(
        CaseRun(
            cases=gold.cases,
            answerer=EngineAnswerer(engine, source, depth=1),
            metrics=metrics,
            scoring=RunScoring(OfflineMatrix(), embedder),
            prepare=embedder.prepare,
            concurrency=2,
        ).run()
    )
    info = RunInfo(
        id=gold.name,
        gold=gold.name,
        gold_digest=gold.digest(),
        split="",
        program_digest=engine.program_digest,
        answerer="extractive",
        state="finished",
    )
    return Run(info=info, cases=gold.cases, outcomes=result.outcomes, cells=result.cells, summaries=())


def kept_run(corpus: Corpus, gold: GoldSet, store: RunStore) -> Run:
    """The run of this program over these very cases, from the cache where it is there."""
    program = ExtractiveEngine(None, Settings()).program_digest  # type: ignore[arg-type]
    name = f"{gold.name}-{gold.digest()}-{program}"
    if name not in {info.id for info in store.list()}:
        run = run_set(corpus, gold)
        store.save(replace(run, info=replace(run.info, id=name)))
    return store.load(name)


def measure(run: Run, *, seeds: int) -> dict[str, Any]:
    """Fit on several partings; figures of the first, and the spread over all."""
    cases = route_cases(run)
    rights = [case.is_right for case in cases.answers]
    fits = [_fit(cases, seed) for seed in range(seeds)]
    found: dict[str, Any] = {
        "program_digest": run.info.program_digest,
        "gold_digest": run.info.gold_digest,
        "questions": len(cases.cases),
        "answers": len(rights),
        "groups": len({case.group for case in cases.cases if case.group}),
        "checks_passed": sum(case.has_passed for case in cases.answers),
        "metric": cases.metric,
        "stamp": cases.stamp,
        "right": round(fmean(rights), 4),
        "left_out": dict(cases.left_out),
        "partings": seeds,
    }
    first = fits[0]
    curves = routing_curves(first)
    found |= {
        "chosen": [fit.small.fitted.chosen for fit in fits],
        "brier": {
            name: _spread([getattr(fit.small, part).brier for fit in fits])
            for name, part in (("raw", "before"), ("calibrated", "after"))
        }
        | {"same for all": _spread([fit.small.base for fit in fits])},
        "calibration_error": {
            "raw": _spread([fit.small.before.error for fit in fits]),
            "calibrated": _spread([fit.small.after.error for fit in fits]),
        },
        "area": {"by confidence": curves.area, "at random": curves.base_risk, "oracle": curves.oracle_area},
        "risk_coverage": [[round(p.coverage, 4), round(p.risk, 4)] for p in curves.coverage],
        "needed": first.feasibility.needed,
        "testable": first.feasibility.testable,
        "wanted": first.feasibility.wanted,
        "certificates": {
            f"{item.error:.2f}": _certified(place, item, fits) for place, item in enumerate(first.others)
        },
    }
    return found


def _fit(cases: RouteCases, seed: int) -> FittedRoute:
    return fit_route(cases.cases, options=RouteOptions(seed=seed))


def _spread(values: list[float | None]) -> dict[str, float]:
    known = [value for value in values if value is not None]
    return {"first": round(known[0], 4), "mean": round(fmean(known), 4)} if known else {}


def _certified(place: int, first: Certificate, fits: list[FittedRoute]) -> dict[str, Any]:
    every = [fit.others[place] for fit in fits]
    return {
        "first": {"accepted": first.accepted, "of": first.items, "wrong": first.wrong},
        "certified_share_of_partings": sum(item.threshold is not None for item in every) / len(every),
        "mean_accepted_share": round(fmean(item.coverage for item in every), 4),
    }


def main() -> None:
    """Measure the sets named; results of others are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["aws", "whitepact", "k8gb"])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    sets: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for name in options.sets:
        started = time.process_time()
        corpus = open_corpus(name, cache=options.cache)
        if corpus is None:
            print(f"{name}: absent from {data_folder()}, skipped")
            continue
        run = kept_run(corpus, import_set(name, corpus).gold, RunStore(options.cache / "route-runs"))
        try:
            sets[name] = measure(run, seeds=options.seeds)
        except UserError as error:
            sets[name] = {"refused": error.message}
        sets[name]["cpu_seconds"] = round(time.process_time() - started, 1)
        shown = {key: value for key, value in sets[name].items() if key != "risk_coverage"}
        print(f"{name}: {json.dumps(shown, indent=1)}", flush=True)
        RESULTS.write_text(json.dumps(sets, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
