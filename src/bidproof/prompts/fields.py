"""A program as flat, named fields: what is compared, merged and set one by one.

``texts.NAME``, ``variables.NAME``, ``examples``, ``model.NAME``, ``retrieval.NAME``,
``answering.NAME``, and the plain fields of ``Program``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from bidproof.core.jsonable import from_json, to_json
from bidproof.core.settings import resolve_settings
from bidproof.prompts.program import SWITCHES, Example, Program, deciding_settings
from bidproof.prompts.templates import invalid

GROUPS = ("texts", "variables", "model", "retrieval", "answering")
"""Fields of a program that hold named values."""

SETTING_GROUPS = ("model", "retrieval", "answering")

_PLAIN = (
    "model_name",
    "calls",
    "repairs",
    "rewrites",
    "splits_with_model",
    "format",
    "engine",
    *SWITCHES,
)
_RANGES = {"ensemble": (1, 16), "tool_steps": (0, 12)}
_TYPES: Mapping[str, type] = {
    "calls": str,
    "model_name": str,
    "engine": str,
    "repairs": int,
    "format": int,
    "ensemble": int,
    "tool_steps": int,
    "tools": tuple,
}
_TOOL = re.compile(r"[a-z][a-z0-9_]*")


def fields_of(program: Program) -> dict[str, Any]:
    """Every field by name, as plain JSON values, in a fixed order.

    Of the model only what decides a reply is among them: no address, no path, no price.
    """
    values = to_json(program)
    values["model"] = deciding_settings(program.model)
    found: dict[str, Any] = {name: values[name] for name in _PLAIN}
    for group in GROUPS:
        found |= {f"{group}.{name}": value for name, value in sorted(values[group].items())}
    return {**found, "examples": values["examples"]}


def program_of(fields: Mapping[str, Any], *, origin: str) -> Program:
    """The program that has these fields; those not named keep their defaults.

    Args:
        fields: As from :func:`fields_of`; settings may be text, as on a command line.
        origin: Where they were read, for error messages.

    Raises:
        InvalidSetting: A setting is unknown or of the wrong type.
        UserError: Another field is (``program-invalid``).
    """
    groups: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        group, dot, key = name.partition(".")
        if dot and group in groups:
            groups[group][key] = value
        elif name in _PLAIN or name == "examples":
            plain[name] = value
        else:
            raise invalid(
                f"found the field {name!r} in {origin}",
                f"expected one of {', '.join((*_PLAIN, *(f'{group}.NAME' for group in GROUPS)))}",
            )
    settings = resolve_settings(
        {origin: {f"{group}.{key}": v for group in SETTING_GROUPS for key, v in groups[group].items()}}
    ).settings
    examples = _examples(plain.pop("examples", ()), origin)
    return Program(
        texts=_texts(groups["texts"], origin),
        variables=_texts(groups["variables"], origin),
        model=settings.model,
        retrieval=settings.retrieval,
        answering=settings.answering,
        examples=examples,
        **{name: _typed(name, value, origin) for name, value in plain.items()},
    )


def nested(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Flat fields as nested JSON, groups as objects."""
    found: dict[str, Any] = {}
    for name, value in fields:
        group, dot, key = name.partition(".")
        if dot and group in GROUPS:
            found.setdefault(group, {})[key] = value
        else:
            found[name] = value
    return found


def _examples(value: object, origin: str) -> tuple[Example, ...]:
    try:
        return tuple(from_json(Example, item) for item in cast("list[object]", value))
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise invalid(
            f"found an example in {origin} that is none: {error}",
            "expected a list of objects with passages (text, title, section), question, options, reply",
        ) from error


def _texts(values: Mapping[str, Any], origin: str) -> dict[str, str]:
    for name, value in values.items():
        if not isinstance(value, str) or "\r" in value or not _is_unicode(value):
            raise invalid(
                f"found {name!r} in {origin}, which is no plain text",
                "expected Unicode text with line feeds alone",
            )
    return dict(values)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _typed(name: str, value: object, origin: str) -> Any:
    wanted = _TYPES.get(name, bool)
    if isinstance(value, str) and wanted is not str:
        value = _parsed(value, wanted)
    if name == "tools" and isinstance(value, list):
        value = tuple(cast("list[object]", value))
    expected = _expected(name, value, wanted)
    if expected:
        raise invalid(f"found {name} = {value!r} in {origin}, expected {expected}", f"correct {name}")
    return value


def _expected(name: str, value: object, wanted: type) -> str:
    """What a field must be; empty when it is."""
    if name == "calls":
        return "" if value in ("one", "two") else "'one' or 'two'"
    if type(value) is not wanted:
        return "names of tools" if wanted is tuple else wanted.__name__
    if isinstance(value, tuple):
        named = cast("tuple[object, ...]", value)
        is_named = all(isinstance(item, str) and _TOOL.fullmatch(item) for item in named)
        return "" if is_named and len(set(named)) == len(named) else "names of tools, each once"
    if name in _RANGES and isinstance(value, int):
        least, most = _RANGES[name]
        return "" if least <= value <= most else f"{least} to {most}"
    return ""


def _parsed(text: str, wanted: type) -> object:
    if wanted is bool:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
            text.lower(), text
        )
    if wanted is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return int(text) if text.lstrip("-").isdecimal() else text
