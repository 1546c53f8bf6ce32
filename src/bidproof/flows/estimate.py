"""``bidproof answer FILE --estimate``: what a model would be sent and could cost, before anything is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bidproof.answering.verdicts import with_verdicts
from bidproof.core.records import Question, ScoredPassage
from bidproof.flows.ingest import bring_in
from bidproof.flows.inspect import load_mapping
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.language.tokens import count_tokens_many
from bidproof.llm.budget import cost_usd
from bidproof.prompts.fences import excerpts_of
from bidproof.prompts.program import Program
from bidproof.questionnaires.read import read_questionnaire
from bidproof.retrieval.protocol import Query
from bidproof.runtime.drafting import within
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.past_answers import Offers
from bidproof.runtime.program_choice import chosen_version, program_under
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateReport:
    """What drafting a questionnaire would send, and the bounds of its cost.

    Attributes:
        questionnaire: The file.
        questions: Questions that a model would be asked.
        from_library: Those that the answer library answers at no cost.
        model: Its name; empty without one, and then nothing is sent.
        calls_least: Calls if no reply has to be sent back and no tool is used.
        calls_most: Calls at most, failed attempts aside.
        prompt_tokens: Of the first call of every question together, in word pieces of the
            embedding model: a model counts its own, usually fewer.
        longest_tokens: Of the longest such call.
        max_output_tokens: Of one reply, at most.
        least_usd: The prompts of ``calls_least`` calls, replies not counted.
        most_usd: ``calls_most`` calls with replies as long as they may be; None without prices.
    """

    questionnaire: str
    questions: int
    from_library: int
    model: str
    calls_least: int
    calls_most: int
    prompt_tokens: int
    longest_tokens: int
    max_output_tokens: int
    least_usd: float | None
    most_usd: float | None


def estimate(request: AnswerRequest, *, session: Session, progress: Progress = silent) -> EstimateReport:
    """Count what would be sent; searches as drafting would, and asks no model.

    Raises:
        UserError: The questionnaire, mapping, documents or settings are not usable.
    """
    found = read_questionnaire(request.questionnaire, mapping=load_mapping(request.mapping))
    scope = bring_in(request.docs, session=session, progress=progress)
    scoped = within(open_retriever(session, progress=progress), scope)
    asked = [item for item in found.questions if request.overwrite or not item.is_answered]
    offers = Offers(asked, session=session, today=datetime.now(UTC).date(), scope=request.scope)
    open_ones = [item for item in with_verdicts(asked) if offers.same(item) is None]
    settings = session.settings
    program = program_under(
        settings, chosen_version(session.workspace.folder, settings), model_name=settings.model.model
    )
    sizes: list[int] = []
    if settings.model.model:
        evidence = offers.beside(scoped)
        for number, question in enumerate(open_ones, start=1):
            query = Query(text=question.text, context=question.section_path, top_k=program.retrieval.top_k)
            sizes.append(_first_call(program, question, evidence.search(query)))
            progress(Step(stage="counting tokens", done=number, total=len(open_ones)))
    return _report(request, program, sizes, session=session, from_library=len(asked) - len(open_ones))


def _first_call(program: Program, question: Question, passages: Sequence[ScoredPassage]) -> int:
    from bidproof.answering.preview import preview_messages

    if not passages:
        return 0  # nothing found: no model is asked
    messages = preview_messages(
        program,
        question.text,
        excerpts=excerpts_of(passages),
        options=question.options,
        section_path=question.section_path,
    )
    return sum(count_tokens_many([item.content for item in messages]))


def _report(
    request: AnswerRequest, program: Program, sizes: Sequence[int], *, session: Session, from_library: int
) -> EstimateReport:
    model = session.settings.model
    sent = [size for size in sizes if size]
    least, most = _calls(program)
    is_free = model.model.partition(":")[0] in ("", "local", "fake", "recorded")
    is_priced = is_free or bool(model.prompt_price or model.completion_price)
    total = sum(sent)
    return EstimateReport(
        questionnaire=str(request.questionnaire),
        questions=len(sent),
        from_library=from_library,
        model=model.model,
        calls_least=least * len(sent),
        calls_most=most * len(sent),
        prompt_tokens=total,
        longest_tokens=max(sent, default=0),
        max_output_tokens=model.max_output_tokens,
        least_usd=cost_usd(model, prompt_tokens=least * total, completion_tokens=0) if is_priced else None,
        most_usd=cost_usd(
            model,
            prompt_tokens=most * (total + len(sent) * model.max_output_tokens),
            completion_tokens=most * len(sent) * model.max_output_tokens,
        )
        if is_priced
        else None,
    )


def _calls(program: Program) -> tuple[int, int]:
    """Calls that a question of one part takes, at least and at most."""
    answer = 1 if program.calls == "one" else 2
    least = answer + program.rewrites + program.self_check
    most = least + answer * program.repairs + program.repairs * program.self_check
    most += program.splits_with_model + program.tool_steps
    return least * program.ensemble, most * program.ensemble
