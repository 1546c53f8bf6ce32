"""The composition root: settings from flag, environment and file; the workspace to use."""

import os
import tomllib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bidproof.core.errors import InvalidSetting, WorkspaceError, WriteFailed
from bidproof.core.files import read_given, stay_private
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.settings import ModelSettings, SettingOrigin, Settings, resolve_settings, setting_names
from bidproof.llm.prices import PRICES_FILE, Price, read_prices
from bidproof.runtime.addresses import with_addresses
from bidproof.runtime.program_choice import pin_program, program_layer
from bidproof.runtime.reranker_choice import pin_reranker
from bidproof.runtime.secrets import Keyrings, read_keys
from bidproof.runtime.trust import Guard, mark_of, named_addresses, trust
from bidproof.workspace.store import DATABASE_NAME, Workspace

if TYPE_CHECKING:
    from bidproof.llm.gateway import Gateway

WORKSPACE_FOLDER = ".bidproof"
SETTINGS_FILE = "bidproof.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """Where to work and what was said on the command line.

    ``workspace`` is None to use ``BIDPROOF_WORKSPACE``, else the nearest
    ``.bidproof`` folder upward, else a new one here. ``flags`` are settings by
    ``group.name``. Without ``makes_workspace`` one that is not there is an error.
    """

    workspace: Path | None = None
    flags: Mapping[str, object] | None = None
    makes_workspace: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Resolved settings with their origins, and the workspace folder they are for."""

    folder: Path
    settings: Settings
    origins: tuple[SettingOrigin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open workspace with its settings."""

    workspace: Workspace
    settings: Settings
    keys: Keyrings

    @asynccontextmanager
    async def open_model(
        self,
        settings: ModelSettings,
        *,
        job_id: int | None,
        run: str = "",
        notice: Callable[[str], None] | None = None,
    ) -> "AsyncGenerator[Gateway]":
        """Open a model with this session's keys and journal; see :func:`bidproof.llm.open.open_model`."""
        from bidproof.llm.adaptations import kept_in
        from bidproof.llm.open import open_model

        opened = open_model(
            settings,
            journal=self.workspace.calls,
            job_id=job_id,
            api_key=self.keys.model,
            run=run,
            notice=notice,
        )
        with kept_in(self.workspace.facts):
            async with opened as gateway:
                yield gateway


def load_configuration(request: SessionRequest) -> Configuration:
    """Resolve every setting: flag, ``BIDPROOF_*`` variable, ``bidproof.toml``, chosen program, default.

    Raises:
        InvalidSetting: A value is unknown or of the wrong type, or the file is no TOML.
    """
    folder = find_workspace(request.workspace)
    path = folder / SETTINGS_FILE
    said = {
        str(path): _from_file(path),
        "environment": _from_environment(),
        "flag": dict(request.flags or {}),
    }
    said = with_addresses(said, resolve_settings(said), os.environ)
    resolved = resolve_settings(said)
    origin, values = program_layer(folder, resolved.settings)
    priced = _priced(folder / PRICES_FILE, resolved.settings)
    if values or priced:
        layers = {str(folder / PRICES_FILE): priced} if priced else {}
        resolved = resolve_settings({**layers, **({origin: values} if values else {}), **said})
    return Configuration(folder=folder, settings=resolved.settings, origins=resolved.origins)


def find_workspace(named: Path | None) -> Path:
    """Say which folder is the workspace; it need not exist yet. A private one stays so."""
    folder = _workspace_folder(named)
    stay_private(folder)
    return folder


def _workspace_folder(named: Path | None) -> Path:
    if named is not None:
        return named.absolute()
    if variable := os.environ.get("BIDPROOF_WORKSPACE"):
        return Path(variable).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / WORKSPACE_FOLDER).is_dir():
            return folder / WORKSPACE_FOLDER
    return here / WORKSPACE_FOLDER


@contextmanager
def open_session(request: SessionRequest) -> Generator[Session]:
    """Open the workspace, creating it where there is none, and close it afterwards.

    Raises:
        InvalidSetting: See :func:`load_configuration`.
        WorkspaceError: There is none, and none is to be made (``no-workspace``).
        WorkspaceError: The workspace is damaged, newer than this program, or not writable.
    """
    configuration = load_configuration(request)
    if not request.makes_workspace and not (configuration.folder / DATABASE_NAME).exists():
        raise WorkspaceError(
            f"cannot open {str(configuration.folder)!r}: found no workspace there, expected one",
            hint=NextStep(
                "check the path, or bring documents in first", Action.INGEST, options=("workspace",)
            ),
            code="no-workspace",
        )
    workspace = Workspace.open(configuration.folder)
    try:
        settings = pin_program(configuration.folder, configuration.settings)
        settings = pin_reranker(configuration.folder, settings)
        yield Session(workspace=workspace, settings=settings, keys=_keys(workspace, configuration))
    finally:
        workspace.close()


def _keys(workspace: Workspace, configuration: Configuration) -> Keyrings:
    """Keys for the hosts they were given for; a workspace that is made here and now is this user's own."""
    if workspace.is_new:
        with suppress(WriteFailed):  # without a place for the mark, the first sending asks for trust
            trust(workspace.folder, workspace.id())
    guard = Guard(
        folder=workspace.folder,
        mark=mark_of(workspace.folder, workspace.id()),
        named=named_addresses(configuration.origins),
    )
    return read_keys(configuration.settings, os.environ, guard=guard)


def _priced(path: Path, settings: Settings) -> dict[str, object]:
    """Prices of the models that are set, as far as the table knows them and no setting says them.

    Raises:
        InvalidSetting: The table cannot be read.
    """
    table, model, routing = read_prices(path), settings.model, settings.routing
    values: dict[str, object] = {}
    first = table.price_of(model.model)
    if first is not None and not (model.prompt_price or model.completion_price):
        values |= _named("model.", first)
    second = table.price_of(model.fallback)
    if second is not None and model.fallback_prompt_price is None and model.fallback_completion_price is None:
        values["model.fallback_prompt_price"] = second.prompt
        values["model.fallback_completion_price"] = second.completion
    embedded = table.price_of(settings.retrieval.embedder_model)
    if embedded is not None and model.embedding_price is None:
        values["model.embedding_price"] = embedded.prompt
    reranked = table.price_of(settings.retrieval.reranker_model)
    if reranked is not None and model.reranking_price is None:
        values["model.reranking_price"] = reranked.prompt
    large = table.price_of(routing.large_model)
    if large is not None and not (routing.large_prompt_price or routing.large_completion_price):
        values |= _named("routing.large_", large)
    return values


def _named(prefix: str, price: Price) -> dict[str, object]:
    values: dict[str, object] = {
        f"{prefix}prompt_price": price.prompt,
        f"{prefix}completion_price": price.completion,
    }
    if price.cached_prompt is not None:
        values[f"{prefix}cached_prompt_price"] = price.cached_prompt
    return values


def _from_environment() -> dict[str, object]:
    values: dict[str, object] = {}
    for name in setting_names():
        variable = "BIDPROOF_" + name.replace(".", "_").upper()
        if variable in os.environ:
            values[name] = os.environ[variable]
    return values


def _from_file(path: Path) -> dict[str, object]:
    try:
        content = read_given(path).decode("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(
            f"cannot read {str(path)!r}: {error}", hint="correct or remove the file"
        ) from error
    try:
        tables = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidSetting(
            f"cannot read {str(path)!r}: found {error}, expected TOML", hint="correct or remove the file"
        ) from error
    values: dict[str, object] = {}
    for group, table in tables.items():
        if isinstance(table, dict):
            items = cast("dict[str, object]", table)
            values.update({f"{group}.{name}": value for name, value in items.items()})
        else:
            values[group] = table
    return values
