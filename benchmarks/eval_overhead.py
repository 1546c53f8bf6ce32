"""What the evaluation harness itself costs: throughput beside the ideal, and judge calls beside ragas.

    python benchmarks/eval_overhead.py [--cases 500] [--latency 0.1] [--concurrency 8]

Scores recorded answers by faithfulness, context precision, context recall and
answer correctness, with a judge on a loopback endpoint that takes a fixed time
for every call, in a process of its own. The ideal is calls x latency / concurrency: a
harness that costs nothing on a machine that costs nothing. What this machine
gives at that moment is measured beside it: a bare HTTP client that posts as many
requests at the same concurrency and does nothing else. The call journal is on, as
in a real run. Then ragas scores the first cases by the same four metrics of its
own, with the same kind of judge, and the calls of both are counted.
Writes ``benchmarks/results/eval-overhead.json``.
"""

import argparse
import asyncio
import json
import multiprocessing
import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.evaluation.judging.judges import default_judge
from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
from bidproof.evaluation.metrics.registry import choose_metrics
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.running.answerers import RecordedAnswerer
from bidproof.evaluation.running.prefetch import PrefetchedEmbedder
from bidproof.evaluation.running.runs import CaseRun
from bidproof.evaluation.running.scoring import RunScoring
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, said
from bidproof.llm.open import open_model
from bidproof.retrieval.open import open_embedder
from bidproof.workspace.store import Workspace

METRICS = ("faithfulness", "context_precision", "context_recall", "answer_correctness")
RAGAS_METRICS = ("Faithfulness", "ContextPrecisionWithReference", "ContextRecall", "AnswerCorrectness")
PASSAGES = 3
RESULTS = Path(__file__).parent / "results" / "eval-overhead.json"
_CLAIMS = re.compile(r"## Claims\n(`+)text\n(.*?)\n\1", re.DOTALL)
_NUMBER = re.compile(r"^(\d+)\. ", re.MULTILINE)


def make_case(number: int) -> GoldCase:
    """A case whose reference makes two claims."""
    return GoldCase(
        id=f"c{number}",
        question=f"How often is system {number} backed up, and for how long are copies kept?",
        reference=f"System {number} is backed up every {number + 2} hours. Copies are kept for 35 days.",
    )


def make_answer(number: int) -> dict[str, object]:
    """A recorded answer of two claims with three contexts."""
    return {
        "id": f"c{number}",
        "answer": f"System {number} is saved every {number + 2} hours. Copies are kept for {number} days.",
        "contexts": [
            f"System {number} is backed up every {number + 2} hours by the night team.",
            f"Copies of system {number} are kept for 35 days in a second region.",
            f"System {number} is owned by the platform team.",
        ],
    }


def reply(received: Received, *, latency_s: float) -> Answer:
    """What a judge would say: verdicts on every claim, or any reply that fits the schema asked for."""
    schema = received.body["response_format"]["json_schema"]["schema"]
    prompt = received.body["messages"][-1]["content"]
    found = _CLAIMS.search(prompt)
    numbers = [int(number) for number in _NUMBER.findall(found[2])] if found else [1]
    return said(_fill(schema, numbers), latency_s=latency_s)


def _fill(schema: Mapping[str, Any], numbers: list[int], name: str = "") -> Any:
    if "anyOf" in schema:
        return _fill(schema["anyOf"][0], numbers, name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {key: _fill(value, numbers, key) for key, value in schema["properties"].items()}
    if kind == "array" and name == "claims" and schema["items"].get("type") == "object":
        return [{**_fill(schema["items"], numbers), "claim": number} for number in numbers]
    if kind == "array" and name in ("statements", "TP", "FP", "FN", "classifications"):
        return [_fill(schema["items"], numbers, name)] * 2
    if kind == "array":
        return [] if name == "answered_parts" else [_fill(schema["items"], numbers, name)]
    return {"integer": 1, "number": 1.0, "boolean": True}.get(str(kind), "the system is backed up")


class Judge:
    """The fake endpoint in a process of its own; says how many requests came and how many at once."""

    def __init__(self, latency_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._mine, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, latency_s), daemon=True)

    def __enter__(self) -> "Judge":
        self._process.start()
        self.base_url = self._mine.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._mine.send("stop")
        self._process.join(10)

    def counts(self) -> tuple[int, int]:
        """Requests since the last look, and the most in progress together."""
        self._mine.send("counts")
        return self._mine.recv()


def _serve(pipe: Connection, latency_s: float) -> None:
    with FakeEndpoint(then=lambda received: reply(received, latency_s=latency_s)) as endpoint:
        pipe.send(endpoint.base_url)
        while pipe.recv() == "counts":
            pipe.send((len(endpoint.received), endpoint.most_at_once))
            endpoint.received.clear()
            endpoint.most_at_once = 0


def run_ours(count: int, *, latency_s: float, concurrency: int, folder: Path, judge: Judge) -> dict[str, Any]:
    """Score recorded answers with the whole product: gateway, journal, matrix, executor."""
    recording = folder / "answers.jsonl"
    recording.write_text("\n".join(json.dumps(make_answer(number)) for number in range(count)))
    cases = [make_case(number) for number in range(count)]
    embedder = open_embedder(RetrievalSettings())
    embedder.embed_queries(["warm up"])
    prefetched = PrefetchedEmbedder(embedder, metrics=METRICS)
    settings = ModelSettings(model="judge", base_url=judge.base_url, concurrency=concurrency)
    judge.counts()
    with Workspace.open(folder / "ws") as workspace:
        job = workspace.jobs.start(kind="eval", key="overhead", total=count, detail={})

        async def run() -> tuple[Any, float, float]:
            opened = open_model(settings, journal=workspace.calls, job_id=job.id, api_key=None)
            async with opened as model:
                started, computed = time.perf_counter(), time.process_time()
                result = await CaseRun(
                    cases=cases,
                    answerer=RecordedAnswerer(recording),
                    metrics=tuple(choose_metrics(METRICS, is_judge=True).values()),
                    scoring=RunScoring(JudgeMatrix(model, default_judge(settings)), prefetched),
                    prepare=prefetched.prepare,
                    concurrency=concurrency,
                ).run()
                return result, time.perf_counter() - started, time.process_time() - computed

        result, seconds, cpu_s = asyncio.run(run())
    calls, most = judge.counts()
    ideal_s = calls * latency_s / concurrency
    bare_s = asyncio.run(run_bare(calls, url=judge.base_url, concurrency=concurrency))
    judge.counts()
    return {
        "cases": count,
        "concurrency": concurrency,
        "calls": calls,
        "calls_per_case": calls / count,
        "seconds": round(seconds, 2),
        "ideal_s": round(ideal_s, 2),
        "share_of_ideal": round(ideal_s / seconds, 3),
        "bare_client_s": round(bare_s, 2),
        "share_of_bare_client": round(bare_s / seconds, 3),
        "bare_client_share_of_ideal": round(ideal_s / bare_s, 3),
        "cpu_ms_per_call": round(1000 * cpu_s / calls, 2),
        "most_at_once": most,
        "cells": Counter(str(cell.state) for cell in result.cells),
    }


async def run_bare(calls: int, *, url: str, concurrency: int) -> float:
    """Seconds in which a bare client posts as many requests, doing nothing with the replies."""
    import aiohttp

    schema = {"type": "object", "properties": {}}
    body = {
        "model": "judge",
        "messages": [{"role": "user", "content": "x" * 3000}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    }
    left = iter(range(calls))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=concurrency)) as client:

        async def work() -> None:
            for _ in left:
                async with client.post(f"{url}/chat/completions", json=body) as answer:
                    await answer.read()

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return time.perf_counter() - started


def run_ragas(count: int, *, concurrency: int, judge: Judge) -> dict[str, object]:
    """The same four metrics by ragas, its own prompts and steps, on the first cases."""
    from bidproof.evaluation.bridges.asking import Asking
    from bidproof.evaluation.bridges.open import BridgeParts, open_bridge

    embedder = open_embedder(RetrievalSettings())
    settings = ModelSettings(model="judge", base_url=judge.base_url, concurrency=concurrency)

    async def run() -> tuple[list[float], float]:
        async with open_model(settings, journal=None, job_id=None, api_key=None) as model:
            parts = BridgeParts(asking=Asking(model=model, settings=settings), embedder=embedder)
            open_bridge("ragas", parts)  # telemetry off, then the import
            judge.counts()
            started = time.perf_counter()
            values = await asyncio.gather(*(_ragas_case(number, parts) for number in range(count)))
            return [value for own in values for value in own], time.perf_counter() - started

    values, seconds = asyncio.run(run())
    calls, _ = judge.counts()
    return {
        "cases": count,
        "calls": calls,
        "calls_per_case": calls / count,
        "seconds": round(seconds, 2),
        "values": len(values),
    }


async def _ragas_case(number: int, parts: Any) -> list[float]:
    from ragas.metrics import collections

    from bidproof.evaluation.bridges import ragas as bridge

    judge = bridge._Judge(parts.asking.for_case(f"c{number}"))
    case, answer = make_case(number), make_answer(number)
    given = {
        "user_input": case.question,
        "response": answer["answer"],
        "reference": case.reference,
        "retrieved_contexts": answer["contexts"],
    }
    needs = {
        "Faithfulness": ("user_input", "response", "retrieved_contexts"),
        "ContextPrecisionWithReference": ("user_input", "reference", "retrieved_contexts"),
        "ContextRecall": ("user_input", "retrieved_contexts", "reference"),
        "AnswerCorrectness": ("user_input", "response", "reference"),
    }
    values: list[float] = []
    for name in RAGAS_METRICS:
        options = {"llm": judge}
        if name == "AnswerCorrectness":
            options["embeddings"] = bridge._Embedder(parts.embedder)
        metric = getattr(collections, name)(**options)
        result = await metric.ascore(**{key: given[key] for key in needs[name]})
        values.append(float(result.value))
    return values


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--ragas-cases", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--concurrency", type=int, nargs="*", default=[8, 16])
    options = parser.parse_args()
    ours: list[dict[str, Any]] = []
    with Judge(options.latency) as judge:
        for concurrency in options.concurrency:
            with tempfile.TemporaryDirectory() as folder:
                row = run_ours(
                    options.cases,
                    latency_s=options.latency,
                    concurrency=concurrency,
                    folder=Path(folder),
                    judge=judge,
                )
            ours.append(row)
            print(
                f"ours, {concurrency} at once: {row['calls']} calls for {row['cases']} cases x 4 "
                f"metrics ({row['calls_per_case']:.2f} a case), {row['seconds']:.1f} s; of the ideal "
                f"{row['share_of_ideal']:.3f}, of a bare client {row['share_of_bare_client']:.3f} (itself "
                f"{row['bare_client_share_of_ideal']:.3f} of the ideal); {row['cpu_ms_per_call']:.1f} CPU-ms "
                f"a call; cells {dict(row['cells'])}",
                flush=True,
            )
        theirs = run_ragas(options.ragas_cases, concurrency=options.concurrency[0], judge=judge)
    print(
        f"ragas: {theirs['calls']} calls for {theirs['cases']} cases ({theirs['calls_per_case']:.2f} a case)"
    )
    RESULTS.write_text(
        json.dumps({"latency_s": options.latency, "ours": ours, "ragas": theirs}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
