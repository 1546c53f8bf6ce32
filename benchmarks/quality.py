"""``make bench-quality``: every quality figure of the README, each by its own script.

What the scripts print is also written to ``benchmarks/results/quality.txt``.
"""

import subprocess
import sys
from pathlib import Path

from measuring_sets import data_folder

HERE = Path(__file__).parent
RFQ = data_folder() / "tdrs-rfq"
SCRIPTS = (
    ("retrieval_quality.py",),
    ("requirements_quality.py", str(RFQ / "rfq.docx"), str(RFQ / "draft-rfq.pdf")),
    ("write_back_quality.py",),
    ("answer_quality.py", "--refusal"),
    ("verifier_probes.py",),
)


def main() -> None:
    """Run every script in turn; one that fails is named and fails the whole."""
    (HERE / "results").mkdir(exist_ok=True)
    failed: list[str] = []
    with (HERE / "results" / "quality.txt").open("w") as log:
        for script, *options in SCRIPTS:
            title = f"\n== python benchmarks/{' '.join((script, *options))}\n"
            print(title, flush=True)
            log.write(title)
            command = [sys.executable, str(HERE / script), *options]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
                for line in run.stdout or ():
                    print(line, end="", flush=True)
                    log.write(line)
            if run.returncode:
                failed.append(script)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
