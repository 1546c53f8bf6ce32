"""What differs between two programs, in a form that people read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from bidproof.prompts.fields import fields_of
from bidproof.prompts.program import Example
from bidproof.prompts.versions import Version

_CONTEXT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDifference:
    """A text that differs; ``lines`` are a unified diff without line ends."""

    name: str
    change: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDifference:
    """A setting or variable that differs; None where a side has none."""

    name: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramDifference:
    """Version B held against version A; all empty when they are the same program."""

    a: str
    b: str
    texts: tuple[TextDifference, ...]
    examples: tuple[str, ...]
    settings: tuple[ValueDifference, ...]
    schemas: tuple[TextDifference, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.texts or self.examples or self.settings or self.schemas)


def compare_versions(a: Version, b: Version) -> ProgramDifference:
    """Texts, examples, settings and reply schemas that differ, each in its own section."""
    first, second = fields_of(a.program), fields_of(b.program)
    first.pop("examples")
    second.pop("examples")
    names = [name for name in dict.fromkeys((*first, *second)) if first.get(name) != second.get(name)]
    return ProgramDifference(
        a=a.digest,
        b=b.digest,
        texts=_texts(
            {name: (first.get(name), second.get(name)) for name in names if name.startswith("texts.")}
        ),
        examples=_lines(_examples(a.program.examples), _examples(b.program.examples), "examples"),
        settings=tuple(
            ValueDifference(name=name, a=first.get(name), b=second.get(name))
            for name in names
            if not name.startswith("texts.")
        ),
        schemas=_schemas(a.schemas, b.schemas),
    )


def _texts(pairs: Mapping[str, tuple[str | None, str | None]]) -> tuple[TextDifference, ...]:
    found: list[TextDifference] = []
    for name, (a, b) in pairs.items():
        change = "added" if a is None else "removed" if b is None else "changed"
        short = name.removeprefix("texts.")
        lines = _lines((a or "").split("\n") if a else [], (b or "").split("\n") if b else [], short)
        found.append(TextDifference(name=short, change=change, lines=lines))
    return tuple(found)


def _schemas(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[TextDifference, ...]:
    found: list[TextDifference] = []
    for name in sorted({*a, *b}):
        if a.get(name) != b.get(name):
            change = "added" if name not in a else "removed" if name not in b else "changed"
            lines = _lines(_json_lines(a, name), _json_lines(b, name), f"schema of {name}")
            found.append(TextDifference(name=name, change=change, lines=lines))
    return tuple(found)


def _json_lines(values: Mapping[str, Any], name: str) -> list[str]:
    return json.dumps(values[name], indent=1).split("\n") if name in values else []


def _examples(examples: Sequence[Example]) -> list[str]:
    lines: list[str] = []
    for number, example in enumerate(examples, start=1):
        lines.append(f"example {number}: {example.question}")
        lines += [f"  option: {option}" for option in example.options]
        for passage in example.passages:
            lines.append(
                f"  passage: {' / '.join(part for part in (passage.title, passage.section) if part)}"
            )
            lines += [f"    {line}" for line in passage.text.split("\n")]
        lines += [
            f"  {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in example.reply.items()
        ]
    return lines


def _lines(a: Sequence[str], b: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(unified_diff(a, b, f"a/{name}", f"b/{name}", n=_CONTEXT, lineterm=""))
