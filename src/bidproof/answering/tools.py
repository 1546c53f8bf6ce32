"""The tools that a program may reach for while it gathers evidence; all of them only read.

Four are built in. One more may come with an installed package, through the
entry-point group ``bidproof.tools``; it is offered only when the program names it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Literal, Protocol, cast

from bidproof.core.errors import UserError

GROUP = "bidproof.tools"
FINISH = "finish"
BUILT_IN = ("search", "open_page", "calculate", "dates")

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "number": float, "boolean": bool}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_FIELDS = 8


class Tool(Protocol):
    """Something to ask while evidence is gathered.

    It must only read: it writes nothing, sends nothing, and treats its arguments as
    what they are, words of a model that has read untrusted documents.
    """

    @property
    def name(self) -> str:
        """Small letters, digits and underscores."""
        ...

    @property
    def description(self) -> str:
        """What it gives back, in one line, for the model."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """JSON Schema: an object of strings, integers, numbers and booleans, all required."""
        ...

    def run(self, arguments: Mapping[str, Any]) -> str:
        """Answer in plain text; an error raised here is told to the model, and nobody else."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as a model sees it; ``arguments`` is its JSON Schema as text, so that it can be a key."""

    name: str
    description: str
    arguments: str

    @property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """Argument schemas by name, in order."""
        return cast("Mapping[str, Mapping[str, Any]]", json.loads(self.arguments)["properties"])

    @property
    def line(self) -> str:
        """How the tool is told to the model."""
        shown = ", ".join(f"{name}: {_shape(field)}" for name, field in self.fields.items())
        return f"- {self.name}({shown}): {self.description}"


def _spec(tool: str, description: str, **fields: Mapping[str, Any]) -> ToolSpec:
    schema = {"type": "object", "properties": fields}
    return ToolSpec(name=tool, description=description, arguments=json.dumps(schema))


_TEXT = {"type": "string"}
BUILT_IN_SPECS: Mapping[str, ToolSpec] = {
    item.name: item
    for item in (
        _spec("search", "passages of the company's documents that speak of the query", query=_TEXT),
        _spec(
            "open_page",
            "what stands around an excerpt in its document",
            passage={"type": "integer"},
        ),
        _spec("calculate", "the value of an expression with + - * / % and parentheses", expression=_TEXT),
        _spec(
            "dates",
            "calendar arithmetic, dates as YYYY-MM-DD; value: a second date, or how many to add",
            date=_TEXT,
            operation={"type": "string", "enum": ["difference", "add_days", "add_months", "compare"]},
            value=_TEXT,
        ),
    )
}
FINISH_SPEC = _spec(FINISH, "ends the gathering; somebody else writes the answer")


def tool_specs(names: Sequence[str]) -> tuple[ToolSpec, ...]:
    """The tools of these names as a model sees them, all built-in ones for no name; ``finish`` is last.

    Raises:
        UserError: A name is neither built in nor offered by an installed package, or
            the package's tool is none (``tool``).
    """
    own = user_tools(names)
    specs = [
        BUILT_IN_SPECS[name] if name in BUILT_IN_SPECS else _checked(own[name]) for name in names or BUILT_IN
    ]
    return (*specs, FINISH_SPEC)


def user_tools(names: Sequence[str]) -> Mapping[str, Tool]:
    """The tools of installed packages among these names.

    Raises:
        UserError: See :func:`tool_specs`.
    """
    found: dict[str, Tool] = {}
    for name in names:
        if name in BUILT_IN_SPECS:
            continue
        entry = next((item for item in entry_points(group=GROUP) if item.name == name), None)
        if entry is None or name == FINISH:
            offered = ", ".join([*BUILT_IN, *sorted(entry_points(group=GROUP).names)])
            raise _bad(name, f"no such tool, expected one of {offered}")
        try:
            loaded: Any = entry.load()
        except (ImportError, AttributeError) as error:
            raise _bad(name, f"{error} while loading {entry.value!r}") from error
        made = cast("object", loaded() if isinstance(loaded, type) else loaded)
        lacking = [part for part in ("name", "description", "arguments", "run") if not hasattr(made, part)]
        if lacking:
            raise _bad(name, f"an object without {', '.join(lacking)}")
        found[name] = cast("Tool", made)
        _checked(found[name], name=name)
    return found


def _checked(tool: Tool, *, name: str = "") -> ToolSpec:
    if not _NAME.fullmatch(tool.name) or (name and tool.name != name):
        raise _bad(name or tool.name, f"a tool that calls itself {tool.name!r}")
    schema = cast("object", tool.arguments)
    given = cast("Mapping[str, object]", schema).get("properties") if isinstance(schema, Mapping) else None
    fields = cast("Mapping[object, object]", given) if isinstance(given, Mapping) else None
    if fields is None or len(fields) > _MOST_FIELDS or not all(map(_is_plain, fields, fields.values())):
        raise _bad(
            tool.name, "arguments of another shape, expected an object of strings, numbers and booleans"
        )
    return ToolSpec(
        name=tool.name,
        description=" ".join(str(tool.description).split()),
        arguments=json.dumps({"type": "object", "properties": dict(fields)}),
    )


def _is_plain(name: object, schema: object) -> bool:
    if not isinstance(schema, Mapping) or not isinstance(name, str) or not _NAME.fullmatch(name):
        return False
    field = cast("Mapping[str, Any]", schema)
    options = field.get("enum")
    if options is not None and (field.get("type") != "string" or not options):
        return False
    return field.get("type") in _TYPES


def type_of(field: Mapping[str, Any]) -> Any:
    """The Python type of one argument."""
    options = field.get("enum")
    if options:
        return cast("Any", Literal)[tuple(str(item) for item in options)]
    return _TYPES[str(field["type"])]


def _shape(field: Mapping[str, Any]) -> str:
    options = field.get("enum")
    return " | ".join(str(item) for item in options) if options else str(field["type"])


def _bad(name: str, found: str) -> UserError:
    return UserError(
        f"cannot offer the tool {name!r}: found {found}",
        hint="docs/prompting.md, Tools, says what a tool is and how a package offers one",
        code="tool",
    )
