"""Check a reply against the JSON Schema that was asked for.

Covers the part of JSON Schema that our own prompts use: ``type``, ``properties``,
``required``, ``additionalProperties``, ``items``, ``maxItems``, ``enum``,
``minimum``, ``maximum``. Endpoints promise to enforce a schema and do not always.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from bidproof.core.errors import ModelGarbled
from bidproof.core.jsonable import parse_json
from bidproof.llm.failures import shortened

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
# A string, or a comma with nothing behind it.
_STRING_OR_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.S)
_HINT = "try a model that supports structured output; the question was left unanswered"


def parse_reply(text: str, schema: Mapping[str, object], *, model: str) -> Mapping[str, Any]:
    """Turn a reply into the object that the schema describes.

    What stands around the object is taken off (:func:`bare_json`), and a number or a truth value that
    was written as text is taken for what the schema wants; nothing else is repaired.

    Raises:
        ModelGarbled: The reply is not JSON or breaks the schema; the message names
            the first place where it does.
    """
    try:
        value = _typed(parse_json(bare_json(text)), schema)
    except ValueError as error:
        raise ModelGarbled(
            f"the reply of {model!r} is not JSON: found {shortened(text, 80)!r}, expected an object",
            hint=_HINT,
        ) from error
    problem = _problem(value, schema, place="reply")
    if problem:
        raise ModelGarbled(f"the reply of {model!r} breaks its schema: {problem}", hint=_HINT)
    return cast("Mapping[str, Any]", value)


def checked_text(text: str, schema: Mapping[str, object], *, model: str) -> str:
    """A reply as the JSON object that its schema describes, in its own words where they are that object.

    Raises:
        ModelGarbled: As of :func:`parse_reply`.
    """
    value, bare = parse_reply(text, schema, model=model), bare_json(text)
    return bare if parse_json(bare) == value else json.dumps(value, ensure_ascii=False)


def bare_json(text: str) -> str:
    """The JSON object of a reply, without the thoughts before it and the fence or prose around it.

    Commas with nothing behind them and bare line breaks in strings are mended where the object
    cannot be read otherwise. The text itself, stripped, where it holds no object.
    """
    stripped = text.strip()
    if not (stripped.startswith("{") and stripped.endswith("}")):
        said = stripped.rpartition("</think>")[2]
        start, end = said.find("{"), said.rfind("}")
        if not 0 <= start < end:
            return stripped
        stripped = said[start : end + 1]
    with suppress(ValueError):
        parse_json(stripped)
        return stripped
    mended = _STRING_OR_COMMA.sub(_mended, stripped)
    with suppress(ValueError):
        parse_json(mended)
        return mended
    return stripped


def _mended(found: re.Match[str]) -> str:
    return (found[1] or "").replace("\r", "").replace("\n", "\\n").replace("\t", "\\t")


def _typed(value: object, schema: Mapping[str, object]) -> object:
    """The value with numbers and truth values that stand as text where the schema wants them bare."""
    wanted = schema.get("type")
    if isinstance(value, dict):
        properties = cast("Mapping[str, Mapping[str, object]]", schema.get("properties", {}))
        fields = cast("dict[str, object]", value)
        return {name: _typed(item, properties.get(name, {})) for name, item in fields.items()}
    if isinstance(value, list):
        items = cast("Mapping[str, object]", schema.get("items", {}))
        return [_typed(item, items) for item in cast("list[object]", value)]
    if isinstance(value, str) and wanted in ("integer", "number", "boolean"):
        with suppress(ValueError):
            bare = cast("object", parse_json(value.strip().lower()))
            return bare if _has_type(bare, str(wanted)) else value
    return value


def _problem(value: object, schema: Mapping[str, object], *, place: str) -> str:
    """Name the first place where a value breaks the schema; empty when it fits."""
    wanted = schema.get("type")
    if isinstance(wanted, str) and not _has_type(value, wanted):
        return f"{place}: found {type(value).__name__}, expected {wanted}"
    options = cast("Sequence[object] | None", schema.get("enum"))
    if options is not None and value not in options:
        return f"{place}: found {shortened(str(value), 80)!r}, expected one of {list(options)}"
    if isinstance(value, dict):
        return _object_problem(cast("dict[str, object]", value), schema, place=place)
    if isinstance(value, list):
        return _array_problem(cast("list[object]", value), schema, place=place)
    if isinstance(value, (int, float)):
        return _range_problem(value, schema, place=place)
    return ""


def _has_type(value: object, wanted: str) -> bool:
    if isinstance(value, bool) and wanted != "boolean":
        return False
    return isinstance(value, _TYPES[wanted])


def _object_problem(value: Mapping[str, object], schema: Mapping[str, object], *, place: str) -> str:
    properties = cast("Mapping[str, Mapping[str, object]]", schema.get("properties", {}))
    for name in cast("Sequence[str]", schema.get("required", ())):
        if name not in value:
            return f"{place}: {name!r} is missing"
    for name, item in value.items():
        if name not in properties:
            if schema.get("additionalProperties") is False:
                return f"{place}: {name!r} was not asked for"
            continue
        problem = _problem(item, properties[name], place=f"{place}.{name}")
        if problem:
            return problem
    return ""


def _array_problem(value: Sequence[object], schema: Mapping[str, object], *, place: str) -> str:
    most = schema.get("maxItems")
    if isinstance(most, int) and len(value) > most:
        return f"{place}: found {len(value)} items, expected at most {most}"
    items = cast("Mapping[str, object]", schema.get("items", {}))
    for position, item in enumerate(value):
        problem = _problem(item, items, place=f"{place}[{position}]")
        if problem:
            return problem
    return ""


def _range_problem(value: float, schema: Mapping[str, object], *, place: str) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, (int, float)) and value < least:
        return f"{place}: found {value}, expected at least {least}"
    if isinstance(most, (int, float)) and value > most:
        return f"{place}: found {value}, expected at most {most}"
    return ""
