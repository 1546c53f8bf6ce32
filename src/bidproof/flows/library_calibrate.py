"""From which log odds on a model's word is enough to write a past answer: found on labelled pairs."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bidproof.answering.past.flags import flags
from bidproof.answering.past.verifier import Threshold, lean, threshold_fact, threshold_for
from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.next_steps import NextStep
from bidproof.evaluation.gold.tables import read_table
from bidproof.flows.requests.library import LibraryCalibrateRequest
from bidproof.language.choices import meaning_of
from bidproof.runtime.session import Session
from bidproof.workspace.rows import LibraryEntry

_COLUMNS = ("question", "past_question", "past_choice", "past_answer", "is_right")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryCalibration:
    """What was found on the pairs; ``threshold`` is None where none will do.

    ``flagged`` pairs are not asked about; for ``silent`` ones the model gave no probabilities.
    """

    model: str
    pairs: int
    flagged: int
    silent: int
    threshold: Threshold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    question: str
    entry: LibraryEntry
    is_right: bool


def calibrate_library(request: LibraryCalibrateRequest, *, session: Session) -> LibraryCalibration:
    """Ask the model about labelled pairs, and keep from where on it is right often enough.

    Nothing is kept, and what was is forgotten, where no threshold will do.

    Raises:
        InvalidSetting: No model is set.
        UserError: The table lacks a column (``library-pairs``).
        UnreadableFile: It cannot be read.
    """
    settings = session.settings.model
    if not settings.model:
        raise InvalidSetting(
            "cannot calibrate the reuse of past answers: found no model in the settings, expected one",
            hint=NextStep("name a model", options=("model",)),
        )
    pairs = _read(request)
    asked = [pair for pair in pairs if not flags(pair.question, pair.entry)]

    async def ask() -> tuple[str, list[tuple[float, bool]]]:
        async with session.open_model(settings, job_id=None, run="library calibrate") as model:
            found: list[tuple[float, bool]] = []
            for pair in asked:
                leaning = await lean(pair.question, pair.entry, model=model, settings=settings)
                if leaning.log_odds is not None:
                    found.append((leaning.log_odds, pair.is_right))
            return model.name, found

    name, found = asyncio.run(ask())
    threshold = threshold_for(found, precision=request.precision)
    facts = session.workspace.facts
    if threshold is None:
        facts.remove(threshold_fact(name))
    else:
        facts.set(threshold_fact(name), repr(threshold.log_odds))
    return LibraryCalibration(
        model=name,
        pairs=len(pairs),
        flagged=len(pairs) - len(asked),
        silent=len(asked) - len(found),
        threshold=threshold,
    )


def _read(request: LibraryCalibrateRequest) -> list[_Pair]:
    table = read_table(request.pairs)
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise UserError(
            f"cannot calibrate on {request.pairs.name!r}: found no column {', '.join(missing)}, "
            f"expected {', '.join(_COLUMNS)}",
            hint="name the columns so in the first row; is_right is yes or no",
            code="library-pairs",
        )
    today = datetime.now(UTC).date()
    return [_pair({name: str(row.values.get(name) or "") for name in _COLUMNS}, today) for row in table.rows]


def _pair(said: dict[str, str], today: date) -> _Pair:
    entry = LibraryEntry(
        question=said["past_question"],
        answer=said["past_answer"],
        choice=said["past_choice"] or None,
        approver="",
        approved=today,
    )
    return _Pair(question=said["question"], entry=entry, is_right=meaning_of(said["is_right"]) == "yes")
