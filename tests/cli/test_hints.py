"""Hints below the command line are for every face; here they become commands that exist."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import bidproof
from bidproof.cli.hints import COMMANDS, worded
from bidproof.cli.main import COMMANDS as PROGRAMS
from bidproof.cli.main import bidproof as program
from bidproof.core.next_steps import Action, NextStep

SOURCES = Path(bidproof.__file__).parent
COMMAND_LINE = re.compile(rf"\bbidproof (?:{'|'.join(PROGRAMS)})\b|(?:^|[\s(])--[a-z]")


def test_the_sentence_comes_first_then_options_and_command() -> None:
    step = NextStep("split the set", Action.SPLIT_GOLD, options=("train", "group_by"), name="aws")
    assert worded(step) == "split the set (--train, --group-by): bidproof gold split aws"
    assert worded(NextStep("bring some in", Action.IMPORT_GOLD)).endswith("gold import FILE --name NAME")
    assert worded("open it in Word") == "open it in Word"


def test_every_action_has_a_wording() -> None:
    assert set(COMMANDS) == set(Action)


@pytest.mark.parametrize("line", [part for text in COMMANDS.values() for part in text.split("; ")])
def test_a_wording_is_a_command_with_options_that_exist(line: str) -> None:
    words = shlex.split(line)
    assert words.pop(0) == "bidproof"
    command: click.Command = program
    while isinstance(command, click.Group):
        context = click.Context(command)
        found = command.get_command(context, words[0])
        if found is None and command.name == "eval":
            found = command.get_command(context, "run")
        else:
            words.pop(0)
        assert found is not None, line
        command = found
    known = {flag for item in command.params if isinstance(item, click.Option) for flag in item.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_options_of_steps_exist() -> None:
    known = set(Path(__file__).with_name("options.txt").read_text("utf-8").split())
    said = {
        "--" + word.value.replace("_", "-")
        for _, call in _calls("NextStep")
        for item in call.keywords
        if item.arg == "options"
        for word in ast.walk(item.value)
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }
    assert said
    assert said <= known


def test_no_hint_below_the_command_line_names_a_command_or_a_flag() -> None:
    said = [
        (path, text)
        for path, call in _calls()
        for item in [*call.keywords, *(ast.keyword("hint", word) for word in _positional(call))]
        if item.arg == "hint"
        for text in _texts(item.value)
    ]
    assert len(said) > 200
    assert [found for found in said if COMMAND_LINE.search(found[1]) and "pip install" not in found[1]] == []


def _calls(name: str = "") -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCES.rglob("*.py"):
        if path.is_relative_to(SOURCES / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (not name or getattr(node.func, "id", "") == name):
                yield path.name, node


def _positional(call: ast.Call) -> list[ast.expr]:
    """The sentence of a step, wherever the step is made."""
    return call.args[:1] if getattr(call.func, "id", "") == "NextStep" else []


def _texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
