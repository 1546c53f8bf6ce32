"""Options that the commands of ``bidproof prompts`` share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def place_option(command: Command) -> Command:
    """Add ``--workspace`` alone: these commands take no settings."""
    return click.option(
        "--workspace",
        type=click.Path(file_okay=False, path_type=Path),
        help="Workspace folder. [default: the nearest .bidproof upward, else ./.bidproof]",
    )(command)


def author_option(command: Command) -> Command:
    """Add ``--author``."""
    return click.option("--author", default="", help="Who does it. [default: the user of this machine]")(
        command
    )


def pairs(values: tuple[str, ...], option: str) -> dict[str, str]:
    """Read NAME=VALUE given many times; the value may be empty and hold further signs.

    Raises:
        click.BadParameter: One has no ``=``.
    """
    found: dict[str, str] = {}
    for value in values:
        name, equals, content = value.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"found {value!r}, expected NAME=VALUE", param_hint=option)
        found[name.strip()] = content
    return found
