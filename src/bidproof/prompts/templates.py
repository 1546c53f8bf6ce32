r"""Compose prompt texts from named parts and variables, and nothing else.

``{{name}}`` stands for the text of that name, which may hold such marks itself,
or for the value of a variable, which is put in as it is. ``\{{`` is a plain
``{{``. There are no conditions, loops, filters or attributes. What documents and
questions say never passes through here: it goes to the model in fences, in
messages of its own (see ``fences.py``).
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bidproof.core.errors import UserError
from bidproof.core.next_steps import NextStep
from bidproof.prompts.texts import OPTIONAL, STEPS

NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
"""What a text or a variable may be called."""

_MARK = re.compile(r"\\\{\{|\{\{\s*(?P<name>[^{}]*?)\s*\}\}|\{\{")
_OPEN = re.compile(r"\{\{")


def instructions(texts: Mapping[str, str], variables: Mapping[str, str]) -> Mapping[str, str]:
    """The text of every step (``texts.STEPS``, ``texts.OPTIONAL``) as it is sent, by name.

    Raises:
        UserError: A mark names neither a text nor a variable, or texts hold each
            other in a ring (``program-invalid``).
    """
    steps = (*STEPS, *OPTIONAL)
    return MappingProxyType({name: render(name, texts, variables) for name in steps if name in texts})


def render(
    name: str, texts: Mapping[str, str], variables: Mapping[str, str], *, above: tuple[str, ...] = ()
) -> str:
    """One text with its parts and variables put in; ``above`` are the texts that hold it.

    Raises:
        UserError: See :func:`instructions`.
    """
    if name in above:
        ring = " > ".join((*above, name))
        raise invalid(f"found the texts {ring} inside each other", "take one of the marks out")

    def put_in(match: re.Match[str]) -> str:
        if match[0].startswith("\\"):
            return "{{"
        wanted = match["name"] or ""
        if wanted in texts:
            return render(wanted, texts, variables, above=(*above, name))
        if wanted in variables:
            return variables[wanted]
        raise invalid(
            f"found {match[0]!r} in the text {name!r}, which is neither a text nor a variable",
            NextStep(f"add {wanted}.md, give it a value, or write \\{{{{ for plain braces", options=("var",))
            if NAME.fullmatch(wanted)
            else "write \\{{ for plain braces",
        )

    return _MARK.sub(put_in, texts[name])


def names_in(text: str) -> tuple[str, ...]:
    """The names of a text's marks, in order, each once; a mark without a valid name is an empty name."""
    found = (match["name"] or "" for match in _MARK.finditer(text) if not match[0].startswith("\\"))
    return tuple(dict.fromkeys(name if NAME.fullmatch(name) else "" for name in found))


def escape(text: str) -> str:
    """The template that renders as exactly this text."""
    return _OPEN.sub(r"\\{{", text)


def check_templates(
    texts: Mapping[str, str], variables: Mapping[str, str], *, steps: Sequence[str] = STEPS
) -> None:
    """Refuse texts that cannot be composed, and variables that stand nowhere.

    Args:
        texts: By name.
        variables: By name.
        steps: Those that need a text.

    Raises:
        UserError: A step has no text, a name is not valid, a mark has no value,
            or a variable is not used (``program-invalid``).
    """
    for missing in (name for name in steps if name not in texts):
        raise invalid(f"found no text {missing!r}, expected one for every step", f"add {missing}.md")
    for name in (*texts, *variables):
        if not NAME.fullmatch(name):
            raise invalid(
                f"found the name {name!r}, expected small letters, digits and '_', with one '.' at most",
                "rename it, for example answer.persona",
            )
    for name in texts:
        render(name, texts, variables)
    for name in variables:
        if name in texts:
            raise invalid(f"found {name!r} as a text and as a variable", "rename the variable")
        if not any(name in names_in(text) for text in texts.values()):
            raise invalid(
                f"found the variable {name!r}, which stands in no text",
                f"write {{{{{name}}}}} where its value belongs, or leave the variable out",
            )


def invalid(found: str, hint: str) -> UserError:
    """The error for texts that make no program."""
    return UserError(f"cannot make a program: {found}", hint=hint, code="program-invalid")
