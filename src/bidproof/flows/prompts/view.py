"""What there is to see of programs: lists, one version, differences, history with figures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import BidproofError, UserError
from bidproof.core.jsonable import from_json
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.records import MetricSummary, RunInfo
from bidproof.evaluation.running.run_store import RunStore
from bidproof.flows.compare import RUNS_FOLDER
from bidproof.language.tokens import count_tokens
from bidproof.llm.protocol import Message
from bidproof.prompts.differences import ProgramDifference, compare_versions
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.labels import LogEntry
from bidproof.prompts.store import ProgramStore
from bidproof.prompts.templates import instructions
from bidproof.prompts.versions import Version
from bidproof.runtime.program_choice import chosen_version, open_store
from bidproof.runtime.session import Configuration, find_workspace

TOKENS = "tokens of the embedding model, as a measure of length; a language model counts its own"

_STAND_IN = Excerpt(
    title="Title of a document", section="Its section", text="(a passage that was found stands here)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """Every version, its labels, and what a draft would be made with now.

    ``in_use`` is a digest, or empty for the packaged program. ``problems`` name
    versions that cannot be read, and why the chosen program cannot be used.
    """

    versions: tuple[Version, ...]
    labels: Mapping[str, str]
    protected: tuple[str, ...]
    in_use: str
    problems: tuple[BidproofError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message of a rendered chat with its length."""

    message: Message
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReport:
    """One version, with the chat it would open where a question was given.

    ``sent`` are the composed texts by step; ``tokens`` the lengths of texts and parts.
    ``misfit`` says why this code cannot run it; empty when it can.
    """

    version: Version
    labels: tuple[str, ...]
    tokens: Mapping[str, int]
    sent: Mapping[str, str]
    chat: tuple[ShownMessage, ...]
    misfit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """A run of a version: what it measured, with intervals where there are some."""

    run: RunInfo
    summaries: tuple[MetricSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHistory:
    """A version in the log, newest first."""

    version: Version
    labels: tuple[str, ...]
    runs: tuple[RunFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """Versions, newest first, and movements of labels, newest first."""

    versions: tuple[VersionHistory, ...]
    movements: tuple[LogEntry, ...]
    problems: tuple[BidproofError, ...]


def list_programs(configuration: Configuration) -> ListReport:
    """Everything in the store of a workspace."""
    store = open_store(configuration.folder)
    in_use, problems = "", list(store.damaged())
    try:
        chosen = chosen_version(configuration.folder, configuration.settings)
        if chosen is not None:
            in_use = chosen.digest
            store.check_fit(chosen)
    except BidproofError as error:
        if error.message not in [item.message for item in problems]:
            problems.append(error)
    return ListReport(
        versions=store.versions(),
        labels=store.labels(),
        protected=store.protected(),
        in_use=in_use,
        problems=tuple(problems),
    )


def show_program(
    name: str, *, workspace: Path | None, question: str = "", options: Sequence[str] = ()
) -> ShowReport:
    """One version with the lengths of its parts, and the chat it would open for a question.

    Passages of the chat are stand-ins: nothing is searched and no model is asked.

    Raises:
        UserError: No such version, it is damaged, or a question for an engine without a model.
    """
    store = open_store(find_workspace(workspace))
    version = store.read(name)
    program = version.program
    sent = instructions(program.texts, program.variables)
    lengths = {name: count_tokens(text) for name, text in {**program.texts, **sent}.items()}
    chat: tuple[ShownMessage, ...] = ()
    if question:
        chat = _chat(version, question, options)
        lengths["examples"] = sum(item.tokens for item in chat[1:-1])
    return ShowReport(
        version=version,
        labels=_labels_of(version.digest, store.labels()),
        tokens=lengths,
        sent=sent,
        chat=chat,
        misfit=_misfit(store, version),
    )


def diff_programs(a: str, b: str, *, workspace: Path | None) -> ProgramDifference:
    """Version B held against version A.

    Raises:
        UserError: One is unknown or damaged.
    """
    store = open_store(find_workspace(workspace))
    return compare_versions(store.read(a), store.read(b))


def log_programs(*, workspace: Path | None, label: str = "") -> LogReport:
    """Versions with parents, labels and what runs measured; and how labels moved.

    Args:
        workspace: As everywhere.
        label: Only the movements of this label, and the versions it was on.
    """
    folder = find_workspace(workspace)
    store = open_store(folder)
    movements = store.history(label)
    wanted = {entry.digest for entry in movements} if label else None
    figures, problems = _figures(folder)
    labels = store.labels()
    rows = [
        VersionHistory(
            version=version,
            labels=_labels_of(version.digest, labels),
            runs=tuple(item for item in figures if item.run.program_digest == version.digest),
        )
        for version in store.versions()
        if wanted is None or version.digest in wanted
    ]
    return LogReport(
        versions=tuple(reversed(rows)),
        movements=tuple(reversed(movements)),
        problems=(*store.damaged(), *problems),
    )


def _chat(version: Version, question: str, options: Sequence[str]) -> tuple[ShownMessage, ...]:
    if version.program.engine:
        raise UserError(
            f"cannot show a chat of {version.digest!r}: found the engine {version.program.engine!r}, which "
            "asks no model",
            hint=NextStep("leave the question out", options=("question",)),
            code="program-engine",
        )
    from bidproof.answering.preview import preview_messages

    shown = [_STAND_IN] * version.program.retrieval.top_k
    messages = preview_messages(version.program, question, excerpts=shown, options=options)
    return tuple(ShownMessage(message=item, tokens=count_tokens(item.content)) for item in messages)


def _misfit(store: ProgramStore, version: Version) -> str:
    try:
        store.check_fit(version)
    except UserError as error:
        return error.message
    return ""


def _labels_of(digest: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name, place in labels.items() if place == digest))


def _figures(folder: Path) -> tuple[list[RunFigures], list[BidproofError]]:
    runs = RunStore(folder / RUNS_FOLDER)
    found: list[RunFigures] = []
    try:
        for info in runs.list():
            content = json.loads((runs.place(info.id) / "summaries.json").read_text("utf-8"))
            summaries = tuple(from_json(MetricSummary, item) for item in content)
            found.append(RunFigures(run=info, summaries=summaries))
    except UserError as error:
        return found, [error]
    except (OSError, ValueError, TypeError) as error:
        reason = UserError(
            f"cannot read the figures of every run in {str(folder / RUNS_FOLDER)!r}: {error}",
            hint="restore the run's folder from a backup, or remove it",
            code="damaged-run",
        )
        return found, [reason]
    return found, []
