"""Answer one question from the workspace's documents."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from bidproof.answering.failing import drafted
from bidproof.core.errors import InvalidSetting
from bidproof.core.ids import QuestionId
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Draft, Question, QuestionKind
from bidproof.flows.requests.answering import AskRequest
from bidproof.runtime.citations import check_citations, document_loader
from bidproof.runtime.drafting import open_engine, within
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.library import library_draft
from bidproof.runtime.past_answers import Offers
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session


def ask(request: AskRequest, *, session: Session, progress: Progress = silent) -> Draft:
    """Draft an answer with citations.

    Raises:
        InvalidSetting: The question is empty.
        UserError: No documents, or settings that cannot be used.
    """
    if not request.text.strip():
        raise InvalidSetting(
            "cannot answer: found an empty question, expected text",
            hint=NextStep("write the question out", Action.ASK),
        )
    question = Question(
        id=QuestionId("ask"),
        text=request.text.strip(),
        kind=QuestionKind.CHOICE if request.options else QuestionKind.FREE,
        options=request.options,
        section_path=(request.section,) if request.section else (),
    )
    scope = None
    if request.docs:
        from bidproof.flows.ingest import bring_in  # the readers: a question alone does without

        scope = bring_in(request.docs, session=session, progress=progress)
    parts = open_index_parts(session, progress=progress)
    source = within(parts.retriever(session.settings.retrieval), scope)
    load, today = document_loader(session.workspace), datetime.now(UTC).date()
    offers = Offers([question], session=session, today=today)
    known = offers.same(question)
    if known is not None:
        return library_draft(question, known, load=load, today=today)

    source = offers.beside(source) if session.settings.model.model else source

    def tell(note: str) -> None:
        progress(Step(stage="answering", done=0, total=0, note=note))

    async def run() -> Draft:
        async with open_engine(session, source, job_id=None, notice=tell) as engine:
            return await drafted(engine.draft(question), question, engine=engine)

    draft = check_citations(asyncio.run(run()), load=load)
    draft = replace(draft, suggestions=offers.suggestions(question))
    return replace(draft, reasons=(*draft.reasons, parts.lack)) if parts.lack else draft
