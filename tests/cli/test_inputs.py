"""Every command takes the options it always took, and hands its flow what was said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import click
import pytest
from click.testing import CliRunner

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.cli.main import bidproof
from bidproof.core.options import option
from bidproof.core.settings import resolve_settings

OPTIONS = Path(__file__).with_name("options.txt")
"""A line a command: its options and arguments. A removed or renamed one breaks somebody's script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    share: float = option(0.4, least=0, most=1, help="Part.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    file: Path
    label: str = option(flags=("-l", "--label"), help="Name.")
    kind: Literal["", "small", "large"] = option("", help="Size.")
    count: int = option(3, least=1, help="How many.")
    names: tuple[str, ...] = option(("a", "b"), flags=("--name",), has_commas=True, help="Who.")
    values: Mapping[str, str] = option({}, flags=("--value",), metavar="NAME=VALUE", help="What.")
    day: date | None = option(None, help="When.")
    has_page: bool = option(True, flags=("--no-page",), help="Write no page.")
    inner: Inner = Inner()


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--also", default="nothing")
@inputs(Asked, flags=["--temperature"])
def command(invocation: Invocation, request: Asked, also: str) -> None:
    click.echo(f"{request}\n{also}\n{dict(invocation.settings)}\n{invocation.workspace}")


def test_every_command_takes_the_options_it_always_took() -> None:
    lines = sorted(f"{name}: {' '.join(_words(found))}\n" for name, found in _leaves(bidproof))
    assert "".join(lines) == OPTIONS.read_text("utf-8")


def test_what_is_not_said_is_the_records_default() -> None:
    result = CliRunner().invoke(command, ["f.csv", "-l", "x"])
    assert result.stdout.splitlines() == [str(Asked(file=Path("f.csv"), label="x")), "nothing", "{}", "None"]


def test_what_is_said_goes_into_the_request_the_settings_or_the_function() -> None:
    said = "f.csv -l x --kind large --count 5 --name c,d --name e --value k=v=w --day 2026-01-31 --no-page"
    more = "--share 0.5 --also this --temperature 0.2 --set retrieval.top_k=4 --workspace w"
    result = CliRunner().invoke(command, [*said.split(), *more.split()])
    wanted = Asked(
        file=Path("f.csv"),
        label="x",
        kind="large",
        count=5,
        names=("c", "d", "e"),
        values={"k": "v=w"},
        day=date(2026, 1, 31),
        has_page=False,
        inner=Inner(share=0.5),
    )
    settings = {"retrieval.top_k": "4", "model.temperature": 0.2}
    assert result.stdout.splitlines() == [str(wanted), "this", str(settings), "w"]


@pytest.mark.parametrize(
    "said",
    ["f.csv", "f.csv -l x --count 0", "f.csv -l x --kind medium", "f.csv -l x --day tomorrow"],
)
def test_what_does_not_fit_a_field_is_refused(said: str) -> None:
    assert CliRunner().invoke(command, said.split()).exit_code == 2


def test_help_says_choices_limits_and_defaults() -> None:
    text = " ".join(CliRunner().invoke(command, ["--help"]).stdout.split())
    assert "--kind [small|large]" in text
    assert "How many. [default: 3; x>=1]" in text
    assert "Who. [default: a,b]" in text


def test_flags_of_the_model_are_settings_of_that_type() -> None:
    for flag, (name, kind, _) in MODEL_FLAGS.items():
        value = kind("0.5")
        resolved = resolve_settings({"flag": {name: value}}).settings
        assert getattr(resolved.model, name.split(".")[1]) == value, flag


def _leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        found = command.get_command(context, word)
        assert found is not None
        yield from _leaves(found, f"{name} {word}".strip())


def _words(command: click.Command) -> list[str]:
    context = click.Context(command)
    return sorted(
        word
        for item in command.params
        for word in (
            [*item.opts, *item.secondary_opts]
            if isinstance(item, click.Option)
            else [item.make_metavar(context)]
        )
    )


NUMBERS = [
    pytest.param(item, id=f"{name} {item.opts[-1]}")
    for name, found in _leaves(bidproof)
    for item in found.params
    if isinstance(item, click.Option)
    and item.opts[-1] not in MODEL_FLAGS  # these are settings, which refuse by themselves
    and isinstance(item.type, (type(click.INT), type(click.FLOAT)))
]


@pytest.mark.parametrize("item", NUMBERS)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-7", "1e999"])
def test_no_numeric_option_takes_what_is_no_finite_number_of_a_sensible_size(
    item: click.Option, value: str
) -> None:
    with pytest.raises(click.BadParameter):
        item.type.convert(value, item, None)
