"""A local GGUF file as a model: a llama.cpp server that we start and that dies with us."""

import asyncio
import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, TypeAlias, cast

import httpx

from bidproof.core.errors import InvalidSetting
from bidproof.core.kept import Kept
from bidproof.core.processors import usable_processors
from bidproof.core.settings import ModelSettings
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.gguf import identify_gguf

PREFIX = "local:"
_SERVERS = 2  # a small model and a large one
_START_S = 300.0
_LOOK_EVERY_S = 0.1
_STOP_S = 5.0
# Who asks the same processor again wins nothing: 3,000 prompt tokens alone take a small machine minutes.
_LEAST_TIMEOUT_S = 900.0
# What the server's process may see of our environment: no keys, no proxies.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH",
                "LD_LIBRARY_PATH", "VIRTUAL_ENV")  # fmt: skip


@asynccontextmanager
async def open_local(settings: ModelSettings) -> AsyncGenerator[EndpointModel, None]:
    """Serve ``local:/path.gguf`` on a free loopback port, by the server that runs for it already if one does.

    The server listens on 127.0.0.1 with a random key, so that other users of the
    machine cannot use it. It goes on after leaving, for the next who opens the same
    file; it is stopped when two others are in use, or with this process, however that ends.

    Raises:
        InvalidSetting: The file is missing, damaged, or not a model that the
            runtime can load; the runtime's last words are quoted.
    """
    path = Path(settings.model.removeprefix(PREFIX)).expanduser().absolute()
    name = await asyncio.to_thread(identify_gguf, path)
    is_given_up = threading.Event()
    try:
        server = await asyncio.to_thread(_borrow, path, settings.context_tokens, is_given_up)
    except asyncio.CancelledError:
        is_given_up.set()
        raise
    model = EndpointModel(
        model=name,
        base_url=f"{server.address}/v1",
        api_key=server.api_key,
        timeout_s=max(settings.timeout_s, _LEAST_TIMEOUT_S),
        connections=max(1, settings.concurrency),
        label=f"{PREFIX}{name}/{settings.context_tokens}",
    )
    try:
        yield model
    finally:
        await model.aclose()
        del server  # until here it is in use


class _Server:
    """A running server of one file; it ends when nobody refers to it any more."""

    def __init__(self, path: Path, context_tokens: int, is_given_up: threading.Event) -> None:
        self.api_key = secrets.token_urlsafe(24)
        self._path, self._is_given_up = path, is_given_up
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bidproof.llm.local_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(),
        )
        weakref.finalize(self, _stop, self._process, self._log, owner=os.getpid())
        wanted = {
            "path": str(path),
            "api_key": self.api_key,
            "context_tokens": context_tokens,
            "threads": usable_processors(),
        }
        try:
            self.address = self._start(json.dumps(wanted).encode() + b"\n")
        except (OSError, ValueError, KeyError) as error:
            raise self._not_loaded() from error

    @property
    def is_running(self) -> bool:
        """Whether its process is alive."""
        return self._process.poll() is None

    def _start(self, wanted: bytes) -> str:
        assert self._process.stdin is not None  # noqa: S101 - both were asked for as pipes
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._process.stdin.write(wanted)
        self._process.stdin.flush()
        deadline = time.monotonic() + _START_S
        while not select.select([self._process.stdout], [], [], _LOOK_EVERY_S)[0]:
            self._check(deadline)
        address = str(cast("dict[str, object]", json.loads(self._process.stdout.readline()))["address"])
        with httpx.Client(trust_env=False, timeout=10) as client:
            while True:
                self._check(deadline)
                with suppress(httpx.HTTPError):
                    if client.get(f"{address}/health").status_code == 200:
                        return address
                time.sleep(_LOOK_EVERY_S)

    def _check(self, deadline: float) -> None:
        if not self.is_running or time.monotonic() > deadline or self._is_given_up.is_set():
            raise self._not_loaded()

    def _not_loaded(self) -> InvalidSetting:
        self._log.seek(0)
        said = self._log.read().decode("utf-8", "replace")
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower() or " E " in line] or lines
        last = errors[-1][-200:] if errors else "nothing"
        return InvalidSetting(
            f"cannot serve the model file {str(self._path)!r}: "
            f"the runtime said {last!r}, expected a loaded model",
            hint="check that the file is whole and that memory suffices, or lower model.context_tokens",
        )


_Name: TypeAlias = tuple[Path, int, int, int]
_servers = Kept[_Name, _Server](most=_SERVERS)


def _borrow(path: Path, context_tokens: int, is_given_up: threading.Event) -> _Server:
    """The server of a file as it is now, started where none runs."""
    status = path.stat()
    key = (path, status.st_size, status.st_mtime_ns, context_tokens)
    while not (server := _servers.get(key, lambda: _Server(path, context_tokens, is_given_up))).is_running:
        _servers.drop(key, server)
    return server


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Threads that spin while they wait starve each other on shared cores: 10 times slower.
    return kept | {"OMP_WAIT_POLICY": "passive"}


def _stop(process: "subprocess.Popen[bytes]", log: IO[bytes], *, owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child; the server is its parent's
    for pipe in (process.stdin, process.stdout, log):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
