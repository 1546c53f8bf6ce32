"""What counts as a figure in a table cell."""

import re

_NUMBERISH = re.compile(
    r"^[(\[]?[$€£¥]?[(]?[-–]?[$€£¥]?[\d.,]+[)%x]*[)]?$|^[$€£¥]?[—–-]+[)%]*$|^N/?[AM]$|^\*+$", re.IGNORECASE
)
_YEARISH = re.compile(r"^(19|20)\d\d$")


def is_figure(text: str) -> bool:
    """Whether a cell holds an amount, a dash or n/a; a bare year is a column name."""
    return bool(_NUMBERISH.match(text)) and not _YEARISH.match(text)
