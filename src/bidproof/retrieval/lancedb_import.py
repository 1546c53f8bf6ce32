"""Imports LanceDB without the client of its remote catalogue, which costs more than all the rest."""

# lancedb ships incomplete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
import importlib
import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any

_REST_CLIENT = "lance_namespace_urllib3_client"
_lock = threading.Lock()


def import_lancedb() -> Any:
    """Import LanceDB; safe to call from several threads, and again.

    LanceDB takes record types from the package of its REST client, whose
    ``__init__`` also builds every call of that client: some 1.3 CPU-seconds for
    calls to a server that is never there. While LanceDB is imported an empty
    package stands in, so that only the record types load; afterwards it is taken
    out again, and whoever imports the client gets all of it.
    """
    with _lock:
        if "lancedb" in sys.modules or _REST_CLIENT in sys.modules:
            return importlib.import_module("lancedb")
        found = importlib.util.find_spec(_REST_CLIENT)
        if found is None or found.submodule_search_locations is None:
            return importlib.import_module("lancedb")
        stand_in = ModuleType(_REST_CLIENT)
        stand_in.__path__ = list(found.submodule_search_locations)
        stand_in.__spec__ = found
        sys.modules[_REST_CLIENT] = stand_in
        try:
            return importlib.import_module("lancedb")
        finally:
            if sys.modules.get(_REST_CLIENT) is stand_in:
                del sys.modules[_REST_CLIENT]
