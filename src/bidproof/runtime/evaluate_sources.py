"""Where an evaluation gets its cases, its answerer and its judge from."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from bidproof.answering.protocol import PassageSource
from bidproof.core.errors import InvalidSetting, UnreadableFile, UserError
from bidproof.core.jsonable import to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Draft
from bidproof.core.settings import Settings
from bidproof.evaluation.gold.files import CASES_NAME, read_gold
from bidproof.evaluation.gold.importing import import_gold
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.protocol import MatrixMaker, Metric
from bidproof.evaluation.records import GoldCase, GoldSet, Split
from bidproof.evaluation.running.answerers import (
    EngineAnswerer,
    RecordedAnswerer,
    RepeatedModel,
    ResumableAnswerer,
)
from bidproof.llm.protocol import ChatModel
from bidproof.retrieval.protocol import Embedder
from bidproof.runtime.citations import check_citations, document_loader
from bidproof.runtime.drafting import open_program_engine
from bidproof.runtime.session import Session

SPLIT_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCases:
    """The whole gold set, and the cases of it that are to be run."""

    gold: GoldSet
    split: Split
    cases: tuple[GoldCase, ...]


def choose_cases(
    name: str, *, split: str, limit: int | None, program_digest: str, session: Session
) -> ChosenCases:
    """Load a gold set by name or path, and take one split of it.

    Without a split named, a set that is split gives its ``dev`` cases, so that the
    sealed test cases are not looked at by accident; any other set gives all.

    Raises:
        UserError: No such set, file or split.
    """
    store = GoldStore(session.workspace.folder)
    is_stored = name in store.names()
    gold = store.load(name) if is_stored else read_gold_file(name, session=session)
    wanted = _split_of(split, gold)
    if is_stored:
        cases = store.open_split(name, wanted, purpose="eval run", program_digest=program_digest)
    else:
        cases = tuple(case for case in gold.cases if not wanted or case.split == wanted)
    if not cases:
        raise UserError(
            f"cannot run {name!r}: found no cases of the split {wanted!r}, expected some",
            hint=NextStep("leave the split out, or split the set", Action.SPLIT_GOLD, options=("split",)),
            code="gold-split",
        )
    return ChosenCases(gold=gold, split=wanted, cases=cases[:limit])


def _split_of(split: str, gold: GoldSet) -> Split:
    if split == SPLIT_ALL:
        return ""
    if split:
        return cast("Split", split)
    return "dev" if any(case.split == "dev" for case in gold.cases) else ""


def check_gold(name: str, *, session: Session) -> None:
    """Refuse a gold set that is nowhere, before documents are read for it.

    Raises:
        UserError: There is no set of this name and no such file (``gold-unknown``).
    """
    names = GoldStore(session.workspace.folder).names()
    if name not in names and not Path(name).exists():
        raise UserError(
            f"cannot find the gold set {name!r}: found {', '.join(names) or 'no sets'}, and no such file",
            hint=NextStep("name a file, or import the set", Action.IMPORT_GOLD),
            code="gold-unknown",
        )


def read_gold_file(name: str, *, session: Session) -> GoldSet:
    """Read a gold set that is not in the store: our own format, or any file that can be imported.

    Raises:
        UserError: The file is no gold set.
    """
    path = Path(name)
    if path.is_dir() or path.name == CASES_NAME:
        return read_gold(path)
    if path.suffix == ".jsonl":
        try:
            return read_gold(path)
        except UnreadableFile:
            pass  # not our own format; the importer knows others, and says what is wrong with none
    documents = [row.path for row in session.workspace.documents.known().values()]
    return import_gold(path, name=path.stem, documents=documents).gold


@asynccontextmanager
async def open_answerer(
    session: Session, source: PassageSource, *, draw: str, job_id: int
) -> AsyncGenerator[ResumableAnswerer, None]:
    """Open the engine that the settings call for, its calls drawn for this run alone.

    Raises:
        UserError: The model's file, address or key is not usable.
    """
    from bidproof.answering.calibrated import with_confidence
    from bidproof.routing.store import RouteStore

    load = document_loader(session.workspace)
    async with AsyncExitStack() as stack:
        opened = await open_program_engine(
            stack, session, source, job_id=job_id, wrap=lambda model: RepeatedModel(model, draw=draw)
        )
        engine = opened.engine
        # With the confidence that answering would state, so that a run can say how well it holds.
        confidence = RouteStore(session.workspace.folder).confidence(engine.program_digest)

        def finish(draft: Draft) -> Draft:
            checked = check_citations(draft, load=load)
            return checked if confidence is None else with_confidence(checked, confidence)

        yield EngineAnswerer(engine, source, finish=finish)


def open_recorded(path: Path) -> RecordedAnswerer:
    """Read another system's answers.

    Raises:
        UnreadableFile: No such file, or a broken line (``bad-recording``).
    """
    return RecordedAnswerer(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJudge:
    """What fills the matrices, and what is known about it.

    ``digest`` and ``stamp`` are empty for the offline matrix, which is no judge;
    ``chat`` is the judge's model, for the metrics of other libraries.
    """

    maker: MatrixMaker
    digest: str = ""
    stamp: str = ""
    chat: ChatModel | None = None


@asynccontextmanager
async def open_judge(
    model: str,
    *,
    session: Session,
    job_id: int,
    wrap: Callable[[ChatModel], ChatModel] | None = None,
) -> AsyncGenerator[OpenJudge, None]:
    """Open the judge, or the offline matrix where no judge is named.

    Args:
        model: Name at the configured endpoint, or any other form that ``model.model`` takes.
        session: Its endpoint, key and sampling settings are the judge's too.
        job_id: The run that pays.
        wrap: Put around the judge's model, such as a budget.

    Raises:
        UserError: The model's file, address or key is not usable.
    """
    if not model:
        from bidproof.evaluation.judging.matrix_offline import OfflineMatrix

        yield OpenJudge(maker=OfflineMatrix())
        return
    from bidproof.evaluation.judging.judges import default_judge
    from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
    from bidproof.evaluation.judging.store import judge_stamp
    from bidproof.llm.open import open_model

    settings = judge_settings(session.settings, model)
    opened = open_model(
        settings.model, journal=session.workspace.calls, job_id=job_id, api_key=session.api_key
    )
    async with opened as gateway:
        chat = gateway if wrap is None else wrap(gateway)
        maker = JudgeMatrix(chat, default_judge(settings.model, model_name=chat.name))
        stamp = judge_stamp(session.workspace.folder, maker.name)
        yield OpenJudge(maker=maker, digest=maker.name, stamp=stamp, chat=chat)


def bridge_metrics(
    names: Sequence[str], judge: OpenJudge, *, settings: Settings, embedder: Embedder
) -> tuple[Metric, ...]:
    """The metrics of other libraries, which ask the run's judge.

    Raises:
        MissingExtra: A library is not installed.
    """
    if not names or judge.chat is None:
        return ()
    from bidproof.evaluation.bridges.asking import Asking
    from bidproof.evaluation.bridges.open import BridgeParts, open_bridge

    asking = Asking(model=judge.chat, settings=settings.model)
    parts = BridgeParts(asking=asking, embedder=embedder)
    return tuple(metric for name in names for metric in open_bridge(name, parts))


def check_bridge_request(names: Sequence[str], judge: str) -> None:
    """Refuse what cannot be run, before documents are read and answers paid for.

    Raises:
        InvalidSetting: An unknown library, or no judge model is named.
        MissingExtra: The library is not installed.
    """
    from bidproof.evaluation.bridges.open import check_bridges

    check_bridges(names)
    if names and not judge:
        raise InvalidSetting(
            f"cannot run the metrics of {names[0]!r}: found no judge, expected a model that judges",
            hint=NextStep("name a judge; that model is asked at model.base_url", options=("judge",)),
        )


def judge_settings(settings: Settings, model: str) -> Settings:
    """The settings with the judge in place of the answering model; it judges at temperature 0."""
    judge = replace(
        settings.model, model=model, fallback="", temperature=0.0, top_p=1.0, frequency_penalty=0.0
    )
    return replace(settings, model=judge)


def shown_settings(settings: Settings) -> dict[str, object]:
    """All settings by ``group.name``, with whatever may be a secret in an address left out."""
    groups = cast("dict[str, dict[str, object]]", to_json(settings))
    return {
        f"{group}.{name}": _without_secrets(value) if name.endswith("base_url") else value
        for group, values in groups.items()
        for name, value in values.items()
    }


def _without_secrets(address: object) -> str:
    parts = urlsplit(str(address))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def check_repeats(repeats: int, limit: int | None, error_budget: float) -> None:
    """Refuse numbers that make no run.

    Raises:
        InvalidSetting: One is out of its range.
    """
    wrong = {
        "--repeats": (repeats, 1 <= repeats < 1000, "1 to 999"),
        "--limit": (limit, limit is None or limit >= 1, "1 or more"),
        "--error-budget": (error_budget, 0.0 <= error_budget <= 1.0, "0 to 1"),
    }
    for name, (value, is_fine, expected) in wrong.items():
        if not is_fine:
            raise InvalidSetting(
                f"cannot run with {name} {value!r}: expected {expected}", hint=f"correct {name}"
            )
