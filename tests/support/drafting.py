"""Parts of the tests of drafting with a scripted model: passages, replies, questions."""

import asyncio
from dataclasses import replace
from typing import Any

from bidproof.answering.generative import GenerativeEngine
from bidproof.core.ids import QuestionId
from bidproof.core.records import Draft, Passage, Question, QuestionKind, ScoredPassage
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.llm.fake import FakeModel
from bidproof.llm.gateway import Gateway
from bidproof.prompts.program import Program, default_program, fitted
from bidproof.retrieval.protocol import Query
from passages import make_passage, ranked

AES = "Customer data is encrypted at rest with AES-256."
KEYS = "Keys are rotated every 12 months."
ENCRYPTION = f"{AES} {KEYS}"
NIGHT = "Backups run every night and are kept for 30 days."
BACKUPS = f"{NIGHT} Restores are not tested."
FREE = Question(id=QuestionId("q1"), text="How is customer data encrypted?")
YES_NO = Question(
    id=QuestionId("q2"),
    text="Is customer data encrypted at rest?",
    kind=QuestionKind.YES_NO,
    options=("Yes", "No", "NA"),
)


def passage_at(text: str, *, path: str, start: int, page: int = 1, title: str = "") -> Passage:
    return make_passage(text, path=path, title=title or path, start=start, pages=(page,))


class Library:
    """Gives the passages with a word of the question, best first, and remembers what it was asked."""

    def __init__(self, *passages: Passage) -> None:
        self.queries: list[Query] = []
        self._passages = passages

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        self.queries.append(query)
        wanted = {word.strip("?.,").lower() for word in query.text.split() if len(word) > 3}
        allowed = [
            item for item in self._passages if not query.filters.paths or item.path in query.filters.paths
        ]
        counts = {item.id: sum(word in item.text.lower() for word in wanted) for item in allowed}
        found = allowed if query.filters.paths else [item for item in allowed if counts[item.id]]
        best = sorted(found, key=lambda item: -counts[item.id])
        return ranked(*best[: query.top_k if query.top_k is not None else 3])


class Fixed:
    """A source that always gives the same texts, one document each."""

    def __init__(self, *texts: str) -> None:
        self._found = ranked(
            *(
                passage_at(text, path=f"d{rank}.md", start=100 * rank)
                for rank, text in enumerate(texts, start=1)
            )
        )

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        del query
        return self._found


def reply(
    *sentences: tuple[str, list[int]],
    quotes: list[tuple[int, str]] | None = None,
    answerable: bool = True,
    **more: Any,
) -> dict[str, Any]:
    return {
        "answerable": answerable,
        "quotes": [{"passage": passage, "text": text} for passage, text in quotes or []],
        **more,
        "sentences": [{"text": text, "quotes": cited} for text, cited in sentences],
    }


NOTHING = reply(answerable=False)
GOOD = reply((AES, [1]), quotes=[(1, AES)])


def draft(
    question: Question,
    script: list[Any],
    *,
    source: Any = None,
    program: dict[str, Any] | None = None,
    all_used: bool = True,
    respond: Any = None,
    top_k: int = 3,
    **answering: Any,
) -> tuple[Draft, FakeModel]:
    """Draft once with a scripted model; the program is the packaged one with the given switches."""
    model = FakeModel(script, respond=respond)
    settings = Settings(
        model=ModelSettings(model="fake", attempts=1, patience_s=0),
        answering=AnsweringSettings(**answering),
        retrieval=RetrievalSettings(top_k=top_k),
    )
    built: Program = fitted(replace(default_program(settings, model_name="fake"), **(program or {})))

    async def run() -> Draft:
        gateway = Gateway(model, settings=settings.model)
        try:
            engine = GenerativeEngine(source or Fixed(ENCRYPTION, BACKUPS), gateway, settings, program=built)
            return await engine.draft(question)
        finally:
            await gateway.aclose()

    result = asyncio.run(run())
    assert result.program_digest == built.digest()
    if all_used:
        assert model.unused == ()
    return result, model
