"""Write the layouts into a folder, to look at."""

import argparse
from pathlib import Path

from . import PARTS, generate_layouts


def main() -> None:
    """Write one part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questionnaire_layouts")
    parser.add_argument("folder", type=Path)
    parser.add_argument("part", nargs="?", choices=PARTS, default="shown")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for layout in generate_layouts(options.part, seed=options.seed):
        print(layout.write(options.folder).name, len(layout.questions), "questions")


if __name__ == "__main__":
    main()
