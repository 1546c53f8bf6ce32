"""Make a program, promote one, search for a better one, hand training data over, hold models apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bidproof.core.options import option

Method = Literal["settings", "labeled", "bootstrap", "mipro", "gepa", "combined"]
SOURCES = ("feedback", "library", "gold")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A version to make from another, with some texts put in place of its own."""

    message: str = option(flags=("-m", "--message"), help="Why this version is made.")
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    start: str = option(
        "",
        flags=("--from",),
        metavar="PROGRAM|FOLDER",
        help="What it starts from: a version, an exported folder, packaged, or extractive. "
        "[default: production, else packaged]",
    )
    variables: Mapping[str, str] = option(
        {}, flags=("--var",), metavar="NAME=TEXT", help="Value of {{NAME}}; repeat."
    )
    values: Mapping[str, str] = option(
        {}, flags=("--set",), metavar="NAME=VALUE", help="Any other field: retrieval.top_k=5, calls=two, …"
    )
    examples: Path | None = option(None, help="JSON file with the few-shot examples.")
    label: str = option("", help="Put this label on it, when it is not protected.")
    author: str = option("", help="Who does it. [default: the user of this machine]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteRequest:
    """A version to put a label on, once it is proven.

    Without ``baseline`` it is held against the newest run, on the same cases, of the program that has
    the label.
    """

    program: str
    label: str = option("production", flags=("--to",), help="The label to move.")
    proof: str = option("", metavar="RUN|FILE", help="A run of it, or bidproof compare … --json.")
    baseline: str = option("", metavar="RUN", help="Run to hold it against. [default: found]")
    force: bool = option(False, help="Move it without a proof; needs --reason.")
    reason: str = option("", help="Why; kept in the log.")
    author: str = option("", help="Who does it. [default: the user of this machine]")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeRequest:
    """One optimisation; what the test split takes of ``budget_calls`` is set aside."""

    gold: str = option(metavar="SET", help="Gold set with train, dev and test splits.")
    method: Method = option(
        "settings",
        help="What is searched: settings, examples (labeled, bootstrap), instructions too (mipro, gepa), or "
        "settings, prompts and settings again.",
    )
    metric: str = option("task_score", help="The objective.")
    judge: str = option("", help="Model that judges, for a judged objective.")
    budget_calls: int | None = option(None, least=1, help="Model calls in all, the test included.")
    budget_usd: float | None = option(None, above=0, help="US dollars in all.")
    minutes: float | None = option(None, above=0, help="Time for the search.")
    trials: int = option(30, least=1, help="Settings to try.")
    max_prompt_tokens: int = option(3000, least=100, help="Longest prompt, examples included.")
    models: tuple[str, ...] = option(
        (), metavar="A,B", has_commas=True, help="Further models to choose among."
    )
    proposer: str = option("", metavar="MODEL", help="Model that proposes instructions.")
    limit: int | None = option(None, least=2, help="Only so many cases of train and of dev.")
    seed: int = option(0, help="")
    has_test: bool = option(True, flags=("--no-test",), help="Leave the sealed test split closed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """Training data to write into a folder that holds nothing, or an earlier export.

    Of several sources that ask the same, the first counts.
    """

    out: Path
    sources: tuple[str, ...] = option(
        SOURCES,
        flags=("--from",),
        metavar="SOURCES",
        has_commas=True,
        help="Of feedback, library, gold (train splits only).",
    )
    program: str = option("", help="Whose prompts are written. [default: production, else packaged]")
    valid_share: float = option(
        0.1, flags=("--test-share",), least=0, most=0.9, help="Share that goes into valid.jsonl."
    )
    seed: int = option(0, help="Of the split.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsRequest:
    """A tuned model to hold against the one that the settings name, on one gold set."""

    gold: str = option(metavar="SET", help="Gold set to measure on.")
    model: str = option(help="The tuned model: its name, or local:/path/model.gguf.")
    base_url: str = option("", help="Its OpenAI-compatible address. [default: as in the settings]")
    split: str = option("", help="train, dev, test or all. [default: dev where the set is split]")
    limit: int | None = option(None, least=1, help="Only so many cases.")
