"""Hand approved answers over for fine-tuning elsewhere, and hold the tuned model against the old one."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import UnreadableFile, UserError, WriteFailed
from bidproof.core.files import make_folder, read_given, write_text
from bidproof.core.jsonable import json_text
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.comparing.comparisons import Comparison
from bidproof.flows.compare import compare
from bidproof.flows.evaluate import EvaluateReport, evaluate
from bidproof.flows.finetune_sources import (
    feedback_candidates,
    gold_candidates,
    library_candidates,
    measured_cases,
)
from bidproof.flows.prompts.change import find_start
from bidproof.flows.requests.evaluating import CompareRequest, EvaluateRequest
from bidproof.flows.requests.programs import SOURCES, ExportRequest, ModelsRequest
from bidproof.optimization.finetune_check import check_line
from bidproof.optimization.finetune_data import (
    Candidate,
    choose_candidates,
    training_line,
    without_examples,
)
from bidproof.prompts.versions import schema_hash
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.program_choice import schemas_of
from bidproof.runtime.progress import Progress, silent
from bidproof.runtime.session import Session, SessionRequest, open_session

MANIFEST = "manifest.json"
FORMAT = "bidproof-finetune-1"
FEWEST = 10
"""Examples below which hosted fine-tuning is refused; see the OpenAI guide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartReport:
    """One file: its examples, those by source, characters in all, and its SHA-256."""

    file: str
    examples: int
    sources: Mapping[str, int]
    characters: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuneManifest:
    """What an export holds, beside the files as ``manifest.json``.

    Attributes:
        format: Of this file.
        program: Digest of the program whose prompts were written.
        schema_hash: Of its reply schemas.
        step: Which of its steps.
        seed: Of the split.
        train: The part to train on.
        valid: The part to watch while training.
        left_out: Candidates that are in neither, by reason.
        how_to: What to do with it.
    """

    format: str
    program: str
    schema_hash: str
    step: str
    seed: int
    train: PartReport
    valid: PartReport
    left_out: Mapping[str, int]
    how_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A file of training data, checked.

    Attributes:
        file: Its name.
        lines: Examples.
        ours: Those whose quotes could be looked up in their own passages.
        problems: ``"line n: what"`` for each line that is not as it should be.
        doubled: Lines that stand there before.
        longest: Characters of the longest line.
        characters: Of all lines.
        warnings: What is no error and should be known.
    """

    file: str
    lines: int
    ours: int
    problems: tuple[str, ...]
    doubled: int
    longest: int
    characters: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsReport:
    """Both runs, and the new model's held against the old one's."""

    old: EvaluateReport
    new: EvaluateReport
    comparison: Comparison


def export_training_data(
    request: ExportRequest, *, session: Session, progress: Progress = silent
) -> FineTuneManifest:
    """Write ``train.jsonl``, ``valid.jsonl`` and, last, ``manifest.json``.

    Raises:
        UserError: The program is not one to train for (``finetune-program``), there is
            nothing to train on (``finetune-empty``), or the folder holds other files
            (``finetune-folder``).
        WriteFailed: Disk full, no permission; without a manifest an export is not whole.
    """
    start = find_start(request.program, workspace=session.workspace.folder)
    program = without_examples(start.program)
    _check_sources(request.sources)
    _make_room(request.out)
    found = _candidates(request.sources, session, top_k=max(1, program.retrieval.top_k), progress=progress)
    dealt = choose_candidates(
        found, measured=measured_cases(session), valid_share=request.valid_share, seed=request.seed
    )
    if not dealt.train:
        why = ", ".join(f"{count} because {problem}" for problem, count in dealt.left_out.items())
        raise UserError(
            f"cannot export training data: found no answer to train on ({why or 'no approved answer'})",
            hint=NextStep("split a gold set, or import reviewed files", Action.IMPORT_FEEDBACK),
            code="finetune-empty",
        )
    train, valid = (
        [json.dumps(training_line(start.program, item), ensure_ascii=False) for item in part]
        for part in (dealt.train, dealt.valid)
    )
    manifest = FineTuneManifest(
        format=FORMAT,
        program=start.program.digest(),
        schema_hash=schema_hash(schemas_of(start.program)),
        step="answer",
        seed=request.seed,
        train=_write(request.out / "train.jsonl", train, dealt.train),
        valid=_write(request.out / "valid.jsonl", valid, dealt.valid),
        left_out=dealt.left_out,
        how_to=(
            "train.jsonl and valid.jsonl are chat-format JSON lines for fine-tuning elsewhere",
            "they hold passages of your documents: whoever tunes the model reads those",
            "bidproof finetune compare --gold SET --model NAME holds the tuned model against the old one",
        ),
    )
    write_text(request.out / MANIFEST, json_text(manifest))
    return manifest


def check_training_file(path: Path) -> CheckReport:
    """Check every line of a chat-format file: roles, schema, quotes, lengths, doubles.

    Raises:
        UnreadableFile: It is not there, no UTF-8, or empty (``finetune-file``).
    """
    try:
        lines = [line for line in read_given(path).decode("utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"found {error}") from error
    if not lines:
        raise _unreadable(path, "found nothing in it")
    checked = [check_line(line, number=number) for number, line in enumerate(lines, start=1)]
    warnings = [f"{len(lines)} examples are fewer than hosted fine-tuning takes: {FEWEST}"] * (
        len(lines) < FEWEST
    )
    strangers = sum(not item.problem and not item.is_ours for item in checked)
    if strangers:
        warnings.append(f"{strangers} lines hold no passages of ours: their quotes could not be looked up")
    return CheckReport(
        file=path.name,
        lines=len(lines),
        ours=sum(item.is_ours for item in checked),
        problems=tuple(f"line {item.number}: {item.problem}" for item in checked if item.problem),
        doubled=len(lines) - len(set(lines)),
        longest=max(item.characters for item in checked),
        characters=sum(item.characters for item in checked),
        warnings=tuple(warnings),
    )


def compare_models(
    request: ModelsRequest, *, base: SessionRequest, progress: Progress = silent
) -> ModelsReport:
    """Run the settings' model and another over a gold set with the same program, and compare.

    Finished answers of either are taken over, as in ``bidproof eval run``.

    Args:
        request: What to compare.
        base: The workspace and settings, those of the old model among them.
        progress: Told of every answer.

    Raises:
        UserError: A model, the gold set or the settings are not usable.
    """
    flags: dict[str, object] = {**(base.flags or {}), "model.model": request.model}
    if request.base_url:
        flags["model.base_url"] = request.base_url
    reports: list[EvaluateReport] = []
    for name, asked in (("old", base), ("new", SessionRequest(workspace=base.workspace, flags=flags))):
        with open_session(asked) as session:
            model = session.settings.model.model
            wanted = EvaluateRequest(
                gold=request.gold,
                split=request.split,
                limit=request.limit,
                label=f"{name} model {model or 'extractive'}"[:80],
            )
            reports.append(evaluate(wanted, session=session, progress=progress))
    old, new = reports
    found = compare(CompareRequest(a=old.info.id, b=new.info.id), workspace=base.workspace)
    return ModelsReport(old=old, new=new, comparison=found)


def _candidates(
    sources: Sequence[str], session: Session, *, top_k: int, progress: Progress
) -> list[Candidate]:
    found: list[Candidate] = []
    needs_search = bool({"library", "gold"} & set(sources))
    passages = open_retriever(session, progress=progress) if needs_search else None
    for name in SOURCES:
        if name not in sources:
            continue
        if name == "feedback":
            found += feedback_candidates(session)
        elif passages is not None:
            make = library_candidates if name == "library" else gold_candidates
            found += make(session, passages, top_k=top_k)
    return found


def _check_sources(sources: Sequence[str]) -> None:
    unknown = [name for name in sources if name not in SOURCES]
    if unknown or not sources:
        raise UserError(
            f"cannot export from {', '.join(map(repr, unknown)) or 'nothing'}: expected {', '.join(SOURCES)}",
            hint=NextStep("for example feedback,library", options=("from",)),
        )


def _make_room(out: Path) -> None:
    """A folder for the files; the manifest of an earlier export goes first, so that a cut-off one has none.

    Raises:
        UserError: It holds files of others (``finetune-folder``).
        WriteFailed: It cannot be made.
    """
    ours = {MANIFEST, "train.jsonl", "valid.jsonl"}
    try:
        make_folder(out)
        others = sorted(item.name for item in out.iterdir() if item.name not in ours)
        if others:
            raise UserError(
                f"cannot export to {str(out)!r}: found {others[0]!r} in it, expected an empty folder or an"
                " earlier export",
                hint="name a new folder",
                code="finetune-folder",
            )
        (out / MANIFEST).unlink(missing_ok=True)
    except OSError as error:
        raise WriteFailed(
            f"cannot write to {str(out)!r}: {error.strerror or error}", hint="name another folder"
        ) from error


def _write(path: Path, lines: Sequence[str], items: Sequence[Candidate]) -> PartReport:
    text = "".join(f"{line}\n" for line in lines)
    write_text(path, text)
    return PartReport(
        file=path.name,
        examples=len(lines),
        sources=Counter(item.source for item in items),
        characters=len(text),
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def _unreadable(path: Path, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot check {str(path)!r}: {found}, expected chat-format JSON lines",
        hint=NextStep("an export writes such files", Action.EXPORT_TRAINING),
        code="finetune-file",
    )
