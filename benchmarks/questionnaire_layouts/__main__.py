"""Write the layouts into a folder, to look at."""

import sys
from pathlib import Path

from . import generate_layouts


def main() -> None:
    """Write one part."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for layout in generate_layouts(sys.argv[2] if len(sys.argv) > 2 else "shown"):
        print(layout.write(folder).name, len(layout.questions), "questions")


if __name__ == "__main__":
    main()
