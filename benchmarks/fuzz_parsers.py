"""Coverage-guided fuzzing of everything that reads bytes from others: only our own errors may come out.

Run: ``uv sync --group fuzz`` (Linux, Python 3.11 to 3.13), then ``python benchmarks/fuzz_parsers.py
[--only NAME…] [--seconds 600] [--jobs 1] [--findings FOLDER]``. A target is the parse function as the
guarded child runs it, a reader of questionnaires or mappings, of JSON, of recorded answers, or of an
endpoint's replies. It starts from the whole files of ``tests/support/base_files.py``. Half of the inputs are
libFuzzer's, inside of a package's parts where there is one; half are those of ``tests/support/mutating.py``,
or other values in the JSON. An error of ``core.errors`` (of JSON a ``ValueError``) is a right answer.
Anything else, a crash, a minute without end and more than 2 GB are findings: one of each kind is printed, and
its bytes are kept in a file. Instrumented code keeps memory from run to run, so a process that is out of it
is a finding only where its last input alone takes as much. The other figures are executions and libFuzzer's
count of covered edges, of our code and of the Python packages that it reads with.
"""

import argparse
import asyncio
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from bidproof.core.errors import BidproofError

_INSTRUMENTED = ["bidproof", "docx", "pptx", "pdfplumber", "pdfminer", "markdown_it", "email", "zipfile"]
_LIBFUZZER = ("-timeout=60", "-rss_limit_mb=2048", "-max_len=262144", "-print_final_stats=1")
_LOST = re.compile(r"SUMMARY: libFuzzer: (.+)|ERROR: libFuzzer: (.+)")
_PROGRESS = re.compile(r"^#(\d+)\s.*?cov: (\d+)", re.M)
_SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}, "quotes": {"type": "array", "items": {"type": "string"}}},
    "required": ["answer", "quotes"],
    "additionalProperties": False,
}
_REPLY = {
    "choices": [
        {
            "message": {"role": "assistant", "content": json.dumps({"answer": "Yes", "quotes": ["a"]})},
            "finish_reason": "stop",
            "logprobs": {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": []}]},
        }
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}},
}
_ANSWER = {
    "id": "q1",
    "answer": "Yes, with AES-256.",
    "contexts": [{"text": "Data is encrypted with AES-256.", "path": "policy.pdf", "page": 2}],
    "quotes": ["encrypted with AES-256"],
    "confidence": 0.9,
    "cost_usd": 0.01,
}

_VALUES = (
    None,
    True,
    0,
    -1,
    1 << 63,
    1e300,
    "",
    "A",
    "ZZZ",
    "\ud800",
    "é" * 300,
    [],
    {},
    [[]],
    [1, "A"],
    {"A": "A"},
)
_VALUES_AS_KEYS = ("", "A", "XFD", "columns", "\udfff")

Target = Callable[[bytes], object]
_KINDS = ("docx", "xlsx", "pptx", "pdf", "html", "eml", "md", "csv", "txt")
_FORMS = {"docx": "word", "xlsx": "excel", "pdf": "pdf", "csv": "csv"}
TARGETS = (
    *(f"document-{kind}" for kind in _KINDS),
    *(f"questionnaire-{kind}" for kind in _FORMS),
    *(f"mapping-{kind}" for kind in _FORMS),
    "json",
    "reply",
    "answers",
)


def open_target(name: str, folder: Path) -> tuple[Target, dict[str, bytes]]:
    """What takes the bytes, and the whole inputs it starts from."""
    from base_files import base_files

    family, _, kind = name.partition("-")
    seeds = {f"whole.{kind}": base_files()[kind]} if kind else {}
    path = folder / f"input.{kind or 'jsonl'}"
    if family == "document":
        return _document(path), seeds
    if family == "questionnaire":
        read = import_module(f"bidproof.questionnaires.{_FORMS[kind]}.reader").read
        return lambda data: (path.write_bytes(data), read(path, None)), seeds
    if family == "mapping":
        return _mapping(path, kind, seeds)
    whole = _ANSWER if family == "answers" else _REPLY
    return _OTHERS[family](path), {"whole.json": json.dumps(whole).encode()}


def _document(path: Path) -> Target:
    from bidproof.core.settings import DocumentSettings
    from bidproof.documents.parse import ParseRequest, parse_document

    request = ParseRequest(path=path, name=path.name, settings=DocumentSettings(ocr=False))
    return lambda data: (path.write_bytes(data), parse_document(request))


def _mapping(path: Path, kind: str, files: Mapping[str, bytes]) -> tuple[Target, dict[str, bytes]]:
    """Lay a mapping over a whole file."""
    from bidproof.core.jsonable import json_text
    from bidproof.flows.inspect import load_mapping

    read = import_module(f"bidproof.questionnaires.{_FORMS[kind]}.reader").read
    path.write_bytes(files[f"whole.{kind}"])
    saved = path.with_suffix(".json")
    seed = json_text(read(path, None).layout).encode()
    return lambda data: (saved.write_bytes(data), read(path, load_mapping(saved))), {"whole.json": seed}


def _json(_path: Path) -> Target:
    from bidproof.core.jsonable import parse_json

    def target(data: bytes) -> None:
        try:
            value = parse_json(data)
        except ValueError:
            return
        if parse_json(json.dumps(value, ensure_ascii=False)) != value:
            raise AssertionError("what was read does not come back the same")

    return target


def _reply(_path: Path) -> Target:
    from bidproof.core.errors import ModelError
    from bidproof.llm.completions import read_body
    from bidproof.llm.endpoint_errors import read_error, refusal
    from bidproof.llm.reply_schema import parse_reply
    from bidproof.llm.wires.anthropic import AnthropicWire
    from bidproof.llm.wires.gemini import GeminiWire
    from bidproof.llm.wires.openai import OpenAIWire
    from bidproof.llm.wires.protocol import read_completion

    def target(data: bytes) -> None:
        for status in (200, 429):
            refusal(read_error(status, data, {}), label="fuzzed", mask=str)
        body = read_body(data, model="fuzzed")
        for wire in (OpenAIWire(), AnthropicWire(), GeminiWire()):
            with suppress(ModelError):
                completion = read_completion(body, wire=wire, model="fuzzed", seconds=0.1)
                parse_reply(completion.text, _SCHEMA, model="fuzzed")

    return target


def _answers(path: Path) -> Target:
    from bidproof.evaluation.records import GoldCase
    from bidproof.evaluation.running.answerers import RecordedAnswerer

    case = GoldCase(id=_ANSWER["id"], question="Is data encrypted?")

    def target(data: bytes) -> None:
        path.write_bytes(data)
        asyncio.run(RecordedAnswerer(path).answer(case, repeat=0))

    return target


_OTHERS: Mapping[str, Callable[[Path], Target]] = {"json": _json, "reply": _reply, "answers": _answers}


def mutator(kind: str) -> Callable[[bytes, int, int], bytes]:
    """Half the time a mutation that knows the kind, half libFuzzer's, of one part of a package."""
    import atheris

    from base_files import rezip, unzip
    from mutating import MUTATIONS

    steps = MUTATIONS[kind]

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        source = Random(seed)
        if source.random() < 0.5:
            return source.choice(steps)(data, source)[:max_size]
        if not data.startswith(b"PK"):
            return atheris.Mutate(data, max_size)
        try:
            parts = unzip(data)
            part = source.choice([name for name in parts if name.endswith((".xml", ".rels"))])
            return rezip(parts | {part: atheris.Mutate(parts[part], len(parts[part]) + 4096)})[:max_size]
        except Exception:  # noqa: BLE001 an earlier mutation broke the package
            return atheris.Mutate(data, max_size)

    return mutate


def mutated_json(data: bytes, max_size: int, seed: int) -> bytes:
    """Half the time another value or key somewhere in the JSON, half libFuzzer's mutation of its text."""
    import atheris

    source = Random(seed)
    try:
        root = [json.loads(data)]
    except (ValueError, RecursionError):
        return atheris.Mutate(data, max_size)
    places = [
        (inner, key)
        for inner in _containers(root)
        for key in (inner if isinstance(inner, dict) else range(len(inner)))
    ]
    if source.random() < 0.5:
        return atheris.Mutate(data, max_size)
    inner, key = source.choice(places)
    if isinstance(inner, dict) and source.random() < 0.2:
        inner[source.choice([*_VALUES_AS_KEYS, *(str(other) for _, other in places)])] = inner.pop(key)
    else:
        other, at = source.choice(places)
        inner[key] = source.choice([*_VALUES, json.loads(json.dumps(other[at]))])
    return json.dumps(root[0]).encode()[:max_size]


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)):
        yield value
        for inner in list(value.values()) if isinstance(value, dict) else value:
            yield from _containers(inner)


def fuzz(name: str, *, seconds: int, corpus: Path, findings: Path, only: Path | None) -> None:
    """Fuzz one target in this process, or run one input; libFuzzer ends the process."""
    import atheris

    warnings.simplefilter("ignore")
    folder = corpus.parent
    with atheris.instrument_imports(include=_INSTRUMENTED):
        target, seeds = open_target(name, folder)
        for data in seeds.values():  # imports what is imported late
            target(data)
    for seed, data in seeds.items():
        (corpus / seed).write_bytes(data)
    kinds: set[str] = set()

    def once(data: bytes) -> None:
        try:
            target(data)
        except BidproofError:
            return
        except Exception as error:  # noqa: BLE001 what this script looks for
            kind = _kind_of(error)
            if kind not in kinds:
                kinds.add(kind)
                (findings / f"{name}-{kind}").write_bytes(data)
                print(f"FINDING {name} {kind}: {str(error)[:200]}", flush=True)

    options = [f"-max_total_time={seconds}", f"-artifact_prefix={findings}/{name}-", *_LIBFUZZER]
    is_file = name.startswith(("document", "questionnaire"))
    mutate = mutator(name.partition("-")[2]) if is_file else mutated_json
    atheris.Setup([sys.argv[0], *options, str(only or corpus)], once, custom_mutator=mutate)
    atheris.Fuzz()


def _kind_of(error: BaseException) -> str:
    """An error's name and the last line of ours that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/src/bidproof/" in frame.filename] or frames
    return f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].lineno}"


def run(name: str, *, seconds: int, findings: Path) -> str:
    """Fuzz one target in processes of their own, a new one wherever one is lost, until the time is up."""
    started = time.monotonic()
    executions, covered, found = 0, 0, []
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for attempt in itertools.count():
            left = int(seconds - (time.monotonic() - started))
            if left < 5 or attempt == 20:
                break
            places = ["--corpus", str(corpus), "--findings", str(findings)]
            command = [sys.executable, __file__, "--fuzz", name, "--seconds", str(left), *places]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            found += [line for line in done.stdout.splitlines() if line.startswith("FINDING")]
            lost = [first or second for first, second in _LOST.findall(done.stderr)]
            progress = _PROGRESS.findall(done.stderr) or [("0", "0")]
            executions += int(progress[-1][0])
            covered = max(covered, int(progress[-1][1]))
            if done.returncode != 0 and not _was_worn_out(done.stderr, name, places):
                found.append(
                    f"LOST {name}: {'; '.join(lost) or done.stderr[-600:]} (status {done.returncode})"
                )
    minutes = (time.monotonic() - started) / 60
    figures = f"{name:20} {minutes:7.1f} {executions:10} {covered:8} {len(set(found)):8}"
    return "\n".join([figures, *(f"  {line}" for line in dict.fromkeys(found))])


def _was_worn_out(said: str, name: str, places: Sequence[str]) -> bool:
    """Whether a process ran out of memory over an input that a fresh one takes without trouble."""
    kept = re.search(r"Test unit written to (\S+-oom-\w+)", said)
    if kept is None:
        return False
    command = [sys.executable, __file__, "--fuzz", name, "--input", kept[1], *places]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return False
    Path(kept[1]).unlink()
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], choices=TARGETS, metavar="NAME")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="targets at once")
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / "bidproof-findings")
    parser.add_argument("--fuzz", help=argparse.SUPPRESS)
    parser.add_argument("--input", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    options.findings.mkdir(parents=True, exist_ok=True)
    if options.fuzz:
        fuzz(
            options.fuzz,
            seconds=options.seconds,
            corpus=options.corpus,
            findings=options.findings,
            only=options.input,
        )
        return
    print(f"{'target':20} {'minutes':>7} {'executions':>10} {'covered':>8} {'findings':>8}", flush=True)
    with ThreadPoolExecutor(options.jobs) as jobs:
        chosen = options.only or TARGETS
        for line in jobs.map(
            lambda name: run(name, seconds=options.seconds, findings=options.findings), chosen
        ):
            print(line, flush=True)
    print(f"The bytes of what was found: {options.findings}")


if __name__ == "__main__":
    main()
