"""The child process that serves a GGUF file on a loopback port; see ``local.py``.

Run as ``python -m bidproof.llm.local_server``. Reads one JSON line of parameters
on standard input, prints one JSON line with the address, and ends when standard
input closes: it cannot outlive the process that started it.
"""

# The runtime has no type stubs.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false

import json
import os
import sys
import threading
from typing import Any


def main() -> None:
    """Serve until the parent goes away."""
    wanted: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps({"address": _serve(wanted)}), flush=True)  # noqa: T201 - the parent reads it
    threading.Event().wait()


def _serve(wanted: dict[str, Any]) -> str:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = wanted["path"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [wanted["api_key"]]
    params.n_ctx = wanted["context_tokens"]
    params.n_parallel = 1
    params.cpuparams.n_threads = wanted["threads"]
    params.use_jinja = True
    params.ui = False
    params.offline = True
    _keep.append(xllamacpp.Server(params))
    return str(_keep[0].listening_address)


_keep: list[Any] = []  # the server stops when it is collected


def _end_with_parent() -> None:
    while sys.stdin.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
