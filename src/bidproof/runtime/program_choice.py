"""Which program drafts: the one that ``prompts.program`` names, under the settings of the moment.

A program's settings stand between the defaults and ``bidproof.toml``: whatever is
said in the file, in a variable or by a flag wins. What then runs is stored under
its own digest, so that every draft names a program that can be looked up.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bidproof.core.errors import BidproofError, UserError
from bidproof.core.next_steps import NextStep
from bidproof.core.settings import PromptSettings, Settings, setting_names
from bidproof.prompts.fields import fields_of
from bidproof.prompts.labels import PACKAGED, PRODUCTION, read_labels
from bidproof.prompts.program import Program, default_program
from bidproof.prompts.store import FOLDER, ProgramStore
from bidproof.prompts.versions import Version

AUTHOR = "bidproof"
PACKAGED_MESSAGE = "packaged default with the settings of this workspace"

# Where something is sent is the user's to say, never a stored program's.
_NEVER = (
    "retrieval.embedder",
    "retrieval.embedder_model",
    "retrieval.embedder_base_url",
    "retrieval.reranker_base_url",
    "model.fallback",
)


def open_store(workspace: Path) -> ProgramStore:
    """The programs of a workspace, checked against the code at hand."""
    return ProgramStore(workspace / FOLDER, schemas=schemas_of)


def program_layer(workspace: Path, settings: Settings) -> tuple[str, Mapping[str, object]]:
    """The settings of the chosen program, by name, and what to call their origin.

    Empty without one, and where it cannot be read: drafting then refuses, and nothing
    else is in the way.
    """
    try:
        version = chosen_version(workspace, settings)
    except BidproofError:
        return "", {}
    if version is None:
        return "", {}
    known = setting_names()
    values: dict[str, object] = {
        name: value
        for name, value in fields_of(version.program).items()
        if name in known and name not in _NEVER and _counts(name, version.program)
    }
    return f"program {version.digest}", values


def pin_program(workspace: Path, settings: Settings) -> Settings:
    """Name the chosen program by its digest, so that a label that moves changes no run under way."""
    try:
        version = chosen_version(workspace, settings)
    except BidproofError:
        return settings
    digest = PACKAGED if version is None else version.digest
    return replace(settings, prompts=PromptSettings(program=digest))


def chosen_version(workspace: Path, settings: Settings) -> Version | None:
    """The stored version that the settings call for; None for the packaged program.

    ``production`` is the packaged program while nothing has that label, and for an
    engine that the labelled program is not for.

    Raises:
        UserError: There is no such program, it is damaged, or not for the engine that
            the settings call for (``program-engine``).
    """
    wanted = settings.prompts.program
    if wanted == PACKAGED:
        return None
    if wanted == PRODUCTION and PRODUCTION not in read_labels(workspace / FOLDER).digests:
        return None
    version = open_store(workspace).read(wanted)
    is_fitting = bool(settings.model.model) != bool(version.program.engine)
    if not is_fitting and wanted == PRODUCTION:
        return None
    if not is_fitting:
        found = "no model" if version.program.engine else "a program that asks a model"
        raise UserError(
            f"cannot draft with the program {wanted!r}: found one for {found}, and model.model is "
            f"{settings.model.model!r}",
            hint="leave model.model empty"
            if version.program.engine
            else NextStep("set model.model", options=("model",)),
            code="program-engine",
        )
    return version


def running_program(workspace: Path, settings: Settings, *, model_name: str) -> Program:
    """The program that drafts under these settings, stored if it was not.

    Args:
        workspace: Folder of the workspace.
        settings: As of the session.
        model_name: Identity of the model as opened; empty for the extractive engine.

    Raises:
        UserError: The chosen program is damaged or was made for other code.
        WriteFailed: It cannot be stored.
    """
    store, version = open_store(workspace), chosen_version(workspace, settings)
    if version is not None:
        store.check_fit(version)
    program = program_under(settings, version, model_name=model_name)
    if version is None:
        store.add(program, message=PACKAGED_MESSAGE, author=AUTHOR)
    elif program.digest() != version.digest:
        message = f"{version.digest} with the settings of this workspace"
        store.add(program, message=message, author=AUTHOR, parents=(version.digest,))
    return program


def program_under(settings: Settings, version: Version | None, *, model_name: str) -> Program:
    """A stored version, or the packaged program, under these settings; nothing is stored."""
    if not settings.model.model:
        from bidproof.answering.extractive import extractive_program

        return extractive_program(settings)
    base = version.program if version is not None else default_program(settings)
    return replace(
        base,
        model=settings.model,
        model_name=model_name,
        retrieval=settings.retrieval,
        answering=settings.answering,
    )


def settings_of(program: Program, settings: Settings) -> Settings:
    """The settings with those of a program in their place."""
    model = settings.model if program.engine else program.model
    return replace(settings, model=model, retrieval=program.retrieval, answering=program.answering)


def _counts(name: str, program: Program) -> bool:
    return not program.engine or not name.startswith("model.")


def schemas_of(program: Program) -> Mapping[str, Any]:
    """The reply schemas that the code at hand enforces for a program, by step."""
    from bidproof.answering.program_schemas import reply_schemas

    return reply_schemas(program)
