"""Drive DSPy programs through our gateway: DSPy formats and parses, and never calls out.

``GatewayLM`` is the language model that DSPy sees; ``FencedJsonAdapter`` turns a
signature into messages and a reply into fields. Both skip DSPy's own call path:
its cache, its retries, its second call after a parse failure, and LiteLLM.
"""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUntypedBaseClass=false, reportUnknownParameterType=false

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import dspy
from pydantic import ValidationError

from bidproof.answering.signatures import reply_model, reply_schema
from bidproof.core.errors import ModelGarbled
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import NO_USAGE, ChatModel, ChatRequest, Completion, Message, Role
from bidproof.llm.reply_schema import bare_json

# The fields that carry a second try; they come as turns of their own, so that
# everything before them stays the same and a prompt cache can serve it.
_SECOND_TRY = ("reply", "problems")


class GatewayLM(dspy.BaseLM):
    """DSPy's view of our gateway, for the calls of one question.

    Args:
        model: Where calls go.
        settings: Sampling settings of the program.
        question_id: Whose cost the calls are.
        repeat: Tells deliberate repeats of the same calls apart.

    Attributes:
        completions: Every reply so far, with its cost.
        failed: What calls cost whose reply was of no use.
    """

    def __init__(
        self, model: ChatModel, *, settings: ModelSettings, question_id: str = "", repeat: int = 0
    ) -> None:
        super().__init__(model=model.name, cache=False, num_retries=0)
        self.completions: list[Completion] = []
        self.failed = NO_USAGE
        self._chat_model = model
        self._settings = settings
        self._question_id = question_id
        self._repeat = repeat

    async def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        schema: Mapping[str, object] | None = None,
        schema_name: str = "reply",
        want_logprobs: bool = False,
    ) -> Completion:
        """Ask the gateway and keep the reply for the ledger.

        Raises:
            ModelError: From the gateway, unchanged.
        """
        request = ChatRequest(
            messages=tuple(
                Message(role=cast("Role", item["role"]), content=item["content"]) for item in messages
            ),
            schema=schema,
            schema_name=schema_name,
            settings=self._settings,
            want_logprobs=want_logprobs,
            question_id=self._question_id,
            repeat=self._repeat,
        )
        completion = await self._chat_model.complete(request)
        self.completions.append(completion)
        return completion

    async def acall(
        self, prompt: str | None = None, *, messages: list[dict[str, str]] | None = None, **kwargs: Any
    ) -> list[str]:
        """Serve DSPy's own adapters and modules; sampling comes from the program alone."""
        del kwargs
        turns = messages or [{"role": "user", "content": prompt or ""}]
        return [(await self.complete(turns)).text]


class FencedJsonAdapter(dspy.Adapter):
    """Instructions and examples first, fenced data next, the question last; JSON back.

    Inputs arrive already fenced (``prompts.fences``); this adapter only puts them
    in order. The reply's schema is enforced by the endpoint where it can and
    checked here in any case.
    """

    async def acall(
        self,
        lm: dspy.BaseLM,
        lm_kwargs: dict[str, Any],
        signature: type[Any],
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """Format, ask once, parse.

        Raises:
            ModelError: The call failed or the reply does not fit the signature.
        """
        if not isinstance(lm, GatewayLM):
            raise TypeError(
                f"found a {type(lm).__name__}, expected a GatewayLM: DSPy must not call out itself"
            )
        completion = await lm.complete(
            self.format(signature, demos, inputs),
            schema=reply_schema(signature),
            schema_name=signature.__name__,
            want_logprobs=bool(lm_kwargs.get("want_logprobs")),
        )
        return [self.parse(signature, completion.text)]

    def format(
        self, signature: type[Any], demos: list[dict[str, Any]], inputs: dict[str, Any]
    ) -> list[dict[str, str]]:
        """Lay out the messages; demos are example turns with every output as JSON."""
        layout = _layout(signature)
        names = layout.inputs
        messages = [{"role": "system", "content": layout.system}]
        for demo in demos:
            messages.append({"role": "user", "content": _data(names, demo)})
            reply = {name: demo[name] for name in layout.outputs if name in demo}
            messages.append({"role": "assistant", "content": json.dumps(reply, ensure_ascii=False)})
        messages.append({"role": "user", "content": _data(names, inputs)})
        if inputs.get("problems"):
            messages.append({"role": "assistant", "content": str(inputs["reply"])})
            messages.append({"role": "user", "content": str(inputs["problems"])})
        return messages

    def parse(self, signature: type[Any], completion: str) -> dict[str, Any]:
        """Turn a reply into the signature's output fields.

        Raises:
            ModelGarbled: It is not JSON or does not fit the fields' types.
        """
        model = reply_model(signature)
        try:
            reply = model.model_validate_json(bare_json(completion))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "reply"
            raise ModelGarbled(
                f"the model's reply does not fit {signature.__name__!r}: {place}: {first['msg']}",
                hint="try a model that supports structured output; the question was left unanswered",
            ) from error
        return {name: getattr(reply, name) for name in model.model_fields}


def closing_line(signature: type[Any]) -> str:
    """The last line of a system prompt: the reply's shape, said by code."""
    return _shape(tuple(signature.output_fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What stays the same over all calls of a step."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    system: str


@lru_cache(maxsize=256)
def _layout(signature: type[Any]) -> _Layout:
    outputs = tuple(signature.output_fields)
    system = f"{signature.instructions}\n\n{_shape(outputs)}"
    return _Layout(inputs=tuple(signature.input_fields), outputs=outputs, system=system)


def _shape(outputs: Sequence[str]) -> str:
    names = ", ".join(f"`{name}`" for name in outputs)
    return f"Reply with one JSON object and nothing else, its fields in this order: {names}."


def _data(names: Sequence[str], inputs: Mapping[str, Any]) -> str:
    shown = [str(inputs[name]) for name in names if name not in _SECOND_TRY and inputs.get(name)]
    return "\n\n".join(shown)
