"""Load the prompt texts and examples that ship with the package."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

STEPS = ("answer", "choice", "reasoning", "quote", "compose", "repair", "split", "rewrite")
"""Every prompt text by name: ``text/<name>.md``."""


@cache
def default_texts() -> Mapping[str, str]:
    """Every prompt text by name, without the file's closing newline."""
    folder = files("bidproof.prompts") / "text"
    return MappingProxyType({name: (folder / f"{name}.md").read_text("utf-8").strip() for name in STEPS})


@cache
def default_examples_json() -> str:
    """The packaged few-shot examples as JSON text; see ``program.Example``."""
    examples: Any = json.loads((files("bidproof.prompts") / "text" / "examples.json").read_text("utf-8"))
    return json.dumps(examples)
