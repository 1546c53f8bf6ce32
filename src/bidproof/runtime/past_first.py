"""An engine that writes a past answer where a model is sure enough that it answers the question."""

from dataclasses import dataclass, replace
from datetime import date

from bidproof.answering.past.verifier import THRESHOLDS, lean, threshold_fact
from bidproof.answering.protocol import Engine
from bidproof.core.errors import ModelError
from bidproof.core.records import Draft, Question, Usage
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import NO_USAGE, ChatModel, add_usage
from bidproof.runtime.citations import Load
from bidproof.runtime.library import library_draft
from bidproof.runtime.past_answers import Offers
from bidproof.workspace.facts import FactTable
from bidproof.workspace.rows import LibraryEntry


def has_threshold(facts: FactTable) -> bool:
    """Whether any model is calibrated for writing past answers."""
    return any(name.startswith(THRESHOLDS) for name in facts.all())


def threshold_of(facts: FactTable, model_name: str) -> float | None:
    """Log odds from which on past answers are written; None while the model is not calibrated for it."""
    stored = facts.get(threshold_fact(model_name))
    return None if stored is None else float(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sure:
    entry: LibraryEntry
    log_odds: float


class PastFirst:
    """Asks the model about the near past answers that nothing speaks against, then drafts.

    Args:
        engine: Drafts where no past answer is written.
        offers: Of the answer library.
        model: Asked about pairs.
        settings: Of the model.
        threshold: Log odds from which on a past answer is written.
        load: Loads documents, to see whether a past answer's evidence still stands.
        today: For what has expired.
    """

    def __init__(
        self,
        engine: Engine,
        offers: Offers,
        *,
        model: ChatModel,
        settings: ModelSettings,
        threshold: float,
        load: Load,
        today: date,
    ) -> None:
        self._engine = engine
        self._offers = offers
        self._model = model
        self._settings = settings
        self._threshold = threshold
        self._load = load
        self._today = today

    @property
    def name(self) -> str:
        """That of the engine that drafts."""
        return self._engine.name

    @property
    def program_digest(self) -> str:
        """That of the engine that drafts."""
        return self._engine.program_digest

    async def draft(self, question: Question) -> Draft:
        """The past answer that the model is surest of, else a draft; the cost of both is in it."""
        best, usage = await self._surest(question)
        if best is None or best.log_odds < self._threshold:
            draft = await self._engine.draft(question)
            return replace(draft, usage=add_usage(usage, draft.usage))
        draft = library_draft(question, best.entry, load=self._load, today=self._today)
        why = (
            f"asked then: {best.entry.question!r}; the model takes it for an answer to this question "
            f"(log odds {best.log_odds:.1f}, written from {self._threshold:.1f} on)"
        )
        return replace(draft, reasons=(*draft.reasons, why), usage=usage)

    async def _surest(self, question: Question) -> tuple[_Sure | None, Usage]:
        best: _Sure | None = None
        usage = NO_USAGE
        for entry in self._offers.candidates(question):
            try:
                leaning = await lean(
                    question.text,
                    entry,
                    model=self._model,
                    settings=self._settings,
                    question_id=str(question.id),
                )
            except ModelError:
                break  # the draft meets the same and says so
            usage = add_usage(usage, leaning.usage)
            if leaning.log_odds is not None and (best is None or leaning.log_odds > best.log_odds):
                best = _Sure(entry=entry, log_odds=leaning.log_odds)
        return best, usage
