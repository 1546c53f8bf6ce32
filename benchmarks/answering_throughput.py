"""How close the generative engine comes to a model endpoint's own pace.

Starts a loopback endpoint in another process that answers after a fixed delay,
drafts questions at a fixed concurrency through the product's gateway, engine,
checks and journal, and prints the ratio of the ideal time to the measured one.
Retrieval is replaced by passages at hand. Run:

    python benchmarks/answering_throughput.py [--questions 200] [--at-once 32] [--latency 0.2]
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.ids import QuestionId, document_id, passage_id
from bidproof.core.records import DraftState, Passage, Question, QuestionKind, ScoredPassage
from bidproof.core.settings import ModelSettings, Settings
from bidproof.llm.fake_endpoint import FakeEndpoint, said
from bidproof.llm.open import open_model
from bidproof.retrieval.protocol import Query
from bidproof.workspace.store import Workspace

SENTENCES = (
    "Customer data is encrypted at rest with AES-256 and in transit with TLS 1.2 or later.",
    "Encryption keys are held in a hardware security module and rotated every 12 months.",
    "Access to production requires multi-factor authentication and is reviewed every quarter.",
    "Backups run every night, are kept for 30 days and are stored in a second region.",
    "Restores are tested twice a year, and the results are reported to the security lead.",
    "Incidents are triaged within 1 hour and customers are informed within 72 hours.",
)
TOPICS = ("customer data", "encryption keys", "production access", "backups", "restores", "incidents")


class AtHand:
    """Three passages of some 150 words from three documents, without a search."""

    def __init__(self) -> None:
        self._passages = tuple(self._passage(rank) for rank in (1, 2, 3))

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        del query
        return self._passages

    @staticmethod
    def _passage(rank: int) -> ScoredPassage:
        text = " ".join((*SENTENCES[rank - 1 :], *SENTENCES[: rank - 1]))
        document = document_id(f"policy-{rank}.md")
        passage = Passage(
            id=passage_id(document, content_hash="0", start=0, end=len(text)),
            document_id=document,
            path=f"policy-{rank}.md",
            title=f"Security policy {rank}",
            start=0,
            end=len(text),
            text=text,
            heading_path=("Security", "Controls"),
        )
        return ScoredPassage(passage=passage, score=1.0 / rank, rank=rank)


def serve(address: "multiprocessing.Queue[str]", stop: Event, latency_s: float) -> None:
    reply = said(
        {
            "answerable": True,
            "quotes": [{"passage": 1, "text": SENTENCES[0]}],
            "sentences": [{"text": SENTENCES[0], "quotes": [1]}],
        },
        latency_s=latency_s,
    )
    with FakeEndpoint(then=reply) as endpoint:
        address.put(endpoint.base_url)
        stop.wait()


def questions(count: int) -> list[Question]:
    return [
        Question(
            id=QuestionId(f"q{number}"),
            text=f"How is {TOPICS[number % len(TOPICS)]} protected in environment {number}?",
            kind=QuestionKind.FREE,
            section_path=("Security",),
        )
        for number in range(count)
    ]


async def draft_all(
    base_url: str, workspace: Workspace, arguments: argparse.Namespace
) -> tuple[float, float, int]:
    model = ModelSettings(model="fake", base_url=base_url, concurrency=arguments.at_once)
    waiting = iter(questions(arguments.questions))
    drafted = 0
    job = workspace.jobs.start(kind="benchmark", key="throughput", total=arguments.questions, detail={})
    async with open_model(model, journal=workspace.calls, job_id=job.id, api_key=None) as gateway:
        engine = GenerativeEngine(AtHand(), gateway, Settings(model=model))
        await engine.draft(Question(id=QuestionId("warm"), text="How is the weather?"))

        async def work() -> None:
            nonlocal drafted
            for question in waiting:
                draft = await engine.draft(question)
                drafted += draft.state is DraftState.DRAFTED

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(arguments.at_once)))
        return time.perf_counter() - wall, time.process_time() - cpu, drafted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--latency", type=float, default=0.2)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    address, stop = context.Queue(), context.Event()
    server = context.Process(target=serve, args=(address, stop, arguments.latency), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            workspace = Workspace.open(Path(folder))
            wall, cpu, drafted = asyncio.run(draft_all(address.get(timeout=120), workspace, arguments))
            workspace.close()
    finally:
        stop.set()
        server.join(10)
    waves = math.ceil(arguments.questions / arguments.at_once)
    ideal = waves * arguments.latency
    result = {
        "questions": arguments.questions,
        "drafted": drafted,
        "at_once": arguments.at_once,
        "latency_s": arguments.latency,
        "ideal_s": round(ideal, 3),
        "measured_s": round(wall, 3),
        "cpu_ms_per_question": round(1000 * cpu / arguments.questions, 2),
        "ratio": round(ideal / wall, 3),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
