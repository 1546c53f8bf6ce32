"""A local GGUF file as a model: a llama.cpp server that we start and that dies with us."""

import asyncio
import json
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import httpx

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import ModelSettings
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.gguf import identify_gguf

PREFIX = "local:"
_START_S = 300.0
_HEALTH_EVERY_S = 0.1
_STOP_S = 5.0
# What the server's process may see of our environment: no keys, no proxies.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH",
                "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    base_url: str
    api_key: str


@asynccontextmanager
async def open_local(settings: ModelSettings) -> AsyncGenerator[EndpointModel, None]:
    """Start a server for ``local:/path.gguf`` on a free loopback port; stop it on leaving.

    The server listens on 127.0.0.1 with a random key, so that other users of the
    machine cannot use it. It is killed with this process, however that ends.

    Raises:
        InvalidSetting: The file is missing, damaged, or not a model that the
            runtime can load; the runtime's last words are quoted.
    """
    path = Path(settings.model.removeprefix(PREFIX)).expanduser().absolute()
    name = await asyncio.to_thread(identify_gguf, path)
    async with _serving(path, settings) as address:
        model = EndpointModel(
            model=name,
            base_url=f"{address.base_url}/v1",
            api_key=address.api_key,
            timeout_s=settings.timeout_s,
            connections=max(1, settings.concurrency),
            label=f"{PREFIX}{name}/{settings.context_tokens}",
        )
        try:
            yield model
        finally:
            await model.aclose()


@asynccontextmanager
async def _serving(path: Path, settings: ModelSettings) -> AsyncGenerator[_Address, None]:
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bidproof.llm.local_server",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=_environment(),
        )
        try:
            key = secrets.token_urlsafe(24)
            wanted = {
                "path": str(path),
                "api_key": key,
                "context_tokens": settings.context_tokens,
                "threads": os.cpu_count() or 1,
            }
            base_url = await _start(process, wanted, path=path, log=log)
            yield _Address(base_url=base_url, api_key=key)
        finally:
            await _stop(process)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Threads that spin while they wait starve each other on shared cores: 10 times slower.
    return kept | {"OMP_WAIT_POLICY": "passive"}


async def _start(
    process: asyncio.subprocess.Process, wanted: dict[str, Any], *, path: Path, log: IO[bytes]
) -> str:
    assert process.stdin is not None  # noqa: S101 - both were asked for as pipes
    assert process.stdout is not None  # noqa: S101 - as above
    try:
        async with asyncio.timeout(_START_S):
            process.stdin.write(json.dumps(wanted).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
            if not line:
                raise _not_loaded(path, log)
            address = str(cast("dict[str, object]", json.loads(line))["address"])
            await _healthy(address, process, path=path, log=log)
            return address
    except (ConnectionError, TimeoutError, ValueError, KeyError) as error:
        raise _not_loaded(path, log) from error


async def _healthy(address: str, process: asyncio.subprocess.Process, *, path: Path, log: IO[bytes]) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        while process.returncode is None:
            with suppress(httpx.HTTPError):
                if (await client.get(f"{address}/health")).status_code == 200:
                    return
            await asyncio.sleep(_HEALTH_EVERY_S)
    raise _not_loaded(path, log)


def _not_loaded(path: Path, log: IO[bytes]) -> InvalidSetting:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or " E " in line] or lines
    said = errors[-1][-200:] if errors else "nothing"
    return InvalidSetting(
        f"cannot serve the model file {str(path)!r}: the runtime said {said!r}, expected a loaded model",
        hint="check that the file is whole and that memory suffices, or lower model.context_tokens",
    )


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
