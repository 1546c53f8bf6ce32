"""How another library's prompt becomes a request to our gateway, with the schema it wants back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from bidproof.core.errors import ModelGarbled
from bidproof.core.settings import ModelSettings
from bidproof.llm.protocol import ChatModel, ChatRequest, Message

_OUTPUT_TOKENS = 2000
_DROPPED = ("$defs", "default", "title", "properties")
Reply = TypeVar("Reply", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The judge as other libraries see it.

    Attributes:
        model: Where calls go.
        settings: Sampling; longer replies than the setting are allowed, as those libraries expect.
    """

    model: ChatModel
    settings: ModelSettings

    def for_case(self, case_id: str) -> "CaseAsking":
        """Ask for one case; its calls are accounted to it."""
        wanted = max(self.settings.max_output_tokens, _OUTPUT_TOKENS)
        return CaseAsking(
            model=self.model, settings=replace(self.settings, max_output_tokens=wanted), case_id=case_id
        )


@dataclass(slots=True, kw_only=True)
class CaseAsking:
    """Asks for one case and one metric; a prompt asked again is a call of its own, never a replay."""

    model: ChatModel
    settings: ModelSettings
    case_id: str
    asked: Counter[str] = field(default_factory=Counter[str])

    async def ask(self, prompt: str, schema: type[Reply]) -> Reply:
        """Ask for a reply that fits a pydantic model.

        Raises:
            ModelError: The call failed, or the reply does not fit.
        """
        text = await self.ask_text(prompt, strict_schema(schema), schema.__name__)
        try:
            return schema.model_validate_json(_unfenced(text))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise ModelGarbled(
                f"the judge's reply does not fit {schema.__name__!r}: {first['loc']}: {first['msg']}",
                hint="try a judge that supports structured output",
            ) from error

    async def ask_text(
        self, prompt: str, schema: Mapping[str, object] | None = None, name: str = "reply"
    ) -> str:
        """Ask for a reply as text.

        Raises:
            ModelError: The call failed.
        """
        repeat = self.asked[prompt]
        self.asked[prompt] += 1
        request = ChatRequest(
            messages=(Message(role="user", content=prompt),),
            schema=schema,
            schema_name=name,
            settings=self.settings,
            question_id=self.case_id,
            repeat=repeat,
        )
        return (await self.model.complete(request)).text


def _unfenced(text: str) -> str:
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```") and "\n" in stripped:
        return stripped.split("\n", 1)[1].removesuffix("```")
    return stripped


def strict_schema(model: type[BaseModel]) -> Mapping[str, object]:
    """A pydantic model's schema in the strict form that endpoints enforce.

    References are put in place, every field is required, no other is allowed.
    """
    schema = model.model_json_schema()
    known = cast("Mapping[str, Any]", schema.get("$defs", {}))
    return cast("Mapping[str, object]", _strict(schema, known))


def _strict(node: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(item, known) for item in cast("Sequence[Any]", node)]
    if not isinstance(node, dict):
        return node
    fields = cast("dict[str, Any]", node)
    if "$ref" in fields:
        return _strict(known[str(fields["$ref"]).rpartition("/")[2]], known)
    made = {name: _strict(value, known) for name, value in fields.items() if name not in _DROPPED}
    properties = cast("Mapping[str, Any]", fields.get("properties", {}))
    if properties:
        made["properties"] = {name: _strict(value, known) for name, value in properties.items()}
        made["required"] = list(properties)
        made["additionalProperties"] = False
    return made
