"""Run the whole loop for real: a question set split, a program measured, optimised, and held against itself.

    BIDPROOF_DATA=../shared/data python benchmarks/optimization_loop.py aws MODEL.gguf \
        --method bootstrap --limit 20 --budget-calls 480 --workspace build/loop-aws

Everything is the product's own: documents are ingested into a workspace, questions
imported and split, the packaged program is the incumbent, ``optimize`` searches on
train and dev and opens the sealed test split once. Killed anywhere, the same command
goes on. Writes what came of it to ``benchmarks/results/optimization-SET-METHOD-MODEL.json``.
Alone on two cores, a 1.5B model takes 20 to 60 seconds a question.

``--prepare`` stops before the search. The workspace then also holds ``SET-open``, the
cases outside the sealed split, for what needs more of them than one split has:

    bidproof ablate --workspace build/loop-aws --gold aws-open --limit 24 --model local:MODEL.gguf
"""

import argparse
import dataclasses
import json
import random
import time
from pathlib import Path
from typing import Any, cast

from measuring_sets import data_folder, documents_folder

from bidproof.core.jsonable import to_json
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldSet, Run, Split
from bidproof.flows.evaluate import run_store
from bidproof.flows.gold import import_set, split_set
from bidproof.flows.ingest import ingest
from bidproof.flows.optimize.records import OptimizeReport
from bidproof.flows.optimize.run import optimize
from bidproof.flows.requests.answering import IngestRequest
from bidproof.flows.requests.gold import ImportRequest
from bidproof.flows.requests.programs import Method, OptimizeRequest
from bidproof.runtime.session import Session, SessionRequest, open_session

HERE = Path(__file__).parent
SHOWN = (
    "task_score",
    "answered",
    "abstains_rightly",
    "choice_accuracy",
    "support_overlap",
    "verbatim_rate",
    "reference_similarity",
    "reference_numbers",
    "hit_at_3",
    "model_calls",
    "tokens",
    "latency_s",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class LoopSet:
    """A question set: its file, how it is split, and how many of its cases that cite a document are taken."""

    file: str
    shares: dict[Split, float]
    is_questionnaire: bool = False
    sample: int | None = None
    seed: int = 7


SETS = {
    "aws": LoopSet(file="questions.csv", shares={"train": 0.2, "dev": 0.2, "test": 0.6}),
    "whitepact": LoopSet(
        file="completed.xlsx",
        shares={"train": 0.25, "dev": 0.3, "test": 0.45},
        is_questionnaire=True,
        sample=72,
    ),
    "k8gb": LoopSet(file="gold.jsonl", shares={"train": 0.3, "dev": 0.3, "test": 0.4}),
}


def prepare(name: str, session: Session, shares: dict[Split, float] | None = None) -> str:
    """Documents in, questions imported and split, by ``shares`` or the set's own; the gold set's name."""
    plan, home = SETS[name], data_folder() / name
    documents = documents_folder(name, session.workspace.folder.parent / "sets")
    if documents is None:
        raise SystemExit(f"{name}: not found in {data_folder()}")
    if not session.workspace.documents.known():
        ingest(
            IngestRequest(roots=(documents.parent if documents.name == "documents" else documents,)),
            session=session,
        )
    store = GoldStore(session.workspace.folder)
    gold = name if plan.sample is None else f"{name}-{plan.sample}"
    if gold in store.names():
        return gold
    request = ImportRequest(source=home / plan.file, name=name, is_questionnaire=plan.is_questionnaire)
    import_set(request, session=session)
    if plan.sample is not None:
        whole = store.load(name)
        cited = [case for case in whole.cases if case.relevant]
        random.Random(plan.seed).shuffle(cited)
        chosen = {case.id for case in cited[: plan.sample]}
        store.save(GoldSet(name=gold, cases=tuple(case for case in whole.cases if case.id in chosen)))
    split_set(gold, session=session, shares=shares or plan.shares, seed=0, is_forced=False)
    unsealed = [case for case in store.load(gold).cases if case.split != "test"]
    store.save(
        GoldSet(name=f"{gold}-open", cases=tuple(dataclasses.replace(case, split="") for case in unsealed))
    )
    return gold


def figures(run: Run) -> dict[str, Any]:
    """The metrics of a run that the table shows, with intervals and coverage."""
    return {
        item.metric: {
            "value": item.estimate.value,
            "low": item.estimate.low,
            "high": item.estimate.high,
            "n": item.estimate.n,
            "coverage": item.coverage,
        }
        for item in run.summaries
        if item.metric in SHOWN
    }


def result(report: OptimizeReport, session: Session, arguments: argparse.Namespace) -> dict[str, Any]:
    """What is published of an optimisation."""
    store = run_store(session)
    runs = {info.program_digest: info for info in store.list() if info.split == "test"}
    programs = {"incumbent": report.incumbent, "winner": report.winner}
    content = cast("dict[str, Any]", to_json(report))
    del content["folder"]
    if content["proof"]:
        del content["proof"]["file"]
        rows = content["proof"]["comparison"]["rows"]
        content["proof"]["tests"] = {
            row["metric"]: {**row["test"], "verdict": row["verdict"]} for row in rows
        }
        del content["proof"]["comparison"]
        content["proof"]["proof"].pop("source", None)
    return {
        "set": arguments.set,
        "model": arguments.model.name,
        "command": f"python benchmarks/optimization_loop.py {arguments.set} {arguments.model.name} "
        f"--method {report.method} --limit {arguments.limit} --budget-calls {arguments.budget_calls}"
        + (f" --shares {' '.join(map(str, arguments.shares))}" if arguments.shares else ""),
        "cases": {"train": report.train, "dev": report.dev, "test": report.test},
        **content,
        "test_runs": {
            name: {
                "program": digest,
                "state": runs[digest].state,
                "figures": figures(store.load(runs[digest].id)),
            }
            for name, digest in programs.items()
            if digest in runs
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=sorted(SETS))
    parser.add_argument("model", type=Path, help="a GGUF file")
    parser.add_argument(
        "--method", default="bootstrap", choices=["settings", "labeled", "bootstrap", "mipro", "gepa"]
    )
    parser.add_argument("--limit", type=int, default=12)
    parser.add_argument("--budget-calls", type=int, default=218)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument(
        "--shares", type=float, nargs=3, help="of train, dev and test; default: the set's own"
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--prepare", action="store_true", help="documents and cases in, no search")
    arguments = parser.parse_args()
    workspace = arguments.workspace or HERE.parent / "build" / f"loop-{arguments.set}"
    flags = {"model.model": f"local:{arguments.model}", "model.concurrency": 2, "model.timeout_s": 900.0}
    began = time.monotonic()
    with open_session(SessionRequest(workspace=workspace, flags=flags)) as session:
        shares: dict[Split, float] | None = None
        if arguments.shares:
            shares = dict(zip(("train", "dev", "test"), arguments.shares, strict=True))
        gold = prepare(arguments.set, session, shares)
        if arguments.prepare:
            return
        request = OptimizeRequest(
            gold=gold,
            method=cast("Method", arguments.method),
            limit=arguments.limit,
            budget_calls=arguments.budget_calls,
        )
        report = optimize(
            request,
            session=session,
            progress=lambda step: print(step.stage, step.done, step.note, flush=True),
        )
        found = result(report, session, arguments)
    name = f"optimization-{arguments.set}-{arguments.method}-{arguments.model.stem}.json"
    out = arguments.out or HERE / "results" / name
    out.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report.verdict)
    print(f"{(time.monotonic() - began) / 60:.1f} minutes; {out}")


if __name__ == "__main__":
    main()
