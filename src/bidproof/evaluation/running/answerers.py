"""What answers a case: the product's engines, or a file of answers that any other system gave."""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, cast

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.answering.failing import drafted, failed_draft
from bidproof.answering.protocol import Engine, PassageSource
from bidproof.core.errors import ModelError, UnreadableFile
from bidproof.core.files import read_given
from bidproof.core.ids import DocumentId, PassageId, QuestionId, digest
from bidproof.core.jsonable import from_json, parse_json
from bidproof.core.processors import usable_processors
from bidproof.core.records import (
    Citation,
    Claim,
    Draft,
    DraftState,
    Passage,
    ScoredPassage,
    Support,
    Usage,
)
from bidproof.evaluation.gold.questions import case_question
from bidproof.evaluation.protocol import Answerer
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.llm.protocol import ChatModel, ChatRequest, Completion
from bidproof.retrieval.protocol import Query

RANKING_DEPTH = 20
_MAX_REPEATS = 1000
_MAX_DRAW = 2**31 // _MAX_REPEATS
_slot: ContextVar[int] = ContextVar("repeat slot", default=0)


class ResumableAnswerer(Answerer, Protocol):
    """An answerer that can rebuild an outcome from its stored draft, without asking a model."""

    async def restore(self, case: GoldCase, draft: Draft, *, repeat: int) -> Outcome:
        """Rebuild the outcome that ended with this draft."""
        ...


class RepeatedModel:
    """Tells the calls of one repeat of one run apart from every other call.

    The journal replays a finished call by its prompt and slot. Each repeat has a
    slot of its own, and so has each run: a repeat is drawn anew and never served
    from an earlier one, while a run that was killed still finds its own calls.

    Args:
        model: Asked with the slot set.
        draw: Names the run; any text.
    """

    def __init__(self, model: ChatModel, *, draw: str) -> None:
        self._model, self.name = model, model.name
        self._draw = 1 + int(digest("draw", draw), 16) % (_MAX_DRAW - 1)

    async def complete(self, request: ChatRequest) -> Completion:
        """Ask the model in the slot of the repeat that is being answered."""
        slot = self._draw * _MAX_REPEATS + _slot.get()
        return await self._model.complete(replace(request, repeat=request.repeat + slot))


class EngineAnswerer:
    """Answers with one of the product's engines and notes the ranking behind each draft.

    Args:
        engine: Drafts the answers. A generative one must call its model through
            a :class:`RepeatedModel`, or repeats would be replays.
        source: Searched once an outcome, for the ranking below what the engine used.
        depth: Passages of the ranking that are kept.
        finish: What the product does with a draft after drafting it, such as holding
            its citations against the stored documents; runs in a thread.
    """

    def __init__(
        self,
        engine: Engine,
        source: PassageSource,
        depth: int = RANKING_DEPTH,
        *,
        finish: Callable[[Draft], Draft] | None = None,
    ) -> None:
        self._engine, self.name, self.program_digest = engine, engine.name, engine.program_digest
        self._source = source
        self._depth = depth
        self._finish = finish
        # Drafting without a model only computes: more at once than there are cores would
        # make nothing faster and every answer look slower than it is.
        self._cores = asyncio.Semaphore(max(1, usable_processors() - 1))

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        """Draft once; a failed model call is an outcome whose draft is ``FAILED``."""
        token = _slot.set(repeat)
        started = perf_counter()
        question, engine = case_question(case), self._engine
        try:
            if isinstance(engine, ExtractiveEngine):
                async with self._cores:
                    started = perf_counter()
                    work = asyncio.to_thread(engine.draft_now, question)
                    draft = await drafted(work, question, engine=engine)
            else:
                draft = await drafted(engine.draft(question), question, engine=engine)
        finally:
            _slot.reset(token)
        seconds = perf_counter() - started
        if self._finish is not None:
            draft = await asyncio.to_thread(self._finish, draft)
        return await self._outcome(case, draft, repeat=repeat, seconds=seconds)

    async def restore(self, case: GoldCase, draft: Draft, *, repeat: int) -> Outcome:
        """Search again for the ranking; the draft and its time are as they were stored."""
        return await self._outcome(case, draft, repeat=repeat, seconds=draft.usage.seconds)

    async def _outcome(self, case: GoldCase, draft: Draft, *, repeat: int, seconds: float) -> Outcome:
        question = case_question(case)
        query = Query(text=question.text, context=question.section_path, top_k=self._depth)
        found: tuple[ScoredPassage, ...] = ()
        try:
            found = await asyncio.to_thread(self._source.search, query)
        except ModelError as error:  # the embedder's: an outcome without its ranking counts for nothing
            if draft.state is not DraftState.FAILED:
                draft = failed_draft(
                    question, error, engine=self.name, digest=self.program_digest, usage=draft.usage
                )
        used = {item.passage.id for item in draft.passages}
        ranking = (*draft.passages, *(item for item in found if item.passage.id not in used))
        return Outcome(
            case_id=case.id,
            repeat=repeat,
            draft=draft,
            retrieved=tuple(_placed(item, rank) for rank, item in enumerate(ranking, start=1)),
            used=len(draft.passages),
            seconds=seconds,
        )


def _placed(item: ScoredPassage, rank: int) -> ScoredPassage:
    """A passage at its rank, without the boxes, which no metric reads and which weigh most."""
    return replace(item, rank=rank, passage=replace(item.passage, boxes=()))


class RecordedAnswerer:
    """Answers from a JSONL file, so that any other system can be evaluated beside ours.

    One JSON object a line: ``id`` (the case; or ``question``, its text) and
    ``answer``; optional ``choice``, ``contexts`` (texts, or objects with ``text``,
    ``path``, ``page``), ``quotes`` (texts copied from the contexts),
    ``confidence`` (0 to 1), ``abstained``, ``error``, ``seconds``, ``cost_usd``,
    ``prompt_tokens``, ``completion_tokens``, ``repeat``. A line of our own
    ``outcomes.jsonl`` is taken as it is.

    Args:
        path: The file.

    Raises:
        UnreadableFile: No such file, or a line that is no such object.
    """

    def __init__(self, path: Path) -> None:
        text = _read(path)
        self.name = path.name
        self.program_digest = digest("recorded answers", text)
        self._lines: dict[tuple[str, int], Mapping[str, Any]] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                self._take(path, number, line)

    def _take(self, path: Path, number: int, line: str) -> None:
        try:
            entry: Any = parse_json(line)
            key = entry.get("case_id") or entry.get("id") or entry.get("question")
            if key is None or not ("answer" in entry or "draft" in entry or "error" in entry):
                raise ValueError("found neither id nor question, or no answer")
            self._lines[(_folded(str(key)), int(entry.get("repeat", 0)))] = entry
        except (ValueError, AttributeError, TypeError) as error:
            raise UnreadableFile(
                f"cannot read recorded answers {str(path)!r}, line {number}: {error}",
                hint='write one JSON object a line: {"id": "case", "answer": "…", "contexts": ["…"]}',
                code="bad-recording",
            ) from error

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        """Look the answer up; a case that is not in the file is a failed outcome."""
        entry = self._lines.get((_folded(case.id), repeat)) or self._lines.get(
            (_folded(case.question), repeat)
        )
        if entry is None:
            return _missing(case, repeat, f"{self.name} holds no answer to it (repeat {repeat})")
        try:
            if "draft" in entry:
                return replace(from_json(Outcome, entry), case_id=case.id, repeat=repeat)
            return _recorded(case, entry, repeat)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            return _missing(case, repeat, f"its line in {self.name} is not as expected: {error}")

    async def restore(self, case: GoldCase, draft: Draft, *, repeat: int) -> Outcome:
        """Look it up again: that is free."""
        del draft
        return await self.answer(case, repeat=repeat)


def _read(path: Path) -> str:
    try:
        return read_given(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"cannot read recorded answers {str(path)!r}: {error}",
            hint="name a JSONL file with one answer a line",
            code="bad-recording",
        ) from error


def _folded(text: str) -> str:
    return " ".join(text.split())


def _missing(case: GoldCase, repeat: int, why: str) -> Outcome:
    draft = Draft(
        question_id=QuestionId(case.id), state=DraftState.FAILED, error=f"no answer to {case.id!r}: {why}"
    )
    return Outcome(case_id=case.id, repeat=repeat, draft=draft)


def _recorded(case: GoldCase, entry: Mapping[str, Any], repeat: int) -> Outcome:
    if entry.get("error"):
        return _missing(case, repeat, str(entry["error"]))
    text = str(entry.get("answer") or "").strip()
    retrieved = tuple(
        _context(item, rank) for rank, item in enumerate(cast("list[Any]", entry.get("contexts") or []), 1)
    )
    choice = entry.get("choice")
    abstained = bool(entry.get("abstained", not text and choice is None))
    confidence = entry.get("confidence")
    seconds = float(entry.get("seconds") or 0.0)
    usage = Usage(
        calls=int(entry.get("calls") or 0),
        prompt_tokens=int(entry.get("prompt_tokens") or 0),
        completion_tokens=int(entry.get("completion_tokens") or 0),
        cost_usd=float(entry.get("cost_usd") or 0.0),
        seconds=seconds,
    )
    citations = tuple(_citation(str(quote), retrieved) for quote in entry.get("quotes") or ())
    draft = Draft(
        question_id=QuestionId(case.id),
        state=DraftState.NOT_FOUND if abstained else DraftState.DRAFTED,
        text="" if abstained else text,
        choice=None if choice is None else str(choice),
        claims=() if abstained or not text else (Claim(text=text, citations=citations),),
        support=Support.NOT_FOUND,
        confidence=None if confidence is None else float(confidence),
        passages=retrieved,
        engine="recorded",
        usage=usage,
    )
    return Outcome(
        case_id=case.id, repeat=repeat, draft=draft, retrieved=retrieved, used=len(retrieved), seconds=seconds
    )


def _context(item: object, rank: int) -> ScoredPassage:
    fields = cast("Mapping[str, Any]", item) if isinstance(item, Mapping) else {"text": str(item)}
    text, path = str(fields["text"]), str(fields.get("path") or "")
    page = fields.get("page")
    document = DocumentId(digest("recorded", path)) if path else DocumentId("")
    passage = Passage(
        id=PassageId(digest("recorded", path, str(page), text)),
        document_id=document,
        path=path,
        title=str(fields.get("title") or path),
        start=0,
        end=len(text),
        text=text,
        pages=() if page is None else (int(page),),
    )
    return ScoredPassage(passage=passage, score=float(fields.get("score") or -rank), rank=rank)


def _citation(quote: str, passages: tuple[ScoredPassage, ...]) -> Citation:
    """Place a quote in the first context that holds it; at no place where none does."""
    for item in passages:
        start = item.passage.text.find(quote)
        if quote and start >= 0:
            return Citation(
                passage_id=item.passage.id,
                document_id=item.passage.document_id,
                path=item.passage.path,
                title=item.passage.title,
                quote=quote,
                start=start,
                end=start + len(quote),
                pages=item.passage.pages,
            )
    return Citation(
        passage_id=PassageId(""), document_id=DocumentId(""), path="", title="", quote=quote, start=0, end=0
    )
