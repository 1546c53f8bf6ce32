"""Run the command line as a user does, in this process."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bidproof.cli.main import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: its exit status and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def runner(capsys: pytest.CaptureFixture[str], *before: str) -> Run:
    """A function that runs ``bidproof`` with words, ``before`` in front of them."""

    def run(*words: object) -> Ended:
        with pytest.raises(SystemExit) as end:
            main([*before, *map(str, words)])
        printed = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Ended(code=end.value.code, out=printed.out, err=printed.err)

    return run
