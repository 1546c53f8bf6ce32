"""Load the prompt texts and examples that ship with the package."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

STEPS = ("answer", "choice", "reasoning", "quote", "compose", "repair", "split", "rewrite")
"""The texts that code asks for. ``answer``, ``quote``, ``compose``, ``split`` and ``rewrite`` open a
step; ``choice`` and ``reasoning`` follow where they apply; ``repair`` asks again."""

OPENERS = ("answer", "quote", "compose", "split", "rewrite")
"""The steps that have a system prompt of their own."""

OPTIONAL = ("react", "check")
"""Steps that most programs do not take: reaching for tools, and checking a draft. Their texts are
there only where the step is; see ``program.fitted``."""

PARTS = ("persona", "constraints", "output")
"""What a system prompt is composed of, in this order: ``answer.persona``, ``answer.constraints``, …."""

_SHARED = ("limits",)


@cache
def default_texts() -> Mapping[str, str]:
    """Every packaged text by name, templates as they are written, without a closing newline.

    A step's own text states the order of its parts; see ``templates.instructions``
    for what is sent.
    """
    return _read(*STEPS, *(f"{step}.{part}" for step in OPENERS for part in PARTS), *_SHARED)


@cache
def optional_texts(step: str) -> Mapping[str, str]:
    """The packaged texts of one optional step, its parts among them."""
    return _read(step, *(f"{step}.{part}" for part in PARTS))


@cache
def default_examples_json() -> str:
    """The packaged few-shot examples as JSON text; see ``program.Example``."""
    return (files("bidproof.prompts") / "text" / "examples.json").read_text("utf-8")


@cache
def standing_text(name: str) -> str:
    """A packaged text that is in no program, so that nobody tunes it.

    ``mapping`` says how to tell what a questionnaire's columns are for, ``brief`` how to look for what a
    brief's rules have missed, ``reuse`` how to say whether a past answer answers a question, ``findings``
    what to make of the gate's.
    """
    return _read(name)[name]


@cache
def standing_examples_json(name: str) -> str:
    """The packaged examples of a standing text as JSON text."""
    return (files("bidproof.prompts") / "text" / f"{name}.json").read_text("utf-8")


def _read(*names: str) -> Mapping[str, str]:
    folder = files("bidproof.prompts") / "text"
    return MappingProxyType({name: (folder / f"{name}.md").read_text("utf-8").strip() for name in names})
