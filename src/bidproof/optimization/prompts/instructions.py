"""What an instruction that a model has written must keep to before it is run at all."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bidproof.language.tokens import count_tokens
from bidproof.prompts.program import Program
from bidproof.prompts.templates import instructions, render
from bidproof.prompts.texts import OPENERS, OPTIONAL, default_texts, optional_texts

MAX_TOKENS = 900
"""Of one instruction; the packaged ones have some 300."""

_LEAST_WORDS = 5
_LEAST_LETTERS = 0.5
_FENCE = re.compile(r"\A\s*```[a-z]*\n(?P<text>.*?)\n?```\s*\Z", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"\A[\s#*_>]*(?:proposed |new |improved )?instructions?[*_ ]*:[\s*_]*", re.IGNORECASE)
_QUOTED = re.compile(r"\A\s*([\"“'])(?P<text>.*)([\"”'])\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionRules:
    """Rules for the words of a step.

    Attributes:
        guards: By step, the sentence that keeps documents from giving orders; it stays
            whatever else is rewritten.
        leaks: Why a text repeats a right answer; empty when it does not.
        max_tokens: Longest instruction.
    """

    guards: Mapping[str, str]
    leaks: Callable[[str], str]
    max_tokens: int = MAX_TOKENS

    def problem(self, text: object) -> str:
        """Why a text cannot be an instruction; empty when it can."""
        if not isinstance(text, str):
            return "it is no text"
        if not text.strip():
            return "it is empty"
        if "{{" in text:
            return "it holds '{{', the mark of a template"
        if _is_json(text):
            return "it is JSON and no instruction"
        letters = sum(character.isalpha() or character.isspace() for character in text)
        if len(text.split()) < _LEAST_WORDS or letters < _LEAST_LETTERS * len(text):
            return "it is too short, or hardly words"
        if not text.isprintable() and any(not (sign.isprintable() or sign in "\n\t") for sign in text):
            return "it holds control characters"
        if count_tokens(text) > self.max_tokens:
            return f"it is longer than {self.max_tokens} tokens"
        return self.leaks(text)

    def guarded(self, step: str, text: str) -> str:
        """The text with the step's guard, at its end where it is missing."""
        guard = self.guards.get(step, "")
        if not guard or " ".join(guard.split()) in " ".join(text.split()):
            return text
        return f"{text.rstrip()}\n\n{guard}"


def guards_of(program: Program) -> Mapping[str, str]:
    """By step, the program's sentences that what is fenced is data; steps without any are left out."""
    sent = instructions(program.texts, program.variables)
    found: dict[str, str] = {}
    for step in (step for step in (*OPENERS, *OPTIONAL) if step in sent):
        name = f"{step}.constraints"
        # A program that was optimised before holds the packaged sentence, and no part of that name.
        own = render(name, program.texts, program.variables) if name in program.texts else ""
        packaged = (default_texts() if step in OPENERS else optional_texts(step))[name]
        guard = next((text for text in (own, packaged) if text and text in sent[step]), "")
        if guard:
            found[step] = guard
    return found


def cleaned(reply: str) -> str:
    """An instruction without what models put around it: a fence, a label, quotation marks."""
    text = reply.strip()
    if match := _FENCE.match(text):
        text = match["text"]
    text = _LABEL.sub("", text, count=1)
    if (match := _QUOTED.match(text)) and '"' not in match["text"]:
        text = match["text"]
    return text.strip()


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), (dict, list))
    except ValueError:
        return False
