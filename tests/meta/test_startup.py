"""The command line starts without the heavy parts."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "optuna",
    "matplotlib",
    "pydantic",
    "dspy",
    "django",
    "jinja2",
    "lancedb",
    "pyarrow",
    "openai",
    "onnxruntime",
    "lxml",
    "rich",
    "ragas",
    "deepeval",
)
OPTIONS = Path(__file__).parents[1] / "cli" / "options.txt"
EVERY_HELP = [[*line.split(":")[0].split(), "--help"] for line in OPTIONS.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("lines", [[["--version"]], [["--help"]], EVERY_HELP], ids=["version", "help", "all"])
def test_help_loads_nothing_heavy(lines: list[list[str]]) -> None:
    code = (
        "import sys\n"
        "from bidproof.cli.main import main\n"
        f"for words in {lines!r}:\n"
        "    try:\n"
        "        main(words)\n"
        "    except SystemExit as end:\n"
        "        assert end.code == 0, (words, end.code)\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "loaded: []"
