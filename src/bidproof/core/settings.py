"""One frozen record of settings, and where each value came from.

Precedence: flag, ``BIDPROOF_<GROUP>_<NAME>`` variable, ``bidproof.toml``, default.
Only the composition root (``flows.settings``) reads the environment or the file.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Literal

from bidproof.core.errors import InvalidSetting
from bidproof.core.next_steps import Action, NextStep

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_MOST = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Least and most that a number may be; what says nothing else is finite and not negative."""

    least: float = 0.0
    most: float = _MOST

    def __str__(self) -> str:
        return f"{self.least:g} or more" if self.most == _MOST else f"{self.least:g} to {self.most:g}"


_ANY = Bounds()
Count = Annotated[int, Bounds(least=1)]
Share = Annotated[float, Bounds(most=1)]
Seconds = Annotated[float, Bounds(least=0.001)]
Temperature = Annotated[float, Bounds(most=2)]
Penalty = Annotated[float, Bounds(least=-2, most=2)]
Mass = Annotated[float, Bounds(least=1e-6, most=1)]

Chunking = Literal["structural", "fixed", "semantic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettings:
    """How files become passages, and what a hostile file may cost.

    Attributes:
        chunking: ``structural`` packs whole blocks under their heading, ``fixed``
            cuts by tokens alone, ``semantic`` cuts where the topic changes.
        max_tokens: Hard cap of a passage, in tokens of the embedding model.
        overlap_tokens: Tokens repeated between neighbours, ``fixed`` only.
        ocr: Read pages that have no text layer, where ``bidproof[ocr]`` is installed.
        max_ocr_pages: Pages of one file that are read from their image; later ones are named.
        workers: Parser processes; 0 means one per core.
        max_file_mb: Larger files are refused.
        max_seconds: CPU seconds one file may take.
        max_memory_mb: Address space of a parser process.
        max_pages: Documents with more pages are refused.
        max_text_mb: Text of one file that is read, as UTF-8; what follows is left out and named.
    """

    chunking: Chunking = "structural"
    max_tokens: Count = 200
    overlap_tokens: int = 0
    ocr: bool = True
    max_ocr_pages: int = 200
    workers: int = 0
    max_file_mb: Count = 200
    max_seconds: Count = 120
    max_memory_mb: Count = 2048
    max_pages: Count = 5000
    max_text_mb: Count = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSettings:
    """How passages are found.

    Attributes:
        embedder: ``minilm`` (local) or ``endpoint`` (OpenAI-compatible).
        embedder_model: Model name sent to the endpoint.
        embedder_base_url: Address of the endpoint.
        reranker: ``none``, ``learned`` for the one proven last, ``learned:DIGEST``, or ``endpoint``.
        reranker_model: Model name sent to the endpoint; empty where it serves one alone.
        reranker_base_url: Address of the endpoint, up to what stands before ``/rerank``.
        rerank_depth: Passages that a re-ranker puts in a new order.
        top_k: Passages an answer is drafted from.
        depth: Candidates taken from each half before fusion.
        dense_weight: Share of the dense half in fusion, 0 to 1.
    """

    embedder: str = "minilm"
    embedder_model: str = ""
    embedder_base_url: str = ""
    reranker: str = "none"
    reranker_model: str = ""
    reranker_base_url: str = ""
    rerank_depth: Count = 20
    top_k: Count = 3
    depth: Count = 100
    dense_weight: Share = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which language model drafts, if any, and what it may cost.

    Attributes:
        model: Model name at the endpoint, ``PROVIDER:NAME``, ``local:/path/model.gguf``, or
            empty for the extractive engine.
        base_url: Address of the endpoint; empty means the provider's own.
        fallback: A second model, used when the first fails.
        fallback_base_url: Its OpenAI-compatible address; empty for that of the first model. Its
            key there comes from ``BIDPROOF_FALLBACK_API_KEY``.
        temperature: Sampling temperature, 0 to 2.
        top_p: Nucleus sampling mass, above 0 to 1.
        frequency_penalty: -2 to 2.
        reasoning_effort: How much a model that reasons may think before it answers; empty for its own
            way. Replies then have room for thoughts beside ``max_output_tokens``.
        max_output_tokens: Cap of one completion.
        timeout_s: Own deadline of one call, in seconds; a local model has 900 at least.
        attempts: Tries of one call, the first included; as many failures in a row, of whatever
            calls, count as an outage, and cost none.
        patience_s: Longest outage of the endpoint that is waited out, in seconds; 0 for none.
        concurrency: Calls in flight at once.
        max_cost_usd: The run stops sending when this is spent; None for no limit.
        max_workspace_usd: The same for everything that the workspace has ever paid for.
        prompt_price: US dollars per million prompt tokens.
        cached_prompt_price: The same for those that the provider took from its prompt cache;
            None when they cost what others do.
        completion_price: US dollars per million completion tokens.
        embedding_price: US dollars per million tokens that ``retrieval.embedder_model`` embeds;
            None where it is not known, 0 where it costs nothing.
        reranking_price: The same for tokens that ``retrieval.reranker_model`` reads.
        fallback_prompt_price: The same for the fallback model; None when it costs what the first does.
        fallback_completion_price: The same for the fallback model's replies.
        context_tokens: Context window of a local model.
    """

    model: str = ""
    base_url: str = ""
    fallback: str = ""
    fallback_base_url: str = ""
    temperature: Temperature = 0.0
    top_p: Mass = 1.0
    frequency_penalty: Penalty = 0.0
    reasoning_effort: Literal["", "none", "minimal", "low", "medium", "high"] = ""
    max_output_tokens: Count = 700
    timeout_s: Seconds = 120.0
    attempts: Count = 4
    patience_s: float = 180.0
    concurrency: Count = 8
    max_cost_usd: float | None = None
    max_workspace_usd: float | None = None
    prompt_price: float = 0.0
    cached_prompt_price: float | None = None
    completion_price: float = 0.0
    embedding_price: float | None = None
    reranking_price: float | None = None
    fallback_prompt_price: float | None = None
    fallback_completion_price: float | None = None
    context_tokens: Count = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweringSettings:
    """How drafts are made.

    Attributes:
        chain_of_thought: Let the model reason in a field before it answers.
        decompose: Answer the parts of a compound question one by one.
        prompt_format: How passages are fenced in the prompt.
        sufficiency: Least sufficient-context score, 0 to 1, below which the
            answer is "not found".
        max_sentences: Longest extractive answer.
    """

    chain_of_thought: bool = False
    decompose: bool = True
    prompt_format: Literal["xml", "markdown"] = "xml"
    sufficiency: Share = 0.5
    max_sentences: Count = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    """Which stored program drafts.

    Attributes:
        program: A label, or a digest of the workspace's store; ``packaged`` for what
            ships with the package, which also stands in while nothing is labelled
            ``production``.
    """

    program: str = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettings:
    """Which second, larger model may be asked where the first one is not likely enough right.

    It is asked once a route is fitted for the two (``bidproof route fit``); sampling, deadlines
    and the limits of a run are those of the first model.

    Attributes:
        large_model: Its name at the endpoint, or any other form that ``model.model`` takes; empty for none.
        large_base_url: OpenAI-compatible address; empty for that of the first model. Its key comes
            from ``BIDPROOF_LARGE_API_KEY``; at the first one's host, else it is the first one's.
        large_program: Which stored program the large model drafts with; empty for the first one's.
        large_prompt_price: US dollars per million prompt tokens.
        large_completion_price: US dollars per million completion tokens.
        large_cached_prompt_price: For prompt tokens from the provider's cache; None when the same.
        max_cost_usd_per_question: The large model is not asked where a question could cost more
            than this in all; None for no limit.
    """

    large_model: str = ""
    large_base_url: str = ""
    large_program: str = ""
    large_prompt_price: float = 0.0
    large_completion_price: float = 0.0
    large_cached_prompt_price: float | None = None
    max_cost_usd_per_question: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; groups are the tables of ``bidproof.toml``."""

    documents: DocumentSettings = field(default_factory=DocumentSettings)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    answering: AnsweringSettings = field(default_factory=AnsweringSettings)
    prompts: PromptSettings = field(default_factory=PromptSettings)
    routing: RoutingSettings = field(default_factory=RoutingSettings)


_GROUPS: Mapping[str, type] = {
    "documents": DocumentSettings,
    "retrieval": RetrievalSettings,
    "model": ModelSettings,
    "answering": AnsweringSettings,
    "prompts": PromptSettings,
    "routing": RoutingSettings,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOrigin:
    """One setting with its value and where that came from."""

    name: str
    value: object
    origin: str


def setting_names() -> tuple[str, ...]:
    """Every setting as ``group.name``, in the order of the records."""
    return tuple(
        f"{group.name}.{item.name}"
        for group in fields(Settings)
        for item in fields(getattr(Settings(), group.name))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSettings:
    """Settings with the origin of each value, in the order of :func:`setting_names`."""

    settings: Settings
    origins: tuple[SettingOrigin, ...]


def resolve_settings(layers: Mapping[str, Mapping[str, object]]) -> ResolvedSettings:
    """Combine layers of named values into settings.

    Args:
        layers: From weakest to strongest: origin (shown to the user) to values by
            ``group.name``. Text values are parsed to the setting's type.

    Returns:
        The settings and the origin of each.

    Raises:
        InvalidSetting: An unknown name, or a value of the wrong type.
    """
    known = setting_names()
    chosen: dict[str, tuple[object, str]] = {}
    for origin, values in layers.items():
        for name, value in values.items():
            if name not in known:
                raise InvalidSetting(
                    f"unknown setting {name!r} in {origin}: expected one of {', '.join(known[:4])}, …",
                    hint=NextStep("look at the list of all settings", Action.SHOW_SETTINGS),
                )
            chosen[name] = (_parse(name, value, origin), origin)
    settings = Settings()
    for name, (value, _) in chosen.items():
        group, item = name.split(".")
        settings = replace(settings, **{group: replace(getattr(settings, group), **{item: value})})
    origins = tuple(
        SettingOrigin(
            name=name,
            value=getattr(getattr(settings, name.split(".")[0]), name.split(".")[1]),
            origin=chosen[name][1] if name in chosen else "default",
        )
        for name in known
    )
    return ResolvedSettings(settings=settings, origins=origins)


def _parse(name: str, value: object, origin: str) -> object:
    group, item = name.split(".")
    wanted = typing.get_type_hints(_GROUPS[group], include_extras=True)[item]
    try:
        return _convert(value, wanted)
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidSetting(
            f"setting {name!r} in {origin}: found {value!r}, expected {_describe(wanted)}",
            hint=NextStep(f"correct {name} in {origin}; this shows what is in force", Action.SHOW_SETTINGS),
        ) from error


def _describe(wanted: object) -> str:
    if typing.get_origin(wanted) is Literal:
        return "one of " + ", ".join(map(str, typing.get_args(wanted)))
    kind, bounds = _bounded(wanted)
    name = getattr(kind, "__name__", str(kind))
    return f"{name}, {bounds}" if kind is int or kind is float else name


def _bounded(wanted: object) -> tuple[object, Bounds]:
    """A type without None, and the bounds of its numbers."""
    if isinstance(wanted, types.UnionType):
        wanted = next(kind for kind in typing.get_args(wanted) if kind is not type(None))
    if typing.get_origin(wanted) is Annotated:
        kind, bounds = typing.get_args(wanted)
        return kind, bounds
    return wanted, _ANY


def _convert(value: object, wanted: object) -> object:
    if typing.get_origin(wanted) is Literal:
        if value not in typing.get_args(wanted):
            raise ValueError(value)
        return value
    if isinstance(wanted, types.UnionType) and (value is None or value == ""):
        return None
    kind, bounds = _bounded(wanted)
    if kind is bool:
        return value if isinstance(value, bool) else _WORDS[str(value).lower()]
    if kind is str and isinstance(value, str):
        return value
    if kind is int and isinstance(value, (int, str)) and not isinstance(value, bool):
        return _within(int(value), bounds)
    if kind is float and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return _within(float(value), bounds)
    raise TypeError(value)


def _within(number: float, bounds: Bounds) -> float:
    if not bounds.least <= number <= bounds.most:  # false for nan, too
        raise ValueError(number)
    return number
