"""Write the layouts into a folder, to look at."""

import sys
from pathlib import Path

from . import generate_layouts


def main() -> None:
    """Write one half."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for layout in generate_layouts(is_kept="--kept" in sys.argv):
        print(layout.write(folder).name, len(layout.questions), "questions")


if __name__ == "__main__":
    main()
