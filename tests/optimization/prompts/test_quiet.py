"""What DSPy prints stays off the terminal; what others print meanwhile does not."""

import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from bidproof.optimization.prompts.quiet import quiet


def test_only_what_is_written_in_quiet_is_swallowed(capsys: pytest.CaptureFixture[str]) -> None:
    ready, done = threading.Event(), threading.Event()

    def work() -> None:
        with quiet(loud=threading.main_thread().ident or 0):
            print("swallowed")
            logging.getLogger("dspy").error("swallowed")
            with ThreadPoolExecutor(1) as pool:
                pool.submit(copy_context().run, print, "swallowed").result()
            ready.set()
            done.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(10)
    print("heard", file=sys.stderr)
    done.set()
    thread.join()
    print("heard again")

    shown = capsys.readouterr()
    assert shown.err == "heard\n"
    assert shown.out == "heard again\n"
