"""What staying open is worth: the second question beside the first, readers beside a writer.

    python benchmarks/warm.py [--passages 20000] [--readers 16] [--seconds 20]

Every figure is a ratio within one run. The first part asks questions of the sample documents, each in
a session of its own, and compares processor time. The second lays out made-up passages with fixed
vectors to be searched: once where they must be opened, then where they are. The third lets
threads search, and read documents of a workspace, alone and then beside one thread that puts documents
in without a pause; it compares percentiles of the time one search or reading takes by the clock. A
thread rests between two of them, as people do: threads that never rest would measure how they
starve each other of the interpreter.
Beside the first part, one question is asked in fresh processes with bytecode compiled: seconds, not ratios.
Writes ``benchmarks/results/warm.json``.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from speed_query import DIMENSION, Corpus, FixedEmbedder, make_corpus

from bidproof.core.ids import document_id
from bidproof.core.records import Block, BlockKind, Document
from bidproof.core.settings import RetrievalSettings
from bidproof.flows.ask import AskRequest, ask
from bidproof.flows.ingest import IngestRequest, ingest
from bidproof.retrieval.open import open_index
from bidproof.retrieval.protocol import Index, Query
from bidproof.retrieval.search import Retriever
from bidproof.runtime.session import SessionRequest, open_session
from bidproof.workspace.store import Workspace

RESULTS = Path(__file__).parent / "results" / "warm.json"
SAMPLES = Path(__file__).parents[1] / "samples" / "build.py"
QUESTION = "How is customer data encrypted at rest?"
_BATCH = 200
_SEARCH_REST_S, _READ_REST_S = 1.0, 0.1


def main() -> None:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--ask", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask is not None:
        print(json.dumps(_ask_again(options.ask)))
        return
    found: dict[str, object] = {"second_question": measure_questions()}
    with tempfile.TemporaryDirectory() as name:
        corpus = make_corpus(options.passages, queries=100)
        index = _filled(corpus, Path(name) / "index")
        retriever = Retriever(index, FixedEmbedder(corpus), RetrievalSettings())
        found["pool"] = _measure_pool(index)
        change = _replacing(index, corpus)
        found["searches"] = measure_beside(
            _searching(retriever, corpus),
            change,
            readers=options.readers,
            seconds=options.seconds,
            rest_s=_SEARCH_REST_S,
        )
        with Workspace.open(Path(name) / "workspace") as workspace:
            found["database_reads"] = measure_beside(
                *_reading_and_saving(workspace),
                readers=options.readers,
                seconds=options.seconds,
                rest_s=_READ_REST_S,
            )
    for part, figures in found.items():
        print(part, json.dumps(figures))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


def measure_questions() -> dict[str, float]:
    """Processor time of the first and of later questions, in a process that has done nothing before."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, str(SAMPLES), name], check=True, stdout=subprocess.DEVNULL)
        workspace = Path(name) / "workspace"
        with open_session(SessionRequest(workspace=workspace)) as session:
            ingest(IngestRequest(roots=(Path(name) / "documents",)), session=session)
        command = [sys.executable, __file__, "--ask", str(workspace)]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        fresh = _fresh("-m", "bidproof", "ask", QUESTION, "--workspace", str(workspace), folder=Path(name))
        bare = _fresh("-c", "import numpy", folder=Path(name))
    first, *later = json.loads(ran.stdout)
    second = float(np.median(later))
    return {
        "first_cpu_s": first,
        "second_cpu_s": second,
        "ratio": second / first,
        "fresh_process_cpu_s": fresh,
        "fresh_process_with_numpy_alone_cpu_s": bare,
    }


def _fresh(*words: str, folder: Path) -> float:
    """Least processor time of a fresh process in five, after one that compiles what it loads."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    taken: list[float] = []
    for _ in range(6):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], check=True, env=environment, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken[1:])


def _ask_again(workspace: Path) -> list[float]:
    taken: list[float] = []
    for _ in range(4):
        began = time.process_time()
        with open_session(SessionRequest(workspace=workspace)) as session:
            ask(AskRequest(text=QUESTION), session=session)
        taken.append(time.process_time() - began)
    return taken


def _filled(corpus: Corpus, folder: Path) -> Index:
    index = open_index(folder, embedder_name="fixed", dimension=DIMENSION)
    index.replace({item.document_id for item in corpus.passages}, corpus.passages, corpus.vectors)
    index.compact()
    return index


def _measure_pool(index: Index) -> dict[str, float]:
    taken: list[float] = []
    for _ in range(20):
        began = time.process_time()
        index.pool()
        taken.append(time.process_time() - began)
    kept = float(np.median(taken[1:]))
    return {"read_cpu_s": taken[0], "kept_cpu_s": kept, "ratio": kept / taken[0]}


def _searching(retriever: Retriever, corpus: Corpus) -> Callable[[int], object]:
    return lambda turn: retriever.search(Query(text=corpus.questions[turn % len(corpus.questions)]))


def _replacing(index: Index, corpus: Corpus) -> Callable[[int], object]:
    """Documents put in again, a few hundred passages at a time, folded together now and then."""
    batches = len(corpus.passages) // _BATCH

    def change(turn: int) -> None:
        start = turn % batches * _BATCH
        passages = corpus.passages[start : start + _BATCH]
        index.replace(
            {item.document_id for item in passages}, passages, corpus.vectors[start : start + _BATCH]
        )
        if turn % 20 == 19:
            index.compact()

    return change


def _reading_and_saving(workspace: Workspace) -> tuple[Callable[[int], object], Callable[[int], object]]:
    text = "Backups are kept for 35 days in a second region. " * 40

    def save(turn: int) -> None:
        path = f"{turn % 200}.md"
        document = Document(
            id=document_id(path),
            path=path,
            source=path,
            content_hash=str(turn),
            media_type="text/markdown",
            title=path,
            text=text,
            blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text)),),
        )
        workspace.documents.save(document, size_bytes=len(text), modified_ns=turn)

    for number in range(200):
        save(number)
    return (lambda turn: workspace.documents.load(document_id(f"{turn % 200}.md"))), save


def measure_beside(
    read: Callable[[int], object],
    write: Callable[[int], object],
    *,
    readers: int,
    seconds: float,
    rest_s: float,
) -> dict[str, float]:
    """Percentiles of one reading, in milliseconds, by many threads beside one that writes."""
    found: dict[str, float] = {}
    for name, writer in (("alone", None), ("beside", write)):
        taken, written = _run(read, writer, readers=readers, seconds=seconds, rest_s=rest_s)
        p50, p99 = (float(np.percentile(taken, share)) for share in (50, 99))
        found |= {
            f"{name}_reads": len(taken),
            f"{name}_p50_ms": p50,
            f"{name}_p99_ms": p99,
            f"{name}_ratio": p99 / p50,
            f"{name}_writes": written,
        }
    return found


def _run(
    read: Callable[[int], object],
    write: Callable[[int], object] | None,
    *,
    readers: int,
    seconds: float,
    rest_s: float,
) -> tuple[list[float], int]:
    taken: list[float] = []
    failures: list[BaseException] = []
    written, end = 0, time.monotonic() + seconds

    def work(first: int) -> None:
        turn = first
        time.sleep(rest_s * first / readers)
        try:
            while time.monotonic() < end:
                began = time.perf_counter()
                read(turn)
                taken.append((time.perf_counter() - began) * 1000)
                turn += readers
                time.sleep(rest_s)
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            failures.append(error)

    read(0)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        if write is None:
            time.sleep(0.1)
        else:
            write(written)
            written += 1
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return taken, written


if __name__ == "__main__":
    main()
