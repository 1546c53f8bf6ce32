"""Run the command line as a user does, in this process."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import pytest

from bidproof.cli.main import main


class Ended(NamedTuple):
    """How a command ended: its exit status and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The code of an error that was told in two lines, the last ones, with exit status 2."""
        assert self.code == 2, self
        first, second = self.err.strip().splitlines()[-2:]
        assert second.startswith("hint: ")
        found = re.match(r"error\[([a-z-]+)\]: ", first)
        assert found, first
        return found[1]


def run(*words: object) -> Ended:
    """Run ``bidproof`` with some words."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    assert isinstance(end.value.code, int)
    return Ended(end.value.code, out.getvalue(), err.getvalue())
