"""What every test gets: a clean environment, no network beyond loopback, the data folder."""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Machines differ in speed and are shared; a slow example is no failure.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

REPOSITORY = Path(__file__).resolve().parents[1]
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_sessionstart() -> None:
    """Bring the loopback up, which is down in a new network namespace (``unshare -rn``)."""
    if sys.platform != "linux":
        return
    get, put, is_up = 0x8913, 0x8914, 1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket, suppress(OSError):
        name, flags = struct.unpack_from("16sH", ioctl(any_socket, get, struct.pack("16sH14x", b"lo", 0)))
        if not flags & is_up:
            ioctl(any_socket, put, struct.pack("16sH14x", name, flags | is_up))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear BIDPROOF_* and provider keys, so that a developer's shell decides nothing."""
    for name in list(os.environ):
        if name.startswith("BIDPROOF_") and name != "BIDPROOF_DATA":
            monkeypatch.delenv(name)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BIDPROOF_MODEL_PATIENCE_S", "0")  # a test that waits out an outage says so


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Marks of trusted workspaces go to a folder of the run, never to the developer's own."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The measuring data beside the repository; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("BIDPROOF_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no measuring data at {folder}; set BIDPROOF_DATA")
    return folder
