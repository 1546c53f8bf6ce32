"""Check a reply against the JSON Schema that was asked for.

Covers the part of JSON Schema that our own prompts use: ``type``, ``properties``,
``required``, ``additionalProperties``, ``items``, ``maxItems``, ``enum``,
``minimum``, ``maximum``. Endpoints promise to enforce a schema and do not always.
"""

from collections.abc import Mapping, Sequence
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
_HINT = "try a model that supports structured output; the question was left unanswered"


def parse_reply(text: str, schema: Mapping[str, object], *, model: str) -> Mapping[str, Any]:
    """Turn a reply into the object that the schema describes.

    What stands around the object is taken off (:func:`bare_json`); nothing is repaired.

    Raises:
        ModelGarbled: The reply is not JSON or breaks the schema; the message names
            the first place where it does.
    """
    try:
        value = parse_json(bare_json(text))
    except ValueError as error:
        raise ModelGarbled(
            f"the reply of {model!r} is not JSON: found {shortened(text, 80)!r}, expected an object",
            hint=_HINT,
        ) from error
    problem = _problem(value, schema, place="reply")
    if problem:
        raise ModelGarbled(f"the reply of {model!r} breaks its schema: {problem}", hint=_HINT)
    return cast("Mapping[str, Any]", value)


def bare_json(text: str) -> str:
    """The JSON object of a reply, without the thoughts before it and the fence or prose around it.

    The text itself, stripped, where it holds no object.
    """
    stripped = text.strip()
    if stripped.startswith("{") and stripped.endswith("}"):
        return stripped
    said = stripped.rpartition("</think>")[2]
    start, end = said.find("{"), said.rfind("}")
    return said[start : end + 1] if 0 <= start < end else stripped


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
