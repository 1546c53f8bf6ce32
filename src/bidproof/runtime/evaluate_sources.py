"""Where an evaluation gets its cases, its answerer and its judge from."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import cast

from bidproof.answering.protocol import PassageSource
from bidproof.core.addresses import without_secrets
from bidproof.core.errors import InvalidSetting
from bidproof.core.jsonable import to_json
from bidproof.core.records import Draft
from bidproof.core.settings import ModelSettings, Settings
from bidproof.evaluation.protocol import MatrixMaker
from bidproof.evaluation.running.answerers import (
    EngineAnswerer,
    RepeatedModel,
    ResumableAnswerer,
)
from bidproof.llm.protocol import ChatModel
from bidproof.llm.providers import asked_of
from bidproof.runtime.citations import check_citations, document_loader
from bidproof.runtime.drafting import open_program_engine
from bidproof.runtime.index_parts import session_embedder
from bidproof.runtime.session import Session


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

        yield OpenJudge(maker=OfflineMatrix(session_embedder(session)))
        return
    from bidproof.evaluation.judging.judges import default_judge
    from bidproof.evaluation.judging.matrix_judge import JudgeMatrix
    from bidproof.evaluation.judging.store import judge_stamp

    settings = judge_settings(session.settings.model, model)
    async with session.open_model(settings, job_id=job_id) as gateway:
        chat = gateway if wrap is None else wrap(gateway)
        maker = JudgeMatrix(chat, default_judge(settings, model_name=chat.name))
        stamp = judge_stamp(session.workspace.folder, maker.name)
        yield OpenJudge(maker=maker, digest=maker.name, stamp=stamp, chat=chat)


def judge_settings(settings: ModelSettings, model: str) -> ModelSettings:
    """The answering model's settings with the judge in its place; it judges at temperature 0."""
    asked = asked_of(settings, model)
    return replace(asked, fallback="", temperature=0.0, top_p=1.0, frequency_penalty=0.0)


def shown_settings(settings: Settings) -> dict[str, object]:
    """All settings by ``group.name``, with whatever may be a secret in an address left out."""
    groups = cast("dict[str, dict[str, object]]", to_json(settings))
    return {
        f"{group}.{name}": without_secrets(str(value)) if name.endswith("base_url") else value
        for group, values in groups.items()
        for name, value in values.items()
    }


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
