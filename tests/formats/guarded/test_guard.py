import socket
import sys
import textwrap

import pytest

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import Box
from bidproof.formats.guarded.guard import GuardedWorker, Limits, run_guarded

QUICK = Limits(cpu_s=2, wall_s=20, memory_mb=600, file_mb=1)


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """A module of tasks that a child can import."""
    (tmp_path / "guarded_tasks.py").write_text(
        textwrap.dedent(
            """
            import ctypes, datetime, os, pathlib, socket, subprocess, threading, time
            from bidproof.core.errors import UnreadableFile
            from bidproof.core.records import Box
            class Own: pass
            def double(value): return value * 2
            def box(page): return Box(page=page, left=0, top=0, right=1, bottom=1), datetime.date(2024, 3, 5)
            def own(_): return Own()
            def refuse(name): raise UnreadableFile(f"cannot read {name!r}", hint="again", code="corrupt-file")
            def fail(_): raise RuntimeError("broken parser")
            def crash(_): ctypes.string_at(0)
            def spin(_):
                while True: pass
            def sleep(_): time.sleep(60)
            def eat(_): return len(bytearray(3 << 30))
            def quit(_): os._exit(3)
            def write(path): pathlib.Path(path).write_bytes(b"x" * (4 << 20))
            def connect(address): socket.create_connection(tuple(address), timeout=2)
            def raw_connect(address):
                libc = ctypes.CDLL(None, use_errno=True)
                family, port = socket.AF_INET, address[1]
                place = (ctypes.c_ubyte * 16)(2, 0, port >> 8, port & 255, 127, 0, 0, 1)
                handle = libc.socket(family, 1, 0)
                return libc.connect(handle, place, 16)
            def run(_): subprocess.run(["true"])
            def fork(_): return os.fork()
            def environment(_): return sorted(os.environ)
            def chatter(_): print("noise" * 10000); os.write(1, b"more noise"); return "quiet"
            def pid(_): return os.getpid()
            """
        )
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("guarded_tasks", None)
    import guarded_tasks

    return guarded_tasks


def error_of(function, argument="file.pdf", limits=QUICK):
    with pytest.raises(UnreadableFile) as caught:
        run_guarded(function, argument, limits=limits)
    return caught.value


def test_results_and_records_come_back(tasks):
    assert run_guarded(tasks.double, 21, limits=QUICK) == 42
    assert run_guarded(tasks.box, 7, limits=QUICK)[0] == Box(page=7, left=0, top=0, right=1, bottom=1)


def test_our_own_errors_pass_unchanged(tasks):
    error = error_of(tasks.refuse, "a.pdf")

    assert (error.message, error.hint, error.code) == ("cannot read 'a.pdf'", "again", "corrupt-file")


def test_a_failing_parser_is_named(tasks):
    error = error_of(tasks.fail)

    assert error.code == "parser-failed"
    assert "'file.pdf'" in error.message
    assert "broken parser" in error.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("crash", "parser-crashed"),
        ("quit", "parser-crashed"),
        ("spin", "parser-timeout"),
        ("eat", "parser-memory"),
    ],
)
def test_a_parser_that_dies_is_named(tasks, name, code):
    error = error_of(getattr(tasks, name))

    assert error.code == code
    assert "'file.pdf'" in error.message


def test_a_parser_that_hangs_is_ended(tasks):
    assert error_of(tasks.sleep, limits=Limits(cpu_s=2, wall_s=1, memory_mb=600)).code == "parser-timeout"


def test_foreign_objects_may_not_come_out(tasks):
    error = error_of(tasks.own)

    assert error.code == "parser-failed"
    assert "may not come out" in error.message


def test_the_network_is_closed(tasks):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert "barred" in error_of(tasks.connect, address).message
        if sys.platform == "linux":
            assert run_guarded(tasks.raw_connect, address, limits=QUICK) != 0


def test_programs_and_forks_are_barred(tasks):
    assert "barred" in error_of(tasks.run).message
    assert "barred" in error_of(tasks.fork).message


def test_large_files_cannot_be_written(tasks, tmp_path):
    error_of(tasks.write, str(tmp_path / "big"))

    assert (tmp_path / "big").stat().st_size <= 1 << 20


def test_keys_in_the_environment_stay_outside(tasks, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")

    assert "OPENAI_API_KEY" not in run_guarded(tasks.environment, None, limits=QUICK)


def test_what_a_parser_prints_does_no_harm(tasks):
    assert run_guarded(tasks.chatter, None, limits=QUICK) == "quiet"


def test_a_worker_serves_many_calls_and_is_replaced_when_lost(tasks):
    with GuardedWorker(memory_mb=600) as worker:
        first = worker.call(tasks.pid, None, limits=QUICK, label="a")
        assert worker.call(tasks.pid, None, limits=QUICK, label="b") == first
        with pytest.raises(UnreadableFile):
            worker.call(tasks.quit, None, limits=QUICK, label="c")
        assert worker.call(tasks.pid, None, limits=QUICK, label="d") != first


def test_cpu_time_is_counted_for_each_call_alone(tasks):
    with GuardedWorker(memory_mb=600) as worker:
        with pytest.raises(UnreadableFile):
            worker.call(tasks.spin, None, limits=Limits(cpu_s=1, wall_s=20), label="a")
        assert worker.call(tasks.double, 1, limits=Limits(cpu_s=1, wall_s=20), label="b") == 2
