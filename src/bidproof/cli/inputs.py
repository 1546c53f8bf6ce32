"""What a command is told: its request, built from the record's own fields, and what all commands share."""

import functools
import math
import types
import typing
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from bidproof.core.errors import InvalidSetting
from bidproof.core.options import Option, option_of

if TYPE_CHECKING:
    from bidproof.runtime.progress import Progress
    from bidproof.runtime.session import Session, SessionRequest

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
Report = TypeVar("Report")

MODEL_FLAGS: Mapping[str, tuple[str, type, str]] = {
    "--model": ("model.model", str, "Model name at the endpoint, PROVIDER:NAME, or local:/path/model.gguf."),
    "--base-url": ("model.base_url", str, "Address of the endpoint; the key comes from BIDPROOF_API_KEY."),
    "--temperature": ("model.temperature", float, "Sampling temperature."),
    "--top-p": ("model.top_p", float, "Nucleus sampling mass."),
    "--frequency-penalty": ("model.frequency_penalty", float, "Penalty on repeated tokens."),
    "--max-cost": ("model.max_cost_usd", float, "Stop sending when this many US dollars are spent."),
}
"""Settings that have a flag of their own: the setting, what the value is, and its help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What every command is told besides its request.

    ``settings`` are by ``group.name``; ``as_json`` asks for one JSON document on standard output and
    nothing else there.
    """

    workspace: Path | None
    settings: Mapping[str, object]
    as_json: bool

    @property
    def session_request(self) -> "SessionRequest":
        """Where to work, and the settings said on the command line."""
        from bidproof.runtime.session import SessionRequest

        return SessionRequest(workspace=self.workspace, flags=self.settings)

    def check_model(self) -> None:
        """Refuse an address without a model: it would say nothing, and nothing would be sent there.

        Raises:
            InvalidSetting: No setting names a model.
        """
        address = self.settings.get("model.base_url")
        if not address or self.settings.get("model.model"):
            return
        from bidproof.runtime.session import load_configuration

        if not load_configuration(self.session_request).settings.model.model:
            raise InvalidSetting(
                f"cannot use --base-url {address}: found no model, expected its name there",
                hint="add --model NAME",
            )

    @contextmanager
    def session(
        self, *, makes_workspace: bool = False, tell: Callable[[str], None] | None = None
    ) -> "Generator[Session]":
        """Open the workspace.

        Args:
            makes_workspace: Make one where there is none, and say so; else refuse.
            tell: Says so; None for a line on standard error.
        """
        from bidproof.runtime.session import open_session

        request = replace(self.session_request, makes_workspace=makes_workspace)
        with open_session(request) as session:
            if session.workspace.is_new:
                line = f"made a new workspace at {session.workspace.folder}"
                click.echo(line, err=True) if tell is None else tell(line)
            yield session

    @contextmanager
    def progress(self) -> "Generator[Progress]":
        """Show progress on standard error; with ``--json`` keep silent."""
        from bidproof.cli.printing.progress import progress_bars

        with progress_bars(is_quiet=self.as_json) as progress:
            yield progress

    @contextmanager
    def working(self, *, makes_workspace: bool = True) -> "Generator[tuple[Session, Progress]]":
        """Open the workspace and show progress; see :meth:`session`."""
        from bidproof.runtime.progress import Step

        with self.progress() as progress:

            def note(line: str) -> None:
                progress(Step(stage="starting", done=0, total=0, note=line))

            tell = None if self.as_json else note
            with self.session(makes_workspace=makes_workspace, tell=tell) as session:
                yield session, progress

    def show(self, report: Report, printer: Callable[[Report], None], *, document: object = None) -> None:
        """Print a report for people, or as JSON: itself, or the ``document`` that stands for it."""
        from bidproof.cli.printing.basics import print_json

        if self.as_json:
            print_json(report if document is None else document)
        else:
            printer(report)


def inputs(
    request: type | None = None,
    *,
    has_workspace: bool = True,
    has_settings: bool = True,
    flags: Iterable[str] = (),
) -> Decorator:
    """Add a command's options, and hand it ``invocation`` and, where it has one, its ``request``.

    Arguments and further options are click's own, said above this decorator: those that bear the name
    of a field of the request go into it, the others to the function.

    Args:
        request: The flow's request record; see ``core/options.py``.
        has_workspace: Add ``--workspace``.
        has_settings: Add ``--set``.
        flags: Which of ``MODEL_FLAGS`` to add.
    """
    chosen = {flag: MODEL_FLAGS[flag] for flag in flags}

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(**values: Any) -> Any:
            said = {name: values.pop(_variable(flag)) for flag, (name, _, _) in chosen.items()}
            invocation = Invocation(
                as_json=values.pop("as_json"),
                workspace=values.pop("workspace", None),
                settings=_settings(values.pop("settings", ()) if has_settings else (), said),
            )
            if request is not None:
                values["request"] = _build(request, values)
            if "--model" in chosen and not getattr(values.get("request"), "judge", ""):
                invocation.check_model()
            return command(invocation=invocation, **values)

        shared = [
            *(click.option(flag, type=kind, help=words) for flag, (_, kind, words) in chosen.items()),
            *([_SET] if has_settings else []),
            *([_WORKSPACE] if has_workspace else []),
            _JSON,
        ]
        for add in reversed([*_request_options(request), *shared]):
            add(run)
        return run

    return decorate


_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_SET = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set any setting; see bidproof config."
)
_WORKSPACE = click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    help="Workspace folder. [default: the nearest .bidproof upward, else ./.bidproof]",
)


def read_pairs(
    values: Iterable[str], *, flag: str, metavar: str = "NAME=VALUE", is_joined: bool = False
) -> dict[str, str]:
    """Read NAME=VALUE given many times; the value may be empty and hold further signs.

    Of values to the same name the last one counts, or all of them, joined by commas.

    Raises:
        InvalidSetting: One has no ``=``, or nothing before it.
    """
    found: dict[str, str] = {}
    for value in values:
        name, equals, content = value.partition("=")
        if not equals or not name.strip():
            raise InvalidSetting(
                f"cannot take {flag} {value!r}: found no '=', expected {metavar}",
                hint=f"write it as {flag} {metavar}",
            )
        name = name.strip()
        found[name] = f"{found[name]},{content}" if is_joined and name in found else content
    return found


def _settings(pairs: Sequence[str], said: Mapping[str, object]) -> dict[str, object]:
    given = {name: value.strip() for name, value in read_pairs(pairs, flag="--set").items()}
    return {**given, **{name: value for name, value in said.items() if value is not None}}


def _variable(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")


def _request_options(request: type | None) -> list[Decorator]:
    if request is None:
        return []
    kinds = typing.get_type_hints(request)
    added: list[Decorator] = []
    for item in fields(request):
        how = option_of(item)
        if how is not None:
            added.append(_request_option(item, kinds[item.name], how))
        elif is_dataclass(kinds[item.name]):
            added += _request_options(kinds[item.name])
    return added


def _request_option(item: Field[Any], kind: Any, how: Option) -> Decorator:
    names = how.flags or ("--" + item.name.replace("_", "-"),)
    if kind is bool:
        return click.option(*names, item.name, is_flag=True, help=how.help)
    if "/" in names[0]:
        return click.option(*names, item.name, default=item.default, show_default=False, help=how.help)
    shown: dict[str, Any] = {}
    if item.default not in (MISSING, None, "", ()):
        shown["default"] = (",".join(item.default),) if how.has_commas else item.default
        shown["show_default"] = "[default:" not in how.help
    return click.option(
        *names,
        item.name,
        type=_click_type(kind, how),
        multiple=typing.get_origin(kind) in (tuple, Mapping),
        required=_is_required(item),
        metavar=how.metavar,
        help=how.help,
        **shown,
    )


def _click_type(kind: Any, how: Option) -> click.ParamType:
    """How click reads values of a field's type."""
    if typing.get_origin(kind) is Literal:
        return click.Choice([word for word in typing.get_args(kind) if word])
    if typing.get_origin(kind) in (types.UnionType, tuple, Mapping):
        return _click_type(typing.get_args(kind)[-1 if typing.get_origin(kind) is Mapping else 0], how)
    if how.choices:
        return click.Choice(how.choices)
    if kind in (int, float):
        least, is_open = (how.least or 0, False) if how.above is None else (how.above, True)
        return (click.IntRange if kind is int else FiniteRange)(min=least, max=how.most, min_open=is_open)
    if kind is Path:
        return click.Path(path_type=Path)
    if kind is date:
        return _Day()
    return click.types.convert_type(kind)


class FiniteRange(click.FloatRange):
    """A number within bounds; ``nan``, which is within any, and ``inf`` are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As of click, but for numbers that are none."""
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{value} is no finite number.", param, ctx)


class _Day(click.DateTime):
    """A date without a time."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if type(value) is date else super().convert(value, param, ctx).date()


def _build(request: type, values: dict[str, Any]) -> Any:
    """Take a request's fields out of what was said; what was not said is left to its defaults."""
    kinds = typing.get_type_hints(request)
    said: dict[str, Any] = {}
    for item in fields(request):
        how, kind = option_of(item), kinds[item.name]
        if how is None and is_dataclass(kind) and isinstance(kind, type):
            said[item.name] = _build(kind, values)
        elif item.name in values:
            value = values.pop(item.name)
            if value not in (None, ()) or _is_required(item):
                said[item.name] = _value(value, item, kind, how) if how else value
    return request(**said)


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _value(value: Any, item: Field[Any], kind: Any, how: Option) -> Any:
    if kind is bool:
        return value is not item.default
    if typing.get_origin(kind) is Mapping:
        metavar = how.metavar or "NAME=VALUE"
        return read_pairs(value, flag=how.flags[-1], metavar=metavar, is_joined=how.has_commas)
    if how.has_commas:
        return tuple(name.strip() for part in value for name in part.split(",") if name.strip())
    return value
