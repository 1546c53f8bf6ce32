"""The steps of a program as DSPy signatures: what is shown, what is asked, what comes back.

Each step is one model call through :class:`GatewayLM`. Checks and decisions are
not made here; see ``generative.py``.
"""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from bidproof.answering.adapter import FencedJsonAdapter, GatewayLM
from bidproof.answering.generative_replies import Quoted, Reply, Sentence
from bidproof.answering.react import Observed, ToolCall
from bidproof.answering.self_check import Verdict, sentences_with_quotes
from bidproof.answering.signatures import (
    CANNOT_TELL,
    answer_signature,
    check_signature,
    compose_signature,
    quote_signature,
    react_signature,
    rewrite_signature,
    split_signature,
    with_repair,
)
from bidproof.answering.step_calls import tell
from bidproof.answering.sufficiency_model import answerable_probability
from bidproof.answering.tools import tool_specs
from bidproof.core.errors import ModelGarbled
from bidproof.core.records import Claim, Question, ScoredPassage
from bidproof.llm.failures import notes_of
from bidproof.llm.protocol import ChatModel, add_usage
from bidproof.prompts.fences import excerpts_of, fence, fence_excerpts
from bidproof.prompts.program import Example, Program, steps_of
from bidproof.prompts.templates import instructions, invalid
from bidproof.prompts.texts import OPTIONAL, standing_text

# Wider than any slot that an evaluation gives its repeats, so that the two never meet.
_SLOTS = 2**40


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to answer: a question or a part of one.

    Attributes:
        question: Gives section, guidance, options and limits.
        text: What is asked here.
        earlier: Questions and answers of the parts before, for reference.
        notes: Results of calculations; an answer may state them only where its quotes do.
        findings: What the gate has against the nearest statements; see ``gate.judge``.
    """

    question: Question
    text: str
    earlier: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


class ProgramSteps:
    """Runs the steps of one program on one model.

    Args:
        program: Prompts, examples, switches.
        model: Where calls go.

    Raises:
        UserError: A step that it takes has no text (``program-invalid``); see ``prompts.program.fitted``.
    """

    def __init__(self, program: Program, model: ChatModel) -> None:
        for missing in (step for step in OPTIONAL if step in steps_of(program) and step not in program.texts):
            raise invalid(f"found no text {missing!r}", "prompts.program.fitted puts the packaged one in")
        self._program = program
        self._texts = instructions(program.texts, program.variables)
        self._model = model
        self._adapter = FencedJsonAdapter()
        self._examples: dict[type[Any], list[dict[str, Any]]] = {}

    def open_lm(self, question_id: str, *, draft: int = 0) -> GatewayLM:
        """The language model for one draft of a question; it adds up what that costs.

        Args:
            question_id: The question.
            draft: Which of several drafts, from 0: the calls of each are made anew.
        """
        return GatewayLM(
            self._model,
            settings=self._program.model,
            question_id=question_id,
            repeat=draft * _SLOTS,
        )

    async def answer(self, lm: GatewayLM, task: Task, passages: Sequence[ScoredPassage]) -> Reply:
        """Ask for quotes and answer, in one call or two.

        Raises:
            ModelError: A call failed or its reply has the wrong shape.
        """
        reply = await self._ask_first(lm, task, passages)
        is_whole = self._program.calls == "one" or not reply.answerable or not reply.quotes
        return reply if is_whole else await self._compose(lm, task, reply)

    async def repair(
        self,
        lm: GatewayLM,
        task: Task,
        passages: Sequence[ScoredPassage],
        *,
        reply: Reply,
        problems: Sequence[str],
    ) -> Reply:
        """Show a reply with its problems and ask once more.

        Raises:
            ModelError: The call failed or its reply has the wrong shape.
        """
        again = self._again(reply.text, problems)
        if self._program.calls == "two" and reply.sentences:
            return await self._compose(lm, task, reply, again=again)
        reply = await self._ask_first(lm, task, passages, again=again)
        is_whole = self._program.calls == "one" or not reply.quotes
        return reply if is_whole else await self._compose(lm, task, reply)

    async def reach(
        self,
        lm: GatewayLM,
        task: Task,
        passages: Sequence[ScoredPassage],
        *,
        taken: Sequence[Observed],
        left: int,
    ) -> ToolCall:
        """Ask which tool to call next.

        Args:
            lm: The language model of the question.
            task: What is to be answered.
            passages: Those of the first search; what tools found stands in the steps.
            taken: The steps so far.
            left: Steps that are left, this one included.

        Raises:
            ModelError: The call failed. A reply that is no call of an offered tool is a
                :class:`ToolCall` with a problem.
        """
        tools = tool_specs(self._program.tools)
        signature = react_signature(instructions=self._texts["react"], tools=tools)
        told = [self._fence("reply", step.shown, note=f"step {at}") for at, step in enumerate(taken, start=1)]
        inputs = {
            "tools": "\n".join(["Tools:", *(tool.line for tool in tools)]),
            "passages": self._excerpts(passages),
            "question": self._ask(task),
            "steps": "\n\n".join([*told, f"Steps left: {left}."]),
        }
        replies = len(lm.completions)
        try:
            fields = await self._once(lm, signature, inputs)
        except ModelGarbled as error:
            notes = notes_of(error)
            if notes.reply is None and not notes.completion_tokens and len(lm.completions) == replies:
                raise  # nothing was replied at all
            lm.failed = add_usage(lm.failed, notes.spent)
            offered = ", ".join(tool.name for tool in tools)
            return ToolCall(problem=f"that was no call of an offered tool ({offered}) with its arguments")
        call = fields["call"]
        return ToolCall(thought=str(fields["thought"]), tool=call.tool, arguments=call.arguments.model_dump())

    async def check(self, lm: GatewayLM, task: Task, claims: Sequence[Claim]) -> tuple[Verdict, ...]:
        """Ask of each sentence whether it is what its quotes say.

        Raises:
            ModelError: The call failed or its reply has the wrong shape.
        """
        signature = check_signature(instructions=self._texts["check"], sentences=len(claims))
        inputs = {
            "quotes": self._fence("quotes", sentences_with_quotes(claims)),
            "question": self._ask(task),
        }
        fields = await self._predict(lm, signature, inputs)
        return tuple(
            Verdict(
                sentence=item.sentence, is_supported=item.verdict == "supported", reasoning=item.reasoning
            )
            for item in fields["verdicts"]
        )

    async def split(self, lm: GatewayLM, question: Question) -> tuple[str, ...]:
        """Ask for the parts of a compound question; the question itself when it has none."""
        signature = split_signature(instructions=self._texts["split"])
        fields = await self._predict(lm, signature, {"question": self._fence("question", question.text)})
        parts = tuple(part.strip() for part in cast("list[str]", fields["parts"]) if part.strip())
        return parts if len(parts) > 1 else (question.text,)

    async def rewrite(self, lm: GatewayLM, text: str) -> tuple[str, ...]:
        """Ask for other wordings to search for."""
        signature = rewrite_signature(instructions=self._texts["rewrite"])
        fields = await self._predict(lm, signature, {"question": self._fence("question", text)})
        return tuple(query.strip() for query in cast("list[str]", fields["queries"]) if query.strip())

    async def _ask_first(
        self,
        lm: GatewayLM,
        task: Task,
        passages: Sequence[ScoredPassage],
        *,
        again: Mapping[str, str] | None = None,
    ) -> Reply:
        """Quotes and answer, or of a program of two calls the quotes alone."""
        options, has_reasoning = task.question.options, self._program.answering.chain_of_thought
        if self._program.calls == "one":
            signature = answer_signature(
                instructions=self._instructions("answer", has_choice=bool(options)),
                passages=len(passages),
                options=options,
                has_reasoning=has_reasoning,
            )
        else:
            signature = quote_signature(
                instructions=self._instructions("quote", has_choice=False),
                passages=len(passages),
                has_reasoning=has_reasoning,
            )
        inputs = {"passages": self._excerpts(passages), "question": self._ask(task)}
        return _reply(await self._predict(lm, signature, {**inputs, **(again or {})}), lm)

    async def _compose(
        self, lm: GatewayLM, task: Task, quoted: Reply, *, again: Mapping[str, str] | None = None
    ) -> Reply:
        options = task.question.options
        instructions = self._texts["compose"] + (f"\n\n{self._texts['choice']}" if options else "")
        signature = compose_signature(instructions=instructions, options=options)
        inputs = {"quotes": self._quotes(quoted.quotes), "question": self._ask(task)}
        composed = _reply(await self._predict(lm, signature, {**inputs, **(again or {})}), lm)
        return replace(quoted, sentences=composed.sentences, choice=composed.choice, text=composed.text)

    async def _predict(
        self, lm: GatewayLM, signature: type[Any], inputs: Mapping[str, str]
    ) -> dict[str, Any]:
        try:
            return await self._once(lm, signature, inputs)
        except ModelGarbled as error:
            notes = notes_of(error)
            if notes.reply is None or "problems" in inputs or not self._program.repairs:
                raise
            lm.failed = add_usage(lm.failed, notes.spent)
            again = self._again(notes.reply, (error.message,))
            return await self._predict(lm, signature, {**inputs, **again})

    async def _once(self, lm: GatewayLM, signature: type[Any], inputs: Mapping[str, str]) -> dict[str, Any]:
        asked = with_repair(signature) if "problems" in inputs else signature
        examples = self._examples.get(signature)
        if examples is None:
            examples = self._examples[signature] = self._demos(signature)
        # Straight to the adapter: DSPy's predictor would only add settings, type checks
        # and a trace that nobody reads, at half a millisecond of the event loop a call.
        (fields,) = await self._adapter.acall(lm, {"want_logprobs": True}, asked, examples, dict(inputs))
        tell(signature, inputs, fields)
        return fields

    def _again(self, reply: str, problems: Sequence[str]) -> dict[str, str]:
        wrong = "\n".join(f"- {problem}" for problem in problems)
        return {"reply": reply, "problems": f"{self._texts['repair']}\n{self._fence('problems', wrong)}"}

    def _instructions(self, step: str, *, has_choice: bool) -> str:
        names = [step] + ["choice"] * has_choice
        names += ["reasoning"] * self._program.answering.chain_of_thought
        return "\n\n".join(self._texts[name] for name in names)

    def _fence(self, name: str, text: str, *, note: str = "") -> str:
        return fence(name, text, style=self._program.answering.prompt_format, note=note)

    def _excerpts(self, passages: Sequence[ScoredPassage]) -> str:
        return fence_excerpts(excerpts_of(passages), style=self._program.answering.prompt_format)

    def _quotes(self, quotes: Sequence[Quoted]) -> str:
        numbered = "\n".join(f"[{number}] {quote.text}" for number, quote in enumerate(quotes, start=1))
        return self._fence("quotes", numbered)

    def _ask(self, task: Task) -> str:
        question = task.question
        earlier = "\n".join(f"Q: {asked}\nA: {answered}" for asked, answered in task.earlier)
        shown = [
            self._fence("earlier", earlier) if earlier else "",
            self._fence("earlier", "\n".join(task.notes)) if task.notes else "",
            self._fence("guidance", question.guidance) if question.guidance else "",
            self._fence("options", "\n".join(question.options)) if question.options else "",
            _limits(question),
            self._findings(task.findings),
            self._fence("question", task.text, note=" > ".join(question.section_path)),
        ]
        return "\n\n".join(item for item in shown if item)

    def _findings(self, findings: Sequence[str]) -> str:
        if not findings:
            return ""
        return "\n".join((standing_text("findings"), self._fence("findings", "\n".join(findings))))

    def _demos(self, signature: type[Any]) -> list[dict[str, Any]]:
        outputs = tuple(signature.output_fields)
        if not {"quotes", "sentences"} & set(outputs):
            return []  # examples are solved questions: of other steps they show nothing
        shown = [self._demo(example, inputs=tuple(signature.input_fields), outputs=outputs)
                 for example in self._program.examples]  # fmt: skip
        return [demo for demo in shown if demo]

    def _demo(self, example: Example, *, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> dict[str, Any]:
        reply: dict[str, Any] = dict(example.reply)
        if "passages" not in inputs and ("quotes" not in inputs or not reply.get("quotes")):
            return {}
        if "choice" in outputs:
            reply.setdefault("choice", CANNOT_TELL)
        options = self._fence("options", "\n".join(example.options)) if "choice" in outputs else ""
        question = self._fence("question", example.question)
        quotes = [Quoted(passage=item["passage"], text=item["text"]) for item in reply.get("quotes", ())]
        demo = {name: reply[name] for name in outputs if name in reply}
        demo["question"] = f"{options}\n\n{question}".strip()
        if "passages" in inputs:
            demo["passages"] = fence_excerpts(example.passages, style=self._program.answering.prompt_format)
        else:
            demo["quotes"] = self._quotes(quotes)
        return demo


def _limits(question: Question) -> str:
    limits = [f"{question.max_words} words"] * (question.max_words is not None)
    limits += [f"{question.max_chars} characters"] * (question.max_chars is not None)
    return f"The whole answer must stay within {' and '.join(limits)}." if limits else ""


def _reply(fields: Mapping[str, Any], lm: GatewayLM) -> Reply:
    completion = lm.completions[-1]
    choice = fields.get("choice")
    return Reply(
        answerable=bool(fields.get("answerable", True)),
        quotes=tuple(Quoted(passage=item.passage, text=item.text) for item in fields.get("quotes") or ()),
        sentences=tuple(
            Sentence(text=item.text, quotes=tuple(item.quotes)) for item in fields.get("sentences") or ()
        ),
        choice=None if choice in (None, CANNOT_TELL) else str(choice),
        probability=answerable_probability(completion.token_logprobs),
        text=completion.text,
    )
