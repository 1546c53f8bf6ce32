"""What differs between two programs, in a form that people read."""

import json
from collections.abc import Iterable, Mapping, Sequence
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
        texts=_differences(
            dict.fromkeys((*sorted(a.program.texts), *sorted(b.program.texts))),
            a.program.texts,
            b.program.texts,
        ),
        examples=_lines(_examples(a.program.examples), _examples(b.program.examples), "examples"),
        settings=tuple(
            ValueDifference(name=name, a=first.get(name), b=second.get(name))
            for name in names
            if not name.startswith("texts.")
        ),
        schemas=_differences(
            sorted(name for name in {*a.schemas, *b.schemas} if a.schemas.get(name) != b.schemas.get(name)),
            _schema_texts(a.schemas),
            _schema_texts(b.schemas),
            title="schema of {}",
        ),
    )


def _differences(
    names: Iterable[str], a: Mapping[str, str], b: Mapping[str, str], *, title: str = "{}"
) -> tuple[TextDifference, ...]:
    """The texts that differ, with a title for each side of the diff."""
    found: list[TextDifference] = []
    for name in names:
        if a.get(name) != b.get(name):
            change = "added" if name not in a else "removed" if name not in b else "changed"
            before, after = (side[name].split("\n") if side.get(name) else [] for side in (a, b))
            lines = _lines(before, after, title.format(name))
            found.append(TextDifference(name=name, change=change, lines=lines))
    return tuple(found)


def _schema_texts(schemas: Mapping[str, Any]) -> dict[str, str]:
    return {name: json.dumps(schema, indent=1) for name, schema in schemas.items()}


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
