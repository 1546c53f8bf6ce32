"""Runs a function on untrusted input in a child process that can do little harm.

The child has its own CPU, memory and file-size limits, no network, none of the
parent's environment, and may start no program. A child that dies, hangs or
swells costs one input: the caller gets an error that names it, and the next
input a fresh child.
"""

import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar, cast

from bidproof.core.errors import BidproofError, UnreadableFile
from bidproof.formats.guarded.replies import BadReply, Reply, load_reply

Arg = TypeVar("Arg")
Result = TypeVar("Result")

_HEADER = struct.Struct(">Q")
_MAX_REPLY_MB = 64
_MAX_CALLS = 400
_START_TIMEOUT_S = 60.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "VIRTUAL_ENV", "SYSTEMROOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may cost.

    Attributes:
        cpu_s: CPU seconds.
        wall_s: Seconds by the clock, waiting included.
        memory_mb: Address space of the child.
        file_mb: Largest file that the child may write.
    """

    cpu_s: int = 120
    wall_s: float = 240.0
    memory_mb: int = 2048
    file_mb: int = 64


def run_guarded(
    function: Callable[[Arg], Result], argument: Arg, *, limits: Limits, label: str | None = None
) -> Result:
    """Call ``function(argument)`` in a guarded child process of its own.

    Args:
        function: Module-level, importable by its module and name.
        argument: Anything that pickles.
        limits: What the call may cost.
        label: What errors call the input; the argument itself by default.

    Returns:
        What the function returned. Records of Bidproof, and containers, text,
        numbers and dates pass; other types are refused, because a captured
        parser could otherwise make this process build anything.

    Raises:
        BidproofError: What the function raised.
        UnreadableFile: The child died or passed a limit: ``parser-crashed``,
            ``parser-timeout``, ``parser-memory`` or ``parser-failed``.
    """
    with GuardedWorker(memory_mb=limits.memory_mb, file_mb=limits.file_mb) as worker:
        return worker.call(function, argument, limits=limits, label=label or str(argument))


class GuardedWorker:
    """One guarded child process, started when first needed and replaced when lost.

    Not for use by two threads at once.
    """

    def __init__(self, *, memory_mb: int, file_mb: int = 64) -> None:
        """Remember the limits; nothing starts yet."""
        self._memory_mb = memory_mb
        self._file_mb = file_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, function: Callable[[Arg], Result], argument: Arg, *, limits: Limits, label: str) -> Result:
        """Call ``function(argument)`` in the child; see :func:`run_guarded`."""
        process = self._ready()
        self._calls += 1
        place = f"{function.__module__}:{function.__qualname__}"
        try:
            reply = self._exchange(
                process, pickle.dumps((place, argument, limits.cpu_s)), timeout_s=limits.wall_s
            )
        except TimeoutError as error:
            self.close()
            raise _timeout(label, f"{limits.wall_s:g} seconds by the clock") from error
        except (EOFError, BrokenPipeError, ConnectionError) as error:
            code = self._bury()
            raise _death(label, code, limits) from error
        except BadReply as error:
            self.close()
            raise _failure(label, str(error)) from error
        except BaseException:
            self.close()
            raise
        return cast("Result", _unwrap(reply, label, limits))

    def close(self) -> None:
        """End the child, if any."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def kill(self) -> None:
        """End the child from another thread; a call under way fails as if the child had died."""
        process = self._process
        if process is not None:
            process.kill()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._calls >= _MAX_CALLS or self._process.poll() is not None):
            self.close()
        if self._process is None:
            self._process = self._start()
            self._calls = 0
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _boot_code()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            self._exchange(
                process, pickle.dumps((self._memory_mb, self._file_mb)), timeout_s=_START_TIMEOUT_S
            )
        except (EOFError, OSError, BadReply) as error:
            process.kill()
            process.wait()
            raise BidproofError(
                f"cannot start a parser process: it ended with status {process.returncode}",
                hint="raise documents.max_memory_mb (512 is the least that works)",
                code="parser-start",
            ) from error
        return process

    def _bury(self) -> int:
        process = self._process
        if process is None:
            return 0
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        code = process.returncode
        self.close()
        return code

    def _exchange(self, process: subprocess.Popen[bytes], request: bytes, *, timeout_s: float) -> Reply:
        stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        stdin.write(_HEADER.pack(len(request)) + request)
        stdin.flush()
        deadline = time.monotonic() + timeout_s
        size = _HEADER.unpack(_read(stdout, _HEADER.size, deadline))[0]
        if size > _MAX_REPLY_MB << 20:
            raise BadReply(f"a reply of over {_MAX_REPLY_MB} MB")
        return load_reply(_read(stdout, size, deadline))


def _boot_code() -> str:
    paths = [path for path in sys.path if path] or [str(Path.cwd())]
    return f"import sys; sys.path[:0] = {paths!r}; from bidproof.formats.guarded.worker import serve; serve()"


def _read(stream: IO[bytes], size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            raise TimeoutError
        part = os.read(stream.fileno(), min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _unwrap(reply: Reply, label: str, limits: Limits) -> object:
    if reply.outcome == "value":
        return reply.value
    if isinstance(reply.value, BidproofError):
        raise reply.value
    if reply.outcome == "memory":
        raise _memory(label, limits)
    raise _failure(label, str(reply.value))


def _failure(label: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {label!r}: the parser failed with {reason[:300]}",
        hint="open the file in the program that wrote it and save it again",
        code="parser-failed",
    )


def _death(label: str, code: int, limits: Limits) -> UnreadableFile:
    if code == -signal.SIGXCPU:
        return _timeout(label, f"{limits.cpu_s} CPU seconds")
    if code == -signal.SIGKILL:
        return _memory(label, limits)
    if code < 0:
        reason = f"the parser crashed ({signal.Signals(-code).name})"
    else:
        reason = f"the parser ended with status {code}"
    return UnreadableFile(
        f"cannot read {label!r}: {reason}, expected text",
        hint="open the file in the program that wrote it and save it again",
        code="parser-crashed",
    )


def _timeout(label: str, limit: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {label!r}: the parser passed its limit of {limit}",
        hint="raise documents.max_seconds, or split the file",
        code="parser-timeout",
    )


def _memory(label: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read {label!r}: the parser passed its limit of {limits.memory_mb} MB of memory",
        hint="raise documents.max_memory_mb, or split the file",
        code="parser-memory",
    )
