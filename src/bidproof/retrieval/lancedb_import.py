"""Imports LanceDB without two packages that it never needs here and that cost more than all the rest."""

# lancedb ships incomplete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
import importlib
import importlib.util
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_REST_CLIENT = "lance_namespace_urllib3_client"
_FRAMES = "pandas"
_lock = threading.Lock()


def import_lancedb() -> Any:
    """Import LanceDB; safe to call from several threads, and again.

    LanceDB takes record types from the package of its REST client, whose
    ``__init__`` also builds every call of that client: some 1.3 CPU-seconds for
    calls to a server that is never there. While LanceDB is imported an empty
    package stands in, so that only the record types load; afterwards it is taken
    out again, and whoever imports the client gets all of it.

    Arrow looks for pandas with the first value that it converts, to recognise its
    frames: 0.35 CPU-seconds. It is told that there is none, until somebody imports it.
    """
    with _lock:
        if "lancedb" in sys.modules:
            return importlib.import_module("lancedb")
        _settle_arrow()
        with _without_calls():
            return importlib.import_module("lancedb")


def _settle_arrow() -> None:
    import pyarrow as pa

    if _FRAMES not in sys.modules:
        sys.meta_path.insert(0, finder := _Frames())
        pa.scalar(True)
        finder.hides_from = 0


@contextmanager
def _without_calls() -> Generator[None]:
    found = None if _REST_CLIENT in sys.modules else importlib.util.find_spec(_REST_CLIENT)
    if found is None or found.submodule_search_locations is None:
        yield
        return
    stand_in = ModuleType(_REST_CLIENT)
    stand_in.__path__ = list(found.submodule_search_locations)
    stand_in.__spec__ = found
    sys.modules[_REST_CLIENT] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(_REST_CLIENT) is stand_in:
            del sys.modules[_REST_CLIENT]


class _Frames:
    """Finds no pandas for the thread that makes it, until told otherwise; then it tells Arrow of it."""

    def __init__(self) -> None:
        self.hides_from = threading.get_ident()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse the name, or find it as anybody would."""
        if name != _FRAMES:
            return None
        if threading.get_ident() == self.hides_from:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        found = PathFinder.find_spec(name, path, target)
        if found is not None and found.loader is not None:
            self._tell_after(found.loader)
        return found

    def _tell_after(self, loader: Any) -> None:
        execute = loader.exec_module

        def execute_and_tell(module: ModuleType) -> None:
            from pyarrow.lib import _pandas_api

            execute(module)
            _ = _pandas_api.compat  # Arrow looks again

        loader.exec_module = execute_and_tell  # the rest of the loader stays as it is
