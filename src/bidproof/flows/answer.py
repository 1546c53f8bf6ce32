"""The main road: a buyer's questionnaire in, the same file filled in and proven out.

Read, ingest, draft, write. Every draft is saved as it ends under a job keyed by
questionnaire, program and documents: killed anywhere, the same command goes on.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bidproof.answering.consistency import contradictions
from bidproof.answering.protocol import Engine, PassageSource
from bidproof.answering.verdicts import say_undecided, with_verdicts
from bidproof.core.errors import WriteFailed
from bidproof.core.ids import DocumentId, QuestionId, digest
from bidproof.core.jsonable import to_json
from bidproof.core.records import LIBRARY_ENGINE, Draft, DraftState, Question, Questionnaire, Usage
from bidproof.flows.amend import Amendment, amend
from bidproof.flows.ingest import IngestReport, ingest
from bidproof.flows.inspect import load_mapping
from bidproof.flows.mapping import ModelUse, read_mapped
from bidproof.flows.requests.answering import AnswerRequest, IngestRequest
from bidproof.llm.protocol import NO_USAGE, add_usage
from bidproof.questionnaires.protocol import WriteReport
from bidproof.questionnaires.source_titles import SourceTitles
from bidproof.questionnaires.versions import AmendReport
from bidproof.questionnaires.write import write_answers
from bidproof.reports.answers.evidence_json import write_evidence_json
from bidproof.reports.answers.page import write_report
from bidproof.runtime.citations import Load, check_citations, document_loader
from bidproof.runtime.drafting import draft_all, open_engine, program_key, routing_key, within
from bidproof.runtime.index_parts import documents_digest
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.intake import READING
from bidproof.runtime.jobs import ClaimedJob, claimed
from bidproof.runtime.library import Reviews, Ruling
from bidproof.runtime.outputs import Placed, place_outputs
from bidproof.runtime.past_first import PastFirst, has_threshold, threshold_of
from bidproof.runtime.progress import Progress, Step, silent, without_notes
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DraftStatus

_ON_REQUEST = "a suggestion, written as it was asked for: read it before it is sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReport:
    """What came of one questionnaire.

    ``states`` counts drafts by state; ``kept`` are questions that were answered
    in the file already and left alone. ``usage`` adds up every draft of the job, with what runs
    that were stopped had paid for its question: it agrees with the journal.
    ``resumed`` counts drafts taken from an earlier run, ``approved`` answers that a person
    approved for these very questions: those are kept, whatever is drafted anew.
    ``amended`` says how the questionnaire lies to an earlier version of it, where one was named.
    ``left_alone`` are files that stood in the way of this run's, changed since they were
    written or somebody else's: this run's have a number in their names then.
    """

    questionnaire: str
    questions: int
    kept: int
    states: Mapping[str, int]
    choices: int
    from_library: int
    resumed: int
    approved: int
    usage: Usage
    spent_usd: float
    written: WriteReport
    evidence_json: Path
    report_html: Path
    left_alone: tuple[Path, ...]
    problems: tuple[str, ...]
    ingest: IngestReport | None
    engine: str
    seconds: float
    amended: AmendReport | None = None
    drafts: Mapping[QuestionId, Draft] = field(default_factory=dict[QuestionId, Draft])

    @property
    def failed(self) -> int:
        """Questions whose model calls failed; the same command tries them again."""
        return self.states.get(DraftState.FAILED, 0)

    def summary(self) -> dict[str, object]:
        """The report as JSON values without its drafts, which the evidence file holds."""
        values = to_json(replace(self, drafts={}))
        del values["drafts"]
        return values


def answer(request: AnswerRequest, *, session: Session, progress: Progress = silent) -> AnswerReport:
    """Fill in a questionnaire from the workspace's documents.

    Raises:
        UserError: The questionnaire, mapping, documents, settings or output are
            not usable; nothing has been written then.
    """
    started = time.monotonic()
    use = ModelUse(
        asks=request.map_with_model, model=session.settings.model, opened=lambda: nullcontext(session)
    )
    read = read_mapped(request.questionnaire, mapping=load_mapping(request.mapping), use=use)
    questionnaire = read.questionnaire
    out = _output(request)
    ingested = (
        ingest(
            IngestRequest(roots=request.docs, waits=True),
            session=session,
            progress=without_notes(progress, stage=READING),
        )
        if request.docs
        else None
    )
    load = document_loader(session.workspace)
    amendment = amend(request.amends, questionnaire, session=session)
    work = _Work(
        session=session,
        questionnaire=questionnaire,
        request=request,
        out=out,
        load=load,
        progress=progress,
        amendment=amendment,
    )
    drafts = work.draft(scope=ingested.documents if ingested else None)
    placed = work.write(drafts)
    asked = [question for question in questionnaire.questions if question.id in drafts]
    return AnswerReport(
        questionnaire=str(request.questionnaire),
        questions=len(questionnaire.questions),
        kept=len(questionnaire.questions) - len(asked),
        states=Counter(draft.state for draft in drafts.values()),
        choices=sum(draft.choice is not None for draft in drafts.values()),
        from_library=sum(draft.engine == LIBRARY_ENGINE for draft in drafts.values()),
        resumed=work.resumed,
        approved=work.approved,
        usage=total_usage(drafts),
        spent_usd=session.workspace.calls.spent_usd(work.job.id) + read.spent_usd,
        written=placed.written,
        evidence_json=placed.out.with_suffix(".json"),
        report_html=placed.out.with_suffix(".html"),
        left_alone=placed.left_alone,
        problems=(*questionnaire.problems, *contradictions(drafts), *filter(None, [work.lack])),
        ingest=ingested,
        engine=session.settings.model.model or "extractive",
        seconds=time.monotonic() - started,
        amended=amendment.report,
        drafts=drafts,
    )


def total_usage(drafts: Mapping[QuestionId, Draft]) -> Usage:
    """Add up what drafting cost; ``seconds`` is the sum over questions, not the wall clock."""
    return add_usage(*(draft.usage for draft in drafts.values()))


@dataclass(kw_only=True)
class _Work:
    """Drafts the open questions of one questionnaire under one job."""

    session: Session
    questionnaire: Questionnaire
    request: AnswerRequest
    out: Path
    load: Load
    progress: Progress
    amendment: Amendment
    job: ClaimedJob = field(init=False)
    resumed: int = 0
    approved: int = 0
    lack: str = ""
    drafts: dict[QuestionId, Draft] = field(default_factory=dict[QuestionId, Draft])
    earlier: dict[QuestionId, Draft] = field(default_factory=dict[QuestionId, Draft])
    paid: dict[QuestionId, Usage] = field(default_factory=dict[QuestionId, Usage])

    def draft(self, *, scope: tuple[DocumentId, ...] | None) -> dict[QuestionId, Draft]:
        questions = [q for q in self.questionnaire.questions if self.request.overwrite or not q.is_answered]
        parts = open_index_parts(self.session, progress=self.progress)
        self.lack = parts.lack
        source = within(parts.retriever(self.session.settings.retrieval), scope)
        job = self.session.workspace.jobs.start(
            kind="answer",
            key=self._key(scope),
            total=len(questions),
            detail={
                "questionnaire": str(self.request.questionnaire.absolute()),
                "content_hash": self.questionnaire.content_hash,
                "out": str(self.out.absolute()),
            },
        )
        with claimed(self.session.workspace, job.id, progress=self.progress) as self.job:
            self._settle_without_engine(questions)
            asked = {question.id: question for question in questions}
            pending = {item.id: item for item in with_verdicts(questions) if item.id not in self.drafts}

            def settle(draft: Draft) -> None:
                paid = self.paid.get(draft.question_id, NO_USAGE)
                whole = replace(draft, usage=add_usage(paid, draft.usage))
                key = draft.question_id
                checked = say_undecided(check_citations(whole, load=self.load), pending[key])
                checked = self._written_anyway(checked)
                checked = self.reviews.with_suggestions(asked[key], checked)
                self._take(self.reviews.hold_back(asked[key], checked), drafted=checked)

            # Without a model nothing that only comes near is ever written.
            evidence = self.reviews.offers.beside(source) if self.session.settings.model.model else source
            asyncio.run(self._run_engine(list(pending.values()), evidence, settle))
            self.job.finish()
        return {question.id: self.drafts[question.id] for question in questions}

    def _written_anyway(self, draft: Draft) -> Draft:
        """A suggestion as a draft, where the user wants suggestions to be written."""
        if self.request.write == "drafts" or draft.state is not DraftState.SUGGESTED:
            return draft
        return replace(draft, state=DraftState.DRAFTED, reasons=(_ON_REQUEST, *draft.reasons))

    def _settle_without_engine(self, questions: list[Question]) -> None:
        """Take what people approved, then what an earlier run drafted."""
        rows = self.session.workspace.jobs.draft_rows(self.job.id, status=DraftStatus.APPROVED)
        approved = {row.question_id for row in rows}
        self.earlier = self.job.drafts()
        ledger = self.session.workspace.calls.ledger(self.job.id)
        self.paid = {QuestionId(row.question_id): row.usage for row in ledger}
        self.reviews = Reviews(
            questions,
            questionnaire=self.request.questionnaire.name,
            session=self.session,
            today=datetime.now(UTC).date(),
            load=self.load,
            scope=self.request.scope,
        )
        for question in questions:
            earlier = self.earlier.get(question.id)
            if question.id in approved and earlier is not None:
                self.drafts[question.id] = earlier
                self.approved += 1
            elif (ruling := self.reviews.approved(question)) is not None:
                self._take(ruling)
                self.approved += bool(ruling.job_id)
            elif (carried := self.amendment.drafts.get(question.id)) is not None:
                self._take(self.reviews.hold_back(question, carried))
            elif earlier is not None and not self.request.fresh and _is_finished(earlier):
                earlier = self.reviews.with_suggestions(question, earlier)
                self._take(self.reviews.hold_back(question, earlier), drafted=earlier)
                self.resumed += 1

    def _take(self, ruling: Ruling, *, drafted: Draft | None = None) -> None:
        """Settle a question, and save what settled it.

        The job keeps what was drafted where a review of that very draft decides: the
        file that comes back is then held against the same draft again.
        """
        key = ruling.draft.question_id
        self.drafts[key] = ruling.draft
        kept = (drafted or self.earlier.get(key)) if ruling.job_id == self.job.id else None
        saved = kept or ruling.draft
        if saved != self.earlier.get(key) and not self.job.save(saved):
            # Approved while this run was drafting: that stands.
            self.drafts[key] = self.job.drafts()[key]
            self.approved += 1

    def write(self, drafts: Mapping[QuestionId, Draft]) -> Placed:
        """Write the answered file, its companions and both reports."""
        request = self.request
        titles = SourceTitles(documents=self.load)
        shown = {key: titles.rename(draft) for key, draft in drafts.items()}

        def write_all(out: Path) -> WriteReport:
            written = write_answers(
                self.questionnaire, shown, out=out, evidence=request.evidence, overwrite=request.overwrite
            )
            write_evidence_json(
                questionnaire=self.questionnaire,
                drafts=drafts,
                documents=self.load,
                out=out.with_suffix(".json"),
                written=written,
                amended=self.amendment.report,
            )
            write_report(
                questionnaire=self.questionnaire,
                drafts=drafts,
                documents=self.load,
                out=out.with_suffix(".html"),
                title=request.questionnaire.name,
                written=written,
                amended=self.amendment.report,
            )
            return written

        outputs = self.session.workspace.outputs
        return place_outputs(self.out, write_all, outputs=outputs, original=request.questionnaire)

    async def _run_engine(
        self, questions: list[Question], source: PassageSource, save: Callable[[Draft], None]
    ) -> None:
        if not questions:
            return

        def tell(note: str) -> None:
            self.progress(Step(stage="answering", done=0, total=0, note=note))

        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(
                open_engine(self.session, source, job_id=self.job.id, notice=tell)
            )
            await draft_all(
                questions,
                engine=await self._past_first(stack, engine),
                concurrency=self.session.settings.model.concurrency,
                save=save,
                progress=self.progress,
            )

    async def _past_first(self, stack: AsyncExitStack, engine: Engine) -> Engine:
        """The engine, after past answers where the model is calibrated for them."""
        settings, facts = self.session.settings.model, self.session.workspace.facts
        if not settings.model or not has_threshold(facts):
            return engine
        model = await stack.enter_async_context(self.session.open_model(settings, job_id=self.job.id))
        threshold = threshold_of(facts, model.name)
        if threshold is None:
            return engine
        return PastFirst(
            engine,
            self.reviews.offers,
            model=model,
            settings=settings,
            threshold=threshold,
            load=self.load,
            today=datetime.now(UTC).date(),
        )

    def _key(self, scope: tuple[DocumentId, ...] | None) -> str:
        """Name the job: same file, mapping, program and documents mean the same job."""
        return digest(
            self.questionnaire.content_hash,
            json.dumps(to_json(self.questionnaire.layout), sort_keys=True),
            program_key(self.session.settings),
            *routing_key(self.session),
            documents_digest(self.session, scope),
            *filter(None, [self.amendment.digest]),
            *(["suggestions are written"] if self.request.write == "suggestions" else []),
            length=32,
        )


def _is_finished(draft: Draft) -> bool:
    """Whether a draft may stand for good: an entry of the library may have been taken out."""
    return draft.state is not DraftState.FAILED and draft.engine != LIBRARY_ENGINE


def _output(request: AnswerRequest) -> Path:
    """Where the answered file goes; refuses to replace the buyer's own file.

    Raises:
        WriteFailed: The output is the questionnaire itself, or its folder is missing.
    """
    source = request.questionnaire
    out = request.out or Path(f"{source.stem}.answered{source.suffix}")
    if out.is_dir():
        out = out / f"{source.stem}.answered{source.suffix}"
    if source.suffix.lower() == ".pdf":
        out = out.with_suffix(".docx")
    if out.exists() and source.exists() and out.samefile(source):
        raise WriteFailed(
            f"cannot write to {str(out)!r}: found the questionnaire itself, expected another file",
            hint="name another file with -o; the buyer's original is never changed",
        )
    if not out.absolute().parent.is_dir():
        raise WriteFailed(
            f"cannot write to {str(out)!r}: found no folder {str(out.parent)!r}, expected one",
            hint="create the folder first, or name another file with -o",
        )
    return out
