"""The edge of one question: whatever goes wrong while it is drafted is its own state, and the run goes on."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace

from bidproof.answering.protocol import Engine
from bidproof.core.errors import BidproofError, ModelError, RunStopped
from bidproof.core.records import Draft, DraftState, Question, ScoredPassage, Usage
from bidproof.llm.failures import notes_of, shortened
from bidproof.retrieval.reranker import has_failed

_UNRANKED = "the re-ranker failed: its passages stand in the order of the search"


async def drafted(work: Awaitable[Draft], question: Question, *, engine: Engine) -> Draft:
    """Await a draft; one that cannot be made is a ``FAILED`` draft of that question alone.

    Where its passages were to be re-ranked and could not be, it says so.

    Args:
        work: Drafts the question.
        question: It.
        engine: Whose work it is.

    Raises:
        BidproofError: What the next question would meet too: the workspace, the disk, a setting.
        RunStopped: A limit of the run is reached.
    """
    try:
        return _told(await work)
    except ModelError as error:
        failure, usage = error, notes_of(error).spent
    except (BidproofError, RunStopped):
        raise
    except Exception as error:  # noqa: BLE001 - the edge of one question: a fault of ours or of a library
        failure, usage = _fault(error, question), Usage()
    return failed_draft(question, failure, engine=engine.name, digest=engine.program_digest, usage=usage)


def _told(draft: Draft) -> Draft:
    return replace(draft, reasons=(*draft.reasons, _UNRANKED)) if has_failed(draft.passages) else draft


def failed_draft(
    question: Question,
    error: BidproofError,
    *,
    engine: str,
    digest: str,
    usage: Usage,
    passages: Sequence[ScoredPassage] = (),
) -> Draft:
    """A draft that says that a call failed, and how; it holds no answer."""
    return Draft(
        question_id=question.id,
        state=DraftState.FAILED,
        reasons=("the model call failed; run again to retry this question",)
        if isinstance(error, ModelError)
        else ("drafting failed; run again to retry this question",),
        passages=tuple(passages),
        engine=engine,
        program_digest=digest,
        usage=usage,
        error=f"error[{error.code}]: {error.message}\nhint: {error.hint}",
    )


def _fault(error: Exception, question: Question) -> BidproofError:
    return BidproofError(
        f"cannot draft {str(question.id)!r}: found {type(error).__name__}: {shortened(str(error), 400)}",
        hint="run again; if it repeats, report it with this message",
    )
