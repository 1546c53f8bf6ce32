"""Options that several commands share, and how they become a session request."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bidproof.core.errors import InvalidSetting

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Add ``--json``: one JSON document on standard output, nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def workspace_option(command: Command) -> Command:
    """Add ``--workspace`` and ``--set``."""
    command = click.option(
        "--workspace",
        type=click.Path(file_okay=False, path_type=Path),
        help="Workspace folder. [default: the nearest .bidproof upward, else ./.bidproof]",
    )(command)
    return click.option(
        "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set any setting; see bidproof config."
    )(command)


def model_options(command: Command) -> Command:
    """Add the options that choose and steer a language model."""
    options = (
        click.option("--model", help="Model name at the endpoint, or local:/path/model.gguf."),
        click.option("--base-url", help="OpenAI-compatible address; the key comes from BIDPROOF_API_KEY."),
        click.option("--temperature", type=float, help="Sampling temperature."),
        click.option("--top-p", type=float, help="Nucleus sampling mass."),
        click.option("--frequency-penalty", type=float, help="Penalty on repeated tokens."),
        click.option("--max-cost", type=float, help="Stop sending when this many US dollars are spent."),
    )
    for option in reversed(options):
        command = option(command)
    return command


MODEL_FLAGS = {
    "model": "model.model",
    "base_url": "model.base_url",
    "temperature": "model.temperature",
    "top_p": "model.top_p",
    "frequency_penalty": "model.frequency_penalty",
    "max_cost": "model.max_cost_usd",
}


def gather_flags(pairs: tuple[str, ...], **named: object) -> dict[str, object]:
    """Collect settings said on the command line, by ``group.name``.

    Raises:
        InvalidSetting: A ``--set`` is not of the form NAME=VALUE.
    """
    flags: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidSetting(
                f"cannot take --set {pair!r}: found no '=', expected NAME=VALUE",
                hint="for example --set retrieval.top_k=5; bidproof config lists the names",
            )
        flags[name.strip()] = value.strip()
    flags.update({MODEL_FLAGS[name]: value for name, value in named.items() if value is not None})
    return flags


def split_names(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names given one by one or separated by commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())
