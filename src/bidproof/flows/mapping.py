"""Read a questionnaire, and where the evidence disagrees ask the model what its columns are for."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bidproof.core.errors import BidproofError, InvalidSetting, ModelError, UnsureMapping
from bidproof.core.ids import digest
from bidproof.core.next_steps import NextStep
from bidproof.core.records import Questionnaire
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatRequest, Message
from bidproof.llm.reply_schema import parse_reply
from bidproof.prompts.fences import fence
from bidproof.prompts.texts import standing_text
from bidproof.questionnaires.proposals import SCHEMA, Survey, Weighed, survey_sheets, weigh_proposal
from bidproof.questionnaires.read import read_questionnaire
from bidproof.runtime.session import Session

_SURE = 0.8
_LEAST_OUTPUT_TOKENS = 4_000
_UNSURE_CONFIDENCE = 0.5
_SHEETS = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".tab"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedQuestionnaire:
    """A questionnaire as read, and what asking a model about its layout cost."""

    questionnaire: Questionnaire
    spent_usd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """Whether a model is asked what the columns are for.

    Attributes:
        asks: Always, never, or (None) where detection is unsure or leaves cells unexplained.
        model: Nothing is asked where it names none.
        opened: Opens the session that the call is made in; used only where one is made.
    """

    asks: bool | None
    model: ModelSettings
    opened: Callable[[], AbstractContextManager[Session]]

    def is_for(self, path: Path) -> bool:
        """Whether a model may be asked about this file.

        Raises:
            InvalidSetting: It must be, and cannot.
        """
        lack = "" if path.suffix.lower() in _SHEETS else "a file without columns"
        lack = lack or ("" if self.model.model else "no model in the settings")
        if self.asks and lack:
            raise InvalidSetting(
                f"cannot ask a model about the layout of {path.name!r}: found {lack}, "
                "expected a model and a workbook or CSV",
                hint=NextStep("name a model, or do without", options=("model",)),
            )
        return self.asks is not False and not lack


def read_mapped(
    path: Path, *, mapping: Mapping[str, object] | None, use: ModelUse | None
) -> MappedQuestionnaire:
    """Read a questionnaire; a workbook or CSV may be shown to the model, which proposes a layout.

    Its proposal is taken only where code finds that it loses nothing. What was taken or refused, and
    why, is added to the questionnaire's problems; a call that fails leaves what was detected.

    Args:
        path: The buyer's file.
        mapping: The user's own; nothing is asked then.
        use: None for no model.

    Raises:
        UnreadableFile: See :func:`read_questionnaire`.
        UnsureMapping: Neither the file nor the model tells the layout.
        InvalidMapping: The mapping does not fit the file.
        UserError: A model must be asked, and nothing may be sent as the settings stand.
    """
    if mapping is not None or use is None or not use.is_for(path):
        return MappedQuestionnaire(questionnaire=read_questionnaire(path, mapping=mapping))
    detected = _detect(path)
    layout = None if isinstance(detected, UnsureMapping) else detected.layout
    survey = survey_sheets(path, layout=layout)
    if not (use.asks or isinstance(detected, UnsureMapping) or _is_doubtful(detected, survey)):
        return MappedQuestionnaire(questionnaire=detected)
    with use.opened() as session:
        asked = _ask(survey, model=use.model, session=session, must=bool(use.asks))
    if asked.proposal is None:
        weighed = Weighed(layout=None, verdicts=(f"the model was not heard on the layout: {asked.error}",))
    else:
        weighed = weigh_proposal(path, proposal=asked.proposal, layout=layout)
    return MappedQuestionnaire(questionnaire=_settle(path, detected, weighed), spent_usd=asked.spent_usd)


def _detect(path: Path) -> Questionnaire | UnsureMapping:
    try:
        return read_questionnaire(path)
    except UnsureMapping as error:
        return error


def _is_doubtful(detected: Questionnaire, survey: Survey) -> bool:
    return detected.confidence < _SURE or survey.unexplained > 0


def _settle(path: Path, detected: Questionnaire | UnsureMapping, weighed: Weighed) -> Questionnaire:
    """What was detected, or the file by the proposal; the model's word makes nothing surer."""
    if weighed.layout is not None:
        taken = read_questionnaire(path, mapping=weighed.layout)
        sure = _UNSURE_CONFIDENCE if isinstance(detected, UnsureMapping) else detected.confidence
        return replace(taken, confidence=sure, problems=(*taken.problems, *weighed.verdicts))
    if isinstance(detected, UnsureMapping):
        why = "; ".join((detected.message, *weighed.verdicts))
        raise UnsureMapping(why, hint=detected.hint, proposal=detected.proposal) from detected
    return replace(detected, problems=(*detected.problems, *weighed.verdicts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A reply that fits the schema, or why there is none."""

    proposal: Mapping[str, Any] | None
    error: str = ""
    spent_usd: float = 0.0


def _ask(survey: Survey, *, model: ModelSettings, session: Session, must: bool) -> _Asked:
    """Ask once, under a job of its own, so that the call is counted and never paid twice."""
    sheets = "\n\n".join(fence("sheet", sheet.text, style="xml") for sheet in survey.sheets)
    settings = replace(model, max_output_tokens=max(model.max_output_tokens, _LEAST_OUTPUT_TOKENS))
    request = ChatRequest(
        messages=(
            Message(role="system", content=standing_text("mapping")),
            Message(role="user", content=sheets),
        ),
        schema=SCHEMA,
        schema_name="layout",
        settings=settings,
    )
    key = digest("mapping", model.model, model.base_url, sheets, length=32)
    job = session.workspace.jobs.start(kind="mapping", key=key, total=0, detail={})

    async def ask() -> Mapping[str, Any]:
        async with session.open_model(settings, job_id=job.id) as asked:
            completion = await asked.complete(request)
            return parse_reply(completion.text, SCHEMA, model=asked.name)

    proposal, error = None, ""
    try:
        proposal = asyncio.run(ask())
    except BidproofError as failed:
        if must and not isinstance(failed, ModelError):
            raise
        error = f"error[{failed.code}]: {failed.message}"
    session.workspace.jobs.finish(job.id)
    return _Asked(proposal=proposal, error=error, spent_usd=session.workspace.calls.spent_usd(job.id))
