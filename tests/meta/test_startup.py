"""The command line starts without the heavy parts."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "pydantic", "dspy", "django", "lancedb", "pyarrow", "openai", "onnxruntime", "lxml", "rich")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["answer", "--help"], ["ask", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from bidproof.cli.main import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "loaded: []"
