"""The inside of a guarded child process: bars first, then calls until the pipe closes.

Run by ``guard.py`` only. Everything here assumes that the next input is hostile.
"""

import ctypes
import gc
import importlib
import os
import pickle
import resource
import struct
import sys
import time
from typing import IO, cast

from bidproof.core.errors import BidproofError
from bidproof.formats.guarded.replies import Reply, Task, dump_reply

_HEADER = struct.Struct(">Q")
_MB = 1 << 20
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_BARRED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "ctypes.dlopen.remote",
    "urllib.Request",
)


def serve() -> None:
    """Answer calls on standard input with replies on the former standard output."""
    requests = cast("IO[bytes]", sys.stdin.buffer)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    memory_mb, file_mb = cast("tuple[int, int]", _receive(requests))
    _raise_bars(memory_mb=memory_mb, file_mb=file_mb)
    _send(replies, Reply(outcome="value"))
    gc.freeze()
    while (request := _receive(requests)) is not None:
        place, argument, cpu_s = cast("tuple[str, object, int]", request)
        _send(replies, _answer(place, argument, cpu_s))


def _answer(place: str, argument: object, cpu_s: int) -> Reply:
    _allow_cpu(cpu_s)
    try:
        module, name = place.split(":")
        task: Task = getattr(importlib.import_module(module), name)
        return Reply(outcome="value", value=task(argument))
    except BidproofError as error:
        return Reply(outcome="error", value=error)
    except MemoryError:
        return Reply(outcome="memory")
    except Exception as error:  # noqa: BLE001 the process edge: any failure of a parser is its file's alone
        return Reply(outcome="error", value=f"{type(error).__name__}: {error}"[:500])


def _raise_bars(*, memory_mb: int, file_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb * _MB, file_mb * _MB))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MB, memory_mb * _MB))
    _leave_network()
    sys.addaudithook(_refuse)


def _leave_network() -> None:
    """Move to a network namespace without interfaces, where the system lets us.

    Where it does not, the audit hook still stops Python code; native code that
    was captured could then reach the network.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _BARRED:
        raise PermissionError(f"{event} is barred in a parser process")


def _allow_cpu(cpu_s: int) -> None:
    used = int(time.process_time()) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_s, hard))


def _receive(stream: IO[bytes]) -> object:
    head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return None
    return pickle.loads(stream.read(_HEADER.unpack(head)[0]))  # noqa: S301 written by our own parent


def _send(stream: IO[bytes], reply: Reply) -> None:
    raw = dump_reply(reply)
    stream.write(_HEADER.pack(len(raw)))
    stream.write(raw)
    stream.flush()
